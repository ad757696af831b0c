public import ModelFile
public import Workload

/// A BitNet b1.58 decoder ready to run: weights and, where the directory has one, a tokenizer.
public struct BitNetModel: Sendable {
  /// The path as it was given.
  public let directory: String
  public let checkpoint: BitNetCheckpoint
  /// Nil when the directory has no `tokenizer.json`.
  public let tokenizer: Tokenizer?

  /// Reads a model directory: `config.json`, `model.safetensors` and, if present, `tokenizer.json`.
  public init(directory: String) throws(ReferenceError) {
    self.directory = directory
    checkpoint = try wrappingModelFileError { () throws(ModelFileError) in
      try BitNetCheckpoint(directory: directory)
    }
    let size = checkpoint.configuration.vocabularySize
    tokenizer = try wrappingModelFileError { () throws(ModelFileError) in
      try Tokenizer(directory: directory, vocabularySize: size)
    }
  }

  public var configuration: ModelConfiguration { checkpoint.configuration }

  /// All ternary layers in the order of execution.
  public var linearLayers: [LinearLayer] { checkpoint.linearLayers }

  /// The tokens of a text; special tokens only where the text spells them out.
  public func encode(_ text: String) throws(ReferenceError) -> [Int] {
    guard let tokenizer else { throw .noTokenizer(directory: directory) }
    return tokenizer.encode(text)
  }

  /// The text of tokens; bytes that are not UTF-8 become U+FFFD.
  public func decode(_ tokens: [Int]) throws(ReferenceError) -> String {
    guard let tokenizer else { throw .noTokenizer(directory: directory) }
    return tokenizer.decode(tokens)
  }
}
