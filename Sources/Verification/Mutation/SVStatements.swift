/// A place of a module where behaviour is decided: what a mutant changes.
struct SVSite: Equatable {
  enum Kind: Equatable {
    /// `assign left = right;` outside processes.
    case continuous
    /// `left = right;` or `left <= right;` in a process; also `+=` and the like.
    case assignment
    /// The condition of an `if` in a process.
    case condition
  }

  var kind: Kind
  /// Tokens of the whole statement, its semicolon included; of a condition, the condition.
  var statement: Range<Int>
  /// Tokens of the expression on the right.
  var expression: Range<Int>
}

/// Finds the sites of a source file: assignments and conditions.
///
/// Generate conditions, loop headers and functions may be constants of the elaboration and have no
/// sites.
struct SVStatements {
  private let tokens: [SVToken]
  private var position = 0
  private var sites: [SVSite] = []

  static func sites(in tokens: [SVToken]) -> [SVSite] {
    var parser = SVStatements(tokens: tokens)
    parser.parseFile()
    return parser.sites
  }

  private init(tokens: [SVToken]) { self.tokens = tokens }

  private func text(_ offset: Int = 0) -> String {
    position + offset < tokens.count ? tokens[position + offset].text : ""
  }

  private var isAtEnd: Bool { position >= tokens.count }

  private mutating func parseFile() {
    while !isAtEnd {
      switch text() {
      case "always_ff", "always_comb", "always_latch", "always":
        position += 1
        if text() == "@" {
          position += 1
          skipBrackets()
        }
        parseStatement()
      // What runs once, checks parameters.
      case "initial", "final":
        position += 1
        let known = sites.count
        parseStatement()
        sites.removeSubrange(known...)
      // They may be called where constants are needed.
      case "function": skip(to: "endfunction")
      case "package": skip(to: "endpackage")
      case "assign": parseAssignment(from: position, skipping: 1, kind: .continuous)
      default: position += 1
      }
    }
  }

  private mutating func skip(to end: String) {
    while !isAtEnd && text() != end { position += 1 }
  }

  private static let declarations: Set<String> = [
    "logic", "int", "bit", "byte", "integer", "genvar", "automatic", "static", "localparam",
    "parameter", "var", "const", "typedef", "input", "output", "import", "assert", "assume",
    "cover",
    "disable", "break", "continue", "return", "wire", "reg",
  ]

  private mutating func parseStatement() {
    switch text() {
    case "begin":
      position += 1
      skipLabel()
      while !isAtEnd && text() != "end" { parseStatement() }
      position += 1
      skipLabel()
    case "if":
      position += 1
      parseCondition()
      parseStatement()
      if text() == "else" {
        position += 1
        parseStatement()
      }
    case "for", "repeat", "while":
      position += 1
      skipBrackets()
      parseStatement()
    case "unique", "unique0", "priority":
      position += 1
      parseStatement()
    case "case", "casez", "casex": parseCase()
    case ";": position += 1
    case let word where Self.declarations.contains(word) || word.hasPrefix("$"): skipToSemicolon()
    // A declaration with a named type: `op_t x;`.
    case _ where tokens[position].kind == .word && isWord(at: position + 1): skipToSemicolon()
    default: parseAssignment(from: position, skipping: 0, kind: .assignment)
    }
  }

  private func isWord(at index: Int) -> Bool { index < tokens.count && tokens[index].kind == .word }

  private mutating func skipLabel() {
    if text() == ":" { position += 2 }
  }

  private mutating func parseCondition() {
    let first = position + 1
    skipBrackets()
    if position - 1 > first {
      let range = first..<position - 1
      sites.append(SVSite(kind: .condition, statement: range, expression: range))
    }
  }

  private mutating func parseCase() {
    position += 1
    skipBrackets()
    while !isAtEnd && text() != "endcase" {
      // The labels of an item, up to the colon that is in no bracket.
      var depth = 0
      while !isAtEnd && (depth > 0 || text() != ":") && text() != "endcase" {
        depth += Self.nesting(text())
        position += 1
      }
      if text() == ":" {
        position += 1
        parseStatement()
      }
    }
    position += 1
  }

  private static func nesting(_ text: String) -> Int {
    switch text {
    case "(", "[", "{", "'{", "'(": 1
    case ")", "]", "}": -1
    default: 0
    }
  }

  /// Skips `(…)` with all that is nested in it.
  private mutating func skipBrackets() {
    var depth = 0
    repeat {
      depth += Self.nesting(text())
      position += 1
    } while depth > 0 && !isAtEnd
  }

  private mutating func skipToSemicolon() {
    var depth = 0
    while !isAtEnd && (depth > 0 || text() != ";") {
      depth += Self.nesting(text())
      position += 1
    }
    position += 1
  }

  private static let assignmentOperators: Set<String> = [
    "=", "<=", "+=", "-=", "*=", "&=", "|=", "^=", "<<=", ">>=",
  ]

  /// `left = right;`: the first such operator outside brackets divides it.
  private mutating func parseAssignment(from start: Int, skipping: Int, kind: SVSite.Kind) {
    position += skipping
    var depth = 0
    var division: Int?
    while !isAtEnd && (depth > 0 || text() != ";") {
      depth += Self.nesting(text())
      if depth == 0 && division == nil && Self.assignmentOperators.contains(text()) {
        division = position
      }
      position += 1
    }
    position += 1
    guard let division, position <= tokens.count, division + 1 < position - 1 else { return }
    // Such names are for nets that only keep linters quiet: nothing reads them.
    guard !tokens[start + skipping].text.hasPrefix("unused_") else { return }
    sites.append(
      SVSite(kind: kind, statement: start..<position, expression: division + 1..<position - 1))
  }
}
