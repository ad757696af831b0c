import ArgumentParser
import Exploration
import Foundation

/// `setun explore query`: points of a store, chosen and sorted.
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "List points of a store: by condition, best first, or the Pareto front.",
    discussion: """
        setun explore query sweep.sqlite --pareto
        setun explore query sweep.sqlite --where 'area_mm2 <= 0.5' --sort decode_tokens_per_s
        setun explore query sweep.sqlite --pareto --objectives area_mm2 tops_per_w
        setun explore query sweep.sqlite --csv > points.csv

      Conditions are written as in a space file. CSV has a header, a row for each point, full \
      precision and one type in each column, as Parquet and data frames want it: metrics in the unit \
      that their name ends with, uncertain ones followed by their bounds.
      """)

  @Argument(help: "The store of a sweep.", completion: .file(extensions: ["sqlite"]))
  var store: String

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "A condition that points meet; may be given several times.", valueName: "condition"))
  var conditions: [String] = []

  @Flag(help: "Only points that no other is better than.")
  var pareto = false

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The metrics that --pareto compares. Default: the objectives of the space.",
      valueName: "metric"))
  var objectives: [String] = []

  @Option(help: ArgumentHelp("Best first in this metric.", valueName: "metric"))
  var sort: String?

  @Option(help: ArgumentHelp("At most this many points. Default in a table: 20.", valueName: "n"))
  var top: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The metrics to show. Default: in a table the objectives, else all.", valueName: "metric"))
  var metrics: [String] = []

  @Flag(help: "Print CSV.")
  var csv = false

  @Flag(help: "Print JSON: a line for each point.")
  var json = false

  func validate() throws {
    guard !(csv && json) else { throw ValidationError("expected --csv or --json, found both") }
    if let top, top < 1 { throw ValidationError("--top: expected 1 or more, found \(top)") }
    if !objectives.isEmpty && !pareto {
      throw ValidationError("--objectives goes with --pareto")
    }
  }

  func run() throws {
    let store = try ExplorationStore(readingFrom: store)
    let shown = try metrics.map { name throws(ExplorationError) in try store.metric(named: name) }
    var query = PointQuery()
    query.conditions = conditions
    query.isPareto = pareto
    query.objectives = objectives
    query.order = sort
    query.limit = top
    if csv || json {
      let rows = PointRows(store: store, metrics: shown.isEmpty ? store.metrics : shown)
      if csv { try rows.writeCSV(query) } else { try rows.writeJSON(query) }
    } else {
      try printTable(store, query, shown)
    }
  }

  private func printTable(
    _ store: ExplorationStore, _ query: PointQuery, _ shown: [DesignSpace.Objective]
  ) throws {
    var query = query
    query.limit = top ?? 20
    var points: [StoredPoint] = []
    let count = try store.forEachPoint(query) { points.append($0) }
    guard count > 0 else { return try Terminal.write("No point matches.") }
    var metrics = shown.isEmpty ? store.sweep.space.objectives : shown
    for name in objectives + [sort].compactMap({ $0 })
    where !metrics.contains(where: { $0.name == name }) {
      metrics.append(try store.metric(named: name))
    }
    try Terminal.write(PointTable(store: store, points: points, metrics: metrics).text)
    if points.count < count {
      try Terminal.write("\(points.count.grouped) of \(count.grouped) points; --top shows more.")
    }
  }
}

/// Points of a store in formats for other programs.
struct PointRows {
  let store: ExplorationStore
  let metrics: [DesignSpace.Objective]

  /// Lines are written in pieces of this many bytes.
  private static let pieceSize = 1 << 16

  func writeCSV(_ query: PointQuery) throws {
    let front = try store.frontNumbers()
    let header =
      ["point", "number", "on_front"] + store.sweep.space.parameters.map(\.name)
      + metrics.flatMap { metric in
        metric.metric.isUncertain
          ? [metric.name, "\(metric.name)_low", "\(metric.name)_high"] : [metric.name]
      }
    try write(query, first: Self.line(header)) { point in
      var fields = [
        point.hash.description, String(point.number),
        front.contains(point.number) ? "true" : "false",
      ]
      fields += store.parameters(of: point).map(\.value)
      for metric in metrics {
        let value = point[metric]
        fields.append(value.map { "\($0.typical)" } ?? "")
        guard metric.metric.isUncertain else { continue }
        fields += [value.map { "\($0.low)" } ?? "", value.map { "\($0.high)" } ?? ""]
      }
      return Self.line(fields)
    }
  }

  func writeJSON(_ query: PointQuery) throws {
    let front = try store.frontNumbers()
    try write(query, first: "") { point in
      let parameters = store.parameters(of: point).map {
        "\(Self.quoted($0.name)): \(Self.json($0.value))"
      }
      let figures = metrics.compactMap { metric in
        point[metric].map { value in
          "\(Self.quoted(metric.name)): "
            + (metric.metric.isUncertain
              ? "{\"low\": \(value.low), \"typical\": \(value.typical), \"high\": \(value.high)}"
              : "\(value.typical)")
        }
      }
      return "{\"point\": \"\(point.hash)\", \"number\": \(point.number), "
        + "\"on_front\": \(front.contains(point.number)), "
        + "\"parameters\": {\(parameters.joined(separator: ", "))}, "
        + "\"metrics\": {\(figures.joined(separator: ", "))}}\n"
    }
  }

  private func write(
    _ query: PointQuery, first: String, _ line: (StoredPoint) -> String
  ) throws {
    var piece = first
    try store.forEachPoint(query) { point in
      piece += line(point)
      guard piece.utf8.count >= Self.pieceSize else { return }
      try Self.flush(&piece)
    }
    try Self.flush(&piece)
  }

  private static func flush(_ text: inout String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      throw Failure("cannot write to standard output: \(error.localizedDescription)")
    }
    text = ""
  }

  /// A line as in RFC 4180, but ended by a newline alone.
  private static func line(_ fields: [String]) -> String {
    fields.map { field in
      field.contains { ",\"\n\r".contains($0) }
        ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
    }.joined(separator: ",") + "\n"
  }

  /// A number or a logical value as it is, all else as a text.
  private static func json(_ value: String) -> String {
    Int(value) != nil || value == "true" || value == "false"
      || Double(value)?.isFinite == true && value.first != "."
      ? value : quoted(value)
  }

  private static func quoted(_ text: String) -> String {
    String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
  }
}

extension Metric {
  /// Whether values have bounds.
  var isUncertain: Bool {
    switch self {
    case .decodeEnergy, .prefillEnergy, .requestEnergy, .area, .power, .energyDelayProduct,
      .efficiency, .density, .keyValueEnergy, .luts, .flipFlops, .blockRAMs, .dsps, .deviceShare:
      true
    case .decodeLatency, .decodeThroughput, .prefillLatency, .prefillThroughput, .requestLatency,
      .peakPerformance, .performance, .decodeUtilisation, .prefillUtilisation, .decodeTraffic,
      .prefillTraffic, .keyValueTraffic, .perplexity, .perplexityIncrease:
      false
    }
  }
}
