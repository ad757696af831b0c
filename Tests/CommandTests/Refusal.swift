import Testing

/// The quickest run: one small layer, one token, no RTL.
let quickRun = ["run", "--no-rtl", "--tokens", "1", "--layers", "0.self_attn.k_proj"]

/// The same with RTL, on an architecture that builds in seconds.
let quickRTLRun = [
  "run", "--architecture", "tiny", "--tokens", "1", "--layers", "0.self_attn.k_proj",
]

/// What a message must say.
enum ExpectedMessage {
  /// This and no more.
  case exactly(String)
  /// Begins with this; what follows comes from the operating system.
  case prefix(String)
  /// This, and the usage of the subcommand after it.
  case usage(String, of: String)

  func matches(_ message: String) -> Bool {
    switch self {
    case .exactly(let text): message == "Error: " + text
    case .prefix(let text): message.hasPrefix("Error: " + text) && !message.contains("\n")
    case .usage(let text, let command):
      message.hasPrefix("Error: \(text)\nUsage: \(command) ")
    }
  }

  /// The exit status that goes with it; 64 is `EX_USAGE`.
  var status: Int32 { if case .usage = self { 64 } else { 1 } }
}

/// Runs a command that must be refused with one message, and must leave its folder as it was.
@discardableResult
func expectRefusal(
  _ arguments: [String], in folder: WorkFolder, environment: [String: String] = [:],
  output: String? = nil, prefix: [String] = [], _ expected: ExpectedMessage,
  location: SourceLocation = #_sourceLocation
) async throws -> Command.Outcome {
  let before = folder.names()
  let outcome = try await Command(
    arguments, in: folder, environment: environment, output: output, prefix: prefix
  ).outcome()
  #expect(outcome.status == expected.status, sourceLocation: location)
  #expect(
    expected.matches(outcome.message), "expected \(expected), found \(outcome.message)",
    sourceLocation: location)
  #expect(outcome.output == "", sourceLocation: location)
  #expect(folder.names() == before, sourceLocation: location)
  return outcome
}
