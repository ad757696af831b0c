import Architecture
import ModelFile
import Reference
import Workload

/// A prompt on the CPU reference runtime: where the activations of a run come from.
struct ModelRun {
  let architecture: Architecture
  let model: BitNetModel
  let isBuiltIn: Bool
  let prompt: String
  let tokens: [Int]
  private let layers: LayerFilter

  init(
    architecture: Architecture, modelFolder: String, isBuiltIn: Bool, prompt: String,
    tokenLimit: Int?, layerPatterns: [String]
  ) throws {
    self.architecture = architecture
    self.isBuiltIn = isBuiltIn
    model = try BitNetModel(path: modelFolder).activations(of: architecture)
    if let layer = model.linearLayers.first(where: { $0.sumsPerOutput > 1 }) {
      throw Failure(
        "\(layer.name): expected scales that do not change along the inputs, which the accelerator "
          + "has no place for; found \(layer.sumsPerOutput) for each output")
    }
    layers = try LayerFilter(layerPatterns, of: model.linearLayers.map(\.name))
    let all = try model.tokenizer.encode(prompt)
    tokens = Array(all.prefix(tokenLimit ?? all.count))
    // Decoding takes one token more.
    let most = model.configuration.contextLength - 1
    guard tokens.count <= most else {
      throw Failure(
        "--prompt: expected at most \(most) tokens, one less than the model's context, found "
          + "\(tokens.count); --tokens takes only the first of them")
    }
    self.prompt = tokens.count == all.count ? prompt : try model.tokenizer.decode(tokens)
  }

  /// Notes for the report: when not all layers run, and when their inputs are not the model's own.
  var notes: [String] {
    var notes: [String] = []
    let (chosen, all) = (layers.chosen.count, model.linearLayers.count)
    if chosen < all {
      notes.append(
        "Only \(chosen) of \(all) layers ran: totals, tokens a second and ratios are theirs.")
    }
    let bits = model.numerics.activationBits
    if bits != Numerics.published.activationBits {
      notes.append(
        "Inputs of layers are quantised to \(bits) bits, for the CPU too: the model was trained for "
          + "\(Numerics.published.activationBits); 'setun perplexity --activation-bits \(bits)' says "
          + "what that does to its predictions.")
    }
    return notes
  }

  /// Runs the prompt, then the token that the model finds most likely after it.
  func trace(_ progress: Progress) throws -> [PhaseTrace] {
    progress.update("running the prompt on the CPU")
    var session = Session(model)
    var prefill = PhaseTrace(name: "prefill", tokens: tokens.count)
    let logits = try session.forward(tokens, scored: .last) { call in
      if layers.contains(call.layer.name) { prefill.calls.append(call) }
    }
    var decode = PhaseTrace(name: "decode", tokens: 1)
    _ = try session.forward([logits.bestToken(row: 0)], scored: .last) { call in
      if layers.contains(call.layer.name) { decode.calls.append(call) }
    }
    return [decode, prefill]
  }
}

/// The ternary layers of one forward pass, with their real activations.
struct PhaseTrace {
  /// `decode` or `prefill`.
  let name: String
  let tokens: Int
  var calls: [LinearCall] = []
}
