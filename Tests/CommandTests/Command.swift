import Foundation
import Testing

/// The tests of the built command, as a user meets it; one at a time, because each keeps a
/// processor busy.
@Suite("Command", .serialized, .timeLimit(.minutes(5)))
enum CommandTests {}

/// A running or finished `setun`.
final class Command: Sendable {
  /// How it ended, and what it wrote.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// Standard error without the lines that only say what goes on.
    var message: String {
      errors.split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("setun: ") || $0 == "setun: interrupted" }
        .joined(separator: "\n").trimmingCharacters(in: .newlines)
    }
  }

  private let process: Process
  /// Kept until the command has ended.
  private let folder: WorkFolder
  private let streams: WorkFolder
  private let ended: AsyncStream<Int32>

  /// Starts the command.
  ///
  /// - Parameters:
  ///   - folder: The working folder.
  ///   - environment: Variables that differ from those of the tests.
  ///   - output: The file for standard output, or `nil` to keep it for the outcome.
  ///   - prefix: A program and arguments that start the command in their stead.
  init(
    _ arguments: [String], in folder: WorkFolder, environment: [String: String] = [:],
    output: String? = nil, prefix: [String] = []
  ) throws {
    self.folder = folder
    streams = try WorkFolder()
    let process = Process()
    let line = prefix + [Self.executable] + arguments
    process.executableURL = URL(filePath: line[0])
    process.arguments = Array(line.dropFirst())
    process.currentDirectoryURL = URL(filePath: folder.path)
    // $CXX of the one who tests would choose other tools than the tests expect.
    process.environment = ProcessInfo.processInfo.environment
      .merging(["CXX": ""]) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(
      forWritingAtPath: try output ?? streams.write("output", ""))
    process.standardError = FileHandle(forWritingAtPath: try streams.write("errors", ""))
    let (ended, continuation) = AsyncStream.makeStream(of: Int32.self)
    self.ended = ended
    process.terminationHandler = {
      let signal = $0.terminationReason == .uncaughtSignal
      continuation.yield(signal ? -$0.terminationStatus : $0.terminationStatus)
      continuation.finish()
    }
    try process.run()
    self.process = process
  }

  /// Sends SIGINT.
  func interrupt() { _ = Foundation.kill(process.processIdentifier, SIGINT) }

  /// Sends SIGKILL, after which nothing is tidied up.
  func kill() { _ = Foundation.kill(process.processIdentifier, SIGKILL) }

  /// Waits for the end. A status below zero is a signal.
  func outcome() async throws -> Outcome {
    let status = await ended.first { _ in true }
    return Outcome(
      status: try #require(status), output: streams.read("output"), errors: streams.read("errors"))
  }

  /// The `setun` that was built with these tests.
  static let executable: String = {
    #if os(macOS)
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
      let folder = bundle?.bundleURL.deletingLastPathComponent()
    #else
      let folder = Bundle.main.executableURL?.deletingLastPathComponent()
    #endif
    return (folder ?? URL(filePath: ".")).path + "/setun"
  }()
}

/// Runs the command to its end.
func setun(
  _ arguments: String..., in folder: WorkFolder, environment: [String: String] = [:],
  output: String? = nil, prefix: [String] = []
) async throws -> Command.Outcome {
  try await Command(
    arguments, in: folder, environment: environment, output: output, prefix: prefix
  ).outcome()
}
