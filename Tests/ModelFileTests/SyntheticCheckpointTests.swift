import Foundation
import Ternary
import Testing
import Workload

@testable import ModelFile

@Suite("A synthetic checkpoint")
struct SyntheticCheckpointTests {
  /// A model of two layers that every ternary type of GGUF can hold.
  private static func model(_ block: PublishedModel.Block, tied: Bool) -> PublishedModel {
    PublishedModel(
      name: "small", title: "Small",
      shape: DecoderShape(
        vocabularySize: 37, hiddenSize: 256, intermediateSize: 512, layerCount: 2, headCount: 3,
        keyValueHeadCount: 1, headSize: 256),
      block: block, hasTiedHead: tied, contextLength: 64, rotaryBase: 10_000, source: "here")
  }

  private static func load(_ checkpoint: SyntheticCheckpoint) throws -> BitNetCheckpoint {
    try BitNetCheckpoint(
      configuration: ModelConfiguration(
        file: "config.json", json: Array(checkpoint.configurationText.utf8)),
      weights: SafetensorsFiles(SafetensorsFile(path: "f", bytes: checkpoint.safetensors.bytes)))
  }

  @Test(
    "loads as a model of its kind, equal from safetensors and from GGUF",
    arguments: [
      (PublishedModel.Block.bitnet, true, GGUFTensorType.tq2x0),
      (.bitnetOf2024, true, .tq1x0), (.llama, false, .i2S), (.llama, true, .tq2x0),
    ])
  func formats(block: PublishedModel.Block, tied: Bool, type: GGUFTensorType) throws {
    let checkpoint = SyntheticCheckpoint(Self.model(block, tied: tied), seed: 3)
    let safetensors = try Self.load(checkpoint)
    let file = try checkpoint.gguf(type)
    let gguf = try BitNetCheckpoint(GGUFFile(path: "f", bytes: file.bytes))
    for model in [safetensors, gguf] {
      #expect(model.configuration.isSynthetic)
      #expect(model.configuration.shape == checkpoint.shape)
      #expect(model.configuration.hasSubNorms == (block != .llama))
      #expect(model.configuration.hasTiedHead == tied)
      #expect(model.configuration.activation == (block == .bitnet ? .squaredReLU : .silu))
    }
    #expect(safetensors.linearLayers.count == 14)
    for (left, right) in zip(safetensors.linearLayers, gguf.linearLayers) {
      #expect(left.name == right.name && left.weights == right.weights)
      // Stored as bfloat16, for Llama as its inverse, and in TQ blocks as a half.
      #expect(abs(left.scale.factors[0] / right.scale.factors[0] - 1) < 0.01)
    }
    #expect(safetensors.finalNorm == gguf.finalNorm)
    #expect(safetensors.blocks[1].feedForwardSubNorm == gguf.blocks[1].feedForwardSubNorm)
    // Bfloat16 values this large are exact as halves, and small ones nearly so.
    for row in [0, 36] {
      for (left, right) in zip(safetensors.head.row(row), gguf.head.row(row)) {
        #expect(abs(left - right) <= 0x1p-25)
      }
    }
  }

  @Test("depends on its seed alone")
  func seeds() {
    let model = Self.model(.bitnet, tied: true)
    let bytes = SyntheticCheckpoint(model, seed: 1).safetensors.bytes
    #expect(SyntheticCheckpoint(model, seed: 1).safetensors.bytes == bytes)
    #expect(SyntheticCheckpoint(model, seed: 2).safetensors.bytes != bytes)
    let whole = SyntheticCheckpoint(model, seed: 1)
    let first = SyntheticCheckpoint(model, layers: 1, seed: 1)
    #expect(first.shape.layerCount == 1)
    #expect(first.matrix(0, .down).matrix == whole.matrix(0, .down).matrix)
  }

  @Test(
    "has the shares of zeros that were measured in 2B4T",
    arguments: [
      // From the table: layer, matrix, percent.
      (0, DecoderShape.Linear.query, 49.617), (0, .key, 46.474), (1, .gate, 60.080),
      (3, .value, 37.079), (3, .down, 45.496),
    ])
  func shares(layer: Int, linear: DecoderShape.Linear, percent: Double) throws {
    let checkpoint = SyntheticCheckpoint(try #require(PublishedModel(named: "2b-4t")), seed: 5)
    var matrix = checkpoint.matrix(layer, linear)
    #expect(abs(matrix.zeroShare - percent / 100) < 1e-12)
    // Some rows of it are enough to see the share: their deviation is below 0.15%, and in gate, where
    // a dead row counts as one draw, 1.5%.
    matrix = SyntheticMatrix(
      rows: 640, columns: matrix.columns, zeroShare: matrix.zeroShare, deadShare: matrix.deadShare,
      deadSeed: matrix.deadSeed, seed: matrix.seed)
    let counts = matrix.matrix.counts
    let total = Double(counts.minusOnes + counts.zeros + counts.plusOnes)
    let tolerance = linear == .gate ? 0.06 : 0.006
    #expect(abs(Double(counts.zeros) / total - percent / 100) < tolerance)
    #expect(abs(Double(counts.minusOnes - counts.plusOnes)) / total < 0.006)
  }

  @Test("has the same dead neurons in gate and up")
  func dead() throws {
    let checkpoint = SyntheticCheckpoint(try #require(PublishedModel(named: "2b-4t")), seed: 5)
    var dead: [[Int]] = []
    for linear in [DecoderShape.Linear.gate, .up] {
      let whole = checkpoint.matrix(1, linear)
      let part = SyntheticMatrix(
        rows: 1000, columns: 256, zeroShare: whole.zeroShare, deadShare: whole.deadShare,
        deadSeed: whole.deadSeed, seed: whole.seed
      ).matrix
      dead.append((0..<1000).filter { part.row($0).counts.zeros == 256 })
    }
    #expect(dead[0] == dead[1])
    // 3013 of 6912 neurons, ±1.6% for a thousand draws.
    #expect((390...480).contains(dead[0].count))
  }

  @Test("packs any number of rows and columns alike in planes and in rows")
  func packing() throws {
    for rows in [1, 2, 3, 5, 8, 17] {
      for columns in [1, 3, 8, 63, 64, 65, 129, 255] {
        let matrix = SyntheticMatrix(
          rows: rows, columns: columns, zeroShare: 0.4, deadShare: 0.1, deadSeed: 1, seed: 2)
        let planes = matrix.planes
        // All −1 in one byte is what a damaged file looks like.
        guard planes.contains(where: { $0 != 0 }) else { continue }
        let decoded = try TernaryPlanes.decode(
          planes, rows: rows, columns: columns, file: "f", tensor: "t")
        #expect(decoded == matrix.matrix, "\(rows)×\(columns)")
      }
    }
  }

  @Test("of a shape whose rows are no whole blocks cannot be GGUF")
  func blocks() throws {
    let model = try #require(PublishedModel(named: "1.3b"))
    #expect(
      message { () throws(ModelFileError) in
        try SyntheticCheckpoint(model, layers: 1, seed: 1).gguf(.tq2x0)
      }
        == "BitNet b1.58 1.3B: expected rows of a multiple of 256 weights for TQ2_0, found 5460")
  }

  @Test("can take its shape from a configuration")
  func configuration() throws {
    let path = FileManager.default.temporaryDirectory.appending(
      path: "setun-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: path) }
    try Data(TinyModel.configurationText.utf8).write(to: path)
    let model = try PublishedModel(configuration: path.path)
    #expect(model.block == .bitnet && model.shape.intermediateSize == 6)
    #expect(try Self.load(SyntheticCheckpoint(model, seed: 1)).linearLayers.count == 7)
    let strange = TinyModel.configurationText.replacing(
      #""bitnet","vocab"#, with: #""llama","vocab"#)
    try Data(strange.utf8).write(to: path)
    #expect(
      message { () throws(ModelFileError) in try PublishedModel(configuration: path.path) }
        == "\(path.path): hidden_act: expected \"silu\" in blocks without sub-norms, found \"relu2\""
    )
  }
}
