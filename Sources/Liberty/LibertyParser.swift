extension LibertyGroup {
  /// Reads the text of a Liberty file, whose only group is its `library`.
  ///
  /// - Parameters:
  ///   - text: The bytes of the file.
  ///   - cells: The cells that are wanted, or `nil` for all. Others are passed over unread, which is
  ///     what makes libraries of hundreds of megabytes bearable.
  /// - Throws: ``LibertyError`` with the line of the first fault.
  public static func parse(
    _ text: [UInt8], cells: Set<String>? = nil
  ) throws(LibertyError) -> LibertyGroup {
    let result = text.withUnsafeBufferPointer { bytes -> Result<LibertyGroup, LibertyError> in
      var parser = LibertyParser(bytes: bytes, cells: cells)
      do throws(LibertyError) {
        return .success(try parser.library())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

/// A recursive descent over the bytes of a file.
private struct LibertyParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let cells: Set<String>?
  private var position = 0
  private var line = 1

  init(bytes: UnsafeBufferPointer<UInt8>, cells: Set<String>?) {
    self.bytes = bytes
    self.cells = cells
  }

  mutating func library() throws(LibertyError) -> LibertyGroup {
    skipSpace()
    let start = line
    let kind = word()
    skipSpace()
    guard kind == "library", peek == UInt8(ascii: "(") else {
      throw fault(start, "expected a library, found “\(kind)”")
    }
    let arguments = try list()
    try expect("{")
    return try body(LibertyGroup(kind: kind, arguments: arguments, line: start))
  }

  // MARK: Statements

  /// The statements up to the closing brace.
  private mutating func body(_ opened: LibertyGroup) throws(LibertyError) -> LibertyGroup {
    var group = opened
    while true {
      skipSpace()
      guard let byte = peek else {
        throw fault(opened.line, "\(opened.kind) (\(opened.name)): expected }, found the end")
      }
      if byte == UInt8(ascii: "}") {
        position += 1
        return group
      }
      if byte == UInt8(ascii: ";") {
        position += 1
        continue
      }
      try statement(into: &group)
    }
  }

  private mutating func statement(into group: inout LibertyGroup) throws(LibertyError) {
    let start = line
    let name = word()
    guard !name.isEmpty else { throw fault(start, "expected a name, found “\(found)”") }
    skipSpace()
    switch peek {
    case UInt8(ascii: ":"):
      position += 1
      group.attributes.append(.init(name: name, values: [simpleValue()], line: start))
    case UInt8(ascii: "("):
      let arguments = try list()
      skipSpace()
      guard peek == UInt8(ascii: "{") else {
        group.attributes.append(.init(name: name, values: arguments, line: start))
        return
      }
      position += 1
      if name == "cell", let cells, !cells.contains(arguments.first ?? "") {
        try skipBody(name: arguments.first ?? "", line: start)
      } else {
        group.groups.append(
          try body(LibertyGroup(kind: name, arguments: arguments, line: start)))
      }
    default:
      throw fault(start, "\(name): expected : or (, found “\(found)”")
    }
  }

  /// Passes over a body that has been opened.
  private mutating func skipBody(name: String, line start: Int) throws(LibertyError) {
    var depth = 1
    while depth > 0 {
      guard let byte = peek else {
        throw fault(start, "cell (\(name)): expected }, found the end")
      }
      switch byte {
      case UInt8(ascii: "\""): _ = quoted()
      case UInt8(ascii: "/") where next == UInt8(ascii: "*"): skipSpace()
      default:
        if byte == UInt8(ascii: "{") { depth += 1 }
        if byte == UInt8(ascii: "}") { depth -= 1 }
        advance()
      }
    }
  }

  // MARK: Words

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }
  private var next: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

  private var found: String {
    peek.map { String(UnicodeScalar($0)) } ?? "the end"
  }

  private mutating func advance() {
    if bytes[position] == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  private mutating func expect(_ character: Character) throws(LibertyError) {
    skipSpace()
    guard peek == character.asciiValue else {
      throw fault(line, "expected \(character), found “\(found)”")
    }
    position += 1
  }

  /// Blanks, comments, and the backslash before the end of a line.
  private mutating func skipSpace() {
    while let byte = peek {
      if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
        position += 2
        while let byte = peek, !(byte == UInt8(ascii: "*") && next == UInt8(ascii: "/")) {
          _ = byte
          advance()
        }
        position = min(position + 2, bytes.count)
      } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "/") {
        while let byte = peek, byte != UInt8(ascii: "\n") { position += 1 }
      } else if byte <= 32 || byte == UInt8(ascii: "\\") {
        advance()
      } else {
        return
      }
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...32, UInt8(ascii: ":"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "{"),
      UInt8(ascii: "}"), UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\""):
      false
    default: true
    }
  }

  private mutating func word() -> String {
    skipSpace()
    let start = position
    while let byte = peek, Self.isWord(byte) { position += 1 }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
  }

  /// A text in quotes, without them and without broken lines.
  private mutating func quoted() -> String {
    position += 1
    let start = position
    while let byte = peek, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\"), next != nil { advance() }
      advance()
    }
    let text = bytes[start..<position]
    position = min(position + 1, bytes.count)
    let plain =
      text.contains(UInt8(ascii: "\\"))
      ? text.filter { $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\n") } : Array(text)
    return String(decoding: plain, as: UTF8.self)
  }

  /// What follows a colon, to the semicolon or the end of the line.
  private mutating func simpleValue() -> String {
    while let byte = peek, byte == 32 || byte == 9 { position += 1 }
    if peek == UInt8(ascii: "\"") { return quoted() }
    let start = position
    while let byte = peek, byte != UInt8(ascii: ";"), byte != UInt8(ascii: "\n"),
      byte != UInt8(ascii: "}")
    {
      position += 1
    }
    var end = position
    while end > start, bytes[end - 1] <= 32 { end -= 1 }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
  }

  /// Values in parentheses.
  private mutating func list() throws(LibertyError) -> [String] {
    let start = line
    position += 1
    var values: [String] = []
    while true {
      skipSpace()
      switch peek {
      case UInt8(ascii: ")"):
        position += 1
        return values
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "\""): values.append(quoted())
      case nil: throw fault(start, "expected ), found the end")
      default:
        let value = word()
        guard !value.isEmpty else { throw fault(line, "expected a value, found “\(found)”") }
        values.append(value)
      }
    }
  }

  private func fault(_ line: Int, _ message: String) -> LibertyError {
    LibertyError(line: line, message)
  }
}
