import Architecture
import Mapping
import Ternary
import Workload

/// The results of one job and how often its sums wrapped, from the CPU kernels: what the hardware
/// computes, without when.
struct JobValues {
  /// Y, `m * n` values, token by token.
  let outputs: [Int32]
  /// Sums that `accumulator_bits` could not hold.
  let overflows: Int

  /// - Parameters:
  ///   - weights: `n × k`.
  ///   - activations: `m * k` bytes, token by token, of which `activation_bits` count.
  init(_ job: Job, weights: TritMatrix, activations: [Int8], on architecture: Architecture) {
    let shape = job.shape
    precondition(
      weights.rows == shape.n && weights.columns == shape.k
        && activations.count == shape.m * shape.k,
      "\(weights.rows)×\(weights.columns) weights and \(activations.count) activations for \(shape)"
    )
    let activations = architecture.activations(activations)
    let accumulators = NarrowAccumulators(architecture)
    var overflows = 0
    outputs = [Int32](unsafeUninitializedCapacity: shape.m * shape.n) { sums, count in
      count = shape.m * shape.n
      let sums = UnsafeMutableBufferPointer(rebasing: sums[..<count])
      activations.withUnsafeBufferPointer { activations in
        guard let activations = activations.baseAddress, let first = sums.baseAddress else {
          return
        }
        weights.multiply(activations, tokens: shape.m, into: first)
        overflows = accumulators.wrap(first, of: shape, weights: weights, activations: activations)
      }
      if let requantisation = job.requantisation { requantisation.apply(to: sums, rows: shape.n) }
    }
    self.overflows = overflows
  }
}

/// Sums as accumulators of `accumulator_bits` form them: k-tile by k-tile, wrapping after each.
struct NarrowAccumulators {
  private let bits: Int
  private let lanes: Int
  private let activationMagnitude: Int

  init(_ architecture: Architecture) {
    bits = architecture.accumulatorBits
    lanes = architecture.parameters.lanes
    activationMagnitude = architecture.activationMagnitude
  }

  /// Replaces the exact sums of tokens that could overflow by those of the hardware.
  ///
  /// - Returns: How many partial sums overflowed.
  func wrap(
    _ sums: UnsafeMutablePointer<Int32>, of shape: MatmulShape, weights: TritMatrix,
    activations: UnsafePointer<Int8>
  ) -> Int {
    let largest = 1 << (bits - 1) - 1
    guard shape.k > largest / activationMagnitude else { return 0 }
    // No partial sum is larger than the magnitudes of all activations together.
    let tokens = (0..<shape.m).filter { token in
      (0..<shape.k).reduce(0) { $0 + Int(activations[token * shape.k + $1].magnitude) } > largest
    }
    guard !tokens.isEmpty else { return 0 }
    let bytes = weights.bytes
    var overflows = 0
    withUnsafeTemporaryAllocation(of: Int8.self, capacity: weights.rowBytes * 4) { row in
      for output in 0..<shape.n {
        for column in 0..<shape.k {
          let byte = bytes[output * weights.rowBytes + column / 4]
          // Sign-extends two bits.
          row[column] = Int8(truncatingIfNeeded: (byte >> (2 * (column % 4))) << 6) >> 6
        }
        for token in tokens {
          let (sum, wraps) = accumulate(
            row.baseAddress!, activations + token * shape.k, count: shape.k)
          sums[token * shape.n + output] = sum
          overflows += wraps
        }
      }
    }
    return overflows
  }

  private func accumulate(
    _ weights: UnsafePointer<Int8>, _ activations: UnsafePointer<Int8>, count: Int
  ) -> (sum: Int32, overflows: Int) {
    let shift = Int32(32 - bits)
    var running: Int32 = 0
    var overflows = 0
    for first in stride(from: 0, to: count, by: lanes) {
      var sum: Int32 = 0
      for column in first..<min(first + lanes, count) {
        sum &+= Int32(Int16(weights[column]) &* Int16(activations[column]))
      }
      let (full, overflow) = running.addingReportingOverflow(sum)
      running = (full &<< shift) &>> shift
      overflows += overflow || running != full ? 1 : 0
    }
    return (running, overflows)
  }
}

extension Requantisation {
  /// Replaces sums, token by token, by their int8 values.
  fileprivate func apply(to sums: UnsafeMutableBufferPointer<Int32>, rows: Int) {
    switch multipliers {
    case .all(let multiplier):
      for index in sums.indices {
        sums[index] = Int32(Self.round(Int64(sums[index]) * Int64(multiplier), shift: shift))
      }
    case .rows(let multipliers):
      for index in sums.indices {
        let product = Int64(sums[index]) * Int64(multipliers[index % rows])
        sums[index] = Int32(Self.round(product, shift: shift))
      }
    }
  }
}
