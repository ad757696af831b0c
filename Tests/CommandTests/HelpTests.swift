import Testing

extension CommandTests {
  @Suite("help") struct HelpTests {
    @Test("the command names its subcommands and what they do")
    func subcommands() async throws {
      let outcome = try await setun("--help", in: WorkFolder())
      #expect(outcome.status == 0 && outcome.errors == "")
      for name in ["run", "report", "compare", "doctor"] {
        #expect(try outcome.output.contains(Regex("\n  \(name) +[A-Z]")), "\(name)")
      }
      #expect(outcome.output.contains("\n  --version "))
    }

    @Test("every option of a subcommand is explained")
    func options() async throws {
      let options = [
        "run": [
          "--model", "--architecture", "--prompt", "--tokens", "--layers", "--json", "--html",
          "--no-rtl", "--rtl", "--lock-step", "--perfetto", "--cache", "--version", "-h, --help",
          "--memory", "--stalls", "--stall-seed", "--values", "--technology", "--at-node", "--sram",
          "--dram", "--clock-tree-and-wires", "--accelergy", "--calibration",
          "--accelergy-output", "--activity",
        ],
        "compare": ["<model>", "<golden>", "--activation", "--json", "--version", "-h, --help"],
        "report": [
          "<inputs>", "--output", "--json", "--csv", "--design", "--points", "--no-cpu",
          "--version", "-h, --help",
        ],
        "doctor": ["--json", "--version", "-h, --help"],
      ]
      for (name, expected) in options {
        let outcome = try await setun(name, "--help", in: WorkFolder())
        #expect(outcome.status == 0 && outcome.errors == "")
        // A name, its value, and the explanation beside it or in the next line.
        let entry =
          #/\n  (?:-o, )?((?:-h, )?--[a-z-]+|<[a-z]+>)(?: <.*?>(?: \.\.\.)?)?(?: +|\n {10,})[A-Z]/#
        let found = outcome.output.matches(of: entry).map { String($0.output.1) }
        #expect(Set(found) == Set(expected), "\(name)")
        #expect(outcome.output.contains(/(?i)exit status/), "\(name)")
      }
    }

    @Test("the version is a version")
    func version() async throws {
      let outcome = try await setun("--version", in: WorkFolder())
      #expect(outcome.status == 0 && outcome.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    }
  }
}
