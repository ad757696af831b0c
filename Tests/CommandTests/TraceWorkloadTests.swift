import Foundation
import Testing

private let recordedFile = Project.model + "/golden_packed_T7.safetensors"

extension CommandTests {
  /// Recorded layers as workloads of a sweep.
  @Suite("traces") struct TraceWorkloadTests {
    private static func space(_ workload: String) -> String {
      """
      name: traced
      base: tiny
      workloads: [\(workload)]
      parameters: {clock_mhz: [100, 200]}
      objectives: [prefill_latency_s]
      """
    }

    /// What a sweep of `workload` says its layers take, with `setun explore show`.
    private func layers(_ workload: String, in folder: WorkFolder) async throws -> [[String]] {
      try folder.write("space.yaml", Self.space(workload))
      let sweep = try await setun(
        "explore", "space.yaml", "--store", "s.sqlite", "--sample", "0", in: folder)
      try #require(sweep.status == 0, "\(sweep.errors)")
      let all = try await setun("explore", "query", "s.sqlite", "--csv", in: folder)
      let hash = try #require(
        all.output.split(separator: "\n").last?.split(separator: ",").first)
      let show = try await setun("explore", "show", "s.sqlite", String(hash), in: folder)
      return show.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        .filter { $0.first?.hasPrefix("layers.") == true }
    }

    @Test("a recorded run has its shapes, block by block, and the zeros of its model")
    func recording() async throws {
      let folder = try WorkFolder()
      let recorded = try await layers(
        "{name: text, trace: \(recordedFile), model: built-in}", in: folder)
      // The same tokens of the model itself: equal cycles and energies.
      let model = try await layers(
        "{name: text, model: built-in, prompt_tokens: 7}", in: try WorkFolder())
      #expect(recorded == model && recorded.count == 28)
      let share = try await layers(
        "{name: text, trace: \(recordedFile), zero_share: 1}", in: try WorkFolder())
      #expect(share.map { $0.dropLast() } == model.map { $0.dropLast() })
      #expect(share != model)
    }

    @Test("the report of a run has its phases, and the zeros that it counted")
    func run() async throws {
      let folder = try WorkFolder()
      let run = try await Command(quickRun + ["--json", "run.json"], in: folder).outcome()
      try #require(run.status == 0, "\(run.errors)")
      let found = try await layers("{name: text, trace: run.json}", in: folder)
      let report = try ReportFile(folder, "run.json")
      // Prefill first, then decode.
      let ran = report.phases.reversed().flatMap(\.layers)
      #expect(found.map { $0[0] } == ran.map(\.name))
      #expect(found.map { $0[1] } == ran.map { "\($0.m)×\($0.n)×\($0.k)" })
      #expect(!ran.isEmpty)
    }

    @Test(
      "what is no recording, or does not fit its model, is refused with the place in the space",
      arguments: [
        (
          "{name: text, trace: none.safetensors, zero_share: 0.4}", "none.safetensors",
          "cannot be opened"
        ),
        ("{name: text, trace: empty.json}", "empty.json", "expected the key \"schema\""),
        (
          "{name: text, trace: \(recordedFile), model: 2b-4t}", "golden_packed_T7.safetensors",
          "expected a layer of 2b-4t with as many outputs and inputs (256 × 256), found 2560 × 2560"
        ),
        (
          "{name: text, trace: \(Project.model)/model.safetensors, zero_share: 0.4}",
          "model.safetensors", "expected recorded layers with tensors .q and .acc, found none"
        ),
      ])
    func refused(workload: String, file: String, message: String) async throws {
      let folder = try WorkFolder()
      try folder.write("empty.json", "{}")
      try folder.write("space.yaml", Self.space(workload))
      let outcome = try await setun("explore", "space.yaml", in: folder)
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("space.yaml:3:"), "\(outcome.errors)")
      #expect(outcome.errors.contains(file) && outcome.errors.contains(message))
    }
  }
}
