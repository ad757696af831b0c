import Activity
import Architecture
import ArgumentParser
import Energy
import Exploration
import Foundation
import Mapping
import Workload

/// `setun explore show`: one point of a store, layer by layer.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one point of a store: its values, metrics, and the mapping of every layer.")

  @OptionGroup var point: PointOptions

  func run() throws {
    let (store, stored) = try point.load()
    let point = try store.design(of: stored)
    var lines = ["point \(stored.hash) of \(store.sweep.space.name)"]
    lines += zip(store.sweep.space.parameters, store.parameters(of: stored)).map {
      "  \($1.name): \($1.value)" + ($0.unit.isEmpty ? "" : " \($0.unit)")
    }
    var clocks = ClockCheck()
    if let warning = try clocks.warning(of: point.architecture) {
      lines += ["", "warning: \(warning)"]
    }
    lines += ["", Self.metrics(stored, in: store)]
    for evaluator in try store.sweep.evaluators() {
      let details = try evaluator.details(of: point)
      for (phase, detail) in [("prefill", details.prefill), ("decode", details.decode)] {
        guard let detail else { continue }
        lines += ["", "\(evaluator.workload.name), \(phase)", Self.layers(detail)]
      }
    }
    try Terminal.write(lines.joined(separator: "\n"))
  }

  private static func metrics(_ point: StoredPoint, in store: ExplorationStore) -> String {
    let known = store.metrics.compactMap { metric in point[metric].map { (metric, $0) } }
    func column(_ header: String, _ value: (Bounded) -> Double) -> ColumnText.Column {
      .init(header: header, cells: known.map { Self.digits(value($1)) })
    }
    return ColumnText(columns: [
      .init(header: "metric", cells: known.map(\.0.name), isText: true),
      column("value", \.typical), column("low", \.low), column("high", \.high),
    ]).text
  }

  /// Four digits that count.
  private static func digits(_ value: Double) -> String { String(format: "%.4g", value) }

  private static func layers(_ detail: Evaluator.PhaseDetail) -> String {
    let layers = detail.layers
    func column(
      _ header: String, _ unit: String = "", _ cell: (Evaluator.LayerDetail) -> String
    ) -> ColumnText.Column {
      .init(header: header, unit: unit, cells: layers.map(cell))
    }
    var columns: [ColumnText.Column] = [
      .init(header: "layer", cells: layers.map(\.layer.name), isText: true),
      column("M×N×K") { "\($0.job.shape.m)×\($0.job.shape.n)×\($0.job.shape.k)" },
      column("token block", "tokens") { "\($0.job.tokenBlock)" },
      column("slice", "words") { "\($0.job.activationSlice)" },
      column("cycles") { Int($0.counts[.cycles]).grouped },
    ]
    if layers.contains(where: { $0.energy != nil }) {
      columns.append(
        column("energy", "µJ") { $0.energy.map { digits(1e6 * $0.total.typical) } ?? "–" })
    }
    return ColumnText(columns: columns).text
  }
}

/// A point of a store.
struct PointOptions: ParsableArguments {
  @Argument(help: "The store of a sweep.", completion: .file(extensions: ["sqlite"]))
  var store: String

  @Argument(help: "The hash of a point, or how it begins.")
  var hash: String

  func load() throws -> (store: ExplorationStore, point: StoredPoint) {
    let store = try ExplorationStore(readingFrom: store)
    return (store, try store.point(hash: hash))
  }
}
