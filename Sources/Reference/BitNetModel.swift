public import ModelFile
public import Workload

/// A ternary decoder ready to run: weights and, where it has one, a tokenizer.
public struct BitNetModel: Sendable {
  /// The path as it was given.
  public let path: String
  public let checkpoint: BitNetCheckpoint
  /// A missing or foreign tokenizer matters only to those who have text.
  private let tokenizerFile: Result<Tokenizer?, ModelFileError>
  /// The threads that compute.
  private(set) var pool: WorkerPool
  let head: OutputHead

  /// Reads a model: a directory with `config.json` and `model.safetensors` or the files of its index,
  /// or a safetensors file with `config.json` beside it; with `tokenizer.json` if there is one.
  ///
  /// - Parameters:
  ///   - head: What the scores of the vocabulary are computed with.
  ///   - pool: The threads of every run of the model. Results do not depend on their number.
  public init(
    path: String, head: HeadPrecision = .stored, pool: WorkerPool = .shared
  ) throws(ReferenceError) {
    self.path = path
    self.pool = pool
    checkpoint = try wrappingModelFileError { () throws(ModelFileError) in
      try BitNetCheckpoint(path: path)
    }
    self.head = OutputHead(checkpoint.head, precision: head, on: pool)
    let size = checkpoint.configuration.vocabularySize
    tokenizerFile = Result { () throws(ModelFileError) in
      try Tokenizer(
        directory: path.hasSuffix(".safetensors") ? directory(of: path) : path,
        vocabularySize: size)
    }
  }

  /// The same model, computed by the threads of `pool`.
  public func running(on pool: WorkerPool) -> BitNetModel {
    var model = self
    model.pool = pool
    return model
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
      guard let tokenizer else { throw .noTokenizer(model: path) }
      return tokenizer
    }
  }
}
