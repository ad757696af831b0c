/// A place in a GGUF header, which moves over one value after another.
///
/// Every length is checked against what the file has left before it is used, so a hostile number
/// costs neither memory nor time.
struct GGUFCursor {
  let file: InputFile
  /// Bytes from the start of the file.
  private(set) var position = 0
  /// The bytes of the file from `windowStart` on; small values come out of large reads.
  private var window: [UInt8] = []
  private var windowStart = 0

  private static let windowBytes = 1 << 20

  init(_ file: InputFile) { self.file = file }

  /// Bytes from here to the end of the file.
  var remaining: Int { file.size - position }

  /// The next integer; `what` names it in the error at the end of the file.
  mutating func integer<Value: FixedWidthInteger>(
    _ what: String, as type: Value.Type = Value.self
  ) throws(ModelFileError) -> Value {
    let range = try take(MemoryLayout<Value>.size, what)
    let value = window.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Value.self)
    }
    return Value(littleEndian: value)
  }

  /// The next count of things that take at least `minimumBytes` each.
  mutating func count(
    _ what: String, minimumBytes: Int
  ) throws(ModelFileError) -> Int {
    let start = position
    let count = try integer(what, as: UInt64.self)
    guard count <= UInt64(remaining / minimumBytes) else {
      throw error(
        at: start,
        "expected \(what), at most \(remaining / minimumBytes) in what is left of the file, "
          + "found \(count)")
    }
    return Int(count)
  }

  /// The next string: a length of 8 bytes and UTF-8.
  mutating func string(_ what: String) throws(ModelFileError) -> String {
    let start = position
    let length = try count("the length of \(what)", minimumBytes: 1)
    let range = try take(length, what)
    guard let string = String(validating: window[range], as: UTF8.self) else {
      throw error(at: start, "expected \(what) in UTF-8, found other bytes")
    }
    return string
  }

  /// The error at a byte of the file.
  func error(at position: Int, _ problem: String) -> ModelFileError {
    ModelFileError(file: file.path, place: "byte \(position)", problem: problem)
  }

  /// Moves over `count` bytes and returns where in the window they are.
  private mutating func take(_ count: Int, _ what: String) throws(ModelFileError) -> Range<Int> {
    guard count <= remaining else {
      throw error(
        at: position,
        "expected \(what) of \(count) bytes, found the end of the file after "
          + "\(remaining)")
    }
    if position + count > windowStart + window.count {
      window = try file.bytes(
        position..<position + min(remaining, max(count, Self.windowBytes)))
      windowStart = position
    }
    defer { position += count }
    return position - windowStart..<position - windowStart + count
  }
}

extension GGUFCursor {
  /// Arrays of arrays deeper than this are refused, so that a hostile file cannot exhaust the stack.
  private static let maximumDepth = 4

  /// The next value of metadata, after its type.
  mutating func value(of key: String) throws(ModelFileError) -> GGUFValue {
    try value(try kind(of: key), key, depth: 0)
  }

  private mutating func kind(of key: String) throws(ModelFileError) -> GGUFValue.Kind {
    let start = position
    let number = try integer("the type of \(key)", as: UInt32.self)
    guard let kind = GGUFValue.Kind(rawValue: number) else {
      throw error(at: start, "expected the type of \(key), 0 to 12, found \(number)")
    }
    return kind
  }

  private mutating func value(
    _ kind: GGUFValue.Kind, _ key: String, depth: Int
  ) throws(ModelFileError) -> GGUFValue {
    switch kind {
    case .uint8: return .uint8(try integer(key))
    case .int8: return .int8(try integer(key))
    case .uint16: return .uint16(try integer(key))
    case .int16: return .int16(try integer(key))
    case .uint32: return .uint32(try integer(key))
    case .int32: return .int32(try integer(key))
    case .uint64: return .uint64(try integer(key))
    case .int64: return .int64(try integer(key))
    case .float32: return .float32(Float(bitPattern: try integer(key)))
    case .float64: return .float64(Double(bitPattern: try integer(key)))
    case .string: return .string(try string(key))
    case .bool:
      let byte = try integer(key, as: UInt8.self)
      guard byte <= 1 else {
        throw error(at: position - 1, "expected \(key), a bool of 0 or 1, found \(byte)")
      }
      return .bool(byte == 1)
    case .array:
      guard depth < Self.maximumDepth else {
        throw error(
          at: position, "expected at most \(Self.maximumDepth) levels of arrays in \(key)")
      }
      return try array(key, depth: depth)
    }
  }

  private mutating func array(_ key: String, depth: Int) throws(ModelFileError) -> GGUFValue {
    let kind = try kind(of: key)
    let count = try count("the elements of \(key)", minimumBytes: kind.minimumBytes)
    var values: [GGUFValue] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try value(kind, key, depth: depth + 1)) }
    return .array(kind, values)
  }
}
