internal import ModelFile
internal import Workload

/// A recorded run of a model by another implementation, in the golden format: for every ternary
/// layer its input `.x`, int8 activations `.q`, `.act_scale`, exact sums `.acc`, weight scale
/// `.w_scale` and output `.y`; `input_ids` and `logits`.
struct GoldenFile {
  let file: SafetensorsFile
  let tokens: [Int]
  /// T × vocabulary.
  let logits: [Float]

  /// Opens a golden file and checks that it is one of a model with these sizes.
  init(path: String, model: BitNetModel) throws(ModelFileError) {
    file = try SafetensorsFile(path: path)
    tokens = try file.int32s("input_ids").map(Int.init)
    logits = try file.floats(
      "logits", shape: [tokens.count, model.configuration.vocabularySize])
    guard !tokens.isEmpty else {
      throw ModelFileError(
        file: path, place: "input_ids", problem: "expected at least one token, found none")
    }
    let known = Set(model.linearLayers.map(\.name))
    for name in file.tensors.keys.sorted() where name.hasPrefix("layers.") {
      guard let dot = name.lastIndex(of: "."), known.contains(String(name[..<dot])) else {
        throw ModelFileError(
          file: path, place: name, problem: "expected tensors of the model's layers only")
      }
    }
  }

  /// The recorded execution of one layer; nil for a layer that was left out of the recording.
  func call(of layer: LinearLayer) throws(ModelFileError) -> GoldenCall? {
    guard file.tensors.keys.contains(where: { $0.hasPrefix(layer.name + ".") }) else { return nil }
    let shape = layer.shape(tokens: tokens.count)
    let groups = layer.sumsPerOutput
    return GoldenCall(
      inputs: try file.floats("\(layer.name).x", shape: [shape.m, shape.k]),
      activations: try file.int8s("\(layer.name).q", shape: [shape.m, shape.k]),
      activationScales: try file.floats("\(layer.name).act_scale", shape: [shape.m]),
      accumulators: try file.int32s(
        "\(layer.name).acc", shape: [shape.m, shape.n] + (groups == 1 ? [] : [groups])),
      weightScale: try file.floats("\(layer.name).w_scale", shape: [layer.scale.factors.count]),
      outputs: try file.floats("\(layer.name).y", shape: [shape.m, shape.n]))
  }
}

/// The tensors that a golden file holds of one layer.
struct GoldenCall {
  let inputs: [Float]
  let activations: [Int8]
  let activationScales: [Float]
  let accumulators: [Int32]
  let weightScale: [Float]
  let outputs: [Float]
}
