public import ModelFile
private import Workload

extension BitNetModel {
  /// A run of `tokens` in the golden format: `input_ids`, `logits`, and for every ternary layer that
  /// is chosen its input, int8 activations, scales, exact sums and output.
  ///
  /// - Throws: When there is no token, one is not in the vocabulary, or the context would overflow.
  public func recording(
    of tokens: [Int], isChosen: (String) -> Bool = { _ in true }
  ) throws(ReferenceError) -> SafetensorsBuilder {
    var file = SafetensorsBuilder()
    if configuration.isSynthetic { file.add(metadata: "synthetic", "a model of random weights") }
    var session = Session(self)
    let logits = try session.forward(tokens) { call in
      if isChosen(call.layer.name) { Self.add(call, to: &file) }
    }
    file.add("input_ids", shape: [tokens.count], int32s: tokens.map(Int32.init))
    file.add("logits", shape: [logits.rows, logits.vocabularySize], floats: logits.values)
    return file
  }

  private static func add(_ call: LinearCall, to file: inout SafetensorsBuilder) {
    let (name, shape) = (call.layer.name, call.shape)
    file.add("\(name).x", shape: [shape.m, shape.k], floats: call.inputs)
    file.add("\(name).q", shape: [shape.m, shape.k], int8s: call.activations.values)
    file.add("\(name).act_scale", shape: [shape.m], floats: call.activations.scales)
    let groups = call.layer.sumsPerOutput
    file.add(
      "\(name).acc", shape: [shape.m, shape.n] + (groups == 1 ? [] : [groups]),
      int32s: call.accumulators)
    let factors = call.layer.scale.factors
    file.add("\(name).w_scale", shape: [factors.count], floats: factors)
    file.add("\(name).y", shape: [shape.m, shape.n], floats: call.outputs)
  }
}
