internal import ModelFile

/// One rendering of a chat template.
struct ChatTemplateRun {
  private let place: ChatTemplatePlace
  /// Innermost last.
  private var scopes: [[String: ChatValue]]
  private(set) var output = ""
  /// Statements that may still run; a hostile template could loop for ages.
  private var budget = 250_000

  init(_ values: [String: ChatValue], _ place: ChatTemplatePlace) {
    scopes = [values]
    self.place = place
  }

  mutating func run(_ statements: [ChatStatement]) throws(ModelFileError) {
    for statement in statements {
      budget -= 1
      guard budget > 0, output.utf8.count < 1 << 26 else {
        throw place.error(line: nil, "expected a rendering that ends, found an endless one")
      }
      try run(statement)
    }
  }

  private mutating func run(_ statement: ChatStatement) throws(ModelFileError) {
    switch statement {
    case .text(let text): output += text
    case .output(let expression, let line):
      let value = try evaluate(expression)
      guard let text = value.text else {
        throw place.error(line: line, "expected a text to print, found \(value.kind)")
      }
      output += text
    case .choice(let branches, let otherwise):
      for branch in branches where try evaluate(branch.condition).isTrue {
        return try run(branch.body)
      }
      try run(otherwise)
    case .loop(let loop): try run(loop)
    case .assignment(let name, nil, let expression, _):
      scopes[scopes.count - 1][name] = try evaluate(expression)
    case .assignment(let name, let attribute?, let expression, let line):
      guard case .namespace(let namespace) = value(of: name) else {
        throw place.error(
          line: line, "expected a namespace, found \(value(of: name).kind) in `\(name)`")
      }
      namespace.values[attribute] = try evaluate(expression)
    }
  }

  private mutating func run(_ loop: ChatStatement.Loop) throws(ModelFileError) {
    var rounds: [[String: ChatValue]] = []
    for element in try elements(of: try evaluate(loop.sequence), loop.line) {
      var scope: [String: ChatValue] = [:]
      if loop.names.count == 1 {
        scope[loop.names[0]] = element
      } else {
        guard case .list(let pair) = element, pair.count == loop.names.count else {
          throw place.error(line: loop.line, "expected pairs to loop over, found \(element.kind)")
        }
        for (name, value) in zip(loop.names, pair) { scope[name] = value }
      }
      if let condition = loop.condition {
        scopes.append(scope)
        defer { scopes.removeLast() }
        guard try evaluate(condition).isTrue else { continue }
      }
      rounds.append(scope)
    }
    if rounds.isEmpty { return try run(loop.otherwise) }
    for (index, round) in rounds.enumerated() {
      var scope = round
      scope["loop"] = .mapping([
        ("index", .integer(index + 1)), ("index0", .integer(index)),
        ("first", .bool(index == 0)), ("last", .bool(index + 1 == rounds.count)),
        ("length", .integer(rounds.count)),
      ])
      scopes.append(scope)
      defer { scopes.removeLast() }
      try run(loop.body)
    }
  }

  private func elements(
    of value: ChatValue, _ line: Int
  ) throws(ModelFileError) -> [ChatValue] {
    switch value {
    case .list(let values): return values
    case .undefined: return []
    case .mapping(let members): return members.map { .string($0.key) }
    default: throw place.error(line: line, "expected a list to loop over, found \(value.kind)")
    }
  }

  private func value(of name: String) -> ChatValue {
    scopes.last { $0[name] != nil }?[name] ?? .undefined
  }
}

extension ChatTemplateRun {
  private func evaluate(_ expression: ChatExpression) throws(ModelFileError) -> ChatValue {
    switch expression {
    case .string(let text): return .string(text)
    case .integer(let number): return .integer(number)
    case .bool(let value): return .bool(value)
    case .none: return .none
    case .list(let expressions):
      var values: [ChatValue] = []
      for expression in expressions { values.append(try evaluate(expression)) }
      return .list(values)
    case .name(let name, _): return value(of: name)
    case .attribute(let base, let name, let line):
      return try member(.string(name), of: evaluate(base), line)
    case .element(let base, let key, let line):
      return try member(evaluate(key), of: evaluate(base), line)
    case .slice(let base, let from, let to, let line):
      return try slice(evaluate(base), from.map(evaluate), to.map(evaluate), line)
    case .call(let callee, let arguments, let named, let line):
      return try call(callee, arguments, named, line)
    case .filter(let base, let name, let arguments, let line):
      var values: [ChatValue] = []
      for argument in arguments { values.append(try evaluate(argument)) }
      return try ChatTemplateFunctions(place, line).filter(name, try evaluate(base), values)
    case .test(let base, let name, let isNegated, let line):
      let holds = try ChatTemplateFunctions(place, line).test(name, try evaluate(base))
      return .bool(holds != isNegated)
    case .not(let value): return .bool(!(try evaluate(value).isTrue))
    case .conditional(let value, let condition, let otherwise):
      if try evaluate(condition).isTrue { return try evaluate(value) }
      return try otherwise.map(evaluate) ?? .undefined
    case .binary(let sign, let left, let right, let line):
      let value = try evaluate(left)
      switch sign {
      case .and: return value.isTrue ? try evaluate(right) : value
      case .or: return value.isTrue ? value : try evaluate(right)
      default:
        return try ChatTemplateFunctions(place, line).apply(sign, value, try evaluate(right))
      }
    }
  }

  private func member(
    _ key: ChatValue, of base: ChatValue, _ line: Int
  ) throws(ModelFileError) -> ChatValue {
    switch (base, key) {
    case (.list(let values), .integer(let index)):
      let index = index < 0 ? index + values.count : index
      return values.indices.contains(index) ? values[index] : .undefined
    case (.mapping, .string(let key)), (.namespace, .string(let key)):
      return base.member(key) ?? .undefined
    case (.undefined, _):
      throw place.error(line: line, "expected a value with \(key.kind), found an undefined one")
    default: return .undefined
    }
  }

  private func slice(
    _ base: ChatValue, _ from: ChatValue?, _ to: ChatValue?, _ line: Int
  ) throws(ModelFileError) -> ChatValue {
    func bound(_ value: ChatValue?, default absent: Int, count: Int) throws(ModelFileError) -> Int {
      switch value {
      case nil, ChatValue.none?: return absent
      case .integer(let index)?: return max(0, min(count, index < 0 ? index + count : index))
      case .some(let value):
        throw place.error(line: line, "expected an integer in a slice, found \(value.kind)")
      }
    }
    switch base {
    case .list(let values):
      let first = try bound(from, default: 0, count: values.count)
      let last = try bound(to, default: values.count, count: values.count)
      return .list(first < last ? Array(values[first..<last]) : [])
    case .string(let text):
      let scalars = Array(text.unicodeScalars)
      let first = try bound(from, default: 0, count: scalars.count)
      let last = try bound(to, default: scalars.count, count: scalars.count)
      return .string(
        first < last ? String(String.UnicodeScalarView(scalars[first..<last])) : "")
    default: throw place.error(line: line, "expected a list to slice, found \(base.kind)")
    }
  }

  /// A function, or a method of a value.
  private func call(
    _ callee: ChatExpression, _ arguments: [ChatExpression], _ named: [String: ChatExpression],
    _ line: Int
  ) throws(ModelFileError) -> ChatValue {
    var values: [ChatValue] = []
    for argument in arguments { values.append(try evaluate(argument)) }
    switch callee {
    case .name("namespace", _):
      var members: [String: ChatValue] = [:]
      for (name, expression) in named { members[name] = try evaluate(expression) }
      return .namespace(ChatNamespace(members))
    case .name("raise_exception", _):
      throw place.error(
        line: line, "the template refuses the messages (\(values.first?.text ?? "no reason"))")
    case .attribute(let base, let name, _):
      return try ChatTemplateFunctions(place, line).method(name, of: evaluate(base), values)
    default:
      throw place.error(
        line: line,
        "expected namespace, raise_exception or a method (no other function is supported)")
    }
  }
}
