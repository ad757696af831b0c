import Foundation
import ModelFile
import Testing

@testable import Reference

@Suite("The comparison with recorded runs")
struct GoldenComparisonTests {
  @Test(
    "finds every int8 activation and int32 sum equal, and the logits as near as ties allow",
    arguments: [
      ("odd_h120/online", "odd_h120/golden_online_T1"),
      ("odd_h120/online", "odd_h120/golden_online_T7"),
      ("odd_h120/online", "odd_h120/golden_online_T33"),
      ("odd_h120/packed", "odd_h120/golden_packed_T1"),
      ("odd_h120/packed", "odd_h120/golden_packed_T7"),
      ("odd_h120/packed", "odd_h120/golden_packed_T33"),
      ("odd_h120/packed_inv", "odd_h120/golden_packed_inv_T1"),
      ("odd_h120/packed_inv", "odd_h120/golden_packed_inv_T7"),
      ("odd_h120/packed_inv", "odd_h120/golden_packed_inv_T33"),
    ])
  func oddModel(model: String, golden: String) throws {
    let comparison = try GoldenComparison(
      model: BitNetModel(path: Files.golden(model)),
      golden: Files.golden("\(golden).safetensors"))
    #expect(comparison.teacherForced.count == 5 * 21)
    expectPasses(comparison)
  }

  @Test(
    "holds for Llama-style blocks, for 1bitLLM's names and for binary weights",
    arguments: ["llama_h48", "1bitllm_h48", "sign_h48"])
  func variants(name: String) throws {
    let comparison = try GoldenComparison(
      model: BitNetModel(path: Files.golden(name)),
      golden: Files.golden("\(name)/golden_T7.safetensors"))
    #expect(comparison.teacherForced.count == 5 * 14)
    expectPasses(comparison)
  }

  @Test("holds for the built-in model", arguments: [7, 33])
  func builtInModel(tokens: Int) throws {
    let comparison = try GoldenComparison(
      model: try Models.builtIn.get(),
      golden: Files.builtIn + "/golden_packed_T\(tokens).safetensors")
    #expect(comparison.tokens == tokens)
    #expect(comparison.teacherForced.count == 5 * 28)
    expectPasses(comparison)
  }

  private func expectPasses(_ comparison: GoldenComparison) {
    for tensor in comparison.teacherForced {
      #expect(tensor.passes, "\(tensor)")
      if tensor.name.hasSuffix(".q") || tensor.name.hasSuffix(".acc") {
        #expect(tensor.differing == 0 && tensor.tolerance == 0, "\(tensor)")
      }
    }
    #expect(comparison.freeRunning.passes, "\(comparison.freeRunning)")
    #expect(comparison.passes)
  }

  @Test("reproduces the outputs of the integer form bit for bit")
  func integerForm() throws {
    let comparison = try GoldenComparison(
      model: BitNetModel(path: Files.golden("odd_h120/packed_inv")),
      golden: Files.golden("odd_h120/golden_packed_inv_T33.safetensors"))
    for tensor in comparison.teacherForced where tensor.name.hasSuffix(".y") {
      #expect(tensor.differing == 0, "\(tensor)")
    }
  }

  @Test("tells the two conventions of scales apart")
  func otherConvention() throws {
    let comparison = try GoldenComparison(
      model: BitNetModel(path: Files.golden("odd_h120/packed_inv")),
      golden: Files.golden("odd_h120/golden_packed_T7.safetensors"))
    #expect(!comparison.passes)
    let failed = comparison.teacherForced.filter { !$0.passes }.map(\.name)
    #expect(failed.contains("layers.0.self_attn.q_proj.w_scale"))
    #expect(!failed.contains { $0.hasSuffix(".acc") || $0.hasSuffix(".q") })
  }

  @Test(
    "names the tensor and the place of a single value that differs",
    arguments: [".q", ".acc", ".act_scale", ".w_scale", ".y"])
  func singleValue(suffix: String) throws {
    let name = "layers.1.mlp.down_proj" + suffix
    let comparison = try compareOdd(changing: name)
    let failed = comparison.teacherForced.filter { !$0.passes }
    #expect(failed.map(\.name) == [name])
    #expect(failed.first?.differing == 1)
    #expect(failed.first?.first?.row == 0 && failed.first?.first?.column == 0)
    #expect(!comparison.passes)
  }

  @Test("does not accept an activation that flipped away from a tie")
  func flip() throws {
    let free = try compareOdd(changing: "layers.1.mlp.down_proj.q").freeRunning
    #expect(free.flips.map(\.layer) == ["layers.1.mlp.down_proj"])
    #expect(free.flips.map(\.row) == [0])
    #expect(free.flips.allSatisfy { $0.tieDistance > GoldenComparison.tieDistance })
    #expect(free.cleanLogits == nil)
    #expect(!free.passes)
  }

  @Test("does not accept logits that differ without a flip")
  func logits() throws {
    let comparison = try compareOdd(changing: "logits")
    #expect(comparison.teacherForced.filter { !$0.passes }.isEmpty)
    #expect(comparison.freeRunning.flips.isEmpty)
    #expect(!comparison.freeRunning.passes)
  }

  @Test("counts NaN as a difference")
  func notANumber() {
    let tensor = TensorComparison(
      "t", found: [1, Float.nan], expected: [1, 2], columns: 2, tolerance: 1e9)
    #expect(!tensor.passes && tensor.differing == 1)
    #expect(tensor.first?.column == 1)
  }

  @Test("measures the distance to the nearest tie")
  func ties() {
    #expect(FreeRunning.distanceToTie(2.5, 1) == 0)
    #expect(FreeRunning.distanceToTie(-2.5, 1) == 0)
    #expect(FreeRunning.distanceToTie(3, 1) == 0.5)
    #expect(FreeRunning.distanceToTie(-1.25, 2) == 0)
    #expect(FreeRunning.distanceToTie(1.375, 2) == 0.25)
  }

  @Test("refuses a recorded run of another model")
  func otherModel() throws {
    let path = Files.builtIn + "/golden_packed_T7.safetensors"
    let model = try Models.odd.get()
    #expect(
      throws: ReferenceError.modelFile(
        ModelFileError(
          file: path, place: "logits", problem: "expected shape [7, 331], found [7, 1024]"))
    ) {
      try GoldenComparison(model: model, golden: path)
    }
  }

  @Test("refuses a recorded run with layers that the model does not have")
  func unknownLayer() throws {
    var bytes = try oddRun()
    // The same length, so that the file stays whole.
    replace("layers.2.mlp.up_proj.acc", with: "layers.9.mlp.up_proj.acc", in: &bytes)
    try Files.withTemporary(bytes) { path in
      _ = #expect(
        throws: ReferenceError.modelFile(
          ModelFileError(
            file: path, place: "layers.9.mlp.up_proj.acc",
            problem: "expected tensors of the model's layers only"))
      ) {
        try GoldenComparison(model: try Models.odd.get(), golden: path)
      }
    }
  }

  private func oddRun() throws -> [UInt8] {
    Array(
      try Data(
        contentsOf: URL(filePath: Files.golden("odd_h120/golden_packed_T7.safetensors"))))
  }

  private func replace(_ text: String, with other: String, in bytes: inout [UInt8]) {
    if let range = bytes.firstRange(of: Array(text.utf8)) {
      bytes.replaceSubrange(range, with: other.utf8)
    }
  }

  /// Compares after a change to the first value of one recorded tensor.
  private func compareOdd(changing name: String) throws -> GoldenComparison {
    var bytes = try oddRun()
    let file = try SafetensorsFile(path: "golden", bytes: bytes)
    let entry = try #require(file.tensors[name])
    let header = bytes.count - file.tensors.values.reduce(0) { $0 + $1.range.count }
    // The second-highest byte of a little-endian value, or the only one: large enough to matter.
    bytes[header + entry.range.lowerBound + max(entry.type.size - 2, 0)] ^= 0x40
    return try Files.withTemporary(bytes) { path in
      try GoldenComparison(model: try Models.odd.get(), golden: path)
    }
  }
}
