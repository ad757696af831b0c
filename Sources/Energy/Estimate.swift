/// A unit of measurement as a type, so that joules are never added to seconds.
public protocol Unit: Sendable {
  /// The SI symbol: `J`.
  static var symbol: String { get }
}

/// Units of the estimates.
public enum Joules: Unit { public static let symbol = "J" }
public enum Watts: Unit { public static let symbol = "W" }
public enum Seconds: Unit { public static let symbol = "s" }
public enum SquareMicrometres: Unit { public static let symbol = "µm²" }

/// Where a number comes from, from the strongest to the weakest.
public enum Provenance: String, CaseIterable, Codable, Comparable, Sendable {
  /// Read from a clock or a counter while the thing ran.
  case measured
  /// Counted by the RTL or by the model that agrees with it in every cycle.
  case counted
  /// From a netlist that was synthesised for this configuration.
  case synthesised
  /// Computed by a model from counts and a table.
  case modelled
  /// Converted from another technology node.
  case scaled
  /// A published figure.
  case literature
  /// An assumption that the user should replace.
  case assumed

  /// Stronger provenance is smaller.
  public static func < (left: Provenance, right: Provenance) -> Bool {
    let all = Provenance.allCases
    return all.firstIndex(of: left)! < all.firstIndex(of: right)!
  }
}

/// A figure with its uncertainty and its origin.
///
/// `low` and `high` bound what the sources allow; they are not a standard deviation.
public struct Estimate<U: Unit>: Equatable, Sendable {
  public var low: Double
  public var typical: Double
  public var high: Double
  public var provenance: Provenance
  /// One short phrase: the table, paper or clock.
  public var source: String

  /// - Precondition: `low <= typical <= high`.
  public init(
    low: Double, typical: Double, high: Double, provenance: Provenance, source: String
  ) {
    precondition(low <= typical && typical <= high, "\(low) … \(typical) … \(high)")
    self.low = low
    self.typical = typical
    self.high = high
    self.provenance = provenance
    self.source = source
  }

  /// A figure without a range.
  public init(_ value: Double, provenance: Provenance, source: String) {
    self.init(low: value, typical: value, high: value, provenance: provenance, source: source)
  }

  /// The sum, as uncertain as if both were wrong in the same direction and as weak as the weaker.
  public static func + (left: Self, right: Self) -> Self {
    Self(
      low: left.low + right.low, typical: left.typical + right.typical,
      high: left.high + right.high, provenance: max(left.provenance, right.provenance),
      source: left.source == right.source ? left.source : "sum")
  }

  /// `count` times as much.
  public static func * (count: Double, one: Self) -> Self {
    Self(
      low: count * one.low, typical: count * one.typical, high: count * one.high,
      provenance: one.provenance, source: one.source)
  }
}
