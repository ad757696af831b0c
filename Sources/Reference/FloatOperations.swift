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
  static func rmsNorm(_ inputs: [Float], weights: [Float], epsilon: Float) -> [Float] {
    let columns = weights.count
    var outputs = [Float](repeating: 0, count: inputs.count)
    outputs.withUnsafeMutableBufferPointer { outputs in
      inputs.withUnsafeBufferPointer { inputs in
        weights.withUnsafeBufferPointer { weights in
          for row in stride(from: 0, to: inputs.count, by: columns) {
            var squares = 0.0
            for column in 0..<columns {
              let value = Double(inputs[row + column])
              squares += value * value
            }
            let factor = 1 / (Float(squares / Double(columns)) + epsilon).squareRoot()
            for column in 0..<columns {
              outputs[row + column] = weights[column] * (inputs[row + column] * factor)
            }
          }
        }
      }
    }
    return outputs
  }

  /// The gated unit `relu(gate)² · up`.
  static func squaredReLU(_ gate: [Float], times up: [Float]) -> [Float] {
    zip(gate, up).map { gate, up in
      let positive = max(gate, 0)
      return positive * positive * up
    }
  }

  /// The gated unit `silu(gate) · up`.
  static func silu(_ gate: [Float], times up: [Float]) -> [Float] {
    zip(gate, up).map { gate, up in gate / (1 + expf(-gate)) * up }
  }

  static func add(_ summand: [Float], to sum: inout [Float]) {
    sum.withUnsafeMutableBufferPointer { sum in
      summand.withUnsafeBufferPointer { summand in
        for index in 0..<sum.count { sum[index] += summand[index] }
      }
    }
  }

  /// A sum of `count` products, in eight interleaved partial sums that one vector register holds.
  static func dot(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, count: Int) -> Float
  {
    var partial = SIMD8<Float>.zero
    let whole = count & ~7
    for index in stride(from: 0, to: whole, by: 8) {
      partial +=
        UnsafeRawPointer(left + index).loadUnaligned(as: SIMD8<Float>.self)
        * UnsafeRawPointer(right + index).loadUnaligned(as: SIMD8<Float>.self)
    }
    var sum = partial.sum()
    for index in whole..<count { sum += left[index] * right[index] }
    return sum
  }

  /// The sum of rows, each times its weight: `count` values of every row of `stride` values.
  ///
  /// Rows are added in order, in sixteen columns at a time that stay in registers.
  static func weightedSum(
    of rows: UnsafePointer<Float>, stride: Int, weights: UnsafeMutableBufferPointer<Float>,
    into output: UnsafeMutablePointer<Float>, count: Int
  ) {
    let whole = count & ~15
    for column in Swift.stride(from: 0, to: whole, by: 16) {
      var sum = SIMD16<Float>.zero
      var row = UnsafeRawPointer(rows + column)
      for index in 0..<weights.count {
        sum += weights[index] * row.loadUnaligned(as: SIMD16<Float>.self)
        row += stride * MemoryLayout<Float>.stride
      }
      UnsafeMutableRawPointer(output + column).storeBytes(of: sum, as: SIMD16<Float>.self)
    }
    for column in whole..<count {
      var sum: Float = 0
      for index in 0..<weights.count { sum += weights[index] * rows[index * stride + column] }
      output[column] = sum
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

/// The rotary position encoding: pairs (i, i + size/2) of every head turn by an angle that grows
/// with the position.
struct RotaryEncoding: Sendable {
  private let headSize: Int
  /// Radians a position, one for each pair.
  private let frequencies: [Float]

  init(base: Float, headSize: Int) {
    self.headSize = headSize
    frequencies = stride(from: 0, to: headSize, by: 2).map {
      1 / powf(base, Float($0) / Float(headSize))
    }
  }

  /// Turns all heads of the row of every token, the first of which stands at `position`.
  func rotate(_ rows: inout [Float], columns: Int, from position: Int) {
    let half = headSize / 2
    rows.withUnsafeMutableBufferPointer { rows in
      for token in 0..<rows.count / columns {
        for pair in 0..<half {
          let angle = Float(position + token) * frequencies[pair]
          let cosine = cosf(angle)
          let sine = sinf(angle)
          for head in stride(from: token * columns, to: (token + 1) * columns, by: headSize) {
            let low = rows[head + pair]
            let high = rows[head + half + pair]
            rows[head + pair] = low * cosine - high * sine
            rows[head + half + pair] = high * cosine + low * sine
          }
        }
      }
    }
  }
}
