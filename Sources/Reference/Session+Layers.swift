private import ModelFile
private import Ternary
internal import Workload

extension Session {
  func quantize(
    _ inputs: [Float], for layer: String, columns: Int
  ) throws(ReferenceError) -> QuantizedActivations {
    guard let activations = QuantizedActivations(quantizing: inputs, columns: columns) else {
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
    let call = LinearCall(layer: layer, inputs: inputs, activations: activations)
    observe(call)
    FloatOperations.add(call.outputs, to: &hidden)
  }

  /// The head: products of the normalised hidden rows with every row of its table.
  func logits(_ hidden: [Float], scored: ScoredTokens) -> Logits {
    let configuration = model.configuration
    let (size, vocabulary) = (configuration.hiddenSize, configuration.vocabularySize)
    let rows = scored == .all ? hidden : Array(hidden.suffix(size))
    let normed = FloatOperations.rmsNorm(
      rows, weights: model.checkpoint.finalNorm, epsilon: configuration.normEpsilon)
    var values = [Float](repeating: 0, count: rows.count / size * vocabulary)
    normed.withUnsafeBufferPointer { normed in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { tokenRow in
        guard let normed = normed.baseAddress, let decoded = tokenRow.baseAddress else { return }
        for token in 0..<vocabulary {
          model.checkpoint.head.decode(row: token, into: tokenRow)
          for row in 0..<rows.count / size {
            values[row * vocabulary + token] = FloatOperations.dot(
              normed + row * size, decoded, count: size)
          }
        }
      }
    }
    return Logits(vocabularySize: vocabulary, values: values)
  }
}
