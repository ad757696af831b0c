internal import ModelFile

/// Builds the statements of a chat template.
struct ChatTemplateParser {
  private let place: ChatTemplatePlace
  /// What was not read yet.
  private var pieces: ArraySlice<ChatTemplateLexer.Piece>
  /// Deeper nesting is refused, so that a hostile template cannot exhaust the stack.
  private static let maximumDepth = 32

  static func parse(
    _ template: String, _ place: ChatTemplatePlace
  ) throws(ModelFileError) -> [ChatStatement] {
    var lexer = ChatTemplateLexer(template, place)
    var parser = ChatTemplateParser(place: place, pieces: try lexer.pieces()[...])
    return try parser.body(depth: 0)
  }

  /// Statements to the end of the template.
  private mutating func body(depth: Int) throws(ModelFileError) -> [ChatStatement] {
    var statements: [ChatStatement] = []
    while let piece = pieces.popFirst() {
      if case .statement(let words) = piece {
        var words = ChatTemplateWords(words, place)
        statements += try statement(try words.name("a statement"), &words, depth: depth)
      } else {
        statements.append(try output(piece))
      }
    }
    return statements
  }

  /// Statements up to one that begins with a word of `ends`; that word, and what follows it.
  private mutating func body(
    until ends: [String], opened: Int, depth: Int
  ) throws(ModelFileError) -> (body: [ChatStatement], end: String, words: ChatTemplateWords) {
    guard depth < Self.maximumDepth else {
      throw place.error(line: opened, "expected at most \(Self.maximumDepth) levels of nesting")
    }
    var statements: [ChatStatement] = []
    while let piece = pieces.popFirst() {
      if case .statement(let words) = piece {
        var words = ChatTemplateWords(words, place)
        let keyword = try words.name("a statement")
        if ends.contains(keyword) { return (statements, keyword, words) }
        statements += try statement(keyword, &words, depth: depth)
      } else {
        statements.append(try output(piece))
      }
    }
    throw place.error(
      line: opened,
      "expected `\(ends.joined(separator: "` or `"))`, found the end of the template")
  }

  private func output(_ piece: ChatTemplateLexer.Piece) throws(ModelFileError) -> ChatStatement {
    switch piece {
    case .text(let text): return .text(text)
    case .output(let words), .statement(let words):
      var words = ChatTemplateWords(words, place)
      let value = try words.expression()
      try words.expectEnd()
      return .output(value, line: words.line)
    }
  }

  /// The statement whose first tag was read, up to its last.
  private mutating func statement(
    _ keyword: String, _ words: inout ChatTemplateWords, depth: Int
  ) throws(ModelFileError) -> [ChatStatement] {
    switch keyword {
    case "if": return [try choice(&words, depth: depth + 1)]
    case "for": return [try loop(&words, depth: depth + 1)]
    case "set":
      let name = try words.name("a name to set")
      let attribute = words.take(".") ? try words.name("an attribute") : nil
      guard words.take("=") else { throw words.unexpected("`=`") }
      let value = try words.expression()
      try words.expectEnd()
      return [.assignment(name: name, attribute: attribute, value, line: words.line)]
    case "generation":
      // Marks what a model writes, for training; it prints nothing.
      return try body(until: ["endgeneration"], opened: words.line, depth: depth + 1).body
    default:
      throw place.error(
        line: words.line, "expected if, for or set (nothing else is supported), found `\(keyword)`")
    }
  }

  private mutating func choice(
    _ words: inout ChatTemplateWords, depth: Int
  ) throws(ModelFileError) -> ChatStatement {
    let opened = words.line
    var branches: [ChatStatement.Branch] = []
    while true {
      let condition = try words.expression()
      try words.expectEnd()
      let part = try body(until: ["elif", "else", "endif"], opened: opened, depth: depth)
      branches.append(.init(condition: condition, body: part.body))
      switch part.end {
      case "elif": words = part.words
      case "else":
        let last = try body(until: ["endif"], opened: opened, depth: depth)
        return .choice(branches, otherwise: last.body)
      default: return .choice(branches, otherwise: [])
      }
    }
  }

  private mutating func loop(
    _ words: inout ChatTemplateWords, depth: Int
  ) throws(ModelFileError) -> ChatStatement {
    let opened = words.line
    var names = [try words.name("a name")]
    if words.take(",") { names.append(try words.name("a name")) }
    guard words.takeName("in") else { throw words.unexpected("`in`") }
    // An `if` behind the sequence filters it.
    let sequence = try words.expression(allowsCondition: false)
    let condition = words.takeName("if") ? try words.expression() : nil
    try words.expectEnd()
    let part = try body(until: ["else", "endfor"], opened: opened, depth: depth)
    let otherwise =
      part.end == "else" ? try body(until: ["endfor"], opened: opened, depth: depth).body : []
    return .loop(
      .init(
        names: names, sequence: sequence, condition: condition, body: part.body,
        otherwise: otherwise, line: opened))
  }
}
