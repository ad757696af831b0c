/// Further units of technology figures.
public enum Volts: Unit { public static let symbol = "V" }
public enum WattsPerSquareMicrometre: Unit { public static let symbol = "W/µm²" }
/// A factor without a unit.
public enum Ratio: Unit { public static let symbol = "" }

extension Estimate {
  /// Zero, as strong as a count: the start of a sum.
  static var zero: Self { Self(0, provenance: .measured, source: "") }

  /// The sum of `parts`; 0 without any.
  static func sum(_ parts: [Self]) -> Self {
    guard let first = parts.first else { return zero }
    return parts.dropFirst().reduce(first, +)
  }

  /// The figure with its bounds `factor` times further away, as a figure of one origin.
  ///
  /// - Precondition: `factor` is at least 1.
  func widened(by factor: Double, origin: String) -> Self {
    precondition(factor >= 1, "widening by \(factor)")
    return Self(
      low: low / factor, typical: typical, high: high * factor, provenance: provenance,
      source: source, origin: origin)
  }

  /// The figure times an uncertain factor; the weaker provenance of the two.
  ///
  /// A factor of exactly 1 leaves the source as it is.
  func scaled(by ratio: Estimate<Ratio>) -> Self {
    ratio.low == 1 && ratio.high == 1 ? self : times(ratio)
  }

  /// The same figure with another source.
  func from(_ source: String) -> Self {
    var copy = self
    copy.source = source
    return copy
  }

  /// The same figure where a count that goes with it is only `assumption`.
  func assuming(_ assumption: String) -> Self {
    var copy = self
    copy.provenance = max(provenance, .assumed)
    copy.source += "; assumed: \(assumption)"
    return copy
  }
}

/// A share in percent, with one digit: `12.5%`.
func percent(_ share: Double) -> String {
  let tenths = Int((1000 * share).rounded())
  return "\(tenths / 10).\(tenths % 10)%"
}
