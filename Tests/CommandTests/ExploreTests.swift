import Foundation
import Testing

extension CommandTests {
  @Suite("explore") struct ExploreTests {
    /// Designs whose hardware is that of `tiny`, so that its RTL is built already.
    private static let tinySpace = """
      name: clocks
      base: tiny
      workloads: [{name: text, model: built-in, prompt_tokens: 2}]
      parameters: {clock_mhz: [100, 200, 400]}
      objectives: [prefill_latency_s, power_w]
      """

    /// Some seconds of work.
    private static let longSpace = """
      name: long
      base: default
      workloads: [{name: text, model: built-in, prompt_tokens: 16, generated_tokens: 16}]
      parameters:
        rows: {from: 4, to: 64, step: 4}
        lanes: {from: 16, to: 256, step: 16}
        bus_bytes: [8, 16, 32]
        outstanding_reads: {from: 1, to: 16, step: 1}
        clock_mhz: {from: 100, to: 1000, step: 1}
      constraints: [rows * lanes <= 8192, area_mm2 <= 0.15]
      objectives: [request_latency_s, request_energy_j, area_mm2]
      search: {method: random, points: 3000, seed: 5}
      """

    @Test("a sweep that was killed, again and again, loses nothing and doubles nothing")
    func killed() async throws {
      let folder = try WorkFolder()
      try folder.write("space.yaml", Self.longSpace)
      let sweep = ["explore", "space.yaml", "--sample", "0", "--threads", "1"]
      var kills = 0
      for delay in [100, 700, 900, 1100] {
        let command = try Command(sweep + ["--store", "killed.sqlite"], in: folder)
        try await Task.sleep(for: .milliseconds(delay))
        command.kill()
        if try await command.outcome().status == -SIGKILL { kills += 1 }
      }
      #expect(kills >= 2, "the sweep is too short to be killed")
      let finished = try await Command(sweep + ["--store", "killed.sqlite"], in: folder).outcome()
      #expect(finished.status == 0, "\(finished.errors)")
      let whole = try await Command(sweep + ["--store", "whole.sqlite"], in: folder).outcome()
      func summary(_ outcome: Command.Outcome) -> String {
        outcome.output.replacing("killed.sqlite", with: "whole.sqlite")
      }
      #expect(summary(finished) == whole.output)
      #expect(whole.output.contains("3,000 of "))
      let killed = try await setun("explore", "query", "killed.sqlite", "--csv", in: folder)
      let expected = try await setun("explore", "query", "whole.sqlite", "--csv", in: folder)
      #expect(killed.output == expected.output)
      #expect(expected.output.split(separator: "\n").count > 100)
    }

    @Test("points whose clock their cells do not reach are said, with the one that they reach")
    func clocks() async throws {
      let folder = try WorkFolder()
      try folder.write(
        "space.yaml", Self.tinySpace.replacing("[100, 200, 400]", with: "[100, 4000]"))
      let sweep = try await setun("explore", "space.yaml", "--sample", "0", in: folder)
      try #require(sweep.status == 0, "\(sweep.errors)")
      let warning =
        /([0-9a-f]{8}): (clock_mhz is 4000, but the tree array reaches \d+ MHz in \S+ .*)\n/
      let found = try #require(sweep.output.firstMatch(of: warning), "\(sweep.output)")
      #expect(sweep.output.contains("\nwarning: 1 of these points asks for a clock "))
      let show = try await setun(
        "explore", "show", "clocks.sqlite", String(found.output.1), in: folder)
      #expect(show.output.contains("\nwarning: \(found.output.2)\n"))
      let report = try await setun(
        "report", "clocks.sqlite", "--no-cpu", "--json", "page.json", in: folder)
      try #require(report.status == 0, "\(report.errors)")
      let page = try #require(
        JSONSerialization.jsonObject(with: Data(folder.read("page.json").utf8)) as? [String: Any])
      let designs = try #require(page["designs"] as? [[String: Any]])
      let warnings = designs.compactMap { $0["warnings"] as? [String] }
      #expect(warnings.flatMap(\.self) == [String(found.output.2)] && designs.count > 1)
    }

    @Test("points that cannot run the workload or have no price are counted, with the first reason")
    func unfit() async throws {
      let folder = try WorkFolder()
      try folder.write(
        "space.yaml",
        Self.tinySpace.replacing("clock_mhz: [100, 200, 400]", with: "tree_register_every: [1, 4]"))
      let sweep = try await setun("explore", "space.yaml", "--sample", "0", in: folder)
      try #require(sweep.status == 0, "\(sweep.errors)")
      #expect(
        sweep.output.contains("  unable to run the workload, or without a price: 1, the first: "))
      let report = try await setun("report", "clocks.sqlite", "--no-cpu", in: folder)
      try #require(report.status == 0, "\(report.errors)")
      #expect(
        folder.read("setun-report.html").contains(
          "1 point cannot run the workload or has no price, the first: "))
    }

    @Test("a point goes from the sweep to the RTL and to an architecture file, by its hash")
    func point() async throws {
      let folder = try WorkFolder()
      try folder.write("space.yaml", Self.tinySpace)
      let sweep = try await setun("explore", "space.yaml", in: folder)
      #expect(sweep.status == 0, "\(sweep.errors)")
      #expect(sweep.output.contains("3 of 3 points, every one of them visited once"))
      #expect(
        sweep.output.contains(/run again on the cycle-level model: 1 points, .* all counts equal/))
      let csv = try await setun(
        "explore", "query", "clocks.sqlite", "--csv", "--metrics", "power_w", "--where",
        "clock_mhz == 200", in: folder)
      let lines = csv.output.split(separator: "\n")
      #expect(
        lines[0] == "point,number,on_front,clock_mhz,power_w,power_w_low,power_w_high")
      try #require(lines.count == 2)
      let hash = String(lines[1].prefix(8))

      let verified = try await setun(
        "explore", "verify", "clocks.sqlite", hash, "--rtl", "--cache", SharedCache.path,
        in: folder)
      #expect(verified.status == 0, "\(verified.errors)")
      #expect(verified.output.contains("on the model and in RTL, in lock-step"))
      #expect(
        verified.output.contains("all counts equal those that the metrics were computed from"))

      let exported = try await setun(
        "explore", "export", "clocks.sqlite", hash, "--output", "mine.yaml", in: folder)
      #expect(exported.output == "mine.yaml\n")
      #expect(folder.read("mine.yaml").contains("clock_mhz: 200.0\n"))
      let package = try await setun(
        "emit", "--architecture", "mine.yaml", "--package", in: folder)
      #expect(package.status == 0 && package.output.contains("architecture \"point-\(hash)"))

      let shown = try await setun("explore", "show", "clocks.sqlite", hash, in: folder)
      #expect(shown.output.contains("  clock_mhz: 200.0 MHz\n"))
      #expect(shown.output.contains("layers.0.self_attn.q_proj"))
    }

    @Test("shards run apart and merge; Slurm's variables name one")
    func shards() async throws {
      let folder = try WorkFolder()
      try folder.write("space.yaml", Self.tinySpace)
      let first = try await setun("explore", "space.yaml", "--shard", "1/2", in: folder)
      #expect(first.status == 0, "\(first.errors)")
      let unfinished = try await setun("explore", "merge", "clocks.sqlite", in: folder)
      #expect(unfinished.status == 1)
      #expect(unfinished.message == "Error: 1 of 2 shards are missing or unfinished: 2")
      let second = try await setun(
        "explore", "space.yaml", "--shard", "slurm", in: folder,
        environment: [
          "SLURM_ARRAY_TASK_ID": "4", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_MAX": "4",
          "SLURM_ARRAY_TASK_COUNT": "2",
        ])
      #expect(second.status == 0, "\(second.errors)")
      #expect(folder.names(in: "clocks.shards") == ["1-of-2.sqlite", "2-of-2.sqlite"])
      let merged = try await setun("explore", "merge", "clocks.sqlite", in: folder)
      #expect(merged.status == 0, "\(merged.errors)")
      #expect(merged.output.contains("3 of 3 points, every one of them visited once"))
    }

    @Test("an array of which shards are missing is written for Slurm")
    func scripts() async throws {
      let folder = try WorkFolder()
      try folder.write("my space.yaml", Self.tinySpace)
      let outcome = try await setun(
        "explore", "submit", "my space.yaml", "--slurm", "--shards", "3", "--dry-run", in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(
        outcome.output.hasPrefix(
          "0 of 3 shards are complete\n  1/3: missing\n  2/3: missing\n  3/3: missing\n"))
      let script = folder.read("clocks.shards/sweep.sh")
      #expect(script.contains("#SBATCH --requeue\n"))
      #expect(script.contains("/my space.yaml' '--store' '"))
      #expect(script.hasSuffix(" --shard \"$SLURM_ARRAY_TASK_ID/3\"\n"))
    }

    @Test(
      "arguments that make no sense are refused",
      arguments: [
        (["--shard", "3/2"], "--shard: expected i/n with i from 1 to n, or slurm, found 3/2"),
        (["--shard", "x"], "--shard: expected i/n with i from 1 to n, or slurm, found x"),
        (["--threads", "0"], "--threads: expected 1 to 1024, found 0"),
        (["--sample", "2"], "--sample: expected a number from 0 to 1, found 2.0"),
        (["--sample-cycles", "0"], "--sample-cycles: expected 1 or more, found 0"),
        (
          ["--shard", "slurm"],
          "--shard slurm: expected SLURM_ARRAY_TASK_ID in the environment of a job array"
        ),
      ])
    func arguments(arguments: [String], message: String) async throws {
      let outcome = try await Command(["explore"] + arguments, in: WorkFolder()).outcome()
      #expect(outcome.status == 64)
      #expect(outcome.message.hasPrefix("Error: \(message)\n"), "\(outcome.message)")
    }
  }
}
