import Foundation
import Testing

extension CommandTests {
  @Suite("doctor") struct DoctorTests {
    @Test("where everything is installed, it says so, with versions and paths")
    func complete() async throws {
      let outcome = try await setun("doctor", in: WorkFolder())
      #expect(outcome.status == 0 && outcome.errors == "")
      #expect(outcome.output.contains(/ok +Verilator +Verilator \d+\.\d+.* \(\/.*\/verilator\)\n/))
      #expect(outcome.output.contains(/ok +C\+\+ compiler +\S.* \(\/.*\)\n/))
      #expect(outcome.output.contains(/ok +GMP +\d+\.\d+/))
      #expect(outcome.output.hasSuffix("\nEverything that 'setun run' needs is there.\n"))
    }

    @Test("where nothing is, it says what that costs and how to install it")
    func empty() async throws {
      let folder = try WorkFolder()
      let outcome = try await setun("doctor", in: folder, environment: ["PATH": folder.path])
      #expect(outcome.status == 1 && outcome.errors == "")
      let needed = [("Verilator", "verilator"), ("C\\+\\+ compiler", "(g\\+\\+|--install)")]
      for (name, package) in needed {
        let entry = try Regex(
          "MISSING +\(name) .*was not found on the PATH\n"
            + " +without it: .*setun run works only with --no-rtl\n"
            + " +install: .* \(package)\n")
        #expect(outcome.output.contains(entry), "\(outcome.output)")
      }
      #expect(outcome.output.contains(/optional +GTKWave +not found\n/))
      #expect(outcome.output.hasSuffix("\nSomething that 'setun run' needs is missing.\n"))
    }

    @Test("--json has an entry for each tool")
    func json() async throws {
      struct Report: Decodable {
        struct Entry: Decodable {
          let name, cost: String
          let isNeeded: Bool
          let path, version: String?
        }
        let entries: [Entry]
      }
      let outcome = try await setun("doctor", "--json", in: WorkFolder())
      #expect(outcome.status == 0)
      let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
      let needed = report.entries.filter(\.isNeeded)
      #expect(Set(needed.map(\.name)) == ["Verilator", "C++ compiler", "GMP"])
      #expect(needed.allSatisfy { $0.path != nil && $0.version != nil && !$0.cost.isEmpty })
    }
  }
}
