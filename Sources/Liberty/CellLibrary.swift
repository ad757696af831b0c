/// The cells of a Liberty file, or of several that make one library.
///
/// Figures stay in the library's units, which its tables are indexed with; ``units`` takes them to SI.
public struct CellLibrary: Sendable {
  public let name: String
  public let voltageVolts: Double
  public let temperatureCelsius: Double
  public let units: Units
  public private(set) var cells: [String: Cell]

  /// What one of the library's units is.
  public struct Units: Equatable, Sendable {
    public let seconds: Double
    public let farads: Double
    public let watts: Double
    /// Of internal energies: a volt squared times the unit of capacitance.
    public let joules: Double
  }

  /// Reads a library.
  ///
  /// - Parameter cells: The cells that are wanted, `nil` for all.
  /// - Throws: ``LibertyError`` at the first fault in the text or in a wanted cell. Cells that are
  ///   neither logic nor a flip-flop (latches, tri-state buffers) are left out, not refused.
  public init(_ text: [UInt8], cells wanted: Set<String>? = nil) throws(LibertyError) {
    let library = try LibertyGroup.parse(text, cells: wanted)
    let templates = try TableTemplates(library)
    name = library.name
    voltageVolts = try library.number("nom_voltage") ?? 0
    temperatureCelsius = try library.number("nom_temperature") ?? 0
    units = try Self.units(of: library)
    cells = [:]
    for group in library.groups("cell") {
      let reader = CellReader(group: group, templates: templates)
      if let cell = try reader.cell(defaultLeakage: library.number("default_cell_leakage_power")) {
        cells[cell.name] = cell
      }
    }
  }

  /// Adds the cells of another part of the same library.
  ///
  /// - Precondition: Its units are the same.
  public mutating func formUnion(_ part: CellLibrary) {
    precondition(part.units == units, "parts of a library in different units")
    cells.merge(part.cells) { first, _ in first }
  }

  private static func units(of library: LibertyGroup) throws(LibertyError) -> Units {
    let farads: Double
    if let values = library.values("capacitive_load_unit"), values.count == 2,
      let count = Double(values[0]), let scale = prefix(of: values[1].lowercased(), unit: "f")
    {
      farads = count * scale
    } else {
      throw LibertyError(line: library.line, "capacitive_load_unit: expected (1, pf) or (1, ff)")
    }
    return Units(
      seconds: try scale("time_unit", unit: "s", in: library),
      farads: farads,
      watts: try scale("leakage_power_unit", unit: "W", in: library),
      joules: farads)
  }

  /// `1ns` as 1e-9.
  private static func scale(
    _ attribute: String, unit: String, in library: LibertyGroup
  ) throws(LibertyError) -> Double {
    let text = library.value(attribute) ?? ""
    let digits = text.prefix { $0.isNumber || $0 == "." }
    guard let count = Double(digits),
      let scale = prefix(of: String(text.dropFirst(digits.count)), unit: unit)
    else {
      throw LibertyError(
        line: library.line, "\(attribute): expected a number and \(unit), found “\(text)”")
    }
    return count * scale
  }

  private static func prefix(of text: String, unit: String) -> Double? {
    guard text.hasSuffix(unit) else { return nil }
    let scales = ["": 1, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15]
    return scales[String(text.dropLast(unit.count))]
  }
}
