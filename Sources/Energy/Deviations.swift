/// How far each of several independent origins can move a figure, down and up.
///
/// An origin is whatever makes figures err together: an entry of a technology file, an SRAM table,
/// a scaling formula.
public struct Deviations: Equatable, Sendable {
  /// What one origin does.
  public struct Part: Equatable, Sendable {
    public let origin: String
    /// How far it can move the figure down, in the figure's unit.
    public internal(set) var below: Double
    /// How far it can move the figure up.
    public internal(set) var above: Double
  }

  /// In the order of their origins, each of which occurs once.
  public private(set) var parts: [Part]

  /// Of one origin; nothing when it moves the figure nowhere.
  init(origin: String, below: Double, above: Double) {
    parts =
      below == 0 && above == 0 ? [] : [Part(origin: origin, below: below, above: above)]
  }

  private init(_ parts: [Part]) { self.parts = parts }

  /// How far all together can move the figure down: the root of the sum of squares.
  var below: Double { Self.root(parts.lazy.map(\.below)) }

  /// How far all together can move the figure up.
  var above: Double { Self.root(parts.lazy.map(\.above)) }

  /// Of one origin exactly what it says, without a root to round it.
  private static func root(_ parts: some Collection<Double>) -> Double {
    if parts.count < 2 { return parts.first ?? 0 }
    return parts.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// - Precondition: `factor` is not negative.
  func scaled(by factor: Double) -> Deviations {
    precondition(factor >= 0, "deviations times \(factor)")
    if factor == 0 { return Deviations([]) }
    return Deviations(
      parts.map { Part(origin: $0.origin, below: $0.below * factor, above: $0.above * factor) })
  }

  /// In proportion, so that all together go no further than `below` and `above`.
  func limited(below: Double, above: Double) -> Deviations {
    let (down, up) = (self.below, self.above)
    let factors = (
      down > below ? max(0, below) / down : 1, up > above ? max(0, above) / up : 1
    )
    if factors == (1, 1) { return self }
    return Deviations(
      parts.map {
        Part(origin: $0.origin, below: $0.below * factors.0, above: $0.above * factors.1)
      })
  }

  /// Figures that are added: what has one origin moves both in the same direction.
  static func + (left: Deviations, right: Deviations) -> Deviations { merge(left, right, sign: 1) }

  /// Figures that are subtracted: what has one origin moves the difference by the difference.
  static func - (left: Deviations, right: Deviations) -> Deviations {
    let parts = merge(left, right, sign: -1).parts.map { part in
      Part(
        origin: part.origin, below: max(part.below, -part.above, 0),
        above: max(part.above, -part.below, 0))
    }
    return Deviations(parts.filter { $0.below > 0 || $0.above > 0 })
  }

  /// Joins two ordered lists, `right` times `sign`.
  private static func merge(_ left: Deviations, _ right: Deviations, sign: Double) -> Deviations {
    let (left, right) = (left.parts, right.parts)
    var (i, j) = (0, 0)
    var merged: [Part] = []
    merged.reserveCapacity(left.count + right.count)
    while i < left.count || j < right.count {
      if j == right.count || i < left.count && left[i].origin < right[j].origin {
        merged.append(left[i])
        i += 1
        continue
      }
      var part = right[j]
      (part.below, part.above) = (sign * part.below, sign * part.above)
      j += 1
      if i < left.count && left[i].origin == part.origin {
        part.below += left[i].below
        part.above += left[i].above
        i += 1
      }
      merged.append(part)
    }
    return Deviations(merged)
  }
}
