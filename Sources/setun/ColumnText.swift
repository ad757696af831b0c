import Exploration
import Foundation
import Report

/// Columns, each with its cells, as a table of text.
struct ColumnText {
  struct Column {
    var header: String
    var unit = ""
    var cells: [String]
    var isText = false
  }

  var columns: [Column]

  var text: String {
    let rows = (columns.first?.cells ?? []).indices.map { row in
      columns.map { Table.Cell($0.cells[row]) }
    }
    let table = Table(
      columns: columns.map {
        Table.Column(header: $0.header, unit: $0.unit, alignment: $0.isText ? .left : .right)
      }, rows: rows)
    return table.lines(color: false).joined(separator: "\n")
  }
}

extension ColumnText.Column {
  /// The values of a metric, all with one prefix of the unit and the same decimals.
  init(_ metric: DesignSpace.Objective, _ values: [Double?]) {
    let known = values.compactMap { $0 }
    let largest = known.map(\.magnitude).filter(\.isFinite).max() ?? 0
    var factor = 1.0
    var unit = metric.metric.unit
    switch metric.metric.format {
    case .plain, .count: break
    case .share: (factor, unit) = (100, "%")
    case .prefixed:
      let prefixes: [(String, Double)] = [
        ("p", 1e12), ("n", 1e9), ("µ", 1e6), ("m", 1e3), ("", 1), ("k", 1e-3), ("M", 1e-6),
        ("G", 1e-9),
      ]
      let chosen = prefixes.last { largest * $0.1 >= 1 } ?? prefixes[4]
      factor = chosen.1
      unit = chosen.0 + unit
    }
    let scaled = largest * factor
    let isWhole = metric.metric.format == .count || scaled >= 1000
    let decimals = isWhole ? 0 : scaled >= 100 ? 1 : scaled >= 10 ? 2 : 3
    let prefix = metric.name.split(separator: ".").dropLast().first.map { "\($0) " } ?? ""
    self.init(
      header: prefix + metric.metric.title, unit: unit,
      cells: values.map { value in
        value.map { String(format: "%.\(decimals)f", $0 * factor) } ?? "–"
      })
  }
}
