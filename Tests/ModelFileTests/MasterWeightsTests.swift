import Foundation
import Ternary
import Testing
import Workload

@testable import ModelFile

@Suite("Master weights")
struct MasterWeightsTests {
  private static func trits(_ matrix: TritMatrix) -> [Int8] {
    (0..<matrix.rows).flatMap { matrix.row($0).trits }
  }

  @Test("become the recorded ternary weights: random, zero, on ties, all alike", arguments: 0..<4)
  func absmean(index: Int) throws {
    let file = try SafetensorsFile(
      path: repository.appending(path: "Tests/Golden/unit_vectors.safetensors").path)
    let shape = try #require(file.tensors["w\(index).w"]).shape
    let (matrix, scale) = MasterWeights.absmean(
      try file.floats("w\(index).w"), rows: shape[0], columns: shape[1])
    #expect(Self.trits(matrix) == (try file.int8s("w\(index).t")))
    let inverse = try file.floats("w\(index).inv_absmean")[0]
    // The order of the sum of magnitudes is free.
    #expect(abs(scale.factors[0] * inverse - 1) < 1e-6)
  }

  @Test("become binary by their side of the mean")
  func sign() {
    // The mean is 1, the mean magnitude 2.5.
    let (matrix, scale) = MasterWeights.sign([4, 1, -3, 3, 0, 1], rows: 2, columns: 3)
    #expect(Self.trits(matrix) == [1, -1, -1, 1, -1, -1])
    #expect(scale == .multiply(2))
    let zero = MasterWeights.sign([0, 0], rows: 1, columns: 2)
    #expect(Self.trits(zero.0) == [-1, -1] && zero.1.factors[0] > 0)
  }

  @Test("that are ternary already keep their signs and their scales")
  func ternaryValues() throws {
    let (one, scale) = try MasterWeights.ternaryValues([0, -2, 2, 0, 2, 0], rows: 2, columns: 3)
    #expect(Self.trits(one) == [0, -1, 1, 0, 1, 0] && scale == .multiply(2))
    let (_, rows) = try MasterWeights.ternaryValues(
      [0, 0, 3, 0, 0, 0, -4, 4], rows: 4, columns: 2)
    #expect(rows == .rowGroups([3, 3, 3, 4], rowsPerGroup: 1))
    let error = #expect(throws: MasterWeights.StrangeWeight.self) {
      try MasterWeights.ternaryValues([1, -1, 0, 1, 0, 1.5], rows: 2, columns: 3)
    }
    #expect(error?.row == 1 && error?.column == 2 && error?.value == 1.5)
  }

  @Test("make a whole model ternary or binary while it is loaded")
  func models() throws {
    var model = TinyModel()
    model.weights.tensors.removeAll { $0.name.hasSuffix("_scale") }
    let values: [Float] = [1, -1, 0.25, -0.25, 0.75, 0, 2, -2]
    for (name, rows, columns) in TinyModel.linears {
      model.change("\(name).weight") {
        $0.type = "F32"
        $0.shape = [rows, columns]
        $0.bytes = (0..<rows * columns).flatMap { littleEndian(values[$0 % 8].bitPattern) }
      }
    }
    let online = #""quant_method":"bitnet","quantization_mode":"online""#
    func load(_ quantization: String) throws(ModelFileError) -> BitNetCheckpoint {
      try TinyModel.load(
        model.weights.file,
        configuration: TinyModel.configurationText.replacing(
          #""quant_method":"bitnet""#, with: quantization))
    }
    // Mean 0.09375, mean magnitude 0.90625.
    let ternary = try load(online).linearLayers[0]
    #expect(Self.trits(ternary.weights).prefix(8) == [1, -1, 0, 0, 1, 0, 1, -1])
    #expect(abs(ternary.scale.factors[0] - 0.90625) < 1e-6)
    let binary = try load(online + #","weight_quantizer":"sign""#).linearLayers[0]
    #expect(Self.trits(binary.weights).prefix(8) == [1, -1, 1, -1, 1, -1, 1, -1])
    #expect(binary.scale == .multiply(0.90625))
    #expect(
      message { () throws(ModelFileError) in
        try TinyModel.load(
          model.weights.file,
          configuration: TinyModel.configurationText
            .replacing(#""model_type":"bitnet""#, with: #""model_type":"llama""#)
            .replacing(#""quantization_config""#, with: #""other""#))
      }
        == "f: model.layers.0.self_attn.q_proj.weight: expected ±1.0 or 0 as in the rest of row 0, "
        + "found 0.25 at column 2; master weights need a quantization_config")
  }
}
