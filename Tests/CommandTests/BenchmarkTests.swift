import Foundation
import Testing

extension CommandTests {
  @Suite("benchmark") struct BenchmarkTests {
    private struct Report: Decodable {
      struct Job: Decodable {
        let name: String
        let m, n, k, cycles: Int
        let executors: [Executor]
      }
      struct Executor: Decodable {
        let name: String
        let measurements: [Measurement]
        let cyclesPerSecond: Spread
      }
      struct Measurement: Decodable {
        let cycles: Int
        let cpuSeconds: Double
      }
      struct Spread: Decodable {
        let lowest, median, highest: Double
      }

      let architecture: String
      let rows, lanes: Int
      let jobs: [Job]
    }

    @Test("both jobs are measured on model, simulator, RTL and in lock-step, as often as asked")
    func json() async throws {
      let outcome = try await setun(
        "benchmark", "--architecture", "tiny", "--runs", "2", "--tokens", "2", "--json",
        "--cache", SharedCache.path, in: WorkFolder())
      #expect(outcome.status == 0, "\(outcome.message)")
      let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
      #expect(report.architecture == "tiny" && report.rows == 5 && report.lanes == 12)
      #expect(report.jobs.map(\.name) == ["decode", "prefill"])
      #expect(report.jobs.map(\.m) == [1, 2])
      for job in report.jobs {
        #expect(job.n == 256 && job.k == 768)
        // An operand a cycle: n-tiles of 5, k-tiles of 12.
        #expect(job.cycles > job.m * 52 * 64)
        #expect(
          job.executors.map(\.name)
            == ["model", "simulator", "timing only", "RTL", "lock-step"])
        for executor in job.executors {
          let speeds = executor.measurements.map { Double($0.cycles) / $0.cpuSeconds }.sorted()
          #expect(speeds.count == 2)
          #expect(executor.measurements.allSatisfy { $0.cycles.isMultiple(of: job.cycles) })
          let spread = executor.cyclesPerSecond
          #expect(close(spread.lowest, speeds[0]) && close(spread.highest, speeds[1]))
          #expect(close(spread.median, (speeds[0] + speeds[1]) / 2))
        }
      }
    }

    @Test("a whole token is run with values and without, and every result compared")
    func token() async throws {
      let outcome = try await setun(
        "benchmark", "--token-of", Project.model, "--runs", "1", in: WorkFolder())
      #expect(outcome.status == 0, "\(outcome.message)")
      // Four blocks of 2 × 256, 2 × 64, 2 × 768 and 256 outputs.
      #expect(outcome.output.contains(": 28 layers, 3,014,656 weights, "))
      #expect(outcome.output.contains("all 9,728 results equal the CPU reference runtime's"))
    }

    @Test("what toggles in a token is counted at every place, exactly and by two estimates")
    func toggles() async throws {
      let outcome = try await setun("benchmark", "--toggles", "--share", "0.5", in: WorkFolder())
      #expect(outcome.status == 0, "\(outcome.message)")
      let rows = outcome.output.split(separator: "\n").map {
        $0.split(separator: " ").map(String.init)
      }
      // 64 lanes have six levels.
      for place in ["activations", "weights", "terms", "sums", "results"] {
        #expect(rows.contains { $0.first == place && $0.count == 6 }, "\(place)")
      }
      #expect(rows.count { $0.first == "level" } == 6)
    }

    private func close(_ left: Double, _ right: Double) -> Bool {
      abs(left - right) < 1e-6 * right
    }

    @Test("no runs, and more tokens than a job can have, are usage errors")
    func usage() async throws {
      try await expectRefusal(
        ["benchmark", "--runs", "0"], in: WorkFolder(),
        .usage("--runs: expected 1 or more, found 0", of: "setun benchmark"))
      try await expectRefusal(
        ["benchmark", "--share", "0"], in: WorkFolder(),
        .usage("--share: expected more than 0 and at most 1, found 0.0", of: "setun benchmark"))
      try await expectRefusal(
        ["benchmark", "--tokens", "65536"], in: WorkFolder(),
        .usage("--tokens: expected 1 to 65535, found 65536", of: "setun benchmark"))
    }
  }
}
