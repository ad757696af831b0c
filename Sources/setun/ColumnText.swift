import Exploration
import Foundation

/// Texts in aligned columns, with a line of headers and one of units.
struct ColumnText {
  struct Column {
    var header: String
    var unit = ""
    var cells: [String]
    var isText = false
  }

  var columns: [Column]

  var text: String {
    let lines = columns.map { [$0.header, $0.unit] + $0.cells }
    let widths = lines.map { $0.map(\.count).max() ?? 0 }
    let hasUnits = columns.contains { !$0.unit.isEmpty }
    var result: [String] = []
    for row in 0..<(lines.first?.count ?? 0) where row != 1 || hasUnits {
      let cells = columns.indices.map { index in
        let cell = lines[index][row]
        let padding = String(repeating: " ", count: widths[index] - cell.count)
        return columns[index].isText ? cell + padding : padding + cell
      }
      result.append(cells.joined(separator: "  ").trimmingSuffix)
      if row == 1 || (row == 0 && !hasUnits) {
        result.append(
          String(
            repeating: "─", count: widths.reduce(0, +) + 2 * max(0, columns.count - 1)))
      }
    }
    return result.joined(separator: "\n")
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

extension String {
  fileprivate var trimmingSuffix: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension Int {
  /// With a comma before every third digit: `1,024`.
  var grouped: String {
    let digits = String(magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return (self < 0 ? "−" : "") + text
  }
}
