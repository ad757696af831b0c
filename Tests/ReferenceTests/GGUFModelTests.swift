import Foundation
import ModelFile
import Ternary
import Testing
import Workload

@testable import Reference

@Suite("The built-in model as a GGUF file")
struct GGUFModelTests {
  /// The built-in model with its ternary layers in a type.
  private func builder(_ type: GGUFTensorType, architecture: String) throws -> GGUFBuilder {
    let checkpoint = try Models.builtIn.get().checkpoint
    let configuration = checkpoint.configuration
    var builder = GGUFBuilder()
    builder.add("general.architecture", .string(architecture))
    let sizes = [
      "context_length": configuration.contextLength,
      "embedding_length": configuration.hiddenSize,
      "feed_forward_length": configuration.intermediateSize,
      "block_count": configuration.layerCount,
      "attention.head_count": configuration.headCount,
      "attention.head_count_kv": configuration.keyValueHeadCount,
    ]
    for (key, value) in sizes { builder.add("\(architecture).\(key)", .uint32(UInt32(value))) }
    builder.add(
      "\(architecture).attention.layer_norm_rms_epsilon", .float32(configuration.normEpsilon))
    builder.add("\(architecture).rope.freq_base", .float32(configuration.rotaryBase))
    let embedding = checkpoint.embedding
    builder.add("token_embd.weight", .bf16, shape: [embedding.rows, embedding.columns]) {
      (0..<embedding.rows).flatMap { embedding.row($0) }
    }
    let finalNorm = checkpoint.finalNorm
    builder.add("output_norm.weight", .f32, shape: [finalNorm.count]) { finalNorm }
    for (index, block) in checkpoint.blocks.enumerated() {
      let norms = [
        "attn_norm": block.inputNorm, "attn_sub_norm": try #require(block.attentionSubNorm),
        "ffn_norm": block.postAttentionNorm, "ffn_sub_norm": try #require(block.feedForwardSubNorm),
      ]
      for (name, values) in norms {
        builder.add("blk.\(index).\(name).weight", .f32, shape: [values.count]) { values }
      }
      let names = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
      for (name, layer) in zip(names, block.linearLayers) {
        builder.add(
          "blk.\(index).\(name).weight", type, rows: layer.weights.rows,
          columns: layer.weights.columns, scale: layer.scale.factors[0]
        ) { layer.weights }
      }
    }
    return builder
  }

  @Test(
    "is the same model",
    arguments: [
      (GGUFTensorType.tq1x0, "bitnet"), (.tq2x0, "bitnet-b1.58"), (.i2S, "bitnet-25"),
    ])
  func same(_ type: GGUFTensorType, _ architecture: String) throws {
    let original = try Models.builtIn.get()
    let bytes = try builder(type, architecture: architecture).bytes
    let checkpoint = try BitNetCheckpoint(
      GGUFFile(path: "f", bytes: bytes),
      activation: architecture == "bitnet" ? .squaredReLU : nil)
    #expect(checkpoint.linearLayers == original.linearLayers)
    #expect(checkpoint.embedding == original.checkpoint.embedding)
    #expect(checkpoint.finalNorm == original.checkpoint.finalNorm)
    for (block, expected) in zip(checkpoint.blocks, original.checkpoint.blocks) {
      #expect(block.inputNorm == expected.inputNorm)
      #expect(block.attentionSubNorm == expected.attentionSubNorm)
      #expect(block.postAttentionNorm == expected.postAttentionNorm)
      #expect(block.feedForwardSubNorm == expected.feedForwardSubNorm)
    }
    #expect(checkpoint.configuration.activation == original.configuration.activation)
  }

  @Test("runs to the same logits, and with the other activation to others")
  func logits() throws {
    let original = try Models.builtIn.get()
    let bytes = try builder(.tq2x0, architecture: "bitnet").bytes
    let file = FileManager.default.temporaryDirectory.appending(
      path: "setun-\(UUID().uuidString).gguf")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let tokens = [0, 100, 200, 300, 1023]
    func logits(_ model: BitNetModel) throws -> [Float] {
      var session = Session(model)
      return try session.forward(tokens, scored: .last).scores(row: 0).map { $0 }
    }
    let expected = try logits(original)
    let told = try BitNetModel(path: file.path, activation: .squaredReLU)
    #expect(try logits(told) == expected)
    #expect(throws: ReferenceError.noTokenizer(model: file.path)) { try told.tokenizer }
    let assumed = try BitNetModel(path: file.path)
    #expect(assumed.configuration.activation == .silu)
    #expect(try logits(assumed) != expected)
  }
}
