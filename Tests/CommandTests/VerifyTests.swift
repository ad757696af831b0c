import Foundation
import Testing

extension CommandTests {
  @Suite("verify") struct VerifyTests {
    @Test("scenarios agree, are summed up, and are written as JSON and JUnit")
    func agrees() async throws {
      let folder = try WorkFolder()
      let outcome = try await setun(
        "verify", "--architecture", "tiny", "--jobs", "4", "--cache", SharedCache.path, "--json",
        "out.json", "--junit", "out.xml", in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("architectures  1\nscenarios      4: "))
      #expect(outcome.output.contains("\ndifferences    0\n"))
      let cycles = try #require(
        outcome.output.firstMatch(of: /\ncompared       ([\d,]+) cycles, [\d,]+ words \(state\)\n/))
      let json = try JSONSerialization.jsonObject(with: Data(folder.read("out.json").utf8))
      let root = try #require(json as? [String: Any])
      let targets = try #require(root["architectures"] as? [[String: Any]])
      let scenarios = try #require(targets[0]["scenarios"] as? [[String: Any]])
      let sum = scenarios.reduce(0) { $0 + ($1["cycles"] as? Int ?? 0) }
      #expect("\(sum)" == cycles.output.1.filter { $0 != "," } && root["failures"] as? Int == 0)
      #expect(
        folder.read("out.xml").contains("<testsuite name=\"tiny\" tests=\"4\" failures=\"0\""))
    }

    @Test("a broken tree is reported with block, both values and a command that shows it again")
    func broken() async throws {
      let folder = try WorkFolder()
      let name = "setun_tree_xor_popcount.sv"
      let text = try String(contentsOfFile: Project.folder + "/rtl/" + name, encoding: .utf8)
      try folder.write(
        name, text.replacing("sum_o <= SumWidth", with: "sum_o <= -SumWidth'(1) + SumWidth"))
      let outcome = try await setun(
        "verify", "--architecture", "tiny", "--rtl", name, "--jobs", "2", "--cache",
        SharedCache.path, "--junit", "out.xml", in: folder)
      #expect(outcome.status == 1)
      let match = try #require(
        outcome.output.firstMatch(
          of: /FAILED tiny, scenario (\S+) \(\w+\): (model and RTL differ after cycle .+)/),
        "\(outcome.output)")
      #expect(match.output.2.contains(": tree_sum["))
      #expect(outcome.output.contains("\n  tree array, token "))
      let line = "setun verify --repeat \(match.output.1) --architecture tiny --rtl \(name)"
      #expect(outcome.output.contains("\nRepeat with: \(line) --cache "))
      #expect(folder.read("out.xml").contains("failures=\"2\""))
      #expect(folder.read("setun-divergence.vcd").contains("$scope module rtl $end"))
      #expect(outcome.output.hasSuffix("\nWaveform of both sides: setun-divergence.vcd\n"))
      let again = try await setun(
        "verify", "--repeat", String(match.output.1), "--architecture", "tiny", "--rtl", name,
        "--cache", SharedCache.path, in: folder)
      #expect(again.status == 1 && again.output.contains(match.output.2))
    }

    @Test("a repeated scenario is recorded cycle by cycle")
    func recorded() async throws {
      let folder = try WorkFolder()
      let outcome = try await setun(
        "verify", "--repeat", "1:0:2", "--architecture", "tiny", "--vcd", "out.vcd", "--perfetto",
        "out.json", "--cache", SharedCache.path, in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let cycles = try #require(
        outcome.output.firstMatch(of: /compared       ([\d,]+) cycles/)
          .flatMap { Int($0.output.1.filter { $0 != "," }) })
      // 100 MHz: 10 ns a cycle, in ps; the closing time is the end of the last cycle.
      let times = folder.read("out.vcd").matches(of: /(?m)^#(\d+)$/).compactMap { Int($0.output.1) }
      #expect(times.last == cycles * 10_000 && times == times.sorted())
      let json = try JSONSerialization.jsonObject(with: Data(folder.read("out.json").utf8))
      let events = try #require((json as? [String: Any])?["traceEvents"] as? [[String: Any]])
      #expect(events.contains { ($0["name"] as? String)?.hasPrefix("block ") == true })
    }

    @Test("a design of one's own runs under its own name")
    func own() async throws {
      let folder = try WorkFolder()
      try folder.copy(Project.folder + "/rtl/examples", as: "mine")
      let outcome = try await setun(
        "verify", "--architecture", "tiny", "--rtl", "mine", "--top", "setun_serial", "--jobs", "2",
        "--cache", SharedCache.path, in: folder)
      #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
      #expect(outcome.output.contains(" words (outputs)\n"))
      let state = try await setun(
        "verify", "--architecture", "tiny", "--rtl", "mine", "--top", "setun_serial", "--compare",
        "state", "--cache", SharedCache.path, in: folder)
      #expect(state.status == 1)
      #expect(
        state.output.contains(
          "FAILED tiny: the ports of setun_serial do not fit:\n"
            + "  probe_o: expected, to compare the state; found none"))
      #expect(state.output.contains("differences    1 of 1 architectures not built"))
    }

    @Test("coverage is written file by file, with the lines that were not reached")
    func coverage() async throws {
      let folder = try WorkFolder()
      let outcome = try await setun(
        "verify", "--architecture", "tiny", "--jobs", "2", "--coverage", "cover", "--cache",
        SharedCache.path, in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let summary = folder.read("cover/summary.txt")
      #expect(summary.firstMatch(of: /\ +\d+\.\d%  \d+ of \d+  setun_controller\.sv\n/) != nil)
      #expect(summary.contains("\nnever reached\n"))
      #expect(folder.read("cover/coverage.dat").hasPrefix("# SystemC::Coverage-3\nC '"))
    }

    @Test(
      "arguments that cannot be meant are refused",
      arguments: [
        (["--random", "0"], "--random: expected 1 or more, found 0"),
        (["--jobs", "0"], "--jobs: expected 1 or more, found 0"),
        (
          ["--random", "2", "--architecture", "tiny"],
          "expected --architecture or --random, found both"
        ),
        (
          ["--repeat", "1:2"],
          "--repeat: expected SEED:ARCHITECTURE:SCENARIO as a failure prints it, found 1:2"
        ),
        (
          ["--vcd", "a.vcd"],
          "--vcd, --fst and --perfetto go with --repeat: one scenario is recorded"
        ),
        (["--top", "a b"], "--top: expected a module's name, found 'a b'"),
        (["--patience", "0"], "--patience: expected 1 or more, found 0"),
      ])
    func refused(arguments: [String], message: String) async throws {
      let folder = try WorkFolder()
      let outcome = try await Command(["verify"] + arguments, in: folder).outcome()
      #expect(outcome.status == 64)
      #expect(outcome.message.contains("Error: \(message)\n"), "\(outcome.message)")
    }

    @Test("files that are not there are named")
    func missing() async throws {
      let folder = try WorkFolder()
      let outcome = try await setun("verify", "--rtl", "none.sv", in: folder)
      #expect(outcome.status == 1)
      #expect(
        outcome.message
          == "Error: --rtl: expected SystemVerilog files or a folder, found nothing at none.sv")
      try FileManager.default.createDirectory(
        atPath: folder.path + "/empty", withIntermediateDirectories: true)
      let empty = try await setun("verify", "--rtl", "empty", in: folder)
      #expect(
        empty.message
          == "Error: --rtl: expected *.sv, *.v or a list 'files.f' in empty, found none")
    }
  }
}
