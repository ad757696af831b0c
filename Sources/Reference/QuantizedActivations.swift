/// The int8 inputs of a ternary layer: a row and a scale for every token.
public struct QuantizedActivations: Equatable, Sendable {
  /// Rows, M.
  public let tokens: Int
  /// Values of a row, K.
  public let columns: Int
  /// M × K.
  public let values: [Int8]
  /// M; a value is the rounded product of the input and its row's scale.
  public let scales: [Float]

  /// - Precondition: `tokens` and `columns` are positive and the arrays have the sizes they state.
  public init(tokens: Int, columns: Int, values: [Int8], scales: [Float]) {
    precondition(tokens > 0 && columns > 0, "activations of \(tokens)×\(columns)")
    precondition(values.count == tokens * columns && scales.count == tokens)
    self.tokens = tokens
    self.columns = columns
    self.values = values
    self.scales = scales
  }

  /// Quantises rows of `columns` floats, each by its largest magnitude; nil when a value is
  /// infinite or NaN.
  ///
  /// Per row: `s = (1 / max(amax, 1e-5)) · 127` and `q = round(x · s)` to nearest, ties to even,
  /// in single precision. The scale is rounded twice because PyTorch evaluates `127 / tensor` as a
  /// reciprocal and a product; one division would differ by an ulp in a quarter of all rows, and
  /// now and then in a `q`. A row of zeros has scale 127 / 1e-5 and stays zero.
  ///
  /// - Precondition: `inputs` holds whole rows, at least one.
  public init?(quantizing inputs: [Float], columns: Int) {
    precondition(columns > 0 && !inputs.isEmpty && inputs.count % columns == 0)
    let tokens = inputs.count / columns
    var scales = [Float](repeating: 0, count: tokens)
    var values = [Int8](repeating: 0, count: inputs.count)
    let isFinite = inputs.withUnsafeBufferPointer { inputs in
      values.withUnsafeMutableBufferPointer { values in
        for token in 0..<tokens {
          let row = token * columns..<(token + 1) * columns
          guard
            let scale = Self.quantize(
              UnsafeBufferPointer(rebasing: inputs[row]),
              into: UnsafeMutableBufferPointer(rebasing: values[row]))
          else { return false }
          scales[token] = scale
        }
        return true
      }
    }
    guard isFinite else { return nil }
    self.init(tokens: tokens, columns: columns, values: values, scales: scales)
  }

  /// One row; returns its scale, or nil when a value is not finite.
  private static func quantize(
    _ inputs: UnsafeBufferPointer<Float>, into values: UnsafeMutableBufferPointer<Int8>
  ) -> Float? {
    var largest: Float = 1e-5
    for column in 0..<inputs.count {
      let magnitude = inputs[column].magnitude
      guard magnitude.isFinite else { return nil }
      if magnitude > largest { largest = magnitude }
    }
    let scale = (1 / largest) * 127
    for column in 0..<inputs.count {
      let rounded = (inputs[column] * scale).rounded(.toNearestOrEven)
      values[column] = Int8(min(max(rounded, -128), 127))
    }
    return scale
  }
}
