import Architecture
import ArgumentParser
import Foundation
import LockStep
import Report
import Verification

/// `setun verify`: model and RTL in lock-step, on architectures and jobs that are chosen or drawn.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hold the RTL against the cycle-level model, in every word of every cycle.",
    discussion: """
      Every architecture is built and taken through scenarios: jobs after each other, resets in the \
      middle of work, bus errors, illegal codes, descriptors of any values, a host that accesses \
      registers at any time; from a memory that pauses at random on every channel. All is drawn \
      from the seed. The first difference of a scenario is printed with its cycle, signal, both \
      values and the command that repeats it.

        setun verify --random 20 --jobs 30 --seed 1
        setun verify --architecture edge --jobs 10
        setun verify --architecture tiny --rtl my_design.sv --top my_accelerator

      A design of your own has the ports of setun_accelerator; rtl/README.md says which it may lack. \
      Without probe_o its results are compared, and with --compare also counters and cycles.

      Exit status: 0 when everything agrees, 1 when something differs or cannot be used, 64 when \
      the arguments are wrong, 130 when interrupted.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Architecture files, or of \(Architecture.sampleNames.joined(separator: ", ")).",
      valueName: "name|file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var architecture: [String] = []

  @Option(help: ArgumentHelp("Draw this many architectures.", valueName: "n"))
  var random: Int?

  @Option(help: "The seed of all that is drawn.")
  var seed = 1

  @Option(help: ArgumentHelp("Scenarios on each architecture.", valueName: "n"))
  var jobs = 30

  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("Run one scenario again.", valueName: "seed:architecture:scenario"))
  var repeated: String?

  @Flag(help: "Remove the builds of architectures that agreed from the cache.")
  var discard = false

  @OptionGroup var design: DesignOptions
  @OptionGroup var outputs: VerifyOutputs

  func validate() throws {
    if let random, random < 1 {
      throw ValidationError("--random: expected 1 or more, found \(random)")
    }
    guard jobs >= 1 else { throw ValidationError("--jobs: expected 1 or more, found \(jobs)") }
    if random != nil && !architecture.isEmpty {
      throw ValidationError("expected --architecture or --random, found both")
    }
    if let repeated {
      guard let id = ScenarioID(repeated),
        architecture.isEmpty || architecture.indices.contains(id.architecture)
      else {
        throw ValidationError(
          "--repeat: expected SEED:ARCHITECTURE:SCENARIO as a failure prints it, found \(repeated)")
      }
    }
    if outputs.recordsCycles && repeated == nil {
      throw ValidationError(
        "--vcd, --fst and --perfetto go with --repeat: one scenario is recorded")
    }
  }

  func run() async throws {
    let options = self
    do {
      try await cancellingOnInterrupt { try await options.verify() }
    } catch let error where RunCommand.isInterruption(error) {
      FileHandle.standardError.write(Data("setun: interrupted\n".utf8))
      throw ExitCode(130)
    }
  }

  /// What is to run.
  func campaign() throws -> Campaign {
    var campaign: Campaign
    if let id = repeated.flatMap(ScenarioID.init) {
      let target =
        architecture.isEmpty
        ? try Campaign.Target(drawing: id.architecture, seed: id.seed)
        : try Campaign.Target(
          number: id.architecture,
          architecture: ArchitectureOption.load(architecture[id.architecture]))
      campaign = Campaign(targets: [target], seed: id.seed, scenarios: id.index..<id.index + 1)
    } else if let random {
      campaign = Campaign(
        targets: try (0..<random).map { try Campaign.Target(drawing: $0, seed: seed) },
        seed: seed, scenarios: 0..<jobs)
    } else {
      let names = architecture.isEmpty ? ["default"] : architecture
      campaign = Campaign(
        targets: try names.enumerated().map { number, name in
          Campaign.Target(number: number, architecture: try ArchitectureOption.load(name))
        }, seed: seed, scenarios: 0..<jobs)
    }
    campaign.comparison = design.compare
    campaign.patience = design.patience
    campaign.discardsLibraries = discard
    return campaign
  }

  private func verify() async throws {
    try outputs.checkWritable()
    let progress = Progress()
    defer { progress.finish() }
    let campaign = try campaign()
    let rtl = try await RTLBuild(
      design: design, optimization: .balanced, countsCoverage: outputs.coverage != nil)
    let recording = try await outputs.recording(campaign.targets[0].architecture, rtl)
    let count = campaign.targets.count
    let tally = Tally()
    progress.update("building")
    let results = try await campaign.run(
      rtl.builder, source: { rtl.source(of: $0) },
      observer: recording.map { recording in { @Sendable _ in recording.observer } },
      finished: {
        progress.update("\(tally.next()) of \(count) architectures, \($0.target.architecture.name)")
      })
    progress.finish()
    let report = VerifyReport(results, campaign: campaign, repeating: repeatCommand)
    try outputs.write(report, results, rtl, recording)
    try Terminal.write(report.text)
    if report.failures > 0 { throw ExitCode.failure }
  }

  /// The command that runs one scenario again.
  private func repeatCommand(_ id: ScenarioID) -> String {
    var line = ["setun", "verify", "--repeat", "\(id)"]
    if !architecture.isEmpty {
      line += ["--architecture"] + architecture
    } else if random == nil && repeated == nil {
      line += ["--architecture", "default"]
    }
    return (line + design.arguments).shellCommandLine
  }
}

/// Counts what is finished, from any thread.
private final class Tally: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  func next() -> Int {
    lock.withLock {
      count += 1
      return count
    }
  }
}

extension Architecture {
  fileprivate var name: String { parameters.name }
}
