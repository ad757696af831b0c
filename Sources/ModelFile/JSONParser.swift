/// A strict JSON parser that refuses duplicate keys and says at which byte it stopped.
///
/// The usual decoders accept a repeated key and keep one of the values; in a file of weights that
/// is damage which must be seen.
struct JSONParser {
  private let file: String
  private let bytes: [UInt8]
  /// Where the text begins in the file; messages count bytes from the file's start.
  private let offset: Int
  private var position = 0
  /// Deeper nesting is refused, so that a hostile file cannot exhaust the stack.
  private static let maximumDepth = 64

  init(file: String, bytes: [UInt8], offset: Int = 0) {
    self.file = file
    self.bytes = bytes
    self.offset = offset
  }

  /// The whole text as one value.
  mutating func parseDocument() throws(ModelFileError) -> JSONValue {
    let value = try parseValue(depth: 0)
    skipWhitespace()
    guard position == bytes.count else { throw unexpected("the end of the text") }
    return value
  }

  private mutating func parseValue(depth: Int) throws(ModelFileError) -> JSONValue {
    skipWhitespace()
    guard depth < Self.maximumDepth else {
      throw unexpected("at most \(Self.maximumDepth) levels of nesting")
    }
    guard let next = peek else { throw unexpected("a value") }
    switch next {
    case UInt8(ascii: "{"): return .object(try parseMembers(depth: depth))
    case UInt8(ascii: "["): return .array(try parseElements(depth: depth))
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
    case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    default: throw unexpected("a value")
    }
  }

  private mutating func parseMembers(depth: Int) throws(ModelFileError) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    // Compared as bytes: `String` equality would merge keys that differ only in normalisation.
    var seen: Set<[UInt8]> = []
    try consume("{")
    if consumed("}") { return members }
    repeat {
      skipWhitespace()
      let start = position
      let key = try parseString()
      guard seen.insert(Array(key.utf8)).inserted else {
        throw ModelFileError(
          file: file, place: "byte \(offset + start)",
          problem: "expected each key once, found \"\(key)\" again")
      }
      try consume(":")
      members.append(.init(key: key, value: try parseValue(depth: depth + 1)))
    } while consumed(",")
    try consume("}")
    return members
  }

  private mutating func parseElements(depth: Int) throws(ModelFileError) -> [JSONValue] {
    var elements: [JSONValue] = []
    try consume("[")
    if consumed("]") { return elements }
    repeat { elements.append(try parseValue(depth: depth + 1)) } while consumed(",")
    try consume("]")
    return elements
  }

  private mutating func parseWord(_ word: String, _ value: JSONValue) throws(ModelFileError)
    -> JSONValue
  {
    guard bytes[position...].starts(with: word.utf8) else { throw unexpected("`\(word)`") }
    position += word.utf8.count
    return value
  }

  private mutating func parseNumber() throws(ModelFileError) -> JSONValue {
    let start = position
    var isInteger = true
    if peek == UInt8(ascii: "-") { position += 1 }
    let leadingZero = peek == UInt8(ascii: "0")
    let digits = try parseDigits()
    guard !leadingZero || digits == 1 else { throw unexpected("a number without leading zeros") }
    if peek == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      _ = try parseDigits()
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      _ = try parseDigits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard !isInteger, let value = Double(text), value.isFinite else {
      throw ModelFileError(
        file: file, place: "byte \(offset + start)",
        problem: "expected a number that fits, found \(text)")
    }
    return .number(value)
  }

  /// Moves over at least one digit and returns how many there were.
  private mutating func parseDigits() throws(ModelFileError) -> Int {
    let start = position
    while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
    guard position > start else { throw unexpected("a digit") }
    return position - start
  }
}

extension JSONParser {
  private mutating func parseString() throws(ModelFileError) -> String {
    let start = position
    try consume("\"")
    var text: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw unexpected("a character of a string") }
      if byte == UInt8(ascii: "\\") {
        try parseEscape(into: &text)
      } else {
        text.append(byte)
        position += 1
      }
    }
    try consume("\"")
    guard let string = String(validating: text, as: UTF8.self) else {
      throw ModelFileError(
        file: file, place: "byte \(offset + start)",
        problem: "expected a string in UTF-8, found other bytes"
      )
    }
    return string
  }

  private mutating func parseEscape(into text: inout [UInt8]) throws(ModelFileError) {
    position += 1
    guard let escape = peek else { throw unexpected("an escape") }
    switch escape {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      text.append(contentsOf: String(Character(try parseUnicodeEscape())).utf8)
      return
    default: throw unexpected("an escape")
    }
    position += 1
  }

  /// The scalar after `\`, from `u` on; two escapes when the first is a high surrogate.
  private mutating func parseUnicodeEscape() throws(ModelFileError) -> Unicode.Scalar {
    var value = try parseHexQuad()
    if 0xD800..<0xDC00 ~= value {
      try expect(UInt8(ascii: "\\"), "a low surrogate")
      let low = try parseHexQuad()
      guard 0xDC00..<0xE000 ~= low else { throw unexpected("a low surrogate") }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw unexpected("a Unicode scalar") }
    return scalar
  }

  private mutating func parseHexQuad() throws(ModelFileError) -> UInt32 {
    try expect(UInt8(ascii: "u"), "`u` and four hexadecimal digits")
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
        byte < 0x80
      else { throw unexpected("a hexadecimal digit") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipWhitespace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// Moves over `character` if it is next, whitespace aside.
  private mutating func consumed(_ character: Unicode.Scalar) -> Bool {
    skipWhitespace()
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func consume(_ character: Unicode.Scalar) throws(ModelFileError) {
    guard consumed(character) else { throw unexpected("`\(character)`") }
  }

  private mutating func expect(_ byte: UInt8, _ what: String) throws(ModelFileError) {
    guard peek == byte else { throw unexpected(what) }
    position += 1
  }

  private func unexpected(_ expected: String) -> ModelFileError {
    let found =
      switch peek {
      case nil: "the end of the text"
      case .some(let byte) where 0x20..<0x7F ~= byte: "`\(Character(Unicode.Scalar(byte)))`"
      case .some(let byte): "the byte 0x\(String(byte, radix: 16))"
      }
    return ModelFileError(
      file: file, place: "byte \(offset + position)",
      problem: "expected \(expected), found \(found)")
  }
}
