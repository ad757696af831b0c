import ArgumentParser
import BuiltInModel
import ModelFile
import Reference

/// The model that a command runs.
struct ModelOptions: ParsableArguments {
  @Argument(
    help: """
      A model: a directory with config.json and model.safetensors, a .safetensors or a .gguf file. \
      Default: the built-in model.
      """,
    completion: .file())
  var model: String?

  @OptionGroup var activation: ActivationOption

  @Option(help: "Threads that compute. Default: all processors. Results do not depend on them.")
  var threads: Int?

  @Flag(
    help: """
      Compute the scores of the vocabulary in int8: faster where the vocabulary is large, and no \
      longer exactly the published model.
      """)
  var int8Head = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads: expected 1 to 1024, found \(threads)")
    }
  }

  var path: String { model ?? BuiltInModel.directory }

  func load() throws -> BitNetModel {
    try BitNetModel(
      path: path, activation: activation.activation,
      head: int8Head ? .int8 : .stored,
      pool: threads.map { WorkerPool(threads: $0) } ?? .shared)
  }
}

/// `--activation`, for files that do not say what is done to the gate.
struct ActivationOption: ParsableArguments {
  /// As in `config.json`.
  enum Name: String, CaseIterable, ExpressibleByArgument {
    case relu2
    case silu
  }

  @Option(
    name: .customLong("activation"),
    help: """
      The activation of a GGUF model of architecture 'bitnet', which does not say: relu2 for models \
      of 2B-4T's style, silu for those of 1bitLLM.
      """)
  var name: Name?

  /// Nil when it was not given.
  var activation: ModelConfiguration.FeedForwardActivation? {
    switch name {
    case .relu2: .squaredReLU
    case .silu: .silu
    case nil: nil
    }
  }
}
