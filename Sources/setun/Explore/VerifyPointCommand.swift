import Architecture
import ArgumentParser
import Exploration
import Foundation
import LockStep
import Machine

/// `setun explore verify`: one point of a store on the cycle-level model, and in RTL.
struct VerifyPointCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Run a point of a store again on the cycle-level model and, with --rtl, in RTL.",
    discussion: """
      Every layer of the workload runs with drawn values of its sizes and share of zeros; layers of \
      equal sizes run once. Every event that the metrics were computed from must be counted the \
      same. With --rtl the model and the Verilated RTL run in lock-step, and every word of the \
      state is compared in every cycle. Perplexities, which no cycle has a part in, are not evaluated \
      again.

      Exit status: 0 when all is equal, 1 when something differs or cannot be used.
      """)

  @OptionGroup var point: PointOptions

  @Flag(help: "Run the RTL beside the model, in lock-step.")
  var rtl = false

  @Option(
    help: ArgumentHelp(
      "Leave out layers that take more cycles than this.", valueName: "cycles"))
  var mostCycles: Int?

  @Option(
    help: "The folder where built RTL is kept. Default: in the user's cache folder.",
    completion: .directory)
  var cache: String?

  func validate() throws {
    if let mostCycles, mostCycles < 1 {
      throw ValidationError("--most-cycles: expected 1 or more, found \(mostCycles)")
    }
  }

  func run() async throws {
    let command = self
    try await interruptible { try await command.verify() }
  }

  private func verify() async throws {
    let progress = Progress()
    defer { progress.finish() }
    let (_, stored) = try point.load()
    let store = try ExplorationStore(updating: point.store)
    let design = try store.design(of: stored)
    let evaluators = try store.sweep.evaluators()
    try Self.requireEqual(
      stored, try evaluators.map { try $0.metrics(of: design) }, in: store)
    let replay = try Replay(design, evaluators: evaluators)
    let library: RTLLibrary? =
      rtl
      ? try await RTLBuild(sources: nil, cache: cache).library(of: design.architecture, progress)
      : nil
    var result = ExplorationStore.Verification(
      number: stored.number, jobs: 0, modelCycles: 0, rtlCycles: rtl ? 0 : nil)
    var rows: [(String, String)] = []
    for job in replay.jobs {
      try Task.checkCancellation()
      guard job.cycles <= mostCycles ?? .max else {
        rows.append((job.name, "\(job.cycles.grouped) cycles, left out"))
        continue
      }
      progress.update("\(job.name), \(job.cycles.grouped) cycles")
      result.difference = try Self.run(replay, job, library)
      result.jobs += 1
      result.modelCycles += job.cycles
      if rtl { result.rtlCycles? += job.cycles }
      rows.append(
        (job.name, "\(job.cycles.grouped) cycles, " + (result.difference ?? "equal")))
      if result.difference != nil { break }
    }
    progress.finish()
    try store.note([result])
    try Terminal.write(summary(stored, of: store, rows, result))
    if result.difference != nil { throw ExitCode.failure }
  }

  private static func run(
    _ replay: Replay, _ job: Replay.Job, _ library: RTLLibrary?
  ) throws -> String? {
    let architecture = replay.point.architecture
    guard let library else { return try replay.run(job, on: Machine(architecture)) }
    let pair = LockStepPair(
      Machine(architecture), try RTLDevice(library, architecture: architecture))
    let difference = try replay.run(job, on: pair)
    try pair.check()
    return difference
  }

  /// Compares all metrics but those of the text that a model predicts.
  private static func requireEqual(
    _ stored: StoredPoint, _ metrics: [PointMetrics], in store: ExplorationStore
  ) throws {
    for metric in store.metrics where !metric.metric.isOfText {
      let now = metrics[metric.workload][metric.metric]
      guard stored[metric] == now else {
        throw Failure(
          "\(metric.name): expected \(stored[metric].map { "\($0.typical)" } ?? "none") as in the "
            + "store, found \(now.map { "\($0.typical)" } ?? "none"); the store is of setun "
            + store.sweep.toolVersion)
      }
    }
  }

  private func summary(
    _ point: StoredPoint, of store: ExplorationStore, _ rows: [(String, String)],
    _ result: ExplorationStore.Verification
  ) -> String {
    let place = rtl ? "on the model and in RTL, in lock-step" : "on the cycle-level model"
    let verdict =
      result.difference == nil
      ? "all counts equal those that the metrics were computed from" : "FAILED"
    let leavesTextOut = store.metrics.contains { $0.metric.isOfText }
    return
      ([
        "point \(point.hash) \(place)",
        ColumnText(columns: [
          .init(header: "layer", cells: rows.map(\.0), isText: true),
          .init(header: "result", cells: rows.map(\.1), isText: true),
        ]).text,
        "\(result.jobs) layers of different sizes, \(result.modelCycles.grouped) cycles: \(verdict)",
      ] + (leavesTextOut ? ["perplexity is not evaluated again"] : [])).joined(separator: "\n")
  }
}
