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
        setun verify --model built-in --architecture edge
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

  @Option(
    help: ArgumentHelp(
      "The number of the first one drawn, to continue or divide a campaign.", valueName: "n"))
  var first = 0

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

  @OptionGroup var target: ModelTarget
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
    guard first >= 0, first == 0 || random != nil else {
      throw ValidationError("--first: expected 0 or more, and with --random; found \(first)")
    }
    if let repeated {
      guard let id = ScenarioID(repeated),
        architecture.isEmpty || architecture.indices.contains(id.architecture)
      else {
        throw ValidationError(
          "--repeat: expected SEED:ARCHITECTURE:SCENARIO as a failure prints it, found \(repeated)")
      }
    }
    if target.model != nil {
      guard random == nil && repeated == nil && architecture.count <= 1 else {
        throw ValidationError(
          "--model: expected one --architecture and neither --random nor --repeat")
      }
      guard outputs.coverage == nil else {
        throw ValidationError("--coverage: expected drawn jobs, found --model")
      }
    }
    if outputs.recordsCycles && repeated == nil {
      throw ValidationError(
        "--vcd, --fst and --perfetto go with --repeat: one scenario is recorded")
    }
  }

  func run() async throws {
    let options = self
    try await interruptible {
      if let model = options.target.model {
        try await options.verify(model: model)
      } else {
        try await options.verify()
      }
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
        targets: try (first..<first + random).map {
          try Campaign.Target(drawing: $0, seed: seed)
        },
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
    let log = CampaignLog(campaign, progress, repeating: repeatCommand)
    progress.update("building")
    do {
      try await campaign.run(
        rtl.builder, source: { rtl.source(of: $0) },
        observer: recording.map { recording in { @Sendable _ in recording.observer } },
        finished: log.add)
    } catch let error where isInterruption(error) {
      progress.finish()
      try Terminal.write(log.report.summary + continuation(after: log.completed))
      throw error
    }
    progress.finish()
    let waveform = try outputs.write(log.report)
    try recording?.finish()
    if let coverage = outputs.coverage {
      try CoverageFolder(coverage).write(log.report.results, rtl)
    }
    try Terminal.write([log.report.summary, waveform].compactMap { $0 }.joined(separator: "\n"))
    if log.report.failures > 0 { throw ExitCode.failure }
  }

  private func verify(model path: String) async throws {
    try outputs.checkWritable()
    let progress = Progress()
    defer { progress.finish() }
    let verification = ModelVerification(
      target: target, path: path,
      architecture: try ArchitectureOption.load(architecture.first ?? "default"), seed: seed)
    let rtl = try await RTLBuild(design: design, optimization: .speed, countsCoverage: false)
    let library = try await rtl.library(of: verification.architecture, progress)
    let comparison = design.compare ?? (library.hasProbe ? .cycles : .outputs)
    guard comparison != .state || library.hasProbe else {
      throw Failure("--compare state: expected a top module with probe_o, found \(design.top)")
    }
    var verifier = LayerVerifier(verification.architecture, library, comparison: comparison)
    verifier.patience = design.patience
    let begin = ContinuousClock.now
    let outcomes = try await verification.run(verification.cases(progress), verifier, progress)
    progress.finish()
    let report = ModelVerificationReport(
      model: path, tokens: target.prefill ?? 1, architecture: verification.architecture,
      comparison: comparison, outcomes: outcomes,
      seconds: (ContinuousClock.now - begin) / .seconds(1),
      repeating: { repeatCommand(model: $0.layer) })
    let waveform = try outputs.write(report)
    try Terminal.write([report.text, waveform].compactMap { $0 }.joined(separator: "\n"))
    if report.failures > 0 { throw ExitCode.failure }
  }

  /// The command that runs one layer again.
  private func repeatCommand(model layer: String) -> String {
    let line =
      ["setun", "verify"] + target.arguments(layers: [layer])
      + (architecture.isEmpty ? [] : ["--architecture"] + architecture)
      + (seed == 1 ? [] : ["--seed", "\(seed)"]) + design.arguments
    return line.shellCommandLine
  }

  /// The command that does what an interrupted one has not done.
  private func continuation(after completed: Int) -> String {
    guard let random, completed < random else { return "" }
    let line =
      ["setun", "verify", "--random", "\(random - completed)", "--first", "\(first + completed)"]
      + ["--jobs", "\(jobs)", "--seed", "\(seed)"] + design.arguments
    return "\n\nContinue with: \(line.shellCommandLine)"
  }

  /// The command that runs one scenario again.
  @Sendable private func repeatCommand(_ id: ScenarioID) -> String {
    var line = ["setun", "verify", "--repeat", "\(id)"]
    if !architecture.isEmpty {
      line += ["--architecture"] + architecture
    } else if random == nil && repeated == nil {
      line += ["--architecture", "default"]
    }
    return (line + design.arguments).shellCommandLine
  }
}
