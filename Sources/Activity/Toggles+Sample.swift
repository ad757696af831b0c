/// What toggled in a run, and how that is known.
public enum Switching: Equatable, Sendable {
  /// Counted from every operand.
  case exact(Toggles)
  /// Counted in a part of the run.
  case sampled(ToggleSample)
  /// What operands drawn at random would do, with as many zeros as the weights have.
  case density(Toggles)

  /// The count, or what stands in for it.
  public var toggles: Toggles {
    switch self {
    case .exact(let toggles), .density(let toggles): toggles
    case .sampled(let sample): sample.toggles
    }
  }
}

/// What toggled in some of the n-tiles of a run, drawn among all of them.
public struct ToggleSample: Equatable, Sendable {
  /// Of each n-tile that was drawn; beats that are read are in none of them.
  public var tiles: [Toggles]
  /// N-tiles of the run, those that were drawn included.
  public var population: Int
  /// ``Toggles/readBeats`` of the whole run: the operands in memory tell them without a sample.
  public var readBeats: UInt64

  /// - Precondition: There is a tile, and no more than there are.
  public init(tiles: [Toggles], population: Int, readBeats: UInt64) {
    precondition(1...max(1, population) ~= tiles.count, "\(tiles.count) of \(population) tiles")
    self.tiles = tiles
    self.population = population
    self.readBeats = readBeats
  }

  /// The estimate of the whole run.
  public var toggles: Toggles {
    let sum = tiles.reduce(Toggles(), +)
    var toggles = sum.scaled(by: Double(population) / Double(tiles.count))
    toggles.readBeats = readBeats
    return toggles
  }

  /// How far a total over all n-tiles may be off, as a share of it: in 95 of 100 samples no more.
  ///
  /// - Parameter value: What is added up, of one tile.
  /// - Returns: `nil` for a sample of one among several, which does not tell.
  public func error95(of value: (Toggles) -> Double) -> Double? {
    standardError(of: value).map { $0 == 0 ? 0 : $0 * Self.student95(freedom: tiles.count - 1) }
  }

  /// The standard error of that total, as a share of it.
  func standardError(of value: (Toggles) -> Double) -> Double? {
    let count = Double(tiles.count)
    if tiles.count == population { return 0 }
    guard tiles.count > 1 else { return nil }
    let values = tiles.map(value)
    let mean = values.reduce(0, +) / count
    guard mean > 0 else { return 0 }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    // What was drawn is known: the fewer others there are, the smaller the error.
    let unknown = 1 - count / Double(population)
    return (squares / (count - 1) / count * unknown).squareRoot() / mean
  }

  /// The quantile of Student's distribution for 95% on both sides.
  private static func student95(freedom: Int) -> Double {
    let few = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23]
    // Off by less than 0.02 from here on.
    return freedom <= few.count ? few[freedom - 1] : 1.96 + 2.5 / Double(freedom)
  }
}

extension Toggles {
  /// Every count times `factor`, rounded.
  ///
  /// - Precondition: `factor` is not negative.
  public func scaled(by factor: Double) -> Toggles {
    func scaled(_ count: UInt64) -> UInt64 { UInt64((Double(count) * factor).rounded()) }
    var toggles = self
    toggles.activations = scaled(activations)
    toggles.weights = scaled(weights)
    toggles.terms = scaled(terms)
    toggles.levels = levels.map(scaled)
    toggles.sums = scaled(sums)
    toggles.partialSums = scaled(partialSums)
    toggles.results = scaled(results)
    toggles.readBeats = scaled(readBeats)
    toggles.writeBeats = scaled(writeBeats)
    return toggles
  }
}
