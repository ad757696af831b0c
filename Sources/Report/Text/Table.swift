/// Text in aligned columns: a header line, a line of units, rows, and below a rule a total.
package struct Table {
  package enum Alignment { case left, right }

  package struct Column {
    var header: String
    var unit: String
    var alignment: Alignment

    package init(header: String, unit: String = "", alignment: Alignment = .right) {
      (self.header, self.unit, self.alignment) = (header, unit, alignment)
    }
  }

  var columns: [Column]
  var rows: [[Cell]]
  var total: [Cell]?
  /// A line below the table.
  var note: String
  /// Spaces between columns.
  var gap: Int

  package init(
    columns: [Column], rows: [[Cell]] = [], total: [Cell]? = nil, note: String = "", gap: Int = 2
  ) {
    self.columns = columns
    self.rows = rows
    self.total = total
    self.note = note
    self.gap = gap
  }

  /// Text with a style; a plain string literal has none.
  package struct Cell: ExpressibleByStringLiteral {
    var text: String
    var style: Style = .plain

    package init(_ text: String, _ style: Style = .plain) {
      self.text = text
      self.style = style
    }

    package init(stringLiteral text: String) { self.init(text) }
  }

  /// Columns of the terminal that the widest line takes.
  var width: Int { widths.reduce(0, +) + gap * max(0, columns.count - 1) }

  private var widths: [Int] {
    columns.indices.map { index in
      let cells = (rows + (total.map { [$0] } ?? [])).map { $0[index].text }
      let heads = [columns[index].header, columns[index].unit]
      return (cells + heads).map(\.displayWidth).max() ?? 0
    }
  }

  /// The lines, without trailing spaces. Escape sequences appear only with `color`.
  package func lines(color: Bool) -> [String] {
    let widths = widths
    let rule = Style.dim.applied(to: String(repeating: "─", count: width), color: color)
    func line(_ cells: [Cell]) -> String {
      var line = ""
      var pending = 0
      for (index, cell) in cells.enumerated() {
        let padded = cell.text.padded(to: widths[index], columns[index].alignment)
        let text = padded.trimmingSpaces
        let lead = padded.prefix { $0 == " " }.count
        if !text.isEmpty {
          line += String(repeating: " ", count: pending + lead)
          line += cell.style.applied(to: text, color: color)
          pending = padded.count - lead - text.count + gap
        } else {
          pending += widths[index] + gap
        }
      }
      return line
    }
    var lines = [line(columns.map { Cell($0.header, .bold) })]
    if columns.contains(where: { !$0.unit.isEmpty }) {
      lines.append(line(columns.map { Cell($0.unit, .dim) }))
    }
    lines.append(rule)
    lines += rows.map(line)
    if let total { lines += [rule, line(total)] }
    if !note.isEmpty { lines.append(Style.dim.applied(to: note, color: color)) }
    return lines
  }
}

/// How a piece of text stands out on a terminal.
package enum Style: String {
  case plain = ""
  case bold = "1"
  case dim = "2"
  case bad = "1;31"
  case good = "32"

  /// `text` between the escape sequences of the style, where `color` allows them.
  func applied(to text: String, color: Bool) -> String {
    color && self != .plain ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}

extension String {
  /// Without the spaces at both ends.
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
