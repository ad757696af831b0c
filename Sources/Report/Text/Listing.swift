/// A table of plain values with notes below it, for commands that print something other than a run.
public struct Listing: Sendable {
  public struct Column: Sendable {
    let header: String
    let unit: String
    let isNumber: Bool

    public init(_ header: String, unit: String = "", isNumber: Bool = true) {
      self.header = header
      self.unit = unit
      self.isNumber = isNumber
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []
  private var total: [String]?
  private var notes: [(bullet: String, text: String)] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// - Precondition: There is a cell for each column.
  public mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "\(cells.count) cells, \(columns.count) columns")
    rows.append(cells)
  }

  /// - Precondition: There is a cell for each column.
  public mutating func close(with cells: [String]) {
    precondition(cells.count == columns.count, "\(cells.count) cells, \(columns.count) columns")
    total = cells
  }

  /// A paragraph below the table, its lines indented under the first.
  public mutating func note(_ bullet: String, _ text: String) { notes.append((bullet, text)) }

  /// Lines, each ending in a newline.
  ///
  /// - Parameters:
  ///   - width: Columns of the terminal, to which notes are wrapped; the table is as wide as it is.
  ///   - color: Whether escape sequences may be used; only when the text goes to a terminal.
  public func text(width: Int = 100, color: Bool = false) -> String {
    var table = Table(
      columns: columns.map {
        Table.Column(header: $0.header, unit: $0.unit, alignment: $0.isNumber ? .right : .left)
      })
    table.rows = rows.map { $0.map { Table.Cell($0.printable) } }
    table.total = total.map { $0.map { Table.Cell($0.printable, .bold) } }
    let lines = table.lines(color: color)
    let below = notes.flatMap { RunReport.item($0.bullet, $0.text.printable, width: width) }
    return (lines + (below.isEmpty ? [] : [""] + below)).map { $0 + "\n" }.joined()
  }

  /// The rows without the total and the notes, as comma-separated values with a header line.
  public var csv: String {
    let header = columns.map { $0.unit.isEmpty ? $0.header : "\($0.header) (\($0.unit))" }
    return ([header] + rows).map { $0.map(RunReport.csvField).joined(separator: ",") + "\n" }
      .joined()
  }
}
