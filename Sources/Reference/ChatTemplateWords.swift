internal import ModelFile

/// The words of a tag, read as expressions by descent: each level binds tighter than the one before.
struct ChatTemplateWords {
  private let place: ChatTemplatePlace
  private var words: ArraySlice<ChatTemplateLexer.Word>
  /// The line of the last word that was read.
  private(set) var line: Int
  private var depth = 0
  private static let maximumDepth = 64

  init(_ words: [ChatTemplateLexer.Word], _ place: ChatTemplatePlace) {
    self.words = words[...]
    self.place = place
    line = words.first?.line ?? 1
  }

  mutating func name(_ what: String) throws(ModelFileError) -> String {
    guard case .name(let name)? = words.first?.kind else { throw unexpected(what) }
    advance()
    return name
  }

  /// Moves over `symbol` if it is next.
  mutating func take(_ symbol: String) -> Bool {
    guard words.first?.kind == .symbol(symbol) else { return false }
    advance()
    return true
  }

  /// Moves over the name if it is next.
  mutating func takeName(_ name: String) -> Bool {
    guard words.first?.kind == .name(name) else { return false }
    advance()
    return true
  }

  func expectEnd() throws(ModelFileError) {
    guard words.isEmpty else { throw unexpected("the end of the tag") }
  }

  func unexpected(_ expected: String) -> ModelFileError {
    let found =
      switch words.first?.kind {
      case .name(let text), .symbol(let text): "`\(text)`"
      case .string(let text): "\"\(text)\""
      case .integer(let number): "\(number)"
      case nil: "the end of the tag"
      }
    return place.error(line: words.first?.line ?? line, "expected \(expected), found \(found)")
  }

  private mutating func advance() {
    line = words.first?.line ?? line
    words = words.dropFirst()
  }
}

extension ChatTemplateWords {
  /// `a if b else c`, or any expression that binds tighter.
  mutating func expression(allowsCondition: Bool = true) throws(ModelFileError) -> ChatExpression {
    guard depth < Self.maximumDepth else {
      throw place.error(line: line, "expected at most \(Self.maximumDepth) levels of expressions")
    }
    depth += 1
    defer { depth -= 1 }
    let value = try disjunction()
    guard allowsCondition, takeName("if") else { return value }
    let condition = try disjunction()
    return .conditional(value, if: condition, else: takeName("else") ? try expression() : nil)
  }

  private mutating func disjunction() throws(ModelFileError) -> ChatExpression {
    var left = try conjunction()
    while takeName("or") { left = .binary(.or, left, try conjunction(), line: line) }
    return left
  }

  private mutating func conjunction() throws(ModelFileError) -> ChatExpression {
    var left = try negation()
    while takeName("and") { left = .binary(.and, left, try negation(), line: line) }
    return left
  }

  private mutating func negation() throws(ModelFileError) -> ChatExpression {
    var count = 0
    while takeName("not") { count += 1 }
    let value = try comparison()
    // Twice is not none: it makes a bool of any value.
    return (0..<count).reduce(value) { value, _ in .not(value) }
  }

  private mutating func comparison() throws(ModelFileError) -> ChatExpression {
    var left = try sum()
    while let comparison = takeComparison() {
      left = .binary(comparison, left, try sum(), line: line)
    }
    return left
  }

  private mutating func takeComparison() -> ChatExpression.Operator? {
    if takeName("in") { return .in }
    if words.first?.kind == .name("not"), words.dropFirst().first?.kind == .name("in") {
      advance()
      advance()
      return .notIn
    }
    return take([.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual])
  }

  private mutating func take(_ operators: [ChatExpression.Operator]) -> ChatExpression.Operator? {
    operators.first { take($0.rawValue) }
  }

  private mutating func sum() throws(ModelFileError) -> ChatExpression {
    var left = try concatenation()
    while let sign = take([.plus, .minus]) {
      left = .binary(sign, left, try concatenation(), line: line)
    }
    return left
  }

  private mutating func concatenation() throws(ModelFileError) -> ChatExpression {
    var left = try product()
    while take("~") { left = .binary(.concatenate, left, try product(), line: line) }
    return left
  }

  private mutating func product() throws(ModelFileError) -> ChatExpression {
    var left = try filtered()
    while let sign = take([.times, .divide, .modulo]) {
      left = .binary(sign, left, try filtered(), line: line)
    }
    return left
  }

  /// A value with its filters and tests.
  private mutating func filtered() throws(ModelFileError) -> ChatExpression {
    if take("-") { return .binary(.minus, .integer(0), try postfix(), line: line) }
    var value = try postfix()
    while true {
      if take("|") {
        let name = try name("a filter")
        let arguments = take("(") ? try arguments().values : []
        value = .filter(value, name, arguments, line: line)
      } else if takeName("is") {
        let isNegated = takeName("not")
        value = .test(value, try name("a test"), isNegated: isNegated, line: line)
      } else {
        return value
      }
    }
  }

  /// A value with its attributes, elements and calls.
  private mutating func postfix() throws(ModelFileError) -> ChatExpression {
    var value = try primary()
    while true {
      if take(".") {
        value = .attribute(value, try name("an attribute"), line: line)
      } else if take("[") {
        value = try element(of: value)
      } else if take("(") {
        let (values, named) = try arguments()
        value = .call(value, values, named: named, line: line)
      } else {
        return value
      }
    }
  }

  private mutating func element(of value: ChatExpression) throws(ModelFileError) -> ChatExpression {
    let from = take(":") ? nil : try expression()
    let isSlice = from == nil || take(":")
    guard let from, !isSlice else {
      let to = take("]") ? nil : try expression()
      if to != nil { try expectSymbol("]") }
      return .slice(value, from: from, to: to, line: line)
    }
    try expectSymbol("]")
    return .element(value, from, line: line)
  }

  /// What stands in parentheses, whose first was read.
  private mutating func arguments() throws(ModelFileError) -> (
    values: [ChatExpression], named: [String: ChatExpression]
  ) {
    var values: [ChatExpression] = []
    var named: [String: ChatExpression] = [:]
    while !take(")") {
      if case .name(let name)? = words.first?.kind, words.dropFirst().first?.kind == .symbol("=") {
        advance()
        advance()
        named[name] = try expression()
      } else {
        values.append(try expression())
      }
      guard take(",") else {
        try expectSymbol(")")
        break
      }
    }
    return (values, named)
  }

  private mutating func primary() throws(ModelFileError) -> ChatExpression {
    guard let word = words.first else { throw unexpected("an expression") }
    switch word.kind {
    case .string(let text):
      advance()
      return .string(text)
    case .integer(let number):
      advance()
      return .integer(number)
    case .name(let name):
      advance()
      switch name {
      case "true", "True": return .bool(true)
      case "false", "False": return .bool(false)
      case "none", "None": return .none
      default: return .name(name, line: line)
      }
    case .symbol("("):
      advance()
      let value = try expression()
      try expectSymbol(")")
      return value
    case .symbol("["):
      advance()
      var values: [ChatExpression] = []
      while !take("]") {
        values.append(try expression())
        guard take(",") else {
          try expectSymbol("]")
          break
        }
      }
      return .list(values)
    case .symbol: throw unexpected("an expression")
    }
  }

  private mutating func expectSymbol(_ symbol: String) throws(ModelFileError) {
    guard take(symbol) else { throw unexpected("`\(symbol)`") }
  }
}
