import Architecture
import ArgumentParser
import Machine

/// `--memory` and `--stalls`: another memory than the architecture file's.
struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Another memory: 'ideal' for the latency and bandwidth of the architecture's and nothing else; \
      \(Standard.list), with ':2' for two channels; or the memory of another architecture file or \
      sample.
      """,
      valueName: "memory"))
  var memory: String?

  @Option(
    help: ArgumentHelp("Pause every channel at random in this many cycles of 100.", valueName: "n"))
  var stalls = 0

  @Option(help: "The seed of these pauses.")
  var stallSeed: UInt64 = 1

  private typealias Standard = Architecture.Parameters.Memory.DRAM.Standard

  func validate() throws {
    guard 0...99 ~= stalls else {
      throw ValidationError("--stalls: expected 0 to 99, found \(stalls)")
    }
    _ = try choice()
  }

  var behaviour: ExternalMemory.Behaviour {
    stalls == 0 ? .ideal : .stalling(percent: stalls, seed: stallSeed)
  }

  /// What `--memory` asks for.
  private enum Choice {
    case ideal
    case dram(Architecture.Parameters.Memory.DRAM)
    /// That of an architecture, by name or path.
    case architecture(String)
  }

  private func choice() throws -> Choice? {
    guard let memory else { return nil }
    if memory == "ideal" { return .ideal }
    let parts = memory.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if let standard = Standard(rawValue: String(parts[0])) {
      guard let channels = parts.count == 2 ? Int(parts[1]) : 1, channels > 0 else {
        throw ValidationError("--memory: expected a number of channels, found '\(parts[1])'")
      }
      return .dram(.init(standard: standard, channels: channels))
    }
    let isSample = Architecture.sampleNames.contains(memory)
    guard isSample || memory.contains("/") || memory.contains(".y") else {
      throw ValidationError(
        "--memory: expected ideal, \(Standard.list), an architecture file or one of "
          + "\(Architecture.sampleNames.joined(separator: ", ")), found '\(memory)'")
    }
    return .architecture(memory)
  }

  /// `architecture` with the memory that was asked for.
  func applied(to architecture: Architecture) throws -> Architecture {
    guard let choice = try choice() else { return architecture }
    var parameters = architecture.parameters
    switch choice {
    case .ideal: parameters.memory.dram = nil
    case .dram(let dram): parameters.memory.dram = dram
    case .architecture(let name):
      parameters.memory = try ArchitectureOption.load(name).parameters.memory
    }
    return try Architecture(parameters: parameters)
  }

  /// Says in a report what differs from the architecture file.
  func notes(on architecture: Architecture) -> [String] {
    var notes: [String] = []
    if let memory {
      notes.append(
        "The memory is \(memory) instead of the architecture file's; the energy of its bits is "
          + "that of \(architecture.parameters.memory.kind).")
    }
    if stalls > 0 {
      notes.append(
        "The memory pauses at random in \(stalls) of 100 cycles, on every channel, seed "
          + "\(stallSeed).")
    }
    return notes
  }
}
