import ArgumentParser
import Foundation
import LockStep

/// Tells which tools are there, and what is lost without the others.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say which tools are installed, what is missing, and how to install it.",
    discussion: "The exit status is 0 when everything is there that 'setun run' needs, else 1.")

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let report = try await ToolchainReport.make()
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try Terminal.write(String(decoding: try encoder.encode(report), as: UTF8.self))
    } else {
      let verdict =
        report.isSufficient
        ? "Everything that 'setun run' needs is there."
        : "Something that 'setun run' needs is missing."
      try Terminal.write((report.entries.map(Self.text) + [verdict]).joined(separator: "\n"))
    }
    if !report.isSufficient { throw ExitCode(1) }
  }

  /// A line for a tool that is there; three for one that is not.
  private static func text(of entry: ToolchainReport.Entry) -> String {
    let name = entry.name.padding(toLength: 13, withPad: " ", startingAt: 0)
    if entry.isUsable, let path = entry.path, let version = entry.version {
      return "ok       \(name) \(version) (\(path))"
    }
    let state = entry.isNeeded ? "MISSING " : "optional"
    return """
      \(state) \(name) \(entry.problem ?? "not found")
                             without it: \(entry.cost)
                             install:    \(entry.install.line)
      """
  }
}
