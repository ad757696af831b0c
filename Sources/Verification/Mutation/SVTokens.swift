/// A word of SystemVerilog: just enough of the language to find statements and expressions in.
struct SVToken: Equatable {
  enum Kind { case word, number, symbol }

  var kind: Kind
  var text: String
  /// Bytes of the source.
  var range: Range<Int>
  /// Counted from 1.
  var line: Int
}

/// The words of a source file. Comments, strings, attributes and macros with their arguments are no
/// words.
struct SVTokenizer {
  private let source: [UInt8]
  private var position = 0
  private var line = 1
  private var tokens: [SVToken] = []

  static func tokens(of source: [UInt8]) -> [SVToken] {
    var tokenizer = SVTokenizer(source: source)
    tokenizer.run()
    return tokenizer.tokens
  }

  private init(source: [UInt8]) { self.source = source }

  /// The longest come first.
  private static let symbols = [
    "<<<=", ">>>=", "<<<", ">>>", "<<=", ">>=", "===", "!==", "==?", "!=?", "|->", "|=>", "<->",
    "<=", ">=", "==", "!=", "&&", "||", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    "++", "--", "->", "~&", "~|", "~^", "^~", "**", "+:", "-:", "::", "'{", "'(",
  ].map { Array($0.utf8) }

  private mutating func run() {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): advance()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): skipLine()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): skipComment()
      case UInt8(ascii: "\""): skipString()
      case UInt8(ascii: "`"): skipMacro()
      case _ where Self.isWord(byte) && !Self.isDigit(byte): take(.word) { Self.isWord($0) }
      case UInt8(ascii: "'") where Self.isLiteral(peek(1)): takeLiteral()
      case _ where Self.isDigit(byte): takeLiteral()
      default: takeSymbol()
      }
    }
  }

  private func peek(_ offset: Int = 0) -> UInt8? {
    position + offset < source.count ? source[position + offset] : nil
  }

  private mutating func advance() {
    if source[position] == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
  }

  /// Whether a byte behind an apostrophe makes it a number and no cast or pattern.
  private static func isLiteral(_ byte: UInt8?) -> Bool { byte.map(isWord) ?? false }

  private mutating func append(_ kind: SVToken.Kind, from start: Int, line: Int) {
    tokens.append(
      SVToken(
        kind: kind, text: String(decoding: source[start..<position], as: UTF8.self),
        range: start..<position, line: line))
  }

  private mutating func take(_ kind: SVToken.Kind, while belongs: (UInt8) -> Bool) {
    let (start, line) = (position, line)
    while let byte = peek(), belongs(byte) { advance() }
    append(kind, from: start, line: line)
  }

  /// `12`, `16'd1`, `'0`; the apostrophe of `16'(…)` is a cast.
  private mutating func takeLiteral() {
    let (start, line) = (position, line)
    while let byte = peek(), Self.isWord(byte) { advance() }
    if peek() == UInt8(ascii: "'") && Self.isLiteral(peek(1)) {
      advance()
      while let byte = peek(), Self.isWord(byte) { advance() }
    }
    append(.number, from: start, line: line)
  }

  private mutating func takeSymbol() {
    let (start, line) = (position, line)
    let length = Self.symbols.first { source[position...].starts(with: $0) }?.count ?? 1
    position += length
    append(.symbol, from: start, line: line)
  }

  private mutating func skipLine() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
  }

  private mutating func skipComment() {
    while let byte = peek(), !(byte == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) {
      _ = byte
      advance()
    }
    if peek() != nil { position += 2 }
  }

  private mutating func skipString() {
    advance()
    while let byte = peek(), byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") { advance() }
      if peek() != nil { advance() }
    }
    if peek() != nil { advance() }
  }

  /// A directive to the end of its line, or a macro with its arguments.
  private mutating func skipMacro() {
    advance()
    let start = position
    while let byte = peek(), Self.isWord(byte) { advance() }
    let name = String(decoding: source[start..<position], as: UTF8.self)
    let directives = ["include", "define", "ifdef", "ifndef", "else", "elsif", "endif", "undef"]
    if directives.contains(name) || name == "default_nettype" || name == "timescale" {
      return skipLine()
    }
    guard peek() == UInt8(ascii: "(") else { return }
    var depth = 0
    repeat {
      if peek() == UInt8(ascii: "(") { depth += 1 }
      if peek() == UInt8(ascii: ")") { depth -= 1 }
      advance()
    } while depth > 0 && peek() != nil
  }
}
