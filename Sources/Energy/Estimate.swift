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
/// `low` and `high` bound what the sources allow; they are not a standard deviation. A sum or product
/// remembers how far each origin can move it: figures of one origin err together, so that their
/// deviations add; those of different origins are independent, and combine as the root of the sum of
/// their squares.
public struct Estimate<U: Unit>: Equatable, Sendable {
  public private(set) var low: Double
  public private(set) var typical: Double
  public private(set) var high: Double
  public var provenance: Provenance
  /// One short phrase: the table, paper or clock.
  public var source: String
  /// How far each origin can move the figure; empty for a figure without a range.
  public private(set) var deviations: Deviations

  /// - Parameter origin: What figures that err together have in common; without, the source.
  /// - Precondition: `low <= typical <= high`.
  public init(
    low: Double, typical: Double, high: Double, provenance: Provenance, source: String,
    origin: String? = nil
  ) {
    precondition(low <= typical && typical <= high, "\(low) … \(typical) … \(high)")
    self.low = low
    self.typical = typical
    self.high = high
    self.provenance = provenance
    self.source = source
    deviations = Deviations(
      origin: origin ?? source, below: typical - low, above: high - typical)
  }

  /// A figure without a range.
  public init(_ value: Double, provenance: Provenance, source: String) {
    self.init(low: value, typical: value, high: value, provenance: provenance, source: source)
  }

  /// A figure that `deviations` move, no further than `floor` and `ceiling`.
  private init(
    typical: Double, floor: Double, ceiling: Double, deviations: Deviations,
    provenance: Provenance, source: String
  ) {
    self.typical = typical
    self.provenance = provenance
    self.source = source
    self.deviations = deviations.limited(below: typical - floor, above: ceiling - typical)
    low = max(floor, typical - self.deviations.below)
    high = min(ceiling, typical + self.deviations.above)
  }

  /// The sum: of the deviations within an origin, and of their squares across origins; as weak as
  /// the weaker.
  public static func + (left: Self, right: Self) -> Self {
    Self(
      typical: left.typical + right.typical, floor: left.low + right.low,
      ceiling: left.high + right.high, deviations: left.deviations + right.deviations,
      provenance: max(left.provenance, right.provenance),
      source: left.source == right.source ? left.source : "sum")
  }

  /// `count` times as much.
  ///
  /// - Precondition: `count` is not negative.
  public static func * (count: Double, one: Self) -> Self {
    precondition(count >= 0, "\(count) times")
    var all = one
    all.low *= count
    all.typical *= count
    all.high *= count
    all.deviations = one.deviations.scaled(by: count)
    return all
  }

  /// The same number in another unit, of which it is the figure for one.
  func converted<P: Unit>(to unit: P.Type = P.self) -> Estimate<P> {
    Estimate<P>(
      typical: typical, floor: low, ceiling: high, deviations: deviations, provenance: provenance,
      source: source)
  }

  /// The product with an uncertain figure in another unit, to first order in the deviations; the
  /// weaker provenance of the two.
  ///
  /// - Precondition: Neither may be negative.
  public func times<V: Unit, P: Unit>(
    _ other: Estimate<V>, as product: P.Type = P.self
  ) -> Estimate<P> {
    precondition(low >= 0 && other.low >= 0, "a product of \(low) and \(other.low)")
    return Estimate<P>(
      typical: typical * other.typical, floor: low * other.low, ceiling: high * other.high,
      deviations: deviations.scaled(by: other.typical) + other.deviations.scaled(by: typical),
      provenance: max(provenance, other.provenance), source: "\(source); \(other.source)")
  }

  /// How many times `divisor` this is, to first order: what moves both alike cancels.
  ///
  /// `nil` when the divisor may be zero or either may be negative.
  public func quotient(by divisor: Self) -> Estimate<Ratio>? {
    guard divisor.low > 0, low >= 0 else { return nil }
    let ratio = typical / divisor.typical
    let relative = deviations.scaled(by: 1 / divisor.typical)
    return Estimate<Ratio>(
      typical: ratio, floor: low / divisor.high, ceiling: high / divisor.low,
      deviations: relative - divisor.deviations.scaled(by: ratio / divisor.typical),
      provenance: max(provenance, divisor.provenance),
      source: "\(source), over \(divisor.source)")
  }
}
