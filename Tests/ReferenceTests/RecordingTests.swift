import ModelFile
import Testing

@testable import Reference

@Suite("A recording")
struct RecordingTests {
  private let tokens = [188, 3, 189, 168, 290, 206, 151]

  @Test("compares equal with the model that made it, in every tensor")
  func comparison() throws {
    let model = try Models.odd.get()
    try Files.withTemporary(try model.recording(of: tokens).bytes) { path in
      let comparison = try GoldenComparison(model: model, golden: path)
      #expect(comparison.passes && comparison.tokens == 7)
      #expect(comparison.teacherForced.count == 5 * 21)
      #expect(comparison.teacherForced.allSatisfy { $0.relativeError == 0 })
      #expect(comparison.freeRunning.flips.isEmpty)
      #expect(comparison.freeRunning.logits.relativeError == 0)
    }
  }

  @Test("of the same tokens has the tensors that transformers recorded, but for hidden states")
  func tensors() throws {
    let golden = try SafetensorsFile(path: Files.builtIn + "/golden_packed_T7.safetensors")
    let model = try Models.builtIn.get()
    let tokens = try golden.int32s("input_ids").map(Int.init)
    let file = try SafetensorsFile(path: "trace", bytes: try model.recording(of: tokens).bytes)
    let expected = golden.tensors.filter { !$0.key.hasPrefix("hidden.") }
    #expect(Set(file.tensors.keys) == Set(expected.keys))
    for (name, entry) in file.tensors {
      #expect(entry.shape == expected[name]?.shape && entry.type == expected[name]?.type, "\(name)")
    }
    #expect(
      try file.int32s("layers.0.self_attn.q_proj.acc")
        == golden.int32s("layers.0.self_attn.q_proj.acc"))
  }

  @Test("of some layers holds only these, and is compared with these only")
  func chosenLayers() throws {
    let model = try Models.odd.get()
    let bytes = try model.recording(of: tokens) { $0.hasPrefix("layers.1.mlp") }.bytes
    let file = try SafetensorsFile(path: "trace", bytes: bytes)
    #expect(file.tensors.count == 2 + 3 * 6)
    try Files.withTemporary(bytes) { path in
      let comparison = try GoldenComparison(model: model, golden: path)
      #expect(comparison.passes)
      #expect(comparison.teacherForced.count == 5 * 3)
      #expect(comparison.teacherForced.allSatisfy { $0.name.hasPrefix("layers.1.mlp") })
    }
  }

  @Test("that lacks one tensor of a layer is refused")
  func missingTensor() throws {
    let model = try Models.odd.get()
    var file = SafetensorsBuilder()
    file.add("input_ids", shape: [1], int32s: [3])
    file.add("logits", shape: [1, 331], floats: Array(repeating: 0, count: 331))
    file.add("layers.0.mlp.up_proj.x", shape: [1, 120], floats: Array(repeating: 0, count: 120))
    try Files.withTemporary(file.bytes) { path in
      _ = #expect(
        throws: ReferenceError.modelFile(
          ModelFileError(
            file: path, place: "layers.0.mlp.up_proj.q",
            problem: "expected this tensor, found none"))
      ) {
        try GoldenComparison(model: model, golden: path)
      }
    }
  }

  @Test("of nothing is refused")
  func refusals() throws {
    let model = try Models.odd.get()
    #expect(throws: ReferenceError.emptyPrompt) { try model.recording(of: []) }
  }
}
