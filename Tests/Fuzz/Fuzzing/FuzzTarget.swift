internal import ModelFile
private import Reference
private import Workload

/// A reader under test, and sound files for it to begin from.
public struct FuzzTarget: Sendable {
  public let name: String
  /// Inputs of this reader among a hundred.
  public let share: Int
  let seeds: [[UInt8]]
  /// Reads the bytes of a file and uses what was read.
  let read: @Sendable ([UInt8]) throws(ModelFileError) -> Void

  /// Why sound files are refused: empty, or the target tests little.
  public var refusalsOfSeeds: [String] {
    seeds.compactMap { seed in
      do {
        try read(seed)
        return nil
      } catch { return "\(error)" }
    }
  }

  /// Every reader of files that come from outside.
  public static let all = [
    safetensors, checkpoint, configuration, shards, tokenizer, ggufHeader, ggufTokenizer,
    ggufCheckpoint,
  ]

  /// The header of a safetensors file, and every tensor that it lists.
  private static let safetensors = FuzzTarget(
    name: "safetensors", share: 30,
    seeds: Samples.models.map { SyntheticCheckpoint($0, seed: 1).safetensors.bytes }
  ) { bytes throws(ModelFileError) in
    let file = try SafetensorsFile(path: "f", bytes: bytes)
    for (name, entry) in file.tensors { _ = try file.bytes(of: name, as: [entry.type]) }
  }

  /// A whole checkpoint under a sound configuration.
  private static let checkpoint = FuzzTarget(
    name: "checkpoint", share: 15, seeds: [Samples.bitnet.safetensors.bytes]
  ) { bytes throws(ModelFileError) in
    let checkpoint = try BitNetCheckpoint(
      configuration: Samples.configuration,
      weights: SafetensorsFiles(SafetensorsFile(path: "f", bytes: bytes)))
    for layer in checkpoint.linearLayers { _ = TernaryStatistics(layer) }
  }

  private static let configuration = FuzzTarget(
    name: "config.json", share: 15,
    seeds: Samples.models.map { Array(SyntheticCheckpoint($0, seed: 1).configurationText.utf8) }
  ) { bytes throws(ModelFileError) in
    let configuration = try ModelConfiguration(file: "f", json: bytes)
    _ = configuration.shape
  }

  private static let shards = FuzzTarget(
    name: "index", share: 10,
    seeds: [
      Array(#"{"metadata":{"total_size":3},"weight_map":{"a":"one","b":"two","c":"one"}}"#.utf8)
    ]
  ) { bytes throws(ModelFileError) in
    _ = try SafetensorsFiles(index: "index", json: bytes) { name throws(ModelFileError) in
      try SafetensorsFile(path: name, bytes: Samples.shard(name))
    }
  }

  private static let tokenizer = FuzzTarget(
    name: "tokenizer.json", share: 5, seeds: [Samples.tokenizerText]
  ) { bytes throws(ModelFileError) in
    let tokenizer = try Tokenizer(file: "f", json: bytes, vocabularySize: 300)
    Samples.use(tokenizer)
  }

  /// The header of a GGUF file and what it says of the model.
  private static let ggufHeader = FuzzTarget(
    name: "GGUF header", share: 19, seeds: Samples.ggufHeaders
  ) { bytes throws(ModelFileError) in
    let file = try GGUFFile(path: "f", bytes: bytes)
    for (name, tensor) in file.tensors { _ = try file.bytes(of: name, as: [tensor.type]) }
    _ = try ModelConfiguration(file, GGUFArchitecture(file.metadata))
  }

  private static let ggufTokenizer = FuzzTarget(
    name: "GGUF tokenizer", share: 5, seeds: Samples.ggufTokenizers
  ) { bytes throws(ModelFileError) in
    let file = try GGUFFile(path: "f", bytes: bytes)
    if let tokenizer = try Tokenizer(file.metadata, vocabularySize: 261) { Samples.use(tokenizer) }
  }

  /// Whole GGUF models, with blocks of every ternary type.
  private static let ggufCheckpoint = FuzzTarget(
    name: "GGUF model", share: 1, seeds: Samples.ggufModels
  ) { bytes throws(ModelFileError) in
    let checkpoint = try BitNetCheckpoint(GGUFFile(path: "f", bytes: bytes))
    _ = checkpoint.embedding.row(0)
  }
}
