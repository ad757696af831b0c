public import ModelFile
public import Workload

/// A ternary decoder ready to run: weights and, where it has one, a tokenizer.
public struct BitNetModel: Sendable {
  /// The path as it was given.
  public let path: String
  public let checkpoint: BitNetCheckpoint
  /// A missing or foreign tokenizer matters only to those who have text.
  private let tokenizerFile: Result<Tokenizer?, ModelFileError>

  /// Reads a model: a directory with `config.json` and `model.safetensors` or the files of its index,
  /// a safetensors file with `config.json` beside it, or a GGUF file; with its tokenizer if there is
  /// one.
  ///
  /// - Parameter activation: The non-linearity of a GGUF file that does not say it.
  public init(
    path: String, activation: ModelConfiguration.FeedForwardActivation? = nil
  ) throws(ReferenceError) {
    self.path = path
    checkpoint = try wrappingModelFileError { () throws(ModelFileError) in
      try BitNetCheckpoint(path: path, activation: activation)
    }
    let size = checkpoint.configuration.vocabularySize
    tokenizerFile = Result { () throws(ModelFileError) in
      try Tokenizer(model: path, vocabularySize: size)
    }
  }

  public var configuration: ModelConfiguration { checkpoint.configuration }

  /// All ternary layers in the order of execution.
  public var linearLayers: [LinearLayer] { checkpoint.linearLayers }

  /// The tokenizer that comes with the model.
  ///
  /// - Throws: When there is none, or one that is damaged or not supported.
  public var tokenizer: Tokenizer {
    get throws(ReferenceError) {
      let tokenizer = try wrappingModelFileError { () throws(ModelFileError) in
        try tokenizerFile.get()
      }
      guard let tokenizer else { throw .noTokenizer(model: path) }
      return tokenizer
    }
  }
}
