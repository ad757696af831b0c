import Foundation
import Ternary
import TestSupport
import Testing
import Workload

@testable import ModelFile

@Suite("A model in a GGUF file")
struct GGUFCheckpointTests {
  /// Hidden 256, intermediate 512, one block, 4 heads of 64, 2 key-value heads, vocabulary 5.
  private struct Model {
    var architecture = "bitnet-b1.58"
    var values: [String: GGUFValue]
    var left: Set<String> = []
    /// Tensors by name; nil writes none.
    var linears: [String: (rows: Int, columns: Int)] = [
      "attn_q": (256, 256), "attn_k": (128, 256), "attn_v": (128, 256), "attn_output": (256, 256),
      "ffn_gate": (512, 256), "ffn_up": (512, 256), "ffn_down": (256, 512),
    ]
    var norms = ["attn_norm": 256, "ffn_norm": 256, "attn_sub_norm": 256, "ffn_sub_norm": 512]
    var others: [String: [Int]] = [:]
    var changed: [String: [Float]] = [:]

    /// - Parameter isWhole: Whether there are ternary layers; a header is tested without.
    init(_ architecture: String = "bitnet-b1.58", isWhole: Bool = true) {
      self.architecture = architecture
      if !isWhole { linears = [:] }
      let sizes: [String: UInt32] = [
        "context_length": 32, "embedding_length": 256, "feed_forward_length": 512,
        "block_count": 1, "attention.head_count": 4, "attention.head_count_kv": 2,
        "rope.dimension_count": 64,
      ]
      values = Dictionary(
        uniqueKeysWithValues: sizes.map { ("\(architecture).\($0)", .uint32($1)) })
      values["\(architecture).attention.layer_norm_rms_epsilon"] = .float32(1e-5)
      values["\(architecture).rope.freq_base"] = .float32(500_000)
      values["tokenizer.ggml.eos_token_id"] = .uint32(2)
      values["tokenizer.ggml.eot_token_id"] = .uint32(4)
      if architecture == "llama" {
        norms["attn_sub_norm"] = nil
        norms["ffn_sub_norm"] = nil
      }
    }

    static func trits(_ name: String, rows: Int, columns: Int) -> [Int8] {
      var random = SplitMix64(seed: name.utf8.reduce(0) { 31 * $0 + Int($1) })
      return random.trits(rows * columns)
    }

    var file: GGUFFile {
      get throws(ModelFileError) { try GGUFFile(path: "f", bytes: bytes) }
    }

    var bytes: [UInt8] {
      var builder = GGUFBuilder()
      builder.add("general.architecture", .string(architecture))
      for (key, value) in values.sorted(by: { $0.key < $1.key }) { builder.add(key, value) }
      func floats(_ name: String, _ shape: [Int]) {
        let values =
          changed[name] ?? (0..<shape.reduce(1, *)).map { Float($0 % 7) / 4 + 0.25 }
        builder.add(name, .f32, shape: shape) { values }
      }
      floats("token_embd.weight", [5, 256])
      floats("output_norm.weight", [256])
      for (name, size) in norms { floats("blk.0.\(name).weight", [size]) }
      for (name, shape) in others { floats(name, shape) }
      for (name, (rows, columns)) in linears {
        builder.add("blk.0.\(name).weight", .i2S, rows: rows, columns: columns, scale: 1.25) {
          TritMatrix(
            rows: rows, columns: columns,
            trits: Model.trits(name, rows: rows, columns: columns))
        }
      }
      return builder.bytes
    }
  }

  private func error(_ model: Model) -> String {
    do {
      _ = try BitNetCheckpoint(try model.file)
      return ""
    } catch { return error.description }
  }

  @Test("is read with its sizes, weights and norms")
  func whole() throws {
    let model = Model()
    let checkpoint = try BitNetCheckpoint(try model.file)
    let configuration = checkpoint.configuration
    #expect(configuration.vocabularySize == 5)
    #expect(configuration.hiddenSize == 256)
    #expect(configuration.intermediateSize == 512)
    #expect(configuration.headCount == 4)
    #expect(configuration.keyValueHeadCount == 2)
    #expect(configuration.headSize == 64)
    #expect(configuration.contextLength == 32)
    #expect(configuration.normEpsilon == 1e-5)
    #expect(configuration.rotaryBase == 500_000)
    #expect(configuration.endOfTextTokens == [2, 4])
    #expect(configuration.hasTiedHead)
    #expect(configuration.hasSubNorms)
    #expect(configuration.activation == .squaredReLU)
    #expect(checkpoint.head == checkpoint.embedding)
    let names = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
    #expect(checkpoint.linearLayers.count == 7)
    for (layer, name) in zip(checkpoint.linearLayers, names) {
      let (rows, columns) = try #require(model.linears[name])
      #expect(
        layer.weights
          == TritMatrix(
            rows: rows, columns: columns, trits: Model.trits(name, rows: rows, columns: columns)),
        "\(name)")
      #expect(layer.scale == .multiply(1.25), "\(name)")
    }
    #expect(checkpoint.linearLayers[3].name == "layers.0.self_attn.o_proj")
    #expect(checkpoint.blocks[0].feedForwardSubNorm?.count == 512)
  }

  @Test("says which non-linearity it has, and where that was taken from")
  func activation() throws {
    let cases:
      [(String, ModelConfiguration.FeedForwardActivation, GGUFArchitecture.ActivationSource)] =
        [
          ("bitnet", .silu, .assumed), ("bitnet-25", .squaredReLU, .architecture),
          ("bitnet-b1.58", .squaredReLU, .architecture), ("llama", .silu, .architecture),
        ]
    for (name, expected, source) in cases {
      let metadata = try Model(name, isWhole: false).file.metadata
      let architecture = try GGUFArchitecture(metadata)
      #expect(architecture.activation == expected, "\(name)")
      #expect(architecture.activationSource == source, "\(name)")
      #expect(architecture.hasSubNorms == (name != "llama"), "\(name)")
      let told = try GGUFArchitecture(metadata, activation: .squaredReLU)
      #expect(told.activation == .squaredReLU && told.activationSource == .option, "\(name)")
    }
    var model = Model("bitnet")
    model.values["bitnet.hidden_activation"] = .string("relu2")
    let architecture = try GGUFArchitecture(try model.file.metadata)
    #expect(architecture.activation == .squaredReLU)
    #expect(architecture.activationSource == .metadata(key: "bitnet.hidden_activation"))
    #expect(try BitNetCheckpoint(try model.file).configuration.activation == .squaredReLU)
    #expect(
      try BitNetCheckpoint(try model.file, activation: .silu).configuration.activation == .silu)
    model.values["bitnet.hidden_activation"] = .string("gelu")
    #expect(
      error(model) == "f: bitnet.hidden_activation: expected \"relu2\" or \"silu\", found \"gelu\"")
  }

  @Test("says when it is inspected whether the non-linearity was assumed")
  func inspection() throws {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "setun-\(UUID().uuidString).gguf")
    defer { try? FileManager.default.removeItem(at: file) }
    for (name, isAssumed) in [("bitnet", true), ("bitnet-25", false)] {
      try Data(Model(name).bytes).write(to: file)
      #expect(try ModelInspection(path: file.path).isActivationAssumed == isAssumed, "\(name)")
      let told = try ModelInspection(path: file.path, activation: .squaredReLU)
      #expect(!told.isActivationAssumed && told.tensors.count == 13, "\(name)")
    }
  }

  @Test("of llama.cpp's Llama has the rows of its heads put back in halves")
  func alternatingHeads() throws {
    let checkpoint = try BitNetCheckpoint(try Model("llama").file)
    #expect(checkpoint.blocks[0].attentionSubNorm == nil)
    for (layer, name, heads) in [
      (checkpoint.blocks[0].query, "attn_q", 4), (checkpoint.blocks[0].key, "attn_k", 2),
    ] {
      let rows = 64 * heads
      let stored = Model.trits(name, rows: rows, columns: 256)
      for head in 0..<heads {
        for pair in 0..<32 {
          // The converter lays pair p of a head, halves i and i + 32, side by side.
          for (half, place) in [(0, 2 * pair), (1, 2 * pair + 1)] {
            let row = 64 * head + 32 * half + pair
            let from = 64 * head + place
            #expect(
              (0..<256).allSatisfy { layer.weights[row, $0] == stored[256 * from + $0] },
              "\(name) row \(row)")
          }
        }
      }
    }
    // No other layer is moved.
    let value = checkpoint.blocks[0].value.weights
    #expect(
      value
        == TritMatrix(
          rows: 128, columns: 256, trits: Model.trits("attn_v", rows: 128, columns: 256)))
  }

  @Test("takes scales along when rows are put back")
  func alternatingScales() throws {
    var model = Model("llama")
    model.linears["attn_k"] = nil
    let name = "blk.0.attn_k.weight"
    model.others[name] = [128, 256]
    // Row r of the file is r + 1 times a sign.
    model.changed[name] = (0..<128 * 256).map { index -> Float in
      let scale = Float(index / 256 + 1)
      return index % 2 == 0 ? scale : -scale
    }
    let key = try BitNetCheckpoint(try model.file).blocks[0].key
    let expected = (0..<128).map { row -> Float in
      let (head, half, pair) = (row / 64, row % 64 / 32, row % 32)
      return Float(64 * head + 2 * pair + half + 1)
    }
    #expect(key.scale == .rowGroups(expected, rowsPerGroup: 1))
    let groups = WeightScale.inputGroups([1, 2, 3, 4, 5, 6], columnsPerGroup: 256)
    #expect(
      groups.takingRows([2, 0, 1]) == .inputGroups([5, 6, 1, 2, 3, 4], columnsPerGroup: 256))
    #expect(WeightScale.multiply(2).takingRows([1, 0]) == .multiply(2))
  }

  @Test("may have a head of its own")
  func head() throws {
    var model = Model()
    model.others["output.weight"] = [5, 256]
    model.changed["output.weight"] = Array(repeating: 3, count: 5 * 256)
    let checkpoint = try BitNetCheckpoint(try model.file)
    #expect(!checkpoint.configuration.hasTiedHead)
    #expect(checkpoint.head.row(4) == Array(repeating: 3, count: 256))
    #expect(checkpoint.embedding.row(4) != checkpoint.head.row(4))
  }

  @Test("that is not supported, or lacks a key, is refused by name")
  func unsupported() {
    let prefix = "bitnet-b1.58"
    let changes: [(String, GGUFValue?, String)] = [
      ("block_count", nil, "expected an integer in 1...100000, found no such key"),
      ("embedding_length", .float32(1), "expected an integer in 1...16777215, found 1.0"),
      (
        "attention.head_count", .uint32(6),
        "expected a number of heads of even size that fill 256 hidden values, found 6"
      ),
      ("attention.head_count_kv", .uint32(3), "expected a divisor of 4 heads, found 3"),
      ("attention.key_length", .uint32(63), "expected an even number, found 63"),
      ("attention.layer_norm_rms_epsilon", nil, "expected a float above 0, found no such key"),
      ("rope.dimension_count", .uint32(32), "expected an integer in 64...64, found 32"),
      (
        "rope.scaling.type", .string("yarn"),
        "expected \"none\" (nothing else is supported), found \"yarn\""
      ),
    ]
    for (key, value, text) in changes {
      var model = Model(isWhole: false)
      model.values["\(prefix).\(key)"] = value
      #expect(error(model) == "f: \(prefix).\(key): \(text)")
    }
    var model = Model()
    model.values["\(prefix).rope.scaling.type"] = .string("linear")
    model.values["\(prefix).rope.scaling.factor"] = .float32(1)
    #expect(error(model) == "")
    model.values["\(prefix).rope.scaling.factor"] = .float32(2)
    #expect(
      error(model)
        == "f: \(prefix).rope.scaling.factor: expected 1 (nothing else is supported), found 2.0")
    #expect(
      error(Model("gemma", isWhole: false))
        == "f: general.architecture: expected bitnet, bitnet-25, bitnet-b1.58 or llama, found \"gemma\""
    )
  }

  @Test("with a tensor missing, of another shape, left over or not finite is refused")
  func tensors() {
    var model = Model()
    model.linears["ffn_up"] = nil
    #expect(error(model) == "f: blk.0.ffn_up.weight: expected this tensor, found none")
    model = Model()
    model.linears["ffn_up"] = (256, 512)
    #expect(error(model) == "f: blk.0.ffn_up.weight: expected shape [512, 256], found [256, 512]")
    model = Model()
    model.norms["attn_sub_norm"] = nil
    #expect(error(model) == "f: blk.0.attn_sub_norm.weight: expected this tensor, found none")
    model = Model()
    model.others["rope_freqs.weight"] = [32]
    #expect(error(model) == "f: rope_freqs.weight: expected no such tensor in this model")
    model = Model()
    model.changed["blk.0.ffn_norm.weight"] = (0..<256).map { $0 == 7 ? .nan : 1 }
    #expect(
      error(model) == "f: blk.0.ffn_norm.weight: expected finite values, found nan at element 7")
    model = Model()
    model.changed["token_embd.weight"] = (0..<1280).map { $0 == 300 ? .infinity : 1 }
    #expect(
      error(model) == "f: token_embd.weight: expected finite values, found inf at element 300")
  }

  @Test("with an embedding of blocks whose scale is no number is refused")
  func strangeBlocks() throws {
    for (type, scale) in [(UInt32(8), 0), (2, 0)] as [(UInt32, Int)] {
      let blockBytes = type == 8 ? 34 : 18
      var writer = GGUFWriter()
      writer.add("general.architecture", "bitnet-b1.58")
      for (key, value) in Model().values.sorted(by: { $0.key < $1.key }) {
        if case .uint32(let number) = value { writer.add(key, number) }
        if case .float32(let number) = value { writer.add(key, number) }
      }
      var bytes = [UInt8](repeating: 1, count: 5 * 8 * blockBytes)
      bytes[(8 + 3) * blockBytes + scale + 1] = 0x7C
      writer.add("token_embd.weight", type, [256, 5], bytes)
      let file = try GGUFFile(path: "f", bytes: writer.file)
      #expect {
        _ = try BitNetCheckpoint(file)
      } throws: {
        "\($0)".hasPrefix("f: token_embd.weight: expected finite values, found ")
          && "\($0)".hasSuffix(" at element \(256 + 3 * 32)")
      }
    }
  }
}
