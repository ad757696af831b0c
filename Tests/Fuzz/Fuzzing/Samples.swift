private import Foundation
internal import ModelFile
internal import Reference
internal import Workload

/// The sound files that are mutated.
enum Samples {
  /// Small models of every kind of block.
  static let models: [PublishedModel] = [
    model(.bitnet, isTied: true), model(.bitnetOf2024, isTied: true), model(.llama, isTied: false),
  ]

  static let bitnet = SyntheticCheckpoint(models[0], seed: 1)

  static let configuration: ModelConfiguration = sound {
    try ModelConfiguration(file: "f", json: Array(bitnet.configurationText.utf8))
  }

  private static func model(
    _ block: PublishedModel.Block, isTied: Bool, hidden: Int = 4
  ) -> PublishedModel {
    PublishedModel(
      name: "small", title: "small",
      shape: DecoderShape(
        vocabularySize: 3, hiddenSize: hidden, intermediateSize: hidden, layerCount: 1,
        headCount: 2,
        keyValueHeadCount: 1, headSize: hidden / 2),
      block: block, hasTiedHead: isTied, contextLength: 8, rotaryBase: 10_000, source: "here")
  }

  /// A file of tensors of one byte.
  static func shard(_ name: String) -> [UInt8] {
    var file = SafetensorsBuilder()
    for tensor in name == "one" ? ["a", "c"] : ["b"] {
      file.add(tensor, .u8, shape: [1]) { _ in [1] }
    }
    return file.bytes
  }

  /// A byte-level tokenizer with two merges and a special token.
  static let tokenizerText: [UInt8] = {
    var tokens = byteTokens
    tokens += ["th", "the", "<|end|>"]
    let vocabulary = Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ($1, $0) })
    let byteLevel: [String: Any] = [
      "type": "ByteLevel", "add_prefix_space": false, "use_regex": false,
    ]
    let split: [String: Any] = [
      "type": "Split", "behavior": "Isolated", "invert": false,
      "pattern": [
        "Regex": #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"#
          + #" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
      ],
    ]
    let added: [String: Any] = [
      "id": 258, "content": "<|end|>", "special": true, "single_word": false, "lstrip": false,
      "rstrip": false, "normalized": false,
    ]
    let document: [String: Any] = [
      "added_tokens": [added], "normalizer": NSNull(), "post_processor": NSNull(),
      "pre_tokenizer": ["type": "Sequence", "pretokenizers": [split, byteLevel]],
      "decoder": ["type": "ByteLevel"],
      "model": ["type": "BPE", "vocab": vocabulary, "merges": [["t", "h"], ["th", "e"]]],
    ]
    return sound {
      Array(try JSONSerialization.data(withJSONObject: document, options: .sortedKeys))
    }
  }()

  /// The characters that stand for bytes in such a vocabulary.
  private static let byteTokens: [String] = {
    let plain = Array(33...126) + Array(161...172) + Array(174...255)
    let others = (0...255).filter { !plain.contains($0) }
    return (0...255).map { byte in
      let value = others.firstIndex(of: byte).map { 256 + $0 } ?? byte
      return String(Character(Unicode.Scalar(UInt32(value)) ?? " "))
    }
  }()

  static func use(_ tokenizer: Tokenizer) {
    let tokens = tokenizer.encode("the cät\n<|end|> 12\u{0}")
    _ = tokenizer.decode(tokens + [-1, 0, 258, 299, 1 << 40])
  }

  /// Files without weights: all keys that a model may have, and two tensors.
  static let ggufHeaders: [[UInt8]] = ["bitnet", "bitnet-b1.58", "llama"].map { name in
    var file = GGUFBuilder()
    file.add("general.architecture", .string(name))
    file.add("general.alignment.note", .array(.array, [.strings(["a", ""]), .int32s([1, -1])]))
    for key in ["embedding_length", "feed_forward_length", "context_length"] {
      file.add("\(name).\(key)", .uint32(8))
    }
    for key in ["block_count", "attention.head_count_kv"] { file.add("\(name).\(key)", .uint64(1)) }
    file.add("\(name).attention.head_count", .uint32(2))
    file.add("\(name).attention.key_length", .uint16(4))
    file.add("\(name).rope.dimension_count", .int32(4))
    file.add("\(name).rope.freq_base", .float32(10_000))
    file.add("\(name).attention.layer_norm_rms_epsilon", .float64(1e-5))
    file.add("\(name).rope.scaling.type", .string("none"))
    file.add("tokenizer.ggml.eos_token_id", .uint8(2))
    file.add("setun.synthetic", .bool(true))
    file.add("token_embd.weight", .f32, shape: [3, 8]) { [Float](repeating: 1, count: 24) }
    file.add("output_norm.weight", .bf16, shape: [8]) { [Float](repeating: 1, count: 8) }
    return file.bytes
  }

  static let ggufTokenizers: [[UInt8]] = {
    var bytePairs = GGUFBuilder()
    bytePairs.add("tokenizer.ggml.model", .string("gpt2"))
    bytePairs.add("tokenizer.ggml.pre", .string("llama-bpe"))
    bytePairs.add(
      "tokenizer.ggml.tokens", .strings(byteTokens + ["th", "the", "<|end|>", "he", "ha"]))
    bytePairs.add("tokenizer.ggml.merges", .strings(["t h", "th e"]))
    bytePairs.add("tokenizer.ggml.token_type", .int32s((0..<261).map { $0 == 258 ? 3 : 1 }))
    bytePairs.add("tokenizer.ggml.bos_token_id", .uint32(258))
    var pieces = GGUFBuilder()
    let bytes = (0...255).map { "<0x" + String(format: "%02X", $0) + ">" }
    pieces.add("tokenizer.ggml.model", .string("llama"))
    pieces.add(
      "tokenizer.ggml.tokens", .strings(["<unk>", "<s>", "</s>"] + bytes + ["▁", "▁the"]))
    pieces.add("tokenizer.ggml.bos_token_id", .uint32(1))
    pieces.add("tokenizer.ggml.scores", .float32s((0..<261).map { -Float($0) }))
    pieces.add(
      "tokenizer.ggml.token_type",
      .int32s((0..<261).map { $0 == 0 ? 2 : $0 < 3 ? 3 : $0 < 259 ? 6 : 1 }))
    return [bytePairs.bytes, pieces.bytes]
  }()

  static let ggufModels: [[UInt8]] = [
    (PublishedModel.Block.bitnet, GGUFTensorType.i2S), (.llama, .tq1x0), (.bitnetOf2024, .tq2x0),
  ].map { block, type in
    let model = model(block, isTied: block != .llama, hidden: type == .i2S ? 128 : 256)
    return sound { try SyntheticCheckpoint(model, seed: 1).gguf(type) }.bytes
  }

  /// What cannot fail because its input is written here.
  private static func sound<Value>(_ body: () throws -> Value) -> Value {
    do { return try body() } catch { preconditionFailure("a sample: \(error)") }
  }
}
