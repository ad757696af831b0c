public import Energy

/// Ternary multiply-accumulates a second.
public enum MACsPerSecond: Unit { public static let symbol = "MAC/s" }
/// Bytes a second.
public enum BytesPerSecond: Unit { public static let symbol = "B/s" }
/// Simulated clock cycles a second of wall time.
public enum CyclesPerSecond: Unit { public static let symbol = "cycles/s" }
/// Tokens a second.
public enum TokensPerSecond: Unit { public static let symbol = "tokens/s" }
/// How many times as much.
public enum Times: Unit { public static let symbol = "×" }

extension Estimate {
  /// How many times `divisor` this is, with the widest bounds that both ranges allow.
  ///
  /// `nil` when the divisor may be zero or either may be negative.
  public func ratio(to divisor: Self) -> Estimate<Times>? {
    guard divisor.low > 0, low >= 0 else { return nil }
    return Estimate<Times>(
      low: low / divisor.high, typical: typical / divisor.typical, high: high / divisor.low,
      provenance: max(provenance, divisor.provenance), source: "ratio")
  }
}

extension Estimate where U == Seconds {
  /// The rate at which `tokens` tokens pass in this time; `nil` when the time may be zero.
  func rate(tokens: Int) -> Estimate<TokensPerSecond>? {
    guard low > 0 else { return nil }
    let tokens = Double(tokens)
    return Estimate<TokensPerSecond>(
      low: tokens / high, typical: tokens / typical, high: tokens / low, provenance: provenance,
      source: source)
  }
}

/// An estimate of whichever unit, so that figures of different units can share a collection.
protocol AnyEstimate {
  var low: Double { get }
  var typical: Double { get }
  var high: Double { get }
  var provenance: Provenance { get }
  var source: String { get }
  var unit: String { get }
}

extension Estimate: AnyEstimate {
  var unit: String { U.symbol }
}

extension AnyEstimate {
  var isRange: Bool { low != high }
}

extension Array where Element: Addable {
  /// The sum, or `nil` of nothing: an empty sum has no provenance.
  var sum: Element? {
    guard let first else { return nil }
    return dropFirst().reduce(first, +)
  }
}

/// What can be summed over layers.
protocol Addable {
  static func + (left: Self, right: Self) -> Self
}

extension Estimate: Addable {}
