import Foundation
import Testing

@testable import ModelFile

@Suite("The inspection of a model")
struct ModelInspectionTests {
  /// Runs `body` with the tiny model in a directory.
  private func withModel(
    _ model: TinyModel = TinyModel(), _ body: (String) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "setun-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(TinyModel.configurationText.utf8).write(to: folder.appending(path: "config.json"))
    try Data(model.weights.file).write(to: folder.appending(path: "model.safetensors"))
    try body(folder.path)
  }

  @Test("counts the weights of every matrix, without the rows of padding")
  func counts() throws {
    try withModel { path in
      let inspection = try ModelInspection(path: path)
      #expect(inspection.configuration?.hiddenSize == 4)
      #expect(inspection.tensors.count == TinyModel().weights.tensors.count)
      #expect(inspection.tensors.count { $0.ternary != nil } == 7)
      for (seed, (name, rows, columns)) in TinyModel.linears.enumerated() {
        let trits = TinyModel.trits(seed, rows * columns)
        let tensor = try #require(
          inspection.tensors.first { $0.name == "\(TinyModel.block).\(name).weight" })
        #expect(tensor.type == "U8" && tensor.shape == [(rows + 3) / 4, columns])
        let ternary = try #require(tensor.ternary)
        #expect(ternary.minusOnes == trits.count { $0 == -1 })
        #expect(ternary.zeros == trits.count { $0 == 0 })
        #expect(ternary.plusOnes == trits.count { $0 == 1 })
        #expect(ternary.rows == rows && ternary.scales?.smallest == 1.25)
      }
      let total = try #require(inspection.ternary)
      #expect(total.weights == TinyModel.linears.reduce(0) { $0 + $1.1 * $1.2 })
      #expect(total.rows == 28 && total.scales == nil)
    }
  }

  @Test("finds rows of zeros and the entropy of the weights")
  func distribution() throws {
    var model = TinyModel()
    // Codes of the four rows: 0 0 0 0, −1 0 0 0, +1 0 0 0 and again 0 0 0 0.
    model.change("q_proj.weight") { $0.bytes = [0b01_10_00_01, 0x55, 0x55, 0x55] }
    try withModel(model) { path in
      let inspection = try ModelInspection(path: path)
      let ternary = try #require(
        inspection.tensors.first { $0.name.hasSuffix("q_proj.weight") }?.ternary)
      #expect(ternary.minusOnes == 1 && ternary.zeros == 14 && ternary.plusOnes == 1)
      #expect(ternary.zeroRows == 2)
      // 2 · 1/16 · 4 bits and 14/16 · log₂(16/14) bits.
      #expect(abs(ternary.entropyBits - (0.5 + 0.875 * 0.192645078)) < 1e-8)
    }
  }

  @Test("of a matrix of one value finds no information in it")
  func constant() throws {
    var model = TinyModel()
    model.change("q_proj.weight") { $0.bytes = [0x55, 0x55, 0x55, 0x55] }
    try withModel(model) { path in
      let ternary = try #require(
        try ModelInspection(path: path).tensors.first { $0.name.hasSuffix("q_proj.weight") }?
          .ternary)
      #expect(ternary.entropyBits == 0 && ternary.zeroRows == 4)
    }
  }

  @Test("of a file on its own takes packed tensors with a scale for weights")
  func file() throws {
    try withModel { path in
      let inspection = try ModelInspection(path: path + "/model.safetensors")
      #expect(inspection.configuration == nil)
      #expect(inspection.tensors.count { $0.ternary != nil } == 7)
      // 6 rows and 2 of padding.
      let gate = inspection.tensors.first { $0.name.hasSuffix("gate_proj.weight") }
      #expect(gate?.ternary?.rows == 8 && gate?.ternary?.scales?.largest == 1.25)
    }
  }

  @Test("orders tensors by name, and numbers in it by value")
  func order() throws {
    var writer = SafetensorsWriter()
    for name in ["layers.10.b", "layers.2.b", "layers.2.a"] { writer.add(name, "U8", [1], [0]) }
    let path = FileManager.default.temporaryDirectory.appending(
      path: "setun-\(UUID().uuidString).safetensors")
    try Data(writer.file).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    let inspection = try ModelInspection(path: path.path)
    #expect(inspection.tensors.map(\.name) == ["layers.2.a", "layers.2.b", "layers.10.b"])
    #expect(inspection.ternary == nil)
  }

  @Test("refuses what is not there, and models that it cannot read")
  func refusals() throws {
    #expect(throws: ModelFileError.self) { try ModelInspection(path: "/nonexistent") }
    var model = TinyModel()
    model.change("q_proj.weight") { $0.bytes[0] = 0xFF }
    try withModel(model) { path in
      for file in [path, path + "/model.safetensors"] {
        let error = #expect(throws: ModelFileError.self) { try ModelInspection(path: file) }
        #expect(
          error?.problem == "expected codes 0, 1, 2, found 3 at row 0, column 0", "\(file)")
      }
    }
  }
}
