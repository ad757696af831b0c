import BuiltInModel
import Calibration
import Reference
import Ternary
import Workload

/// Operands of the built-in model: all kinds of inputs that a layer of BitNet has.
///
/// `q_proj` has the attention's inputs, `o_proj` its sub-normed outputs, `gate_proj` the feed-forward
/// network's inputs, `down_proj` squared ReLUs after a sub-norm.
struct RecordedLayers {
  let training: [LayerRecording]
  let heldOut: [LayerRecording]

  private static let prompts = (
    training: "In the beginning God created the heaven and the earth.",
    heldOut: "The LORD is my shepherd; I shall not want."
  )
  private static let kinds = ["q_proj", "o_proj", "gate_proj", "down_proj"]

  /// All layers of blocks 0 and 1 for the fit; one of each kind of 2 and 3, with another text, to hold
  /// it against.
  static func builtIn() throws -> RecordedLayers {
    let model = try BitNetModel(path: BuiltInModel.directory)
    return RecordedLayers(
      training: try [[0, 1], [1, 0]].flatMap { try layers(of: $0, model, prompts.training) },
      heldOut: try layers(of: [3, 2], model, prompts.heldOut))
  }

  /// One layer of each kind, from these blocks in turn.
  private static func layers(
    of blocks: [Int], _ model: BitNetModel, _ prompt: String
  ) throws -> [LayerRecording] {
    var session = Session(model)
    var recordings: [LayerRecording] = []
    _ = try session.forward(try model.tokenizer.encode(prompt)) { call in
      guard kinds.contains(where: call.layer.name.hasSuffix) else { return }
      let weights = call.layer.weights
      recordings.append(
        LayerRecording(
          name: call.layer.name, inputs: weights.columns, outputs: weights.rows,
          activations: call.activations.values,
          weights: (0..<weights.rows).flatMap { weights.row($0).trits }))
    }
    return zip(kinds, 0...).compactMap { kind, index in
      let block = "layers.\(blocks[index % blocks.count])."
      return recordings.first { $0.name.contains(block) && $0.name.hasSuffix(kind) }
    }
  }
}
