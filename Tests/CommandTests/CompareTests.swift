import Foundation
import Testing

extension CommandTests {
  @Suite("compare") struct CompareTests {
    @Test(
      "the recorded runs of the built-in model are equal",
      arguments: [("golden_packed_T7", 7), ("golden_packed_T33", 33)])
    func equal(name: String, tokens: Int) async throws {
      let outcome = try await setun(
        "compare", Project.model, "\(Project.model)/\(name).safetensors", in: WorkFolder())
      #expect(outcome.status == 0 && outcome.errors == "")
      let lines = outcome.output.split(separator: "\n")
      // 28 layers of five tensors.
      #expect(
        lines.first == "equal   teacher-forced: 140 of 140 tensors agree, \(tokens) tokens")
      #expect(lines.count >= 2 && lines[1].hasPrefix("equal   free-running: logits within "))
    }

    @Test("a recorded sum that is one too large is named with its place and both values")
    func different() async throws {
      let folder = try WorkFolder()
      let expected = try damagedRecording(in: folder)
      let outcome = try await setun("compare", Project.model, "damaged.safetensors", in: folder)
      #expect(outcome.status == 1 && outcome.errors == "")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.first == "DIFFERS teacher-forced: 139 of 140 tensors agree, 7 tokens")
      let line = try #require(
        lines.first { $0.hasPrefix("  layers.1.mlp.up_proj.acc: 1 of 5376 values differ, ") })
      #expect(
        line.hasSuffix(
          "; first at row 4, column 100: expected \(expected).0, found \(expected - 1).0"))
      #expect(lines.contains { $0.hasPrefix("equal   free-running: ") })
    }

    @Test("--json has the same, tensor by tensor")
    func json() async throws {
      let folder = try WorkFolder()
      let expected = try damagedRecording(in: folder)
      let outcome = try await setun(
        "compare", "--json", Project.model, "damaged.safetensors", in: folder)
      #expect(outcome.status == 1 && outcome.errors == "")
      let result = try JSONDecoder().decode(Comparison.self, from: Data(outcome.output.utf8))
      #expect(!result.passes && result.tokens == 7 && result.teacherForced.count == 140)
      let failed = result.teacherForced.filter { !$0.passes }
      #expect(failed.map(\.name) == ["layers.1.mlp.up_proj.acc"])
      #expect(
        failed.first?.first
          == .init(row: 4, column: 100, found: Double(expected - 1), expected: Double(expected)))
    }

    @Test("files that cannot be used are named")
    func refusal() async throws {
      let folder = try WorkFolder()
      try folder.write("short.safetensors", Data([1, 0, 0]))
      try await expectRefusal(
        ["compare", Project.model, "short.safetensors"], in: folder,
        .exactly("short.safetensors: header length: expected 8 bytes, found a file of 3"))
      try await expectRefusal(
        ["compare", "none", "short.safetensors"], in: folder,
        .prefix("none/config.json: cannot be opened ("))
      try await expectRefusal(
        ["compare", Project.model, "\(Project.model)/model.safetensors"], in: folder,
        .exactly(
          "\(Project.model)/model.safetensors: input_ids: expected this tensor, found none"))
      try await expectRefusal(
        ["compare", Project.model], in: folder,
        .usage("Missing expected argument '<golden>'", of: "setun compare"))
    }

    private struct Comparison: Decodable {
      struct Tensor: Decodable {
        struct Difference: Decodable, Equatable {
          let row, column: Int
          let found, expected: Double
        }
        let name: String
        let passes: Bool
        let first: Difference?
      }
      let tokens: Int
      let passes: Bool
      let teacherForced: [Tensor]
    }

    /// Adds one to row 4, column 100 of a layer's sums; returns the new value.
    private func damagedRecording(in folder: WorkFolder) throws -> Int {
      let file = Project.model + "/golden_packed_T7.safetensors"
      var bytes = try Data(contentsOf: URL(filePath: file))
      let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let header = try JSONSerialization.jsonObject(with: bytes[8..<8 + length])
      let entry = try #require(
        (header as? [String: Any])?["layers.1.mlp.up_proj.acc"] as? [String: Any])
      let start = try #require((entry["data_offsets"] as? [Int])?.first)
      let offset = 8 + length + start + 4 * (4 * 768 + 100)
      let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[offset + $1]) << (8 * $1) } &+ 1
      for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
      try folder.write("damaged.safetensors", bytes)
      return Int(Int32(bitPattern: value))
    }
  }
}
