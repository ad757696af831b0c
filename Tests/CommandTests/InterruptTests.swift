import Foundation
import Testing

/// A tool that answers questions about itself and then works for ever, with a child that does.
private struct StuckTool {
  /// Which part of a build is stuck.
  enum Part: CaseIterable {
    case verilator
    case compiler
  }

  let environment: [String: String]
  private let folder: WorkFolder

  init(_ part: Part, in folder: WorkFolder) throws {
    self.folder = folder
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let name = part == .verilator ? "verilator" : "c++"
    let script = try folder.write(
      "stuck/\(name)",
      """
      #!/bin/sh
      case "$1" in --version|--getenv) PATH='\(path)' exec \(name) "$@";; esac
      sleep 600 &
      echo $! >> '\(folder.path)/stuck/children'
      echo $$ >> '\(folder.path)/stuck/parents'
      wait

      """, executable: true)
    environment =
      part == .verilator ? ["PATH": "\(folder.path)/stuck:\(path)"] : ["CXX": script]
  }

  /// The processes that were started, once they are there.
  func processes() async throws -> [pid_t] {
    while folder.read("stuck/parents").isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    let text = folder.read("stuck/children") + folder.read("stuck/parents")
    return text.split(separator: "\n").compactMap { pid_t($0) }
  }
}

extension CommandTests {
  @Suite("interruption") struct InterruptTests {
    /// The cache that the interrupted builds leave behind, for those after them.
    private static let folder = Task { try WorkFolder() }

    @Test(
      "Ctrl-C ends a build at once: one word, no process, nothing half built",
      arguments: StuckTool.Part.allCases)
    fileprivate func interrupt(part: StuckTool.Part) async throws {
      let folder = try WorkFolder()
      let cache = try await Self.folder.value.path + "/cache"
      let tool = try StuckTool(part, in: folder)
      let command = try Command(
        quickRTLRun + ["--cache", cache], in: folder, environment: tool.environment)
      let processes = try await tool.processes()
      #expect(processes.count >= 2 && processes.allSatisfy { kill($0, 0) == 0 })
      let begin = ContinuousClock.now
      command.interrupt()
      let outcome = try await command.outcome()
      #expect(ContinuousClock.now - begin < .seconds(10))
      #expect(outcome.status == 130 && outcome.output == "")
      #expect(outcome.message == "setun: interrupted")
      #expect(folder.names() == ["stuck"])
      try await expectDead(processes)
      try await expectNothingHalfBuilt()
    }

    @Test("after that, two runs at once with that cache both succeed, and one of them builds")
    func together() async throws {
      let cache = try await Self.folder.value.path + "/cache"
      let folders = [try WorkFolder(), try WorkFolder()]
      let commands = try folders.map {
        try Command(quickRTLRun + ["--cache", cache], in: $0)
      }
      var outcomes: [Command.Outcome] = []
      for command in commands { outcomes.append(try await command.outcome()) }
      for (outcome, folder) in zip(outcomes, folders) {
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(folder.names() == ["setun-run.html", "setun-run.json"])
        #expect(try ReportFile(folder).layers.allSatisfy { $0.figures.lockStepCycles != nil })
      }
      #expect(outcomes.count { $0.errors.contains("linking") } == 1)
      // The accelerator, and Verilator's runtime.
      #expect(try await cacheNames().count { !$0.hasSuffix(".lock") } == 2)
    }

    private func cacheNames() async throws -> [String] {
      try await Self.folder.value.names(in: "cache")
    }

    /// Locks, and Verilator's runtime when its compilation, beside the elaboration, was finished.
    private func expectNothingHalfBuilt() async throws {
      let names = try await cacheNames()
      #expect(!names.isEmpty)
      for name in names where !name.hasSuffix(".lock") {
        let entry = try await Self.folder.value.names(in: "cache/\(name)")
        #expect(entry == ["manifest", "setun_runtime.o"], "\(name)")
      }
    }

    /// A killed process stays visible until whoever inherits it has collected it.
    private func expectDead(_ processes: [pid_t]) async throws {
      for process in processes {
        var attempts = 0
        while kill(process, 0) == 0 && !isZombie(process) && attempts < 200 {
          try await Task.sleep(for: .milliseconds(10))
          attempts += 1
        }
        #expect(attempts < 200, "process \(process) lives")
      }
    }

    private func isZombie(_ process: pid_t) -> Bool {
      let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      return status?.contains(") Z ") == true
    }
  }
}
