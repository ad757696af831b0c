import Architecture
import ArgumentParser
import BuiltInModel
import Foundation
import LockStep
import ModelFile
import Reference
import Verification
import Workload

/// `setun verify --model`: which layers of which model run in RTL, and on how many tokens.
struct ModelTarget: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Run the ternary layers of this model in RTL instead of drawn jobs: a path as 'setun generate' \
      takes it, or 'built-in'. Every sum has to be that of the reference runtime, every counter \
      that of the closed form.
      """, valueName: "path"),
    completion: .file())
  var model: String?

  @Option(
    parsing: .upToNextOption,
    help: "With --model, only the layers whose name contains one of these: 'layers.0.' or 'q_proj'."
  )
  var layers: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --model, this many tokens at once. Default: one, as in decoding.", valueName: "m"))
  var prefill: Int?

  @OptionGroup var activation: ActivationOption

  func validate() throws {
    if let prefill, prefill < 1 {
      throw ValidationError("--prefill: expected 1 or more, found \(prefill)")
    }
    guard model != nil || (layers.isEmpty && prefill == nil) else {
      throw ValidationError("--layers and --prefill go with --model")
    }
  }

  /// The options as arguments, with these layers.
  func arguments(layers: [String]) -> [String] {
    (model.map { ["--model", $0] } ?? []) + (layers.isEmpty ? [] : ["--layers"] + layers)
      + (prefill.map { ["--prefill", "\($0)"] } ?? [])
      + (activation.name.map { ["--activation", $0.rawValue] } ?? [])
  }
}

/// One forward pass of a model on the CPU reference runtime, and its layers in RTL.
struct ModelVerification {
  let target: ModelTarget
  let path: String
  let architecture: Architecture
  let seed: Int

  /// The layers with the activations that they get when the model runs tokens drawn from the seed.
  func cases(_ progress: Progress) throws -> [LayerCase] {
    progress.update("loading \(path)")
    let model = try BitNetModel(
      path: path == "built-in" ? BuiltInModel.directory : path,
      activation: target.activation.activation
    ).activations(of: architecture)
    if let layer = model.linearLayers.first(where: { $0.sumsPerOutput > 1 }) {
      throw Failure(
        "\(layer.name): expected scales that do not change along the inputs, which the accelerator "
          + "has no place for; found \(layer.sumsPerOutput) for each output")
    }
    let filter = try LayerFilter(target.layers, of: model.linearLayers.map(\.name))
    progress.update("running the model on the CPU")
    var random = SplitMix64(seed: seed)
    let tokens = (0..<(target.prefill ?? 1)).map { _ in
      Int.random(in: 0..<model.configuration.vocabularySize, using: &random)
    }
    var cases: [LayerCase] = []
    var session = Session(model)
    _ = try session.forward(tokens, scored: .last) { call in
      guard filter.contains(call.layer.name) else { return }
      cases.append(
        LayerCase(
          layer: call.layer, activations: call.activations.values, tokens: call.activations.tokens,
          sums: call.accumulators))
    }
    return cases
  }

  /// Runs every layer, as many at a time as there are processors; in the order of the model.
  func run(
    _ cases: [LayerCase], _ verifier: LayerVerifier, _ progress: Progress
  ) async throws -> [LayerVerifier.Outcome] {
    try await withThrowingTaskGroup(of: (Int, LayerVerifier.Outcome).self) { group in
      var waiting = cases.indices.makeIterator()
      func startNext() {
        guard let index = waiting.next() else { return }
        group.addTask {
          try Task.checkCancellation()
          return (index, verifier.run(cases[index]))
        }
      }
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { startNext() }
      var outcomes = [LayerVerifier.Outcome?](repeating: nil, count: cases.count)
      var finished = 0
      while let (index, outcome) = try await group.next() {
        outcomes[index] = outcome
        finished += 1
        progress.update("\(finished) of \(cases.count) layers in RTL")
        startNext()
      }
      return outcomes.compactMap { $0 }
    }
  }
}
