/// Reads JSON text (RFC 8259) and keeps the order of keys.
struct JSONParser {
  /// What is wrong with a text, and where.
  struct Failure: Error {
    /// From 1, in the way of editors.
    var line: Int
    var column: Int
    var expected: String
  }

  /// Deeper than any report, and far from the end of the stack.
  private static let deepest = 64

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  /// The value that `text` is.
  static func parse(_ text: String) throws(Failure) -> JSONValue {
    var parser = JSONParser(bytes: Array(text.utf8))
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == parser.bytes.count else { throw parser.failure("the end") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func failure(_ expected: String) -> Failure {
    let before = bytes[..<min(position, bytes.count)]
    let lastLine = before.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return Failure(
      line: lastLine.count, column: (lastLine.last?.count ?? 0) + 1, expected: expected)
  }

  // MARK: Tokens

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B,
      byte != 0x0C
    {
      position += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func take(word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard position + length <= bytes.count,
      word.withUTF8Buffer({ $0.elementsEqual(bytes[position..<position + length]) })
    else { return false }
    position += length
    return true
  }

  // MARK: Values

  private mutating func value() throws(Failure) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try nested { parser throws(Failure) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(Failure) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t") where take(word: "true"): return .bool(true)
    case UInt8(ascii: "f") where take(word: "false"): return .bool(false)
    case UInt8(ascii: "n") where take(word: "null"): return .null
    case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte):
      return try number()
    default: throw failure("a value")
    }
  }

  private mutating func nested(
    _ body: (inout Self) throws(Failure) -> JSONValue
  ) throws(Failure) -> JSONValue {
    guard depth < Self.deepest else { throw failure("at most \(Self.deepest) levels") }
    depth += 1
    defer { depth -= 1 }
    position += 1
    return try body(&self)
  }

  private mutating func object() throws(Failure) -> JSONValue {
    var members: [(String, JSONValue)] = []
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw failure("a key in quotes") }
      let key = try string()
      guard take(":") else { throw failure("':'") }
      members.append((key, try value()))
    } while take(",")
    guard take("}") else { throw failure("',' or '}'") }
    return .object(members)
  }

  private mutating func array() throws(Failure) -> JSONValue {
    var values: [JSONValue] = []
    if take("]") { return .array(values) }
    repeat { values.append(try value()) } while take(",")
    guard take("]") else { throw failure("',' or ']'") }
    return .array(values)
  }

  private mutating func number() throws(Failure) -> JSONValue {
    let start = position
    let characters = "+-.eE0123456789".utf8
    while let byte = next, characters.contains(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let count = UInt64(text) { return .unsigned(count) }
    guard let value = Double(text), value.isFinite else {
      position = start
      throw failure("a number")
    }
    return .number(value)
  }

  private mutating func string() throws(Failure) -> String {
    position += 1
    var units: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw failure("an escape for a control character") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        units += try escape()
      } else {
        units.append(byte)
      }
    }
    guard next != nil else { throw failure("'\"'") }
    position += 1
    return String(decoding: units, as: UTF8.self)
  }

  /// What follows a backslash, in UTF-8.
  private mutating func escape() throws(Failure) -> [UInt8] {
    guard let byte = next else { throw failure("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try unicodeEscape()
    default:
      position -= 1
      throw failure("an escape")
    }
  }

  private mutating func unicodeEscape() throws(Failure) -> [UInt8] {
    var units = [try hexadecimal()]
    // Beyond the first plane a character is a pair of escapes.
    if UTF16.isLeadSurrogate(units[0]), take(word: "\\u") { units.append(try hexadecimal()) }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  private mutating func hexadecimal() throws(Failure) -> UInt16 {
    guard position + 4 <= bytes.count,
      let unit = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw failure("four hexadecimal digits") }
    position += 4
    return unit
  }
}
