import Foundation
import Testing

extension CommandTests {
  /// `--activity`, and what a run says of calibrated cells.
  @Suite("activity") struct ActivityTests {
    private func run(_ arguments: String...) async throws -> (Command.Outcome, [String: Any]) {
      let folder = try WorkFolder()
      let outcome = try await Command(
        quickRun + ["--architecture", "tiny", "--calibration", "osu018"] + arguments, in: folder
      ).outcome()
      try #require(outcome.status == 0, "\(outcome.errors)")
      let json = try JSONSerialization.jsonObject(
        with: Data(folder.read("setun-run.json").utf8))
      return (outcome, try #require(json as? [String: Any]))
    }

    private typealias Object = [String: Any]

    private func totals(_ report: Object) throws -> [Object] {
      try #require(report["phases"] as? [Object]).map { try #require($0["total"] as? Object) }
    }

    private func typical(_ estimate: Any?) throws -> Double {
      try #require((estimate as? Object)?["typical"] as? Double)
    }

    @Test("an exact run has sampled, drawn and published energies beside its own")
    func exact() async throws {
      let (outcome, report) = try await run()
      for total in try totals(report) {
        let alternatives = try #require(total["alternatives"] as? [Object])
        #expect(
          alternatives.compactMap { $0["name"] as? String } == [
            "exact", "sampled", "density", "literature",
          ])
        let energy = try #require(total["energy"] as? Object)
        #expect(close(try typical(alternatives[0]["array"]), try typical(energy["array"])))
        #expect(close(try typical(alternatives[0]["total"]), try typical(energy["total"])))
        let exact = try typical(alternatives[0]["array"])
        // A sample is close, and so are drawn operands; the cells of another process are not.
        #expect(abs(try typical(alternatives[1]["array"]) / exact - 1) < 0.1)
        #expect(abs(try typical(alternatives[2]["array"]) / exact - 1) < 0.22)
        #expect(try typical(alternatives[3]["array"]) < exact / 5)
      }
      for word in ["energy by", "exact", "sampled", "density", "literature"] {
        #expect(outcome.output.contains("\n\(word) "), "\(word)")
      }
      #expect(outcome.output.contains("% synthesised, calibration osu018, "))
    }

    @Test("every energy and area names its sources, and these add up to it")
    func sources() async throws {
      let (_, report) = try await run()
      func check(_ sources: Any?, _ sums: Any?) throws {
        let sources = try #require(sources as? [Object])
        for (part, sum) in try #require(sums as? Object) where part != "total" {
          let own = sources.filter { $0["part"] as? String == part }
          let amounts = try own.map { try #require($0["amount"] as? Double) }
          #expect(close(amounts.reduce(0, +), try typical(sum)), "\(part)")
          #expect(own.allSatisfy { ($0["source"] as? String)?.contains(/[a-zA-Z]/) == true })
          let source = (sum as? Object)?["source"] as? String
          #expect(source?.contains(/[a-zA-Z]/) == true && source != "sum", "\(part)")
        }
      }
      try check(report["area_sources"], report["areas"])
      for total in try totals(report) { try check(total["energy_sources"], total["energy"]) }
    }

    @Test("a sample may be asked for, with share and seed, and densities alone")
    func others() async throws {
      let (sampled, report) = try await run("--activity", "sampled=0.5,7")
      #expect(sampled.output.contains("about 50% of the n-tiles, three at least, seed 7"))
      let names = try totals(report).map { total in
        try #require(total["alternatives"] as? [Object]).compactMap { $0["name"] as? String }
      }
      #expect(names.allSatisfy { $0 == ["sampled", "density", "literature"] })
      let (_, density) = try await run("--activity", "density")
      for total in try totals(density) {
        let energy = try #require(total["energy"] as? Object)
        let array = try #require(energy["array"] as? Object)
        #expect(try #require(array["source"] as? String).contains("calibration osu018 (modelled)"))
      }
    }

    @Test("a clock that the calibrated array does not reach is said, with the one that it reaches")
    func clock() async throws {
      let folder = try WorkFolder()
      let tiny = try String(
        contentsOfFile: Project.folder + "/Sources/Architecture/Samples/tiny.yaml", encoding: .utf8)
      try folder.write(
        "fast.yaml", tiny.replacing(/clock_mhz: \d+/, with: "clock_mhz: 900"))
      let fast = try await Command(
        quickRun + ["--architecture", "fast.yaml", "--calibration", "osu018"], in: folder
      ).outcome()
      #expect(
        fast.output.contains(
          /\nwarning: clock_mhz is 900, but the tree array reaches \d+ MHz in osu018 \(\d+ lanes, unsized/
        ))
      let (slow, report) = try await run()
      #expect(!slow.output.contains("warning:") && report["warnings"] as? [String] == [])
    }

    @Test("cells of another process than the rest are said, and so is an activity without cells")
    func notes() async throws {
      let (outcome, _) = try await run()
      #expect(outcome.output.contains("two processes in one design"))
      try await expectRefusal(
        quickRun + ["--calibration", "none", "--activity", "exact"], in: try WorkFolder(),
        .prefix("--activity: expected a calibrated tree array"))
    }

    @Test(
      "an activity that does not exist is refused",
      arguments: ["often", "sampled=0", "sampled=2", "sampled=0.1,x", "exact=1", "sampled="])
    func refused(activity: String) async throws {
      let outcome = try await Command(
        quickRun + ["--activity", activity], in: WorkFolder()
      ).outcome()
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains("The value '\(activity)' is invalid for '--activity"))
    }
  }
}
