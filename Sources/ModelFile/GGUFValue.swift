/// A value of a GGUF file's metadata, with the type that it has in the file.
public indirect enum GGUFValue: Equatable, Sendable {
  case uint8(UInt8)
  case int8(Int8)
  case uint16(UInt16)
  case int16(Int16)
  case uint32(UInt32)
  case int32(Int32)
  case float32(Float)
  case bool(Bool)
  case string(String)
  /// Elements that are all of the type.
  case array(Kind, [GGUFValue])
  case uint64(UInt64)
  case int64(Int64)
  case float64(Double)

  /// The types of values, with their numbers in the file.
  public enum Kind: UInt32, Sendable {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64,
      float64

    /// The fewest bytes that a value of this type takes.
    var minimumBytes: Int {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16: 2
      case .uint32, .int32, .float32: 4
      case .uint64, .int64, .float64, .string: 8
      case .array: 12
      }
    }
  }

  public static func strings(_ values: [String]) -> GGUFValue {
    .array(.string, values.map { .string($0) })
  }

  public static func int32s(_ values: [Int32]) -> GGUFValue {
    .array(.int32, values.map { .int32($0) })
  }

  public static func float32s(_ values: [Float]) -> GGUFValue {
    .array(.float32, values.map { .float32($0) })
  }

  public var kind: Kind {
    switch self {
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .uint32: .uint32
    case .int32: .int32
    case .float32: .float32
    case .bool: .bool
    case .string: .string
    case .array: .array
    case .uint64: .uint64
    case .int64: .int64
    case .float64: .float64
    }
  }

  /// The value of any integer type; nil for other types and where it does not fit.
  public var integer: Int? {
    switch self {
    case .uint8(let value): Int(value)
    case .int8(let value): Int(value)
    case .uint16(let value): Int(value)
    case .int16(let value): Int(value)
    case .uint32(let value): Int(value)
    case .int32(let value): Int(value)
    case .uint64(let value): Int(exactly: value)
    case .int64(let value): Int(value)
    case .float32, .bool, .string, .array, .float64: nil
    }
  }

  /// The value in a few characters, for messages.
  public var summary: String {
    switch self {
    case .float32(let value): "\(value)"
    case .float64(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .string(let value): value.count > 40 ? "\"\(value.prefix(40))…\"" : "\"\(value)\""
    case .array(let kind, let values): "an array of \(values.count) \(kind)"
    case .uint64(let value): "\(value)"
    default: integer.map { "\($0)" } ?? "\(kind)"
    }
  }
}

/// The metadata of a GGUF file: values by key, in the order of the file.
public struct GGUFMetadata: Sendable {
  /// The path of the file; it begins every message.
  public let file: String
  public private(set) var entries: [(key: String, value: GGUFValue)] = []

  private var places: [String: Int] = [:]

  init(file: String) { self.file = file }

  /// Adds a value; false where the key is there already.
  mutating func add(_ key: String, _ value: GGUFValue) -> Bool {
    guard places.updateValue(entries.count, forKey: key) == nil else { return false }
    entries.append((key, value))
    return true
  }

  public subscript(key: String) -> GGUFValue? { places[key].map { entries[$0].value } }

  /// An integer of any width.
  public func integer(_ key: String, in range: ClosedRange<Int>) throws(ModelFileError) -> Int {
    guard let value = self[key]?.integer, range.contains(value) else {
      throw mismatch(
        key, expected: "an integer in \(range.lowerBound)...\(range.upperBound)")
    }
    return value
  }

  /// A float above zero.
  public func positiveFloat(_ key: String) throws(ModelFileError) -> Float {
    let value: Float =
      switch self[key] {
      case .float32(let value)?: value
      case .float64(let value)?: Float(value)
      default: 0
      }
    guard value > 0, value.isFinite else { throw mismatch(key, expected: "a float above 0") }
    return value
  }

  /// A flag; `absent` where there is no such key.
  public func flag(_ key: String, default absent: Bool) throws(ModelFileError) -> Bool {
    switch self[key] {
    case .bool(let value)?: return value
    case nil: return absent
    default: throw mismatch(key, expected: "a bool")
    }
  }

  public func string(_ key: String) throws(ModelFileError) -> String {
    guard case .string(let value)? = self[key] else { throw mismatch(key, expected: "a string") }
    return value
  }

  public func strings(_ key: String) throws(ModelFileError) -> [String] {
    try elements(key, expected: "an array of strings") {
      if case .string(let value) = $0 { value } else { nil }
    }
  }

  public func integers(_ key: String) throws(ModelFileError) -> [Int] {
    try elements(key, expected: "an array of integers", \.integer)
  }

  public func floats(_ key: String) throws(ModelFileError) -> [Float] {
    try elements(key, expected: "an array of floats") {
      if case .float32(let value) = $0 { value } else { nil }
    }
  }

  private func elements<Element>(
    _ key: String, expected: String, _ transform: (GGUFValue) -> Element?
  ) throws(ModelFileError) -> [Element] {
    guard case .array(_, let values)? = self[key] else { throw mismatch(key, expected: expected) }
    let elements = values.compactMap(transform)
    guard elements.count == values.count else { throw mismatch(key, expected: expected) }
    return elements
  }

  /// The error for a `key` whose value is not what was expected.
  package func mismatch(_ key: String, expected: String) -> ModelFileError {
    ModelFileError(
      file: file, place: key,
      problem: "expected \(expected), found \(self[key]?.summary ?? "no such key")")
  }
}
