/// Reads a condition by precedence climbing, and checks types and units on the way.
struct ConditionParser {
  private let tokens: [ConditionToken]
  private let vocabulary: Vocabulary
  private var position = 0
  private var depth = 0

  /// What an operand turned out to be.
  private enum Operand {
    /// A number; `literal` is the text of one that stands alone and takes any unit.
    case number(Condition.Node, ScaledUnit, isLiteral: Bool)
    case condition(Condition.Node)
    /// A name whose values are texts.
    case choice(slot: Int, [String])
    /// A text that may be one of them.
    case word(String)

    var inWords: String {
      switch self {
      case .number(_, let unit, isLiteral: false): unit.isNone ? "a plain number" : unit.text
      case .number(_, let unit, isLiteral: true): unit.isNone ? "a number" : unit.text
      case .condition: "a condition"
      case .choice: "a choice"
      case .word(let text): "'\(text)'"
      }
    }
  }

  init(tokens: [ConditionToken], _ vocabulary: Vocabulary) {
    self.tokens = tokens
    self.vocabulary = vocabulary
  }

  /// The whole text as one condition.
  mutating func condition() throws(ConditionFault) -> Condition.Node {
    let start = tokens[position]
    let operand = try operand(binding: 0)
    guard tokens[position].kind == .end else {
      throw fault(at: tokens[position], "an operator or the end")
    }
    guard case .condition(let node) = operand else {
      throw unknownWord(operand, at: start)
        ?? ConditionFault(
          offset: start.offset, expected: "a condition, as in rows <= 16",
          found: operand.inWords)
    }
    return node
  }

  /// The whole text as one number in `unit`.
  mutating func quantity(in unit: ScaledUnit) throws(ConditionFault) -> Condition.Node {
    let start = tokens[position]
    let operand = try operand(binding: 0)
    guard tokens[position].kind == .end else {
      throw fault(at: tokens[position], "an operator or the end")
    }
    guard case .number(let node, let found, _) = operand, found.measuresTheSame(as: unit) else {
      throw mismatch(operand, at: start, unit.inWords)
    }
    return scaled(node, from: found, to: unit)
  }

  // MARK: - Climbing

  /// How strongly each operator binds.
  private static let bindings: [String: Int] = [
    "or": 1, "and": 2, "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4, "+": 5, "-": 5, "*": 6,
    "/": 6,
  ]
  private static let notBinding = 3
  private static let comparisonBinding = 4
  private static let signBinding = 7
  /// Parentheses and signs inside each other.
  private static let mostLevels = 100

  private mutating func operand(binding least: Int) throws(ConditionFault) -> Operand {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.mostLevels else {
      throw ConditionFault(
        offset: tokens[position].offset, expected: "at most \(Self.mostLevels) levels",
        found: "more")
    }
    let start = tokens[position]
    var left = try prefixed()
    while let (symbol, binding) = infix(), binding >= least {
      position += 1
      let rightStart = tokens[position]
      let right = try operand(binding: binding + 1)
      left = try combined(left, start, symbol, right, rightStart)
      if binding == Self.comparisonBinding, infix()?.binding == binding {
        throw ConditionFault(
          offset: tokens[position].offset, expected: "'and' between two comparisons",
          found: tokens[position].inWords)
      }
    }
    return left
  }

  /// The operator at the current position.
  private func infix() -> (symbol: String, binding: Int)? {
    switch tokens[position].kind {
    case .symbol(let text), .word(let text): Self.bindings[text].map { (text, $0) }
    case .number, .end: nil
    }
  }

  private mutating func prefixed() throws(ConditionFault) -> Operand {
    let token = tokens[position]
    position += 1
    switch token.kind {
    case .symbol("("):
      let inner = try operand(binding: 0)
      guard tokens[position].kind == .symbol(")") else { throw fault(at: tokens[position], "')'") }
      position += 1
      return inner
    case .symbol("-"):
      let start = tokens[position]
      let inner = try operand(binding: Self.signBinding)
      guard case .number(let node, let unit, let isLiteral) = inner else {
        throw mismatch(inner, at: start, "a number after '-'")
      }
      return .number(.negation(node), unit, isLiteral: isLiteral)
    case .word("not"):
      let start = tokens[position]
      let inner = try operand(binding: Self.notBinding)
      guard case .condition(let node) = inner else {
        throw mismatch(inner, at: start, "a condition after 'not'")
      }
      return .condition(.not(node))
    case .number(let text): return literal(text)
    case .word(let text) where Self.bindings[text] == nil: return name(text)
    case .symbol, .word, .end: throw fault(at: token, "a number or a name")
    }
  }

  /// A number and the unit behind it, if one follows.
  private mutating func literal(_ text: String) -> Operand {
    var unit = ScaledUnit.none
    if let word = unitWord(at: position), let first = ScaledUnit(word) {
      unit = first
      position += 1
      while tokens[position].kind == .symbol("/"), let word = unitWord(at: position + 1),
        let divided = ScaledUnit("\(unit.text)/\(word)")
      {
        unit = divided
        position += 2
      }
    }
    // The tokenizer has checked the digits.
    return .number(.number(Double(text)!), unit, isLiteral: true)
  }

  /// The word at `index` that is no name.
  private func unitWord(at index: Int) -> String? {
    guard case .word(let word) = tokens[index].kind, vocabulary.slot(of: word) == nil else {
      return nil
    }
    return word
  }

  private func name(_ text: String) -> Operand {
    guard let slot = vocabulary.slot(of: text) else { return .word(text) }
    return switch vocabulary.kinds[slot] {
    case .number(let unit): .number(.slot(slot), unit, isLiteral: false)
    case .choice(let choices): .choice(slot: slot, choices)
    }
  }

  // MARK: - Types and units

  private func combined(
    _ left: Operand, _ leftStart: ConditionToken, _ symbol: String, _ right: Operand,
    _ rightStart: ConditionToken
  ) throws(ConditionFault) -> Operand {
    if symbol == "and" || symbol == "or" {
      guard case .condition(let first) = left else {
        throw mismatch(left, at: leftStart, "a condition before '\(symbol)'")
      }
      guard case .condition(let second) = right else {
        throw mismatch(right, at: rightStart, "a condition after '\(symbol)'")
      }
      return .condition(symbol == "and" ? .and(first, second) : .or(first, second))
    }
    switch (left, right) {
    case (.choice(let slot, let choices), .word(let word)):
      return try chosen(slot, choices, symbol, word, rightStart)
    case (.word(let word), .choice(let slot, let choices)):
      return try chosen(slot, choices, symbol, word, leftStart)
    default: break
    }
    guard case .number(let first, let leftUnit, let leftIsLiteral) = left else {
      throw mismatch(left, at: leftStart, "a number before '\(symbol)'")
    }
    guard case .number(let second, let rightUnit, let rightIsLiteral) = right else {
      throw mismatch(right, at: rightStart, "a number after '\(symbol)'")
    }
    if symbol == "*" || symbol == "/" {
      return .number(
        .arithmetic(symbol == "*" ? .times : .over, first, second),
        symbol == "*" ? leftUnit * rightUnit : leftUnit / rightUnit,
        isLiteral: leftIsLiteral && rightIsLiteral)
    }
    // A plain literal takes the unit of the other side.
    let leftTakes = leftIsLiteral && leftUnit.isNone && rightUnit.hasDimension
    let rightTakes = rightIsLiteral && rightUnit.isNone && leftUnit.hasDimension
    guard leftTakes || rightTakes || leftUnit.measuresTheSame(as: rightUnit) else {
      throw ConditionFault(
        offset: rightStart.offset, expected: leftUnit.inWords, found: right.inWords)
    }
    let unit = leftTakes ? rightUnit : leftUnit
    let converted = leftTakes || rightTakes ? second : scaled(second, from: rightUnit, to: leftUnit)
    if let operation = Condition.Arithmetic(rawValue: symbol) {
      return .number(
        .arithmetic(operation, first, converted), unit, isLiteral: leftIsLiteral && rightIsLiteral)
    }
    guard let comparison = Condition.Comparison(rawValue: symbol) else {
      preconditionFailure("no operator \(symbol)")
    }
    return .condition(.comparison(comparison, first, converted))
  }

  private func chosen(
    _ slot: Int, _ choices: [String], _ symbol: String, _ word: String, _ token: ConditionToken
  ) throws(ConditionFault) -> Operand {
    guard let code = choices.firstIndex(of: word) else {
      throw ConditionFault(
        offset: token.offset, expected: choices.joined(separator: " or "), found: "'\(word)'")
    }
    guard symbol == "==" || symbol == "!=" else {
      throw ConditionFault(
        offset: token.offset, expected: "'==' or '!=' before a choice", found: "'\(symbol)'")
    }
    return .condition(
      .comparison(symbol == "==" ? .equal : .unequal, .slot(slot), .number(Double(code))))
  }

  /// `node` in another unit. Literals are read anew; other values are multiplied or divided by a
  /// power of ten, which is exact up to 10²².
  private func scaled(
    _ node: Condition.Node, from: ScaledUnit, to: ScaledUnit
  ) -> Condition.Node {
    let decimal = from.decimalExponent - to.decimalExponent
    let two = Double(
      sign: .plus, exponent: from.binaryExponent - to.binaryExponent, significand: 1)
    if case .number(let value) = node, let exact = Double("\(value)e\(decimal)") {
      return .number(exact * two)
    }
    let ten = (0..<abs(decimal)).reduce(1.0) { power, _ in power * 10 }
    let shifted = Condition.Node.arithmetic(decimal < 0 ? .over : .times, node, .number(ten))
    return .arithmetic(.times, shifted, .number(two))
  }

  // MARK: - Faults

  private func fault(at token: ConditionToken, _ expected: String) -> ConditionFault {
    ConditionFault(offset: token.offset, expected: expected, found: token.inWords)
  }

  private func mismatch(
    _ operand: Operand, at token: ConditionToken, _ expected: String
  ) -> ConditionFault {
    unknownWord(operand, at: token)
      ?? ConditionFault(offset: token.offset, expected: expected, found: operand.inWords)
  }

  /// A word that no choice gave a meaning was meant as a name.
  private func unknownWord(_ operand: Operand, at token: ConditionToken) -> ConditionFault? {
    guard case .word(let word) = operand else { return nil }
    return ConditionFault(
      offset: token.offset, expected: vocabulary.expected(near: word), found: "'\(word)'")
  }
}

extension ScaledUnit {
  fileprivate var inWords: String { isNone ? "a number without a unit" : "a value in \(text)" }
}
