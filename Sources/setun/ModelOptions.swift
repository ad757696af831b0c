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

  func load() throws -> BitNetModel {
    try BitNetModel(path: model ?? BuiltInModel.directory, activation: activation.activation)
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
