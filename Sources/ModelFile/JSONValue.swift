/// A JSON document as a value: members in the order of the file, integers apart from other numbers.
package indirect enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One `"key": value` of an object.
  package struct Member: Equatable, Sendable {
    package let key: String
    package let value: JSONValue
  }

  /// The value in a few characters, for messages.
  package var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): value.count > 40 ? "\"\(value.prefix(40))…\"" : "\"\(value)\""
    case .array(let values): "an array of \(values.count)"
    case .object(let members): "an object of \(members.count)"
    }
  }
}

/// A JSON object with its place in a file, so that a missing or wrong member is reported well.
package struct JSONObject {
  package let file: String
  /// The keys that lead here, joined by dots; empty at the top.
  package let path: String
  package let members: [JSONValue.Member]

  /// The object at the top of a JSON text, which begins at byte `offset` of `file`.
  package init(file: String, parsing bytes: [UInt8], offset: Int = 0) throws(ModelFileError) {
    var parser = JSONParser(file: file, bytes: bytes, offset: offset)
    try self.init(file: file, path: "", try parser.parseDocument())
  }

  package init(file: String, path: String, _ value: JSONValue) throws(ModelFileError) {
    guard case .object(let members) = value else {
      throw ModelFileError(
        file: file, place: path.isEmpty ? nil : path,
        problem: "expected an object, found \(value.summary)")
    }
    self.file = file
    self.path = path
    self.members = members
  }

  /// The value of `key`; nil when it is absent or null.
  package subscript(key: String) -> JSONValue? {
    guard let value = members.first(where: { $0.key == key })?.value, value != .null else {
      return nil
    }
    return value
  }

  package func integer(_ key: String, in range: ClosedRange<Int>) throws(ModelFileError) -> Int {
    let expected = "an integer in \(range.lowerBound)...\(range.upperBound)"
    guard case .integer(let value)? = self[key], range.contains(value) else {
      throw mismatch(key, expected: expected)
    }
    return value
  }

  /// A number above zero that is finite and not zero in single precision.
  package func positiveFloat(_ key: String) throws(ModelFileError) -> Float {
    let value: Float =
      switch self[key] {
      case .integer(let value)?: Float(value)
      case .number(let value)?: Float(value)
      default: 0
      }
    guard value > 0, value.isFinite else {
      throw mismatch(key, expected: "a number of single precision above 0")
    }
    return value
  }

  package func flag(_ key: String, default absent: Bool) throws(ModelFileError) -> Bool {
    guard let value = self[key] else { return absent }
    guard case .bool(let flag) = value else { throw mismatch(key, expected: "true or false") }
    return flag
  }

  package func string(_ key: String) throws(ModelFileError) -> String {
    guard case .string(let value)? = self[key] else { throw mismatch(key, expected: "a string") }
    return value
  }

  package func array(_ key: String) throws(ModelFileError) -> [JSONValue] {
    guard case .array(let values)? = self[key] else { throw mismatch(key, expected: "an array") }
    return values
  }

  package func object(_ key: String) throws(ModelFileError) -> JSONObject {
    guard let value = self[key] else { throw mismatch(key, expected: "an object") }
    return try JSONObject(file: file, path: place(of: key), value)
  }

  /// Refuses every value of `key` but `expected`; an absent key counts as `default`.
  package func require(
    _ key: String, _ expected: JSONValue, default absent: JSONValue? = nil
  ) throws(ModelFileError) {
    guard self[key] ?? absent == expected else {
      throw mismatch(key, expected: "\(expected.summary) (nothing else is supported)")
    }
  }

  /// The error for a `key` whose value is not what was expected.
  package func mismatch(_ key: String, expected: String) -> ModelFileError {
    let found = members.first { $0.key == key }?.value.summary ?? "no such key"
    return ModelFileError(
      file: file, place: place(of: key), problem: "expected \(expected), found \(found)")
  }

  private func place(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
