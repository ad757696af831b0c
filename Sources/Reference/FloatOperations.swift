#if canImport(Darwin)
  private import Darwin
#elseif canImport(Musl)
  private import Musl
#else
  private import Glibc
#endif

/// e to the power of `value`.
func exponential(_ value: Double) -> Double { exp(value) }

/// The natural logarithm.
func logarithm(_ value: Double) -> Double { log(value) }

/// The operations of the network that stay in single precision. Rows are tokens.
enum FloatOperations {
  /// Normalises every row by its root mean square: `w · (x / √(mean(x²) + ε))`.
  ///
  /// The mean is summed in double precision; the reciprocal root is rounded twice, like PyTorch's.
  static func rmsNorm(
    _ inputs: [Float], weights: [Float], epsilon: Float, on pool: WorkerPool = .single
  ) -> [Float] {
    let columns = weights.count
    return weights.withUnsafeBufferPointer { weights in
      makeRows(inputs, inputs, columns: columns, on: pool) { input, _, output in
        let mean = Float(squareSum(input, count: columns) / Double(columns))
        let factor = 1 / (mean + epsilon).squareRoot()
        for column in 0..<columns { output[column] = weights[column] * (input[column] * factor) }
      }
    }
  }

  /// The sum of squares, in four interleaved partial sums, so that additions do not wait for each
  /// other.
  private static func squareSum(_ values: UnsafePointer<Float>, count: Int) -> Double {
    let whole = count & ~3
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    for index in stride(from: 0, to: whole, by: 4) {
      a += Double(values[index]) * Double(values[index])
      b += Double(values[index + 1]) * Double(values[index + 1])
      c += Double(values[index + 2]) * Double(values[index + 2])
      d += Double(values[index + 3]) * Double(values[index + 3])
    }
    for index in whole..<count { a += Double(values[index]) * Double(values[index]) }
    return (a + b) + (c + d)
  }

  /// The gated unit `relu(gate)² · up`, of rows of `columns`.
  static func squaredReLU(
    _ gate: [Float], times up: [Float], columns: Int, on pool: WorkerPool = .single
  ) -> [Float] {
    makeRows(gate, up, columns: columns, on: pool) { gate, up, output in
      for column in 0..<columns {
        let positive = gate[column] > 0 ? gate[column] : 0
        output[column] = positive * positive * up[column]
      }
    }
  }

  /// The gated unit `silu(gate) · up`, of rows of `columns`.
  static func silu(
    _ gate: [Float], times up: [Float], columns: Int, on pool: WorkerPool = .single
  ) -> [Float] {
    makeRows(gate, up, columns: columns, on: pool) { gate, up, output in
      for column in 0..<columns {
        output[column] = gate[column] / (1 + expf(-gate[column])) * up[column]
      }
    }
  }

  /// Makes each row of `columns` values from the same rows of two arrays.
  private static func makeRows(
    _ first: [Float], _ second: [Float], columns: Int, on pool: WorkerPool,
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: first.count) { outputs, initialized in
      first.withUnsafeBufferPointer { first in
        second.withUnsafeBufferPointer { second in
          guard let one = first.baseAddress, let other = second.baseAddress,
            let output = outputs.baseAddress
          else { return }
          pool.split(first.count / columns, minimum: max(1, (1 << 14) / columns)) { rows in
            for row in rows {
              body(one + row * columns, other + row * columns, output + row * columns)
            }
          }
        }
      }
      initialized = first.count
    }
  }

  static func add(_ summand: [Float], to sum: inout [Float]) {
    sum.withUnsafeMutableBufferPointer { sum in
      summand.withUnsafeBufferPointer { summand in
        for index in 0..<sum.count { sum[index] += summand[index] }
      }
    }
  }

  /// Scores to probabilities, in place.
  static func softmax(_ scores: UnsafeMutableBufferPointer<Float>) {
    var largest = -Float.infinity
    for score in scores where score > largest { largest = score }
    var sum: Float = 0
    for index in scores.indices {
      scores[index] = expf(scores[index] - largest)
      sum += scores[index]
    }
    for index in scores.indices { scores[index] /= sum }
  }
}
