private import ModelFile
private import Ternary
internal import Workload

extension Session {
  func quantize(
    _ inputs: [Float], for layer: String, columns: Int
  ) throws(ReferenceError) -> QuantizedActivations {
    guard
      let activations = QuantizedActivations(
        quantizing: inputs, columns: columns, bits: model.numerics.activationBits,
        on: model.pool)
    else {
      throw .notFinite(layer: layer)
    }
    return activations
  }

  /// Runs `layer` and adds its outputs to the residual stream.
  func addLinear(
    _ layer: LinearLayer, _ inputs: [Float], _ hidden: inout [Float],
    _ observe: (LinearCall) -> Void
  ) throws(ReferenceError) {
    let activations = try quantize(inputs, for: layer.name, columns: layer.weights.columns)
    let call = LinearCall(
      layer: layer, inputs: inputs, activations: activations, numerics: model.numerics,
      on: model.pool)
    observe(call)
    FloatOperations.add(call.outputs, to: &hidden)
  }

  /// The scores of the normalised hidden rows.
  func logits(_ hidden: [Float], scored: ScoredTokens) -> Logits {
    let configuration = model.configuration
    let rows = scored == .all ? hidden : Array(hidden.suffix(configuration.hiddenSize))
    let normed = FloatOperations.rmsNorm(
      rows, weights: model.checkpoint.finalNorm, epsilon: configuration.normEpsilon,
      on: model.pool)
    return Logits(
      vocabularySize: configuration.vocabularySize,
      values: model.head.scores(of: normed, on: model.pool))
  }
}
