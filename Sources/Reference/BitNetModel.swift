public import ModelFile
public import Workload

/// A BitNet b1.58 decoder ready to run: weights and, where its directory has one, a tokenizer.
public struct BitNetModel: Sendable {
  /// The path as it was given.
  public let directory: String
  public let checkpoint: BitNetCheckpoint
  /// A missing or foreign tokenizer matters only to those who have text.
  private let tokenizerFile: Result<Tokenizer?, ModelFileError>

  /// Reads a model directory: `config.json`, `model.safetensors` and, if present, `tokenizer.json`.
  public init(directory: String) throws(ReferenceError) {
    self.directory = directory
    checkpoint = try wrappingModelFileError { () throws(ModelFileError) in
      try BitNetCheckpoint(directory: directory)
    }
    let size = checkpoint.configuration.vocabularySize
    tokenizerFile = Result { () throws(ModelFileError) in
      try Tokenizer(directory: directory, vocabularySize: size)
    }
  }

  public var configuration: ModelConfiguration { checkpoint.configuration }

  /// All ternary layers in the order of execution.
  public var linearLayers: [LinearLayer] { checkpoint.linearLayers }

  /// The tokenizer of the model's directory.
  ///
  /// - Throws: When the directory has no `tokenizer.json`, or one that is damaged or not supported.
  public var tokenizer: Tokenizer {
    get throws(ReferenceError) {
      let tokenizer = try wrappingModelFileError { () throws(ModelFileError) in
        try tokenizerFile.get()
      }
      guard let tokenizer else { throw .noTokenizer(directory: directory) }
      return tokenizer
    }
  }
}
