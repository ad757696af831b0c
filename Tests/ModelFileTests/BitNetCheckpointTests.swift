import Foundation
import Ternary
import Testing
import Workload

@testable import ModelFile

@Suite("A BitNet checkpoint")
struct BitNetCheckpointTests {
  private func error(_ change: (inout TinyModel) -> Void) -> String {
    var model = TinyModel()
    change(&model)
    let file = model.weights.file
    return message { () throws(ModelFileError) in try TinyModel.load(file) }
  }

  @Test("loads every tensor into its place")
  func loads() throws {
    let checkpoint = try TinyModel.load(TinyModel().weights.file)
    #expect((0..<3).flatMap(checkpoint.embedding.row) == (1...12).map { Float($0) / 4 })
    #expect(checkpoint.blocks[0].feedForwardSubNorm == [1, 1, 2, 1, 1, 1])
    #expect(checkpoint.linearLayers.count == TinyModel.linears.count)
    for (seed, (name, rows, columns)) in TinyModel.linears.enumerated() {
      let expected = LinearLayer(
        name: "layers.0.\(name)",
        weights: TritMatrix(
          rows: rows, columns: columns, trits: TinyModel.trits(seed, rows * columns)),
        scale: .multiply(1.25))
      #expect(checkpoint.linearLayers[seed] == expected)
    }
  }

  @Test("with the bitlinear convention divides by its scales")
  func divides() throws {
    let text = TinyModel.configurationText
    for configuration in [
      text.replacing("autobitlinear", with: "bitlinear"),
      text.replacing(#","linear_class":"autobitlinear""#, with: ""),
    ] {
      let checkpoint = try TinyModel.load(
        TinyModel().weights.file, configuration: configuration)
      #expect(checkpoint.linearLayers.allSatisfy { $0.scale == .divide(1.25) })
    }
  }

  @Test("damaged at any byte of its header is refused or loads the same weights")
  func damaged() throws {
    let model = TinyModel()
    let file = model.weights.file
    let sound = try TinyModel.load(file)
    for position in 0..<8 + model.weights.headerText.utf8.count {
      for mask: UInt8 in [0x01, 0x20] {
        var damaged = file
        damaged[position] ^= mask
        guard let checkpoint = try? TinyModel.load(damaged) else { continue }
        #expect(
          checkpoint.embedding == sound.embedding && checkpoint.linearLayers == sound.linearLayers
            && checkpoint.finalNorm == sound.finalNorm, "byte \(position) xor \(mask)")
      }
    }
  }

  @Test("refuses tensors that are missing, of another type or shape, or of no place in it")
  func tensors() {
    let query = "f: model.layers.0.self_attn.q_proj.weight"
    #expect(
      error { $0.weights.tensors.removeAll { $0.name.hasSuffix("q_proj.weight") } }
        == "\(query): expected this tensor, found none")
    #expect(
      error { $0.change("q_proj.weight") { $0.shape = [4, 1] } }
        == "\(query): expected shape [1, 4], found [4, 1]")
    #expect(
      error {
        $0.change("q_proj.weight") {
          $0.type = "BF16"
          $0.bytes += $0.bytes
        }
      }
        == "\(query): expected U8 (packed ternary weights), found BF16; master weights need the "
        + "quantization_mode \"online\"")
    #expect(
      error { $0.weights.add("model.rotary.inv_freq", "U8", [1], [0]) }
        == "f: model.rotary.inv_freq: expected no such tensor in this model")
    #expect(
      error { $0.weights.addBF16("lm_head.weight", [3, 4], Array(repeating: 1, count: 12)) }
        == "f: lm_head.weight: expected the embedding (tie_word_embeddings is true), found other "
        + "values")
  }

  @Test("accepts a tied head that is stored a second time")
  func storedHead() {
    #expect(
      error { $0.weights.addBF16("lm_head.weight", [3, 4], (1...12).map { Float($0) / 4 }) } == "")
  }

  @Test("refuses values that are not finite, scales not above 0 and illegal codes")
  func values() {
    let scale = "f: model.layers.0.mlp.down_proj.weight_scale"
    #expect(
      error {
        $0.change("model.norm.weight") { $0.bytes.replaceSubrange(4..<6, with: [0x80, 0x7F]) }
      }
        == "f: model.norm.weight: expected finite values, found inf at element 2")
    #expect(
      error { $0.change("down_proj.weight_scale") { $0.bytes = [0, 0] } }
        == "\(scale): expected a scale above 0, found 0.0")
    #expect(
      error { $0.change("down_proj.weight_scale") { $0.bytes[1] |= 0x80 } }
        == "\(scale): expected a scale above 0, found -1.25")
    #expect(
      error { $0.change("up_proj.weight") { $0.bytes[6] |= 0b11 << 4 } }
        == "f: model.layers.0.mlp.up_proj.weight: expected codes 0, 1, 2, found 3 at row 5, "
        + "column 2")
    #expect(
      error { $0.change("o_proj.weight") { $0.bytes = [0, 0, 0, 0] } }
        == "f: model.layers.0.self_attn.o_proj.weight: expected ternary weights, found only zero "
        + "bytes (a damaged download)")
  }

  @Test("that is missing is refused with its path")
  func missing() {
    let reason = "cannot be opened (No such file or directory)"
    #expect(
      message { () throws(ModelFileError) in try BitNetCheckpoint(path: "/nonexistent") }
        == "/nonexistent/config.json: \(reason)")
    #expect(
      message { () throws(ModelFileError) in
        try BitNetCheckpoint(path: "/nonexistent/model.safetensors")
      } == "/nonexistent/config.json: \(reason)")
  }

  @Test("of the built-in model has the shapes and zero weights that its README states")
  func builtIn() throws {
    let checkpoint = try BitNetCheckpoint(
      path: repository.appending(path: "traces/kjv-bitnet-3m").path)
    #expect(checkpoint.linearLayers.count == 28)
    #expect(checkpoint.linearLayers[13].name == "layers.1.mlp.down_proj")
    #expect(checkpoint.linearLayers[13].shape(tokens: 7) == MatmulShape(m: 7, n: 256, k: 768))
    let shapes = checkpoint.linearLayers.map { $0.shape(tokens: 1) }
    #expect(shapes.reduce(0) { $0 + $1.macs } == 3_014_656)
    let query = checkpoint.linearLayers[0].weights
    let zeros = (0..<256 * 256).count { query[$0 / 256, $0 % 256] == 0 }
    #expect((0.32...0.35).contains(Double(zeros) / 65536))
  }
}
