private import CTernaryKernels

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
    self.init(quantizing: inputs, columns: columns, on: .single)
  }

  /// The same in `bits`, 2 to 8, with the largest code 2^(bits−1) − 1 in the place of 127; rows are
  /// shared by the threads of `pool`.
  init?(quantizing inputs: [Float], columns: Int, bits: Int = 8, on pool: WorkerPool) {
    precondition(columns > 0 && !inputs.isEmpty && inputs.count % columns == 0)
    precondition(2...8 ~= bits, "activations of \(bits) bits")
    let tokens = inputs.count / columns
    let quantizeRow = setun_quantize_row_select()
    var scales = [Float](repeating: 0, count: tokens)
    let values = [Int8](unsafeUninitializedCapacity: inputs.count) { values, initialized in
      initialized = inputs.count
      scales.withUnsafeMutableBufferPointer { scales in
        inputs.withUnsafeBufferPointer { inputs in
          guard let inputs = inputs.baseAddress, let values = values.baseAddress,
            let scales = scales.baseAddress
          else { return }
          pool.split(tokens, minimum: max(1, (1 << 16) / columns)) { range in
            for token in range {
              let (input, row) = (inputs + token * columns, values + token * columns)
              scales[token] =
                bits == 8
                ? quantizeRow?(input, columns, row) ?? .nan
                : Self.quantizeRow(input, columns, bits: bits, row)
            }
          }
        }
      }
    }
    guard scales.allSatisfy({ !$0.isNaN }) else { return nil }
    self.init(tokens: tokens, columns: columns, values: values, scales: scales)
  }

  /// Quantises a row to fewer than eight bits and returns its scale; NaN for one that is not finite.
  private static func quantizeRow(
    _ inputs: UnsafePointer<Float>, _ columns: Int, bits: Int, _ values: UnsafeMutablePointer<Int8>
  ) -> Float {
    var largest: Float = 1e-5
    for column in 0..<columns {
      guard inputs[column].isFinite else { return .nan }
      largest = max(largest, inputs[column].magnitude)
    }
    let scale = (1 / largest) * Float((1 << (bits - 1)) - 1)
    for column in 0..<columns {
      values[column] = Int8((inputs[column] * scale).rounded(.toNearestOrEven))
    }
    return scale
  }
}
