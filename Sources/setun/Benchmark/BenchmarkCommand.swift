import Architecture
import ArgumentParser
import BuiltInModel
import Foundation
import LockStep

/// `setun benchmark`: the simulation speed of the model, of the simulator, of the RTL and of model and
/// RTL in lock-step, the jobs a second of the closed form, and the time of a whole decode token.
struct BenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Measure how fast model, simulator, RTL, and model and RTL in lock-step are.",
    discussion: """
      Runs a decode job (1 token) and a prefill job of 256 outputs and 768 inputs, or of \
      as many as the architecture holds, with random values of which 42% of the weights are zero. \
      Speeds are simulated cycles per second of CPU time, on one core; all take turns, so that what \
      else runs on the machine concerns them alike. 'model' is stepped cycle by cycle; 'simulator' \
      gives the same outputs and events with values from the CPU kernels and cycles from the closed \
      form, or without values ('timing only').

      The closed form, which has no values, counts the seven layers of a block of BitNet b1.58 2B-4T, \
      with as many inputs as the architecture holds; its speed is in jobs per second. Design points are \
      architectures around the given one, each with cycles, energy and area of a layer, and of all \
      layers, of the same model.

      With --token-of the simulator runs every ternary layer of one decode token of a model instead, \
      with the activations that the CPU reference runtime has there, and every sum is compared:

        setun synthesize 2b-4t --output 2b-4t
        setun benchmark --token-of 2b-4t

      With --toggles the bits that toggle in the tree array and on the buses during that token are \
      counted from every operand, from a sample of the n-tiles, and estimated from the share of zeros \
      alone, with the error of each estimate.
      """)

  @OptionGroup var option: ArchitectureOption

  @Option(help: "How often each is measured.")
  var runs = 5

  @Option(help: "Tokens of the prefill job.")
  var tokens = 32

  @Option(help: "The folder where built RTL is kept. Default: in the user's cache folder.")
  var cache: String?

  @Flag(help: "Measure the closed form alone, without building RTL.")
  var closedForm = false

  @Flag(help: "Measure the evaluation of design points alone, without building RTL.")
  var points = false

  @Option(
    help: ArgumentHelp(
      "Measure a decode token of this model, and nothing else.", valueName: "model"),
    completion: .file())
  var tokenOf: String?

  @Flag(
    help: "Count what toggles in the token of --token-of, or else of the built-in model.")
  var toggles = false

  @Option(help: "The share of n-tiles that the sample of --toggles looks at.")
  var share = 0.1

  @Option(help: "The seed of that sample.")
  var seed: UInt64 = 1

  @Flag(help: "Print every measurement as JSON.")
  var json = false

  func validate() throws {
    guard runs > 0 else { throw ValidationError("--runs: expected 1 or more, found \(runs)") }
    guard share > 0 && share <= 1 else {
      throw ValidationError("--share: expected more than 0 and at most 1, found \(share)")
    }
    guard 1...Architecture.maxTiles ~= tokens else {
      throw ValidationError("--tokens: expected 1 to \(Architecture.maxTiles), found \(tokens)")
    }
  }

  func run() async throws {
    let options = self
    try await interruptible { try await options.measure() }
  }

  private func measure() async throws {
    #if DEBUG
      FileHandle.standardError.write(
        Data("setun: built without optimisation: measure a release build instead\n".utf8))
    #endif
    let progress = Progress()
    let architecture = try option.load()
    if points {
      let text = try PointsBenchmark(architecture: architecture, runs: runs, tokens: tokens)
        .report(asJSON: json) { progress.update("measuring \($0)") }
      progress.finish()
      try Terminal.write(text)
      return
    }
    if tokenOf != nil || toggles {
      let tokenOf = tokenOf ?? BuiltInModel.directory
      progress.update("running a token on the CPU")
      let benchmark = try TokenBenchmark(model: tokenOf, on: architecture)
      if toggles {
        progress.update("counting what toggles")
        let report = try benchmark.measureToggles(tokenOf, share: share, seed: seed)
        progress.finish()
        try Terminal.write(json ? Self.json(report) : Self.text(of: report))
        return
      }
      progress.update("measuring the token")
      let token = try benchmark.measure(tokenOf, runs: runs)
      progress.finish()
      try Terminal.write(json ? Self.json(token) : Self.text(of: token, architecture))
      return
    }
    let kinds = [("decode", 1), ("prefill", tokens)]
    var jobs: [SpeedBenchmark.Job] = []
    if !closedForm {
      let rtl = try await RTLBuild(sources: nil, cache: cache)
      let library = try await rtl.library(of: architecture, progress)
      let benchmark = SpeedBenchmark(architecture: architecture, library: library, runs: runs)
      jobs = try kinds.map { name, tokens in
        progress.update("measuring \(name)")
        return try benchmark.measure(name, tokens: tokens)
      }
    }
    let counted = try closedFormJobs(kinds, on: architecture)
    progress.finish()
    if json {
      let parameters = architecture.parameters
      let report = Report(
        architecture: parameters.name, configurationHash: architecture.configurationHashHex,
        rows: parameters.rows, lanes: parameters.lanes, jobs: jobs, closedForm: counted)
      try Terminal.write(Self.json(report))
    } else {
      let texts = jobs.map { Self.text(of: $0, architecture) } + counted.map(Self.text)
      try Terminal.write(texts.joined(separator: "\n\n"))
    }
  }

  private static func text(of report: TogglesReport) -> String {
    func percent(_ found: UInt64, _ exact: UInt64) -> String {
      exact == 0 ? "–" : String(format: "%+.2f %%", 100 * (Double(found) / Double(exact) - 1))
    }
    func row(_ name: String, _ columns: [String]) -> String {
      name.padding(toLength: 14, withPad: " ", startingAt: 0)
        + columns.map { padded($0, 18) }.joined()
    }
    let cycles = Double(report.cycles)
    let places = report.places.map {
      row(
        $0.name,
        [grouped(Double($0.exact)), percent($0.sampled, $0.exact), percent($0.density, $0.exact)])
    }
    let plain = cycles / report.stepped
    return
      ([
        "toggles in a decode token of \(report.model): \(report.layers) layers, "
          + "\(grouped(cycles)) cycles",
        row("", ["exact, bits", "sampled", "density"]),
      ] + places + [
        row("CPU time", report.seconds.map { String(format: "%.3f s", $0) }),
        row("cycles/s", report.seconds.map { grouped(cycles / $0) }),
        row("with model", report.seconds.map { String(format: "%.2f×", ($0 + plain) / plain) }),
        "with model: the time of the stepped model with this count over its time without",
      ]).joined(separator: "\n")
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func text(of token: TokenBenchmark.Token, _ architecture: Architecture) -> String {
    let parameters = architecture.parameters
    let title =
      "decode token of \(token.model) on \(parameters.name), \(parameters.rows) × "
      + "\(parameters.lanes): \(token.layers) layers, \(grouped(Double(token.weights))) weights, "
      + "\(grouped(Double(token.cycles))) cycles, "
      + String(format: "%.1f ms on the accelerator", 1000 * token.acceleratorSeconds)
    let lines = token.executors.map { executor in
      let seconds = executor.cpuSeconds
      return executor.name.padding(toLength: 12, withPad: " ", startingAt: 0)
        + String(format: "%8.4f s   (%.4f – %.4f)", seconds.median, seconds.lowest, seconds.highest)
        + padded(grouped(Double(token.cycles) / seconds.median), 20) + " cycles/s"
    }
    let check = "all \(grouped(Double(token.sums))) results equal the CPU reference runtime's"
    return ([title] + lines + [check]).joined(separator: "\n")
  }

  /// What the closed form reaches; nothing where there is none.
  private func closedFormJobs(
    _ kinds: [(String, Int)], on architecture: Architecture
  ) throws -> [ClosedFormBenchmark.Jobs] {
    guard architecture.parameters.memory.dram == nil else { return [] }
    let benchmark = ClosedFormBenchmark(architecture: architecture, runs: runs)
    return try kinds.map { try benchmark.measure($0.0, tokens: $0.1) }
  }

  private struct Report: Encodable {
    let architecture: String
    let configurationHash: String
    let rows: Int
    let lanes: Int
    let jobs: [SpeedBenchmark.Job]
    let closedForm: [ClosedFormBenchmark.Jobs]
  }

  private static func text(of jobs: ClosedFormBenchmark.Jobs) -> String {
    let speed = jobs.jobsPerSecond
    return "closed form, \(jobs.name), M = \(jobs.tokens): \(grouped(speed.median)) jobs/s "
      + "(\(grouped(speed.lowest)) – \(grouped(speed.highest))), \(ClosedFormBenchmark.layers.count) layers of "
      + "2B-4T, \(grouped(Double(jobs.cycles))) cycles"
  }

  /// A title and a line for each device.
  private static func text(of job: SpeedBenchmark.Job, _ architecture: Architecture) -> String {
    let parameters = architecture.parameters
    let title =
      "\(job.name) on \(parameters.name), \(parameters.rows) × \(parameters.lanes): "
      + "M = \(job.m), N = \(job.n), K = \(job.k), \(grouped(Double(job.cycles))) cycles"
    let rtl = job.executors.first { $0.name == SpeedBenchmark.rtlName }
    let lines = job.executors.map { executor in
      let speed = executor.cyclesPerSecond
      let ratio = rtl.map { String(format: "%.1f", speed.median / $0.cyclesPerSecond.median) }
      return executor.name.padding(toLength: 12, withPad: " ", startingAt: 0)
        + padded(grouped(speed.median), 15) + padded(ratio ?? "", 10)
        + "   (\(grouped(speed.lowest)) – \(grouped(speed.highest)))"
    }
    let head =
      "".padding(toLength: 12, withPad: " ", startingAt: 0) + padded("cycles/s", 15)
      + padded("÷ RTL", 10)
    return ([title, head + "   (range of \(job.executors[0].measurements.count))"] + lines)
      .joined(separator: "\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// A rounded number with a comma before every three digits.
  private static func grouped(_ value: Double) -> String {
    let digits = Array(String(Int(value.rounded())))
    return digits.enumerated().map { index, digit in
      index > 0 && (digits.count - index).isMultiple(of: 3) ? ",\(digit)" : "\(digit)"
    }.joined()
  }
}
