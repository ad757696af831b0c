import Architecture
import ArgumentParser
import BuiltInModel
import Foundation
import LockStep
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
      shape also run in RTL, in lock-step with the model.

      Exit status: 0 when everything agrees, 1 when something differs or cannot be used.
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

  @Flag(name: .customLong("no-rtl"), help: "Do not build and run the RTL.")
  var noRTL = false

  @Option(help: "Lock-step the first layer of each shape, or all: \(LockStepScope.list).")
  var lockStep = LockStepScope.shapes

  @Option(help: "The folder where built RTL is kept. Default: in the user's cache folder.")
  var cache: String?

  func validate() throws {
    if let tokens, tokens < 1 {
      throw ValidationError("--tokens: expected 1 or more, found \(tokens)")
    }
    if prompt.isEmpty { throw ValidationError("--prompt: expected some text, found none") }
  }

  func run() async throws {
    let options = self
    try await cancellingOnInterrupt { try await options.runToReport() }
  }

  private func runToReport() async throws {
    for path in [json, html] { try OutputFile.checkWritable(path) }
    let progress = Progress()
    let run = try ModelRun(
      architecture: architecture.load(), modelFolder: model ?? BuiltInModel.directory,
      isBuiltIn: model == nil, prompt: prompt, tokenLimit: tokens, layerFilters: layers)
    let trace = try run.trace(progress)
    let baseline = try CPUBaseline(trace, progress)
    let results: LayerResults
    if noRTL {
      results = try LayerResults(trace, on: run.architecture, progress)
    } else {
      async let library = RTLBuild(cache: cache).library(of: run.architecture, progress)
      let modelled = try LayerResults(trace, on: run.architecture, progress)
      results = try modelled.lockStepped(
        with: try await library, all: lockStep == .all, command: CommandLine.arguments, progress)
    }
    progress.finish()
    let report = try RunReport(run, trace, baseline, results)
    try OutputFile.write(report.json, to: json)
    try OutputFile.write(report.html(), to: html)
    let terminal = Terminal()
    print(report.text(width: terminal.width, color: terminal.hasColor))
    print("JSON \(json)\nHTML \(html)")
    if !results.agree {
      throw Failure("sums differ from the reference runtime or from the exact oracle")
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
