extension String {
  /// Columns that a terminal takes to show the string: two for wide characters and emoji, none for
  /// combining marks.
  var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

  /// Filled up with spaces to `width` columns; not cut when longer.
  func padded(to width: Int, _ alignment: Table.Alignment) -> String {
    let fill = String(repeating: " ", count: max(0, width - displayWidth))
    return alignment == .left ? self + fill : fill + self
  }

  /// At most `width` columns of it; what is left out in the middle shows as an ellipsis.
  func abbreviated(to width: Int) -> String {
    guard displayWidth > width, width > 0 else { return self }
    let head = prefix(width: (width - 1) / 2)
    let tail = String(String(reversed()).prefix(width: width - 1 - head.displayWidth).reversed())
    return head + "…" + tail
  }

  private func prefix(width: Int) -> String {
    var used = 0
    return String(
      prefix { character in
        used += character.displayWidth
        return used <= width
      })
  }

  /// The string with line breaks and other control characters as visible signs, so that a name
  /// from a file cannot move the cursor or recolour the terminal.
  var printable: String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control: result.append(scalar == "\n" ? "↵" : "\u{FFFD}")
      case .lineSeparator, .paragraphSeparator: result.append("↵")
      // Direction overrides could reorder the columns beside them; joiners shape emoji.
      case .format where scalar != "\u{200D}": result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// The words, broken into lines of at most `width` columns; longer words stand alone.
  func wrapped(to width: Int) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ") {
      if let line = lines.last, line.displayWidth + 1 + String(word).displayWidth <= width {
        lines[lines.count - 1] = line + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.isEmpty ? [""] : lines
  }
}

extension Character {
  /// Columns of one grapheme: that of its widest scalar.
  fileprivate var displayWidth: Int {
    // U+FE0F asks for the emoji form of a character that is otherwise narrow.
    if unicodeScalars.contains("\u{FE0F}") { return 2 }
    return unicodeScalars.map(\.displayWidth).max() ?? 0
  }
}

extension Unicode.Scalar {
  /// Columns by general category and by East Asian width (Unicode Standard Annex 11).
  fileprivate var displayWidth: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if properties.isEmojiPresentation { return 2 }
    return Self.wide.contains { $0.contains(value) } ? 2 : 1
  }

  /// The blocks whose characters are wide or full width.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]
}
