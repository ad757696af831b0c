import Energy

/// A value inside a JSON document that knows its place, so that errors can name it.
struct JSONReader {
  let value: JSONValue
  /// The way from the root: `phases[0].layers[3].time`.
  let path: String
  /// The file, for errors.
  let file: String

  /// The root of the document in `text`.
  init(text: String, file: String) throws(ReportError) {
    do throws(JSONParser.Failure) {
      self.init(value: try JSONParser.parse(text), path: "", file: file)
    } catch {
      throw .notJSON(
        path: file, line: error.line, column: error.column, expected: error.expected)
    }
  }

  private init(value: JSONValue, path: String, file: String) {
    self.value = value
    self.path = path
    self.file = file
  }

  func mismatch(_ expected: String) -> ReportError {
    .unexpectedValue(
      path: file, place: path.isEmpty ? "the document" : path, expected: expected,
      found: value.summary)
  }

  /// The value of `key`; an error where there is none.
  subscript(key: String) -> JSONReader {
    get throws(ReportError) {
      guard let member = try self.member(key) else { throw mismatch("the key \"\(key)\"") }
      return member
    }
  }

  /// The value of `key`, or `nil` where it is missing or null.
  func member(_ key: String) throws(ReportError) -> JSONReader? {
    guard case .object(let members) = value else { throw mismatch("an object") }
    guard let member = members.first(where: { $0.0 == key })?.1 else { return nil }
    if case .null = member { return nil }
    return child(member, path.isEmpty ? key : "\(path).\(key)")
  }

  /// The keys and values of an object, in order.
  var members: [(key: String, value: JSONReader)] {
    get throws(ReportError) {
      guard case .object(let members) = value else { throw mismatch("an object") }
      return members.map { ($0.0, child($0.1, path.isEmpty ? $0.0 : "\(path).\($0.0)")) }
    }
  }

  var elements: [JSONReader] {
    get throws(ReportError) {
      guard case .array(let values) = value else { throw mismatch("an array") }
      return values.enumerated().map { child($1, "\(path)[\($0)]") }
    }
  }

  private func child(_ value: JSONValue, _ path: String) -> JSONReader {
    JSONReader(value: value, path: path, file: file)
  }

  // MARK: Single values

  var string: String {
    get throws(ReportError) {
      guard case .string(let string) = value else { throw mismatch("a string") }
      return string
    }
  }

  var number: Double {
    get throws(ReportError) {
      switch value {
      case .number(let number): return number
      case .unsigned(let count): return Double(count)
      default: throw mismatch("a number")
      }
    }
  }

  var count: UInt64 {
    get throws(ReportError) {
      guard case .unsigned(let count) = value else { throw mismatch("a count") }
      return count
    }
  }

  var size: Int {
    get throws(ReportError) {
      guard let size = Int(exactly: try count) else { throw mismatch("a smaller count") }
      return size
    }
  }

  /// A size that must not be 0.
  var positiveSize: Int {
    get throws(ReportError) {
      let size = try size
      guard size > 0 else { throw mismatch("a positive count") }
      return size
    }
  }

  /// One of the names that `Value` has.
  func name<Value: RawRepresentable<String>>(
    of type: Value.Type, _ what: String
  ) throws(ReportError) -> Value {
    guard let value = Value(rawValue: try string) else { throw mismatch(what) }
    return value
  }

  /// `low`, `typical` and `high`, in this order of size.
  var bounds: (low: Double, typical: Double, high: Double) {
    get throws(ReportError) {
      let (low, typical, high) = (
        try self["low"].number, try self["typical"].number, try self["high"].number
      )
      guard low <= typical && typical <= high else { throw mismatch("low <= typical <= high") }
      return (low, typical, high)
    }
  }

  /// An estimate in the unit that is expected.
  func estimate<U: Unit>(_ unit: U.Type = U.self) throws(ReportError) -> Estimate<U> {
    let (low, typical, high) = try bounds
    let found = try self["unit"]
    guard try found.string == U.symbol else { throw found.mismatch("\"\(U.symbol)\"") }
    return Estimate(
      low: low, typical: typical, high: high,
      provenance: try self["provenance"].name(of: Provenance.self, "a provenance"),
      source: try self["source"].string)
  }
}

extension JSONValue {
  /// The value as an error shows it.
  fileprivate var summary: String {
    switch self {
    case .array(let values): "an array of \(values.count)"
    case .object: "an object"
    case .string(let text): "\"\(text.count > 40 ? text.prefix(40) + "…" : text)\""
    default: text
    }
  }
}
