import Foundation
import LockStep
import Testing

@Suite("The report of installed tools")
struct RTLBuilderToolchainReportTests {
  func entry(_ name: String, _ report: ToolchainReport) throws -> ToolchainReport.Entry {
    try #require(report.entries.first { $0.name == name })
  }

  @Test("With the tools of this machine everything needed is there, with path and version")
  func complete() async throws {
    let report = try await ToolchainReport.make()
    #expect(report.isSufficient)
    let verilator = try entry("Verilator", report)
    #expect(verilator.path?.hasSuffix("/verilator") == true)
    #expect(verilator.version?.hasPrefix("Verilator 5") == true)
    #expect(verilator.problem == nil)
    #expect(try entry("GMP", report).version?.isEmpty == false)
  }

  @Test("With an empty PATH everything but the library is missing, each with its install line")
  func empty() async throws {
    let folder = try TemporaryFolder()
    let report = try await ToolchainReport.make(environment: ["PATH": folder.path])
    #expect(!report.isSufficient)
    for entry in report.entries where entry.name != "GMP" {
      #expect(!entry.isUsable, "\(entry.name)")
      #expect(entry.path == nil, "\(entry.name)")
      #expect(!entry.cost.isEmpty && !entry.install.line.isEmpty, "\(entry.name)")
    }
    #expect(try entry("Verilator", report).install.debian == "sudo apt-get install verilator")
  }

  @Test("A Verilator that is too old is a problem, and optional tools are no reason to fail")
  func tooOld() async throws {
    let tools = try TemporaryFolder()
    try tools.write("verilator", "#!/bin/sh\necho Verilator 4.038\n", executable: true)
    let report = try await ToolchainReport.make(
      environment: processEnvironment(pathPrefix: tools.path))
    let verilator = try entry("Verilator", report)
    #expect(verilator.problem == "too old: found Verilator 4.038, needed 5.0 or later")
    #expect(!verilator.isUsable && verilator.isNeeded)
    #expect(!report.isSufficient)
    #expect(report.entries.filter(\.isNeeded).map(\.name) == ["Verilator", "C++ compiler", "GMP"])
  }

  @Test("A PATH with empty and relative parts does not make the working folder a place for tools")
  func relativePath() async throws {
    let report = try await ToolchainReport.make(environment: ["PATH": ":.:bin::"])
    #expect(try entry("Verilator", report).path == nil)
  }
}

@Suite("Interruption", .serialized)
struct RTLBuilderInterruptTests {
  @Test("SIGINT and SIGTERM cancel the operation", arguments: [SIGINT, SIGTERM])
  func signals(number: Int32) async throws {
    let started = Recorder<Bool>()
    let work = Task {
      try await cancellingOnInterrupt {
        started.append(true)
        try await Task.sleep(for: .seconds(60))
      }
    }
    while started.values.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
    #expect(kill(getpid(), number) == 0)
    await #expect(throws: CancellationError.self) { try await work.value }
  }

  @Test("Without a signal the operation's result, or error, comes through")
  func quiet() async throws {
    #expect(try await cancellingOnInterrupt { 42 } == 42)
    await #expect(throws: LockStepError.cancelled) {
      try await cancellingOnInterrupt { throw LockStepError.cancelled }
    }
  }
}
