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
  private(set) var head: OutputHead
  /// The arithmetic of every run.
  public private(set) var numerics = Numerics.published

  /// Reads a model: a directory with `config.json` and `model.safetensors` or the files of its index,
  /// or a safetensors file with `config.json` beside it, with `tokenizer.json` if there is one; or a
  /// GGUF file.
  ///
  /// - Parameters:
  ///   - activation: The non-linearity of a GGUF file that does not say it.
  ///   - head: What the scores of the vocabulary are computed with.
  ///   - pool: The threads of every run of the model. Results do not depend on their number.
  public init(
    path: String, activation: ModelConfiguration.FeedForwardActivation? = nil,
    head: HeadPrecision = .stored, pool: WorkerPool = .shared
  ) throws(ReferenceError) {
    self.path = path
    self.pool = pool
    let gguf = try wrappingModelFileError { () throws(ModelFileError) in
      path.hasSuffix(".gguf") ? try GGUFFile(path: path) : nil
    }
    checkpoint = try wrappingModelFileError { () throws(ModelFileError) in
      if let gguf { return try BitNetCheckpoint(gguf, activation: activation) }
      return try BitNetCheckpoint(path: path, activation: activation)
    }
    self.head = OutputHead(checkpoint.head, precision: head, on: pool)
    let size = checkpoint.configuration.vocabularySize
    tokenizerFile = Result { () throws(ModelFileError) in
      if let gguf { return try Tokenizer(gguf.metadata, vocabularySize: size) }
      return try Tokenizer(model: path, vocabularySize: size)
    }
  }

  /// The same model, computed by the threads of `pool`.
  public func running(on pool: WorkerPool) -> BitNetModel {
    var model = self
    model.pool = pool
    return model
  }

  /// The same model with another head; `int8` is made from the stored one.
  public func scoring(with head: HeadPrecision) -> BitNetModel {
    var model = self
    model.head = OutputHead(checkpoint.head, precision: head, on: pool)
    return model
  }

  /// The same model in the arithmetic of other hardware.
  public func computing(with numerics: Numerics) -> BitNetModel {
    var model = self
    model.numerics = numerics
    return model
  }

  public var configuration: ModelConfiguration { checkpoint.configuration }

  /// All ternary layers in the order of execution.
  public var linearLayers: [LinearLayer] { checkpoint.linearLayers }

  /// The model's tokenizer.
  ///
  /// - Throws: When the model has none, or one that is damaged or not supported.
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
