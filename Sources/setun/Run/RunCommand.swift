import Architecture
import ArgumentParser
import BuiltInModel
import Energy
import Foundation
import LockStep
import Machine
import Report

/// `setun run`: a model's layers on the accelerator, with cycles, energy and proof.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run the layers of a BitNet model on the accelerator: cycles, energy, area, proof.",
    discussion: """
      Runs a prompt on the CPU reference runtime, then every ternary layer with the activations of \
      that prompt on the cycle-level model: decode (one token) and prefill (the whole prompt). \
      Every sum is compared with the reference runtime and with an exact oracle. Layers of each \
      shape also run in RTL, in lock-step with the model stepped cycle by cycle; all others on the \
      simulator, which gives the same results sooner.

      Exit status: 0 when everything agrees, 1 when something differs or cannot be used, 64 when \
      the arguments are wrong, 130 when interrupted.
      """)

  /// Which layers run in RTL beside the model.
  enum LockStepScope: String, CaseIterable, ExpressibleByArgument {
    case shapes
    case all
  }

  static let defaultPrompt = "In the beginning God created the heaven and the earth."

  @Option(
    help: """
      A model directory: config.json, model.safetensors, tokenizer.json. Default: the built-in model.
      """,
    completion: .directory)
  var model: String?

  @OptionGroup var architecture: ArchitectureOption

  @OptionGroup var memory: MemoryOptions

  @OptionGroup var sources: EnergyOptions

  @Option(
    help: ArgumentHelp(
      """
      How toggles are found, from which the energy of a calibrated array follows: exact, of every \
      operand; sampled, in a share of the n-tiles (0.1 with the seed 1 without more); density, from the \
      zeros of the weights alone. Default: exact, with the errors of the others beside it.
      """,
      valueName: "exact|sampled[=share[,seed]]|density"))
  var activity: ActivityOption?

  @Option(
    help: ArgumentHelp(
      """
      What is simulated: full, or timing_only for cycles, stalls and events without any sum; nothing \
      is compared then, and no RTL runs.
      """,
      valueName: "full|timing_only"))
  var values = ValuesArgument.full

  @Option(help: "The text that the activations come from.")
  var prompt = Self.defaultPrompt

  @Option(help: "Use only the first N tokens of the prompt.")
  var tokens: Int?

  @Option(
    parsing: .upToNextOption,
    help: "Run only the layers whose name contains one of these: 'layers.0.' or 'q_proj'.")
  var layers: [String] = []

  @Option(help: "Write the report as JSON to this path.", completion: .file())
  var json = "setun-run.json"

  @Option(help: "Write the report as one HTML page to this path.", completion: .file())
  var html = "setun-run.html"

  @Option(
    help: "Write what the accelerator did when to this path, for ui.perfetto.dev.",
    completion: .file(extensions: ["json"]))
  var perfetto: String?

  @Option(
    help: """
      Write event counts, energies and areas as Accelergy's action_counts, ERT and ART to this folder.
      """,
    completion: .directory)
  var accelergyOutput: String?

  @Flag(name: .customLong("no-rtl"), help: "Do not build and run the RTL.")
  var noRTL = false

  @Option(
    name: .customLong("rtl"),
    help: ArgumentHelp(
      "Run the SystemVerilog in this folder, laid out as 'rtl' is. Default: the bundled one.",
      valueName: "folder"),
    completion: .directory)
  var rtlFolder: String?

  @Option(help: "Lock-step the first layer of each shape, or all: \(LockStepScope.list).")
  var lockStep = LockStepScope.shapes

  @Option(
    help: "The folder where built RTL is kept. Default: in the user's cache folder.",
    completion: .directory)
  var cache: String?

  func validate() throws {
    if let tokens, tokens < 1 {
      throw ValidationError("--tokens: expected 1 or more, found \(tokens)")
    }
    if prompt.isEmpty { throw ValidationError("--prompt: expected some text, found none") }
    if noRTL && rtlFolder != nil {
      throw ValidationError("expected --rtl or --no-rtl, found both")
    }
  }

  func run() async throws {
    let options = self
    try await interruptible { try await options.runToReport() }
  }

  private func runToReport() async throws {
    for path in [json, html, perfetto].compactMap({ $0 }) { try OutputFile.checkWritable(path) }
    let progress = Progress()
    defer { progress.finish() }
    // A missing tool is said before the work and not after it.
    async let build =
      noRTL || values == .timingOnly ? nil : RTLBuild(sources: rtlFolder, cache: cache)
    let design = try memory.applied(to: architecture.load())
    let work = try priced(design)
    let run = try ModelRun(
      architecture: work.energy?.architecture ?? design,
      modelFolder: model ?? BuiltInModel.directory,
      isBuiltIn: model == nil, prompt: prompt, tokenLimit: tokens, layerPatterns: layers)
    let trace = try run.trace(progress)
    if let perfetto {
      let groups = try LayerTimelines(
        trace, on: run.architecture, memory.behaviour, progress
      ).groups
      let clock = run.architecture.parameters.clockMHz
      try OutputFile.write(PerfettoTrace(groups: groups, clockMHz: clock).json, to: perfetto)
    }
    let rtl = try await build
    let baseline = try CPUBaseline(trace, progress)
    let results = try await results(of: run, trace, rtl, progress)
    let notes =
      memory.notes(on: run.architecture) + valuesNote
      + (work.energy.map(sources.notes(on:)) ?? [])
    let report = try RunReport(
      run, trace, baseline, results, work, notes: notes, progress)
    try OutputFile.write(report.json, to: json)
    try OutputFile.write(report.html(), to: html)
    if let accelergyOutput, let energy = work.energy {
      try AccelergyFolder(accelergyOutput).write(
        AccelergyOutput(energy), report.phases.map { ($0.name, $0.total?.counts) })
    }
    progress.finish()
    let terminal = Terminal()
    try Terminal.write(
      "\(report.text(width: terminal.width, color: terminal.hasColor))\nJSON \(json)\nHTML \(html)"
        + (perfetto.map { "\nTimeline \($0)" } ?? ""))
    if !results.agree {
      throw Failure("sums differ from the reference runtime or from the exact oracle")
    }
  }

  /// What the design costs: energies and areas, or the resources of an FPGA.
  private func priced(_ design: Architecture) throws -> PricedWork {
    let name = architecture.architecture
    guard let fpga = try sources.fpga(of: design, named: name) else {
      return try PricedWork(try sources.model(of: design, named: name), activity: activity)
    }
    guard accelergyOutput == nil else {
      throw Failure("--accelergy-output: expected cells, found the FPGA \(fpga.target.name)")
    }
    return try PricedWork(fpga, on: design, activity: activity)
  }

  private var valuesNote: [String] {
    values == .full ? [] : ["Timing only: no sum was computed by the model, and none compared."]
  }

  /// Runs the layers on the model while the RTL is built, then layers of each shape on both.
  private func results(
    of run: ModelRun, _ trace: [PhaseTrace], _ rtl: RTLBuild?, _ progress: Progress
  ) async throws -> LayerResults {
    let simulator = Simulator(run.architecture, behaviour: memory.behaviour)
    guard let rtl else {
      return try LayerResults(trace, on: simulator, values: values.values, progress)
    }
    async let library = rtl.library(of: run.architecture, progress)
    let modelled = try LayerResults(trace, on: simulator, values: values.values, progress)
    return try modelled.lockStepped(
      with: try await library, all: lockStep == .all, command: CommandLine.arguments, progress)
  }
}

/// What is simulated, as an argument.
enum ValuesArgument: String, CaseIterable, ExpressibleByArgument {
  case full
  case timingOnly = "timing_only"

  var values: SimulatedValues {
    switch self {
    case .full: .full
    case .timingOnly: .timingOnly
    }
  }
}

extension CaseIterable where Self: RawRepresentable<String> {
  /// The legal values, for help texts.
  static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// A message for the user; ArgumentParser prints it after `Error:`.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
