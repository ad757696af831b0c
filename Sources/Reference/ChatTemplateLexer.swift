internal import ModelFile

/// Cuts a chat template into text, tags and the words within tags.
///
/// Newlines after a statement and blanks before one on its line belong to the statement, as
/// transformers sets Jinja up (`trim_blocks`, `lstrip_blocks`).
struct ChatTemplateLexer {
  enum Piece: Equatable {
    case text(String)
    /// `{{ … }}`
    case output([Word])
    /// `{% … %}`
    case statement([Word])
  }

  /// A word of a tag, and its line in the template.
  struct Word: Equatable {
    enum Kind: Equatable {
      case name(String)
      case string(String)
      case integer(Int)
      case symbol(String)
    }

    let kind: Kind
    let line: Int
  }

  private let place: ChatTemplatePlace
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var line = 1

  init(_ template: String, _ place: ChatTemplatePlace) {
    self.place = place
    // Jinja drops one newline at the end.
    scalars = Array((template.hasSuffix("\n") ? template.dropLast() : template[...]).unicodeScalars)
  }

  /// All pieces in order.
  mutating func pieces() throws(ModelFileError) -> [Piece] {
    var pieces: [Piece] = []
    var text = ""
    while position < scalars.count {
      guard let tag = ["{{", "{%", "{#"].first(where: isNext) else {
        text.unicodeScalars.append(take())
        continue
      }
      let start = line
      skip(2)
      if isNext("-") {
        skip(1)
        text = Self.trimmedEnd(text) { $0.properties.isWhitespace }
      } else if isNext("+") {
        skip(1)
      } else if tag != "{{" {
        text = Self.withoutIndentation(text, isAtStart: pieces.isEmpty)
      }
      if !text.isEmpty { pieces.append(.text(text)) }
      text = ""
      switch tag {
      case "{{": pieces.append(.output(try words(until: "}}")))
      case "{%": pieces.append(.statement(try words(until: "%}")))
      default: try skipComment(from: start)
      }
    }
    return text.isEmpty ? pieces : pieces + [.text(text)]
  }

  /// The words of a tag up to and with its end, and the whitespace behind that which it takes.
  private mutating func words(until end: String) throws(ModelFileError) -> [Word] {
    var words: [Word] = []
    let start = line
    while true {
      while position < scalars.count, scalars[position].properties.isWhitespace { _ = take() }
      guard position < scalars.count else {
        throw place.error(line: start, "expected `\(end)`, found the end of the template")
      }
      if closes(end) { return words }
      words.append(Word(kind: try word(), line: line))
    }
  }

  /// Moves over the end of a tag if it is next.
  private mutating func closes(_ end: String) -> Bool {
    if isNext("-" + end) {
      skip(1 + end.count)
      while position < scalars.count, scalars[position].properties.isWhitespace { _ = take() }
      return true
    }
    guard isNext(end) else { return false }
    skip(end.count)
    if end != "}}", isNext("\n") { skip(1) }
    return true
  }

  private mutating func skipComment(from start: Int) throws(ModelFileError) {
    while position < scalars.count {
      if closes("#}") { return }
      _ = take()
    }
    throw place.error(line: start, "expected `#}`, found the end of the template")
  }

  private static let symbols = [
    "==", "!=", "<=", ">=", "//", "+", "-", "~", "*", "/", "%", "<", ">", "=", "|", ".", ",", ":",
    "(", ")", "[", "]", "{", "}",
  ]

  private mutating func word() throws(ModelFileError) -> Word.Kind {
    let next = scalars[position]
    if next == "\"" || next == "'" { return .string(try string(quote: next)) }
    if let symbol = Self.symbols.first(where: isNext) {
      skip(symbol.count)
      return .symbol(symbol)
    }
    var text = ""
    while position < scalars.count, Self.isPartOfName(scalars[position]) {
      text.unicodeScalars.append(take())
    }
    if let number = Int(text) { return .integer(number) }
    guard let first = text.unicodeScalars.first, !("0"..."9" ~= first) else {
      throw place.error(
        line: line, "expected an expression, found `\(text.isEmpty ? String(next) : text)`")
    }
    return .name(text)
  }

  private static func isPartOfName(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.isASCII && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar)
  }

  private mutating func string(quote: Unicode.Scalar) throws(ModelFileError) -> String {
    let start = line
    var text = String.UnicodeScalarView()
    skip(1)
    while position < scalars.count, scalars[position] != quote {
      var scalar = take()
      if scalar == "\\", position < scalars.count {
        scalar = take()
        switch scalar {
        case "n": scalar = "\n"
        case "r": scalar = "\r"
        case "t": scalar = "\t"
        case "\\", "'", "\"": break
        default: throw place.error(line: line, "expected an escape, found `\\\(scalar)`")
        }
      }
      text.append(scalar)
    }
    guard position < scalars.count else {
      throw place.error(line: start, "expected the end of a string, found the end of the template")
    }
    skip(1)
    return String(text)
  }

  private func isNext(_ text: String) -> Bool {
    scalars[position...].starts(with: text.unicodeScalars)
  }

  private mutating func take() -> Unicode.Scalar {
    defer { position += 1 }
    if scalars[position] == "\n" { line += 1 }
    return scalars[position]
  }

  private mutating func skip(_ count: Int) { for _ in 0..<count { _ = take() } }

  /// Without blanks behind the last newline, or all blanks where the template begins with them.
  private static func withoutIndentation(_ text: String, isAtStart: Bool) -> String {
    let trimmed = trimmedEnd(text) { $0 == " " || $0 == "\t" }
    return trimmed.unicodeScalars.last == "\n" || trimmed.isEmpty && isAtStart ? trimmed : text
  }

  private static func trimmedEnd(
    _ text: String, _ isTrimmed: (Unicode.Scalar) -> Bool
  ) -> String {
    var scalars = Substring(text).unicodeScalars
    while let last = scalars.last, isTrimmed(last) { scalars.removeLast() }
    return String(scalars)
  }
}

/// Where a template stands, for messages.
struct ChatTemplatePlace: Sendable {
  let file: String

  /// - Parameter line: Nil where the template as a whole is meant.
  func error(line: Int?, _ problem: String) -> ModelFileError {
    ModelFileError(
      file: file, place: "chat template" + (line.map { ", line \($0)" } ?? ""), problem: problem)
  }
}
