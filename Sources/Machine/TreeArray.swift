import Architecture

/// `rows` dot products of one activation word, each with its own weights, and the pipeline that
/// carries operands to the accumulators.
///
/// Mirrors `setun_tree_array` and the operand pipeline of `setun_accelerator`. The sums are
/// computed when the operands leave the buffers and delayed as long as the tree takes: all datapaths
/// compute the same. In `bit_serial` the output registers are the shift-accumulators, in which a sum
/// grows bit by bit: first the product with the activations' sign bits, at last the whole one.
struct TreeArray {
  private let rows: Int
  private let lanes: Int
  private let tokens: Int
  /// Values that an operand shows at the output, one a cycle; the last one is its sum.
  private let steps: Int
  /// Stage 0 is at the buffers' outputs, stage `latency` at the sums.
  let latency: Int
  /// A ring of `latency + 1` operands, so that no stage is ever copied; `head` is stage 0.
  private let operands: Storage<Operand>
  private let delayed: Storage<Int32>
  /// The leading bits of the activations of a token, for a step before the last.
  private let leading: Storage<Int8>
  private var head = 0
  /// The output registers: they hold their sums while no operand arrives.
  let sums: Storage<Int32>
  private var validStages: UInt32 = 0

  init(_ architecture: Architecture, values: SimulatedValues) {
    rows = architecture.parameters.rows
    lanes = architecture.parameters.lanes
    tokens = architecture.parameters.tokensPerWeight
    steps = architecture.operandInterval
    latency = architecture.treeLatency
    operands = Storage(count: latency + 1, zero: Operand())
    delayed = Storage(
      count: values == .full ? (latency + 1) * steps * rows * tokens : 0, zero: 0)
    leading = Storage(count: lanes, zero: 0)
    sums = Storage(count: rows * tokens, zero: 0)
  }

  /// The operand at `stage`.
  func operand(_ stage: Int) -> Operand { operands.pointer[slot(stage)] }
  /// Bit s: stage s holds an operand.
  var valid: UInt32 { validStages }
  var empty: Bool { validStages == 0 }

  private func slot(_ stage: Int) -> Int {
    let slot = head + stage
    return slot > latency ? slot - latency - 1 : slot
  }

  /// The clock edge: `next` enters stage 0 with its operands, everything moves on by one stage.
  ///
  /// - Parameters:
  ///   - weights: `rows * lanes` values −1, 0, +1, row by row.
  ///   - activations: `tokens * lanes` values, token by token.
  mutating func clock(
    next: Operand, weights: UnsafePointer<Int8>, activations: UnsafePointer<Int8>
  ) {
    clock(next: next)
    if next.valid {
      for step in 0..<steps {
        multiply(
          weights, activations, bitsLeft: steps - 1 - step,
          into: delayed.pointer + (head * steps + step) * sums.count)
      }
    }
    guard validStages != 0 else { return }
    for step in 0..<steps {
      let slot = slot(latency - (steps - 1) + step)
      guard operands.pointer[slot].valid else { continue }
      sums.pointer.update(
        from: delayed.pointer + (slot * steps + step) * sums.count, count: sums.count)
    }
  }

  /// The clock edge of the pipeline alone, where no values are simulated.
  mutating func clock(next: Operand) {
    head = head == 0 ? latency : head - 1
    operands.pointer[head] = next
    let mask: UInt32 = (1 << UInt32(latency + 1)) - 1
    validStages = (validStages << 1 | (next.valid ? 1 : 0)) & mask
  }

  /// The products of every token with the weights, of its activations without the last `bitsLeft`
  /// bits.
  private func multiply(
    _ weights: UnsafePointer<Int8>, _ activations: UnsafePointer<Int8>, bitsLeft: Int,
    into sums: UnsafeMutablePointer<Int32>
  ) {
    for token in 0..<tokens {
      let values = activations + token * lanes
      if bitsLeft > 0 {
        for lane in 0..<lanes { leading.pointer[lane] = values[lane] >> bitsLeft }
      }
      multiply(
        weights, bitsLeft > 0 ? UnsafePointer(leading.pointer) : values,
        into: sums + token * rows)
    }
  }

  private func multiply(
    _ weights: UnsafePointer<Int8>, _ activations: UnsafePointer<Int8>,
    into sums: UnsafeMutablePointer<Int32>
  ) {
    for row in 0..<rows {
      let weights = weights + row * lanes
      var sum: Int32 = 0
      for lane in 0..<lanes {
        sum &+= Int32(Int16(weights[lane]) &* Int16(activations[lane]))
      }
      sums[row] = sum
    }
  }

  mutating func reset() {
    operands.pointer.update(repeating: Operand(), count: operands.count)
    sums.pointer.update(repeating: 0, count: sums.count)
    validStages = 0
  }
}
