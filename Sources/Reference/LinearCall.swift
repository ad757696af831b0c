public import Workload

/// One execution of a ternary layer in a forward pass, with everything an accelerator that takes
/// its place would receive and have to return.
public struct LinearCall: Sendable {
  public let layer: LinearLayer
  /// M × K, before quantisation.
  public let inputs: [Float]
  /// M × K in int8, with M scales. Layers that share an input share these.
  public let activations: QuantizedActivations
  /// M × N, or M × N × G where scales change along the inputs in G groups; under the model's
  /// numerics.
  public let accumulators: [Int32]
  /// M × N, scaled.
  public let outputs: [Float]
  /// The sizes of this product.
  public var shape: MatmulShape { layer.shape(tokens: activations.tokens) }

  /// Runs `layer` on the activations that were quantised from `inputs`.
  init(
    layer: LinearLayer, inputs: [Float], activations: QuantizedActivations,
    numerics: Numerics = .published, on pool: WorkerPool = .single
  ) {
    accumulators = numerics.results(layer.accumulators(for: activations, on: pool))
    outputs = layer.outputs(accumulators, scales: activations.scales, on: pool)
    self.layer = layer
    self.inputs = inputs
    self.activations = activations
  }
}

/// Scores of the whole vocabulary for some tokens of a sequence.
public struct Logits: Equatable, Sendable {
  public let vocabularySize: Int
  /// A row for every token scored.
  public let values: [Float]

  public var rows: Int { values.count / vocabularySize }

  /// The scores of the vocabulary after a row.
  ///
  /// - Precondition: `row` is in `0..<rows`.
  public func scores(row: Int) -> ArraySlice<Float> {
    precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
    return values[row * vocabularySize..<(row + 1) * vocabularySize]
  }

  /// The token with the highest score after a row; the lowest such token on a tie.
  ///
  /// - Precondition: `row` is in `0..<rows`.
  public func bestToken(row: Int) -> Int {
    precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
    let start = row * vocabularySize
    var best = start
    for index in start..<start + vocabularySize where values[index] > values[best] { best = index }
    return best - start
  }
}
