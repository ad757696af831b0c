/// A function of pins, as Liberty writes them: `!(A & B)`, `A'+B`, `(A ^ B) C`.
public indirect enum BooleanFunction: Equatable, Sendable {
  case pin(String)
  case constant(Bool)
  case not(BooleanFunction)
  case and(BooleanFunction, BooleanFunction)
  case or(BooleanFunction, BooleanFunction)
  case xor(BooleanFunction, BooleanFunction)

  /// Reads a function.
  ///
  /// - Parameter line: Where it stands, for the message.
  /// - Throws: ``LibertyError`` at what is not part of one.
  public init(_ text: String, line: Int) throws(LibertyError) {
    var parser = FunctionParser(text: Array(text.utf8), line: line)
    self = try parser.function()
  }

  /// The value, where `value` tells that of each pin.
  public func value(_ value: (String) -> Bool) -> Bool {
    switch self {
    case .pin(let name): value(name)
    case .constant(let constant): constant
    case .not(let function): !function.value(value)
    case .and(let left, let right): left.value(value) && right.value(value)
    case .or(let left, let right): left.value(value) || right.value(value)
    case .xor(let left, let right): left.value(value) != right.value(value)
    }
  }

  /// The pins that it names.
  public var pins: Set<String> {
    switch self {
    case .pin(let name): [name]
    case .constant: []
    case .not(let function): function.pins
    case .and(let left, let right), .or(let left, let right), .xor(let left, let right):
      left.pins.union(right.pins)
    }
  }
}

/// Or is weakest, then and, then exclusive or, then not.
private struct FunctionParser {
  let text: [UInt8]
  let line: Int
  private var position = 0

  init(text: [UInt8], line: Int) {
    self.text = text
    self.line = line
  }

  mutating func function() throws(LibertyError) -> BooleanFunction {
    let function = try sum()
    guard peek == nil else { throw fault() }
    return function
  }

  private var peek: UInt8? {
    mutating get {
      while position < text.count, text[position] <= 32 { position += 1 }
      return position < text.count ? text[position] : nil
    }
  }

  private mutating func take(_ characters: StaticString) -> Bool {
    guard let byte = peek else { return false }
    let isOne = characters.withUTF8Buffer { $0.contains(byte) }
    if isOne { position += 1 }
    return isOne
  }

  private mutating func sum() throws(LibertyError) -> BooleanFunction {
    var left = try product()
    while take("+|") { left = .or(left, try product()) }
    return left
  }

  private mutating func product() throws(LibertyError) -> BooleanFunction {
    var left = try difference()
    while true {
      if take("*&") {
        left = .and(left, try difference())
      } else if let byte = peek, Self.begins(byte) {
        left = .and(left, try difference())
      } else {
        return left
      }
    }
  }

  private mutating func difference() throws(LibertyError) -> BooleanFunction {
    var left = try factor()
    while take("^") { left = .xor(left, try factor()) }
    return left
  }

  private static func begins(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "!") || byte == UInt8(ascii: "(") || isName(byte)
  }

  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "["),
      UInt8(ascii: "]"):
      true
    default: false
    }
  }

  private mutating func factor() throws(LibertyError) -> BooleanFunction {
    var factor: BooleanFunction
    if take("!") {
      factor = .not(try self.factor())
    } else if take("(") {
      factor = try sum()
      guard take(")") else { throw fault() }
    } else {
      guard let byte = peek, Self.isName(byte) else { throw fault() }
      let start = position
      while position < text.count, Self.isName(text[position]) { position += 1 }
      let name = String(decoding: text[start..<position], as: UTF8.self)
      factor = name == "0" || name == "1" ? .constant(name == "1") : .pin(name)
    }
    while take("'") { factor = .not(factor) }
    return factor
  }

  private mutating func fault() -> LibertyError {
    let found = peek.map { "“\(String(UnicodeScalar($0)))”" } ?? "the end"
    return LibertyError(
      line: line,
      "function “\(String(decoding: text, as: UTF8.self))”: unexpected \(found) at \(position)")
  }
}
