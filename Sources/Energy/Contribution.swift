/// What one source contributes to one part of a sum: of the energy of a component, of the area of a
/// block.
public struct Contribution<Part: Hashable & Sendable>: Equatable, Sendable {
  public var part: Part
  public var provenance: Provenance
  public var source: String
  /// In the SI unit of the sum, or in µm².
  public var amount: Double

  public init(part: Part, provenance: Provenance, source: String, amount: Double) {
    self.part = part
    self.provenance = provenance
    self.source = source
    self.amount = amount
  }

  /// What tells contributions apart.
  private struct Key: Hashable {
    let part: Part
    let provenance: Provenance
    let source: String
  }

  /// Contributions of one part and one origin as one, in the order of the first of each; nothing that
  /// is 0.
  public static func merged(_ contributions: [Self]) -> [Self] {
    var places: [Key: Int] = [:]
    var merged: [Self] = []
    for each in contributions where each.amount > 0 {
      let key = Key(part: each.part, provenance: each.provenance, source: each.source)
      if let place = places[key] {
        merged[place].amount += each.amount
      } else {
        places[key] = merged.count
        merged.append(each)
      }
    }
    return merged
  }
}

extension Estimate {
  /// The sum of figures, each with where it comes from; the source names all that are not 0, in short.
  static func sum(_ parts: [(source: String, figure: Self)]) -> Self {
    let all = sum(parts.map(\.figure))
    let present = parts.filter { $0.figure.high > 0 }
    let named = present.isEmpty ? Array(parts.prefix(1)) : present
    guard let first = named.first, named.contains(where: { $0.source != first.source }) else {
      return named.first.map { all.from($0.source) } ?? all
    }
    var names: [String] = []
    for part in named {
      let head = part.source.prefix { $0 != ";" && $0 != ":" }
      let name = "\(head) (\(part.figure.provenance.rawValue))"
      if !names.contains(name) { names.append(name) }
    }
    return all.from(names.joined(separator: "; "))
  }
}
