import ModelFile
import Ternary
import TestSupport
import Testing

@Suite("A damaged GGUF model")
struct GGUFFuzzTests {
  /// The smallest model: hidden 256, intermediate 256, one block, vocabulary 2.
  private var builder: GGUFBuilder {
    var builder = GGUFBuilder()
    builder.add("general.architecture", .string("bitnet"))
    let sizes: [(String, UInt32)] = [
      ("context_length", 4), ("embedding_length", 256), ("feed_forward_length", 256),
      ("block_count", 1), ("attention.head_count", 2), ("attention.head_count_kv", 1),
    ]
    for (key, value) in sizes { builder.add("bitnet.\(key)", .uint32(value)) }
    builder.add("bitnet.attention.layer_norm_rms_epsilon", .float32(1e-5))
    builder.add("tokenizer.ggml.tokens", .strings(["a", "b"]))
    for name in ["output_norm", "blk.0.attn_norm", "blk.0.ffn_norm", "blk.0.attn_sub_norm"] {
      builder.add("\(name).weight", .f16, shape: [256]) { [Float](repeating: 1, count: 256) }
    }
    builder.add("blk.0.ffn_sub_norm.weight", .bf16, shape: [256]) {
      [Float](repeating: 1, count: 256)
    }
    builder.add("token_embd.weight", .q8x0, shape: [2, 256]) {
      (0..<512).map { Float($0 % 5) }
    }
    let types: [GGUFTensorType] = [.tq1x0, .tq2x0, .i2S]
    let names = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
    for (index, name) in names.enumerated() {
      let rows = ["attn_k", "attn_v"].contains(name) ? 128 : 256
      builder.add("blk.0.\(name).weight", types[index % 3], rows: rows, columns: 256, scale: 1) {
        TritMatrix(rows: rows, columns: 256, trits: (0..<rows * 256).map { Int8($0 % 3) - 1 })
      }
    }
    return builder
  }

  /// Reads all that a file holds.
  private func read(_ bytes: [UInt8]) throws(ModelFileError) {
    _ = try BitNetCheckpoint(try GGUFFile(path: "f", bytes: bytes))
  }

  @Test("is read or refused, and never stops the program")
  func mutations() throws {
    let original = builder.bytes
    try read(original)
    var sizes: [Int] = []
    builder.write { sizes.append($0.count) }
    let headerSize = sizes[0]
    var random = SplitMix64(seed: 77)
    var refused = 0
    for _ in 0..<2000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, headerSize, &random) }
      do { try read(bytes) } catch {
        refused += 1
        #expect(error.description.hasPrefix("f: "))
      }
    }
    // Most damage to a header is seen; damage to a norm or a key that nobody reads may not be.
    #expect(refused > 1000, "\(refused) of 2000")
  }

  /// One change of the kinds that break readers.
  private func mutate(_ bytes: inout [UInt8], _ headerSize: Int, _ random: inout SplitMix64) {
    guard bytes.count > 8 else { return }
    let place = Int.random(in: 0..<min(headerSize, bytes.count - 8), using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
    case 2:
      let extremes: [UInt64] = [0, 1, .max, 1 << 63, 1 << 32, 1 << 62, UInt64(bytes.count)]
      let value = extremes.randomElement(using: &random) ?? 0
      bytes.replaceSubrange(place..<place + 8, with: littleEndian(value))
    case 3: bytes.removeLast(bytes.count - place)
    case 4: bytes.remove(at: place)
    default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
    }
  }
}
