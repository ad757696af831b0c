public import Architecture

/// Figures of single-port SRAM macros: a grid of sizes and widths for each node and cell flavour, or
/// the user's own macros.
///
/// In a grid a size has every width up to its widest, and a larger size no fewer of them.
public struct SRAMTable: Sendable {
  /// The figures of one macro, in SI units and µm².
  struct Row: Equatable, Sendable {
    /// J per read of a whole word.
    var readEnergy: Double
    /// J per write of a whole word.
    var writeEnergy: Double
    /// W, subthreshold and gate leakage together.
    var leakage: Double
    /// µm².
    var area: Double
    /// s from address to data.
    var accessTime: Double
  }

  /// One node and flavour: `rows[size][width]`, `nil` where the table has no row.
  struct Grid: Sendable {
    /// Bytes, ascending.
    var sizes: [Int]
    /// Bits, ascending.
    var widths: [Int]
    var rows: [[Row?]]
  }

  struct Process: Hashable, Sendable {
    var node: Int
    var flavour: Architecture.Parameters.SRAMFlavour
  }

  /// What sources call it: `CACTI 7`.
  let name: String
  let grids: [Process: Grid]
  /// Macros that memories are built of; empty where there are grids.
  let parts: [SRAMPart]

  /// A table of the user's own macros.
  ///
  /// - Precondition: There is at least one.
  init(parts: [SRAMPart]) {
    precondition(!parts.isEmpty, "a table of no macros")
    (name, grids, self.parts) = ("macros", [:], parts)
  }

  /// The nodes in nm that have rows of `flavour`, ascending.
  public func nodes(flavour: Architecture.Parameters.SRAMFlavour) -> [Int] {
    grids.keys.filter { $0.flavour == flavour }.map(\.node).sorted()
  }

  /// Whether it is the user's, and not the one that comes with the module.
  var isOwn: Bool { name != Self.standardName }

  private static let standardName = "CACTI 7"

  /// The table that comes with the module.
  public static func standard() throws(EnergyError) -> SRAMTable { try shared.get() }

  /// Read once per process: the file cannot change under a running program.
  private static let shared = Result<SRAMTable, EnergyError> { () throws(EnergyError) in
    let file = "sram-cacti7.csv"
    return try SRAMTable(csv: try Resources.text(file), file: file, name: standardName)
  }
}

// MARK: Reading

extension SRAMTable {
  private static let columns = [
    "node_nm", "cell", "temp_K", "size_bytes", "width_bits", "access_ns", "cycle_ns", "read_nJ",
    "write_nJ", "leak_mW", "gate_leak_mW", "h_mm", "w_mm", "ndwl", "ndbl", "nspd",
  ]

  private typealias Samples = [Process: [Int: [Int: Row]]]

  /// Reads a table with the columns of the one that comes with the module.
  ///
  /// - Parameter name: What sources call it, or `nil` for the name of the file.
  /// - Throws: ``EnergyError`` with file and line at the first wrong header, field or double row,
  ///   and where a width is missing a size in the middle.
  public init(csv: String, file: String, name: String? = nil) throws(EnergyError) {
    let lines = csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let header = lines.first.map(String.init) ?? ""
    guard header == Self.columns.joined(separator: ",") else {
      throw EnergyError(
        file: file, line: 1,
        "expected the columns \(Self.columns.joined(separator: ",")), found “\(header.prefix(200))”"
      )
    }
    var samples: Samples = [:]
    for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      try Self.read(line, into: &samples, file: file, line: index + 1)
    }
    guard !samples.isEmpty else {
      throw EnergyError(file: file, line: 1, "expected rows after the header, found none")
    }
    var grids: [Process: Grid] = [:]
    for (process, rows) in samples { grids[process] = try Self.grid(rows, process, file) }
    self.grids = grids
    self.name = name ?? file
    parts = []
  }

  private static func read(
    _ text: Substring, into samples: inout Samples, file: String, line: Int
  ) throws(EnergyError) {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == columns.count else {
      throw EnergyError(
        file: file, line: line, "expected \(columns.count) fields, found \(fields.count)")
    }
    func number(_ column: Int) throws(EnergyError) -> Double {
      guard let value = Double(fields[column]), value > 0, value.isFinite else {
        throw EnergyError(
          file: file, line: line,
          "\(columns[column]): expected a positive number, found “\(fields[column])”")
      }
      return value
    }
    func integer(_ column: Int) throws(EnergyError) -> Int {
      guard let value = Int(fields[column]), value > 0 else {
        throw EnergyError(
          file: file, line: line,
          "\(columns[column]): expected a positive whole number, found “\(fields[column])”")
      }
      return value
    }
    let flavours = Architecture.Parameters.SRAMFlavour.allCases
    guard let flavour = flavours.first(where: { "itrs-" + $0.rawValue == fields[1] }) else {
      let legal = flavours.map { "itrs-" + $0.rawValue }.joined(separator: " or ")
      throw EnergyError(file: file, line: line, "cell: expected \(legal), found “\(fields[1])”")
    }
    let process = Process(node: try integer(0), flavour: flavour)
    let (size, width) = (try integer(3), try integer(4))
    guard samples[process]?[size]?[width] == nil else {
      throw EnergyError(
        file: file, line: line,
        "\(process.node) nm \(fields[1]), \(size) B × \(width) bits: stated twice")
    }
    samples[process, default: [:]][size, default: [:]][width] = Row(
      readEnergy: try number(7) * 1e-9, writeEnergy: try number(8) * 1e-9,
      leakage: (try number(9) + number(10)) * 1e-3,
      area: try number(11) * number(12) * 1e6, accessTime: try number(5) * 1e-9)
  }

  /// Arranges the rows of one process and checks what interpolation relies on.
  private static func grid(
    _ samples: [Int: [Int: Row]], _ process: Process, _ file: String
  ) throws(EnergyError) -> Grid {
    let sizes = samples.keys.sorted()
    let widths = Set(samples.values.flatMap(\.keys)).sorted()
    let what = "\(file): \(process.node) nm \(process.flavour.rawValue)"
    guard sizes.count > 1, widths.count > 1 else {
      throw EnergyError("\(what): expected at least two sizes and two widths")
    }
    let rows = sizes.map { size in widths.map { samples[size]?[$0] } }
    var least = 1
    for (size, row) in zip(sizes, rows) {
      let filled = row.prefix { $0 != nil }.count
      guard filled == row.count(where: { $0 != nil }), filled >= least else {
        throw EnergyError("\(what), \(size) B: a width is missing")
      }
      least = max(2, filled)
    }
    return Grid(sizes: sizes, widths: widths, rows: rows)
  }
}
