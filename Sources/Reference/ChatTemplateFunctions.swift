internal import ModelFile

/// Operators, filters, tests and methods of chat templates, with the meaning they have in Jinja.
struct ChatTemplateFunctions {
  private let place: ChatTemplatePlace
  private let line: Int

  init(_ place: ChatTemplatePlace, _ line: Int) {
    self.place = place
    self.line = line
  }

  func apply(
    _ sign: ChatExpression.Operator, _ left: ChatValue, _ right: ChatValue
  ) throws(ModelFileError) -> ChatValue {
    switch (sign, left, right) {
    case (.equal, _, _): return .bool(left.equals(right))
    case (.notEqual, _, _): return .bool(!left.equals(right))
    case (.in, _, _): return .bool(try contains(right, left))
    case (.notIn, _, _): return .bool(!(try contains(right, left)))
    case (.plus, .string(let left), .string(let right)): return .string(left + right)
    case (.plus, .list(let left), .list(let right)): return .list(left + right)
    case (.concatenate, _, _):
      guard let left = left.text, let right = right.text else { break }
      return .string(left + right)
    case (_, .integer(let left), .integer(let right)):
      if let value = integer(sign, left, right) { return value }
    default: break
    }
    throw unexpected("values that `\(sign.rawValue)` takes", "\(left.kind) and \(right.kind)")
  }

  /// Nil where the result does not fit, and by zero.
  private func integer(
    _ sign: ChatExpression.Operator, _ left: Int, _ right: Int
  ) -> ChatValue? {
    func checked(_ result: (partialValue: Int, overflow: Bool)) -> ChatValue? {
      result.overflow ? nil : .integer(result.partialValue)
    }
    switch sign {
    case .plus: return checked(left.addingReportingOverflow(right))
    case .minus: return checked(left.subtractingReportingOverflow(right))
    case .times: return checked(left.multipliedReportingOverflow(by: right))
    // Python rounds down.
    case .divide, .modulo:
      guard right != 0, right != -1 || left != .min else { return nil }
      let remainder = left % right
      let isBelow = remainder != 0 && (remainder < 0) != (right < 0)
      return .integer(
        sign == .divide
          ? left / right - (isBelow ? 1 : 0) : remainder + (isBelow ? right : 0))
    case .less: return .bool(left < right)
    case .lessOrEqual: return .bool(left <= right)
    case .greater: return .bool(left > right)
    case .greaterOrEqual: return .bool(left >= right)
    default: return nil
    }
  }

  private func contains(_ container: ChatValue, _ value: ChatValue) throws(ModelFileError) -> Bool {
    switch (container, value) {
    case (.string(let text), .string(let part)): return part.isEmpty || text.contains(part)
    case (.list(let values), _): return values.contains { $0.equals(value) }
    case (.mapping(let members), .string(let key)): return members.contains { $0.key == key }
    case (.undefined, _): return false
    default: throw unexpected("a text, list or mapping behind `in`", container.kind)
    }
  }

  func filter(
    _ name: String, _ value: ChatValue, _ arguments: [ChatValue]
  ) throws(ModelFileError) -> ChatValue {
    switch (name, value, arguments.count) {
    case ("default", _, 1...2):
      let isAbsent = arguments.count == 2 && arguments[1].isTrue && !value.isTrue
      if case .undefined = value { return arguments[0] }
      return isAbsent ? arguments[0] : value
    case ("length", .list(let values), 0), ("count", .list(let values), 0):
      return .integer(values.count)
    case ("length", .string(let text), 0): return .integer(text.unicodeScalars.count)
    case ("length", .mapping(let members), 0): return .integer(members.count)
    case ("first", .list(let values), 0): return values.first ?? .undefined
    case ("last", .list(let values), 0): return values.last ?? .undefined
    case ("list", .list, 0), ("safe", .string, 0): return value
    case ("string", _, 0):
      if let text = value.text { return .string(text) }
    case ("trim", _, 0), ("upper", _, 0), ("lower", _, 0), ("capitalize", _, 0):
      if let text = value.text { return .string(Self.changed(text, name)) }
    default: break
    }
    throw unexpected("a filter that is supported", "`\(name)` of \(value.kind)")
  }

  private static func changed(_ text: String, _ name: String) -> String {
    switch name {
    case "trim": stripped(text, true, true)
    case "upper": text.uppercased()
    case "lower": text.lowercased()
    default: text.prefix(1).uppercased() + text.dropFirst().lowercased()
    }
  }

  func test(_ name: String, _ value: ChatValue) throws(ModelFileError) -> Bool {
    switch (name, value) {
    case ("defined", .undefined): return false
    case ("defined", _): return true
    case ("undefined", .undefined), ("none", .none), ("string", .string), ("mapping", .mapping),
      ("number", .integer), ("integer", .integer), ("boolean", .bool), ("true", .bool(true)),
      ("false", .bool(false)), ("iterable", .list), ("iterable", .string), ("iterable", .mapping),
      ("sequence", .list), ("sequence", .string), ("sequence", .mapping):
      return true
    case ("undefined", _), ("none", _), ("string", _), ("mapping", _), ("number", _),
      ("integer", _), ("boolean", _), ("true", _), ("false", _), ("iterable", _), ("sequence", _):
      return false
    default: throw unexpected("a test that is supported", "`\(name)`")
    }
  }

  func method(
    _ name: String, of value: ChatValue, _ arguments: [ChatValue]
  ) throws(ModelFileError) -> ChatValue {
    switch (name, value, arguments.first, arguments.count) {
    case ("strip", .string(let text), nil, _): return .string(Self.stripped(text, true, true))
    case ("lstrip", .string(let text), nil, _): return .string(Self.stripped(text, true, false))
    case ("rstrip", .string(let text), nil, _): return .string(Self.stripped(text, false, true))
    case ("upper", .string(let text), nil, _): return .string(text.uppercased())
    case ("lower", .string(let text), nil, _): return .string(text.lowercased())
    case ("capitalize", .string(let text), nil, _):
      return .string(Self.changed(text, "capitalize"))
    case ("startswith", .string(let text), .string(let part)?, 1):
      return .bool(text.unicodeScalars.starts(with: part.unicodeScalars))
    case ("endswith", .string(let text), .string(let part)?, 1):
      return .bool(text.unicodeScalars.reversed().starts(with: part.unicodeScalars.reversed()))
    case ("split", .string(let text), .string(let part)?, 1) where !part.isEmpty:
      return .list(
        text.split(separator: part, omittingEmptySubsequences: false).map {
          .string(String($0))
        })
    case ("items", .mapping(let members), nil, _):
      return .list(members.map { .list([.string($0.key), $0.value]) })
    case ("get", .mapping, .string(let key)?, 1...2):
      if case .undefined? = value.member(key) { return arguments.count == 2 ? arguments[1] : .none }
      return value.member(key) ?? .none
    default: throw unexpected("a method that is supported", "`\(name)` of \(value.kind)")
    }
  }

  /// Without whitespace at its ends, as Python takes it.
  private static func stripped(_ text: String, _ start: Bool, _ end: Bool) -> String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || "\u{1C}"..."\u{1F}" ~= scalar
    }
    var scalars = Substring(text).unicodeScalars
    while start, let first = scalars.first, isSpace(first) { scalars.removeFirst() }
    while end, let last = scalars.last, isSpace(last) { scalars.removeLast() }
    return String(scalars)
  }

  private func unexpected(_ expected: String, _ found: String) -> ModelFileError {
    place.error(line: line, "expected \(expected), found \(found)")
  }
}
