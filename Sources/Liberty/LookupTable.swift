/// A table over input transition and output load, or over one of them, or a single value.
///
/// Between its points bilinear, beyond them along the last slope. In the library's units.
public struct LookupTable: Equatable, Sendable {
  /// Transitions, ascending; empty where the table does not depend on it.
  public let transitions: [Double]
  /// Loads, ascending; empty where the table does not depend on it.
  public let loads: [Double]
  /// Transition by transition, load by load.
  public let values: [Double]

  /// The value at a transition and a load.
  public func value(transition: Double, load: Double) -> Double {
    let width = max(loads.count, 1)
    let (row, below, s) = Self.place(transition, in: transitions)
    let (column, right, t) = Self.place(load, in: loads)
    let corner = row * width + column
    let low = values[corner] * (1 - t) + values[corner + right] * t
    let high =
      values[corner + below * width] * (1 - t) + values[corner + below * width + right] * t
    return low * (1 - s) + high * s
  }

  /// The value at a transition and a load, or at the border where these lie beyond it.
  ///
  /// Energies do not grow along a slope for ever, as delays do.
  public func valueInside(transition: Double, load: Double) -> Double {
    value(
      transition: Self.inside(transition, transitions), load: Self.inside(load, loads))
  }

  private static func inside(_ x: Double, _ axis: [Double]) -> Double {
    guard let first = axis.first, let last = axis.last else { return x }
    return min(max(x, first), last)
  }

  /// The point before `x`, how many points on the next one is, and how far `x` is between them.
  private static func place(_ x: Double, in axis: [Double]) -> (Int, Int, Double) {
    guard axis.count > 1 else { return (0, 0, 0) }
    var index = 0
    while index < axis.count - 2, x > axis[index + 1] { index += 1 }
    return (index, 1, (x - axis[index]) / (axis[index + 1] - axis[index]))
  }
}

/// The order in which the axes of tables are written, by the name of their template.
struct TableTemplates {
  private var variables: [String: [String]] = [:]
  private var axes: [String: [[Double]]] = [:]

  init(_ library: LibertyGroup) throws(LibertyError) {
    for kind in ["lu_table_template", "power_lut_template"] {
      for group in library.groups(kind) {
        variables[group.name] = (1...3).compactMap { group.value("variable_\($0)") }
        axes[group.name] = try Self.axes(of: group)
      }
    }
  }

  /// The table in a group, in which constraints put the clock's transition in place of a load.
  func table(_ group: LibertyGroup) throws(LibertyError) -> LookupTable {
    let names = variables[group.name] ?? []
    let own = try Self.axes(of: group)
    let axes = own.isEmpty ? self.axes[group.name] ?? [] : own
    let values = try Self.numbers(group.values("values") ?? [], line: group.line)
    let expected = axes.reduce(1) { $0 * $1.count }
    guard values.count == expected, axes.count == names.count || values.count == 1,
      axes.count <= 2
    else {
      throw LibertyError(
        line: group.line,
        "\(group.kind) (\(group.name)): expected \(expected) values, found \(values.count)")
    }
    let isLoad = names.map { $0 == "total_output_net_capacitance" || $0.hasPrefix("related_pin") }
    switch (axes.count, isLoad.first ?? false) {
    case (0, _): return LookupTable(transitions: [], loads: [], values: values)
    case (1, true): return LookupTable(transitions: [], loads: axes[0], values: values)
    case (1, false): return LookupTable(transitions: axes[0], loads: [], values: values)
    case (_, false): return LookupTable(transitions: axes[0], loads: axes[1], values: values)
    case (_, true):
      let (rows, columns) = (axes[0].count, axes[1].count)
      let turned = (0..<columns).flatMap { column in
        (0..<rows).map { values[$0 * columns + column] }
      }
      return LookupTable(transitions: axes[1], loads: axes[0], values: turned)
    }
  }

  private static func axes(of group: LibertyGroup) throws(LibertyError) -> [[Double]] {
    var axes: [[Double]] = []
    for index in 1...3 {
      guard let text = group.values("index_\(index)") else { break }
      axes.append(try numbers(text, line: group.line))
    }
    return axes
  }

  private static func numbers(_ texts: [String], line: Int) throws(LibertyError) -> [Double] {
    var numbers: [Double] = []
    for text in texts {
      for word in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
        guard let number = Double(word) else {
          throw LibertyError(line: line, "expected a number, found “\(word)”")
        }
        numbers.append(number)
      }
    }
    return numbers
  }
}
