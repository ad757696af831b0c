import Yams

/// The values of a parameter that a range stands for: `{from: 8, to: 64, times: 2}` or
/// `{from: 0.5, to: 2, step: 0.25}`.
///
/// Computed in whole units of the last decimal, so that a hundred steps of 0.1 make 10.
enum ValueRange {
  /// The most values of one parameter.
  static let mostValues = 100_000

  /// The values in rising order, as a file would write them; the last is at most `to`.
  static func values(_ range: SpaceNode) throws(ExplorationError) -> [String] {
    let section = try range.section(["from", "to", "step", "times"])
    guard let fromNode = section["from"] else { throw range.fault("from", found: "none") }
    guard let toNode = section["to"] else { throw range.fault("to", found: "none") }
    let from = try Decimal(fromNode)
    let to = try Decimal(toNode)
    var values: [Decimal] = []
    switch (section["step"], section["times"]) {
    case (let stepNode?, nil):
      let step = try Decimal(stepNode)
      guard step.units > 0 else { throw stepNode.fault("a step above 0") }
      let decimals = [from, to, step].map(\.decimals).max()!
      guard let first = from.units(decimals), let last = to.units(decimals),
        let step = step.units(decimals)
      else { throw range.fault("numbers of at most 15 digits") }
      guard first <= last else { throw toNode.fault("at least from, \(from.text)") }
      guard (last - first) / step < mostValues else {
        throw range.fault("at most \(mostValues) values", found: "\((last - first) / step + 1)")
      }
      values = stride(from: first, through: last, by: step).map { Decimal($0, decimals) }
    case (nil, let timesNode?):
      let factor = try timesNode.integer(2...1_000_000)
      let decimals = max(from.decimals, to.decimals)
      guard let first = from.units(decimals), let last = to.units(decimals) else {
        throw range.fault("numbers of at most 15 digits")
      }
      guard first > 0 else { throw fromNode.fault("a number above 0") }
      guard first <= last else { throw toNode.fault("at least from, \(from.text)") }
      var value = first
      while value <= last {
        values.append(Decimal(value, decimals))
        value *= factor
      }
    default: throw range.fault("step or times", found: section["step"] == nil ? "neither" : "both")
    }
    return values.map(\.text)
  }

  /// `units` of the last of so many decimals.
  private struct Decimal {
    let units: Int
    let decimals: Int

    init(_ units: Int, _ decimals: Int) {
      self.units = units
      self.decimals = decimals
    }

    init(_ node: SpaceNode) throws(ExplorationError) {
      let expected = "a decimal number of at most 15 digits"
      let scalar = try node.scalar(expected: expected)
      let parts = scalar.string.trimmingPrefix("-").split(
        separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
      let digits = parts.joined()
      guard scalar.style == .plain, !digits.isEmpty, digits.utf8.count <= 15,
        digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
        let magnitude = Int(digits)
      else { throw node.fault(expected) }
      units = scalar.string.hasPrefix("-") ? -magnitude : magnitude
      decimals = parts.count == 2 ? parts[1].utf8.count : 0
    }

    /// The number in units of the last of `decimals` decimals, if it can be held.
    func units(_ decimals: Int) -> Int? {
      var (result, overflow) = (units, false)
      for _ in self.decimals..<decimals {
        (result, overflow) = result.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
      }
      return result.magnitude < 1_000_000_000_000_000_000 / 1_000 ? result : nil
    }

    /// Without trailing zeros.
    var text: String {
      var digits = String(units.magnitude)
      digits = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
      var whole = digits.dropLast(decimals)
      var rest = digits.suffix(decimals)
      while rest.last == "0" { rest.removeLast() }
      if !rest.isEmpty { whole += "." + rest }
      return (units < 0 ? "-" : "") + whole
    }
  }
}
