public import Architecture
// For `exp` and `log` only.
import Foundation

/// What one SRAM macro costs.
public struct SRAMMacro: Equatable, Sendable {
  /// Per read of a whole word.
  public var readEnergy: Estimate<Joules>
  /// Per write of a whole word.
  public var writeEnergy: Estimate<Joules>
  public var leakage: Estimate<Watts>
  public var area: Estimate<SquareMicrometres>
  /// `nil` where the source does not state it.
  public var accessTime: Estimate<Seconds>?
  public var basis: Basis

  /// How far the figures are from a row of the table.
  public enum Basis: String, Sendable {
    /// The row itself.
    case exact
    /// Between rows; bounds are 8% wide, the mean error of a row left out.
    case interpolated
    /// Beyond the smallest or largest rows; bounds are a factor of 2 wide.
    case extrapolated

    var width: Double {
      switch self {
      case .exact: 1
      case .interpolated: 1.08
      case .extrapolated: 2
      }
    }
  }
}

extension SRAMTable {
  /// The macro of `words` words of `bits` bits, log-log between the neighbouring sizes and widths.
  ///
  /// - Throws: ``EnergyError`` when the table has no rows of this node and flavour.
  /// - Precondition: `bits` and `words` are positive, and the table has grids.
  public func macro(
    bits: Int, words: Int, flavour: Architecture.Parameters.SRAMFlavour, node: Int
  ) throws(EnergyError) -> SRAMMacro {
    precondition(bits > 0 && words > 0, "\(words) words of \(bits) bits")
    guard let grid = grids[Process(node: node, flavour: flavour)] else {
      let legal = nodes(flavour: flavour).map(String.init).joined(separator: ", ")
      throw EnergyError(
        "SRAM table: \(flavour.rawValue) cells: expected a node of \(legal) nm, found \(node) nm")
    }
    let bytes = Double(bits) * Double(words) / 8
    let (row, basis) = grid.row(bytes: bytes, bits: Double(bits))
    let source =
      "\(name), \(node) nm \(flavour.rawValue), \(words) × \(bits) bits, \(basis.rawValue)"
    func figure<U: Unit>(_ value: Double) -> Estimate<U> {
      Estimate(value, provenance: .modelled, source: source).widened(
        by: basis.width, origin: "\(name), \(node) nm \(flavour.rawValue)")
    }
    return SRAMMacro(
      readEnergy: figure(row.readEnergy), writeEnergy: figure(row.writeEnergy),
      leakage: figure(row.leakage), area: figure(row.area), accessTime: figure(row.accessTime),
      basis: basis)
  }
}

extension SRAMMacro {
  /// `count` macros side by side that act as one.
  func times(_ count: Int) -> SRAMMacro {
    if count == 1 { return self }
    func all<U: Unit>(_ one: Estimate<U>) -> Estimate<U> {
      (Double(count) * one).from("\(count) of \(one.source)")
    }
    return SRAMMacro(
      readEnergy: all(readEnergy), writeEnergy: all(writeEnergy), leakage: all(leakage),
      area: all(area), accessTime: accessTime, basis: basis)
  }

  /// The macro in the technology's own node.
  func scaled(by scaling: Technology.SRAMScaling) -> SRAMMacro {
    SRAMMacro(
      readEnergy: readEnergy.scaled(by: scaling.energy),
      writeEnergy: writeEnergy.scaled(by: scaling.energy),
      leakage: leakage.scaled(by: scaling.leakage), area: area.scaled(by: scaling.area),
      accessTime: accessTime?.scaled(by: scaling.delay), basis: basis)
  }
}

// MARK: Interpolation

extension SRAMTable.Grid {
  /// The figures at a size and width: of the row there, or a log-log blend of the nearest rows.
  func row(bytes: Double, bits: Double) -> (SRAMTable.Row, SRAMMacro.Basis) {
    let size = Self.cell(sizes, bytes, last: sizes.count - 2)
    let (here, above) = (rows[size.index], rows[size.index + 1])
    let filled = (here: here.prefix { $0 != nil }.count, above: above.prefix { $0 != nil }.count)
    let width = Self.cell(widths, bits, last: min(filled.here - 1, filled.above - 2))
    let (known, wider) = (here[width.index]!, here[width.index + 1])
    let (larger, corner) = (above[width.index]!, above[width.index + 1]!)
    if size.fraction == 0 && width.fraction == 0 { return (known, .exact) }
    if size.fraction == 1 && width.fraction == 0 { return (larger, .exact) }
    if size.fraction == 1 && width.fraction == 1 { return (corner, .exact) }
    if size.fraction == 0 && width.fraction == 1, let wider { return (wider, .exact) }

    // Without the wider row three corners are left, and a plane through them: right inside their
    // triangle, where the macro is at least as deep as the shallowest rows.
    let inside =
      (0...1).contains(size.fraction) && (0...1).contains(width.fraction)
      && (wider != nil || width.fraction <= size.fraction + 1e-12)
    func blend(_ figure: KeyPath<SRAMTable.Row, Double>) -> Double {
      let (k, l) = (log(known[keyPath: figure]), log(larger[keyPath: figure]))
      let c = log(corner[keyPath: figure])
      let w = wider.map { log($0[keyPath: figure]) } ?? (k + c - l)
      let (s, t) = (size.fraction, width.fraction)
      return exp((1 - s) * (1 - t) * k + s * (1 - t) * l + (1 - s) * t * w + s * t * c)
    }
    let row = SRAMTable.Row(
      readEnergy: blend(\.readEnergy), writeEnergy: blend(\.writeEnergy), leakage: blend(\.leakage),
      area: blend(\.area), accessTime: blend(\.accessTime))
    return (row, inside ? .interpolated : .extrapolated)
  }

  /// The interval of ascending `marks` that holds `value`, or the first or last one, and how far
  /// along it `value` lies on a logarithmic scale: outside 0 … 1 beyond the marks.
  private static func cell(
    _ marks: [Int], _ value: Double, last: Int
  ) -> (index: Int, fraction: Double) {
    let below = marks.lastIndex { Double($0) <= value } ?? 0
    let index = min(below, last)
    let (from, to) = (Double(marks[index]), Double(marks[index + 1]))
    return (index, log(value / from) / log(to / from))
  }
}
