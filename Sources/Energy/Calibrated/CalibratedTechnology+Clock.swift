public import Architecture

/// The fastest clock that calibrated netlists allow, beside the one that an architecture asks for.
public struct CalibratedClock: Equatable, Sendable {
  /// Of the tree array, unsized cells without wires, in the nearest size that was calibrated.
  public let maximumMHz: Double
  public let askedMHz: Double
  /// Lanes of the netlist that the figure is from.
  public let lanes: Int
  /// The technology.
  public let technology: String

  /// One sentence where the architecture asks for more, else `nil`.
  public var warning: String? {
    guard askedMHz > maximumMHz else { return nil }
    return "clock_mhz is \(Int(askedMHz.rounded())), but the tree array reaches "
      + "\(Int(maximumMHz.rounded())) MHz in \(technology) (\(lanes) lanes, unsized cells, no wires)"
  }
}

extension CalibratedTechnology {
  /// The fastest clock of the tree array of an architecture, or `nil` where it was not calibrated.
  ///
  /// The longest path is that of the smallest calibrated netlist with at least as many lanes, or of the
  /// largest one: it grows slowly with their number.
  public func clock(of architecture: Architecture) -> CalibratedClock? {
    let lanes = architecture.parameters.lanes
    guard let periods = model(of: .treeArray, in: architecture)?.periods,
      let period = periods.filter({ $0.lanes >= lanes }).min(by: { $0.lanes < $1.lanes })
        ?? periods.max(by: { $0.lanes < $1.lanes })
    else { return nil }
    return CalibratedClock(
      maximumMHz: 1000 / period.nanoseconds, askedMHz: architecture.parameters.clockMHz,
      lanes: period.lanes, technology: name)
  }
}
