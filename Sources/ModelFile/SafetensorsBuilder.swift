/// A safetensors file under construction.
///
/// Tensors are laid out by the size of their elements, largest first, and then in the order in which
/// they were added; the header is padded so that every element is aligned in the file. Contents may be
/// made piece by piece while the file is written, so that a model larger than memory can be written.
public struct SafetensorsBuilder: Sendable {
  private struct Tensor: Sendable {
    let name: String
    let type: TensorType
    let shape: [Int]
    let pieces: Int
    let piece: @Sendable (Int) -> [UInt8]

    var byteCount: Int { shape.reduce(type.size, *) }
  }

  private var tensors: [Tensor] = []
  private var names: Set<String> = []
  private var metadata: [(key: String, value: String)] = []

  public init() {}

  /// Adds a text to the metadata of the header.
  ///
  /// - Precondition: The key is new.
  public mutating func add(metadata key: String, _ value: String) {
    precondition(!metadata.contains { $0.key == key }, "\(key) twice")
    metadata.append((key, value))
  }

  /// Adds a tensor of F32.
  ///
  /// - Precondition: The shape is that of the values, and the name is new.
  public mutating func add(_ name: String, shape: [Int], floats values: [Float]) {
    add(name, .f32, shape, values) { $0.bitPattern }
  }

  /// Adds a tensor of I32.
  ///
  /// - Precondition: The shape is that of the values, and the name is new.
  public mutating func add(_ name: String, shape: [Int], int32s values: [Int32]) {
    add(name, .i32, shape, values) { $0 }
  }

  /// Adds a tensor of I8.
  ///
  /// - Precondition: The shape is that of the values, and the name is new.
  public mutating func add(_ name: String, shape: [Int], int8s values: [Int8]) {
    add(name, .i8, shape, values) { $0 }
  }

  /// Adds a tensor whose little-endian bytes are made when the file is written.
  ///
  /// - Parameters:
  ///   - pieces: Calls of `piece`, in order, whose bytes together are the tensor.
  /// - Precondition: The name is new; on writing, there are as many bytes as the shape says.
  public mutating func add(
    _ name: String, _ type: TensorType, shape: [Int], pieces: Int = 1,
    piece: @escaping @Sendable (Int) -> [UInt8]
  ) {
    precondition(names.insert(name).inserted, "\(name) twice")
    tensors.append(Tensor(name: name, type: type, shape: shape, pieces: pieces, piece: piece))
  }

  private mutating func add<Element, Word: FixedWidthInteger>(
    _ name: String, _ type: TensorType, _ shape: [Int], _ values: [Element],
    _ word: (Element) -> Word
  ) {
    precondition(shape.reduce(1, *) == values.count, "\(name): \(values.count) values of \(shape)")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * type.size)
    for value in values { withUnsafeBytes(of: word(value).littleEndian) { bytes += $0 } }
    add(name, type, shape: shape) { [bytes] _ in bytes }
  }

  /// The bytes of the whole file.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write { bytes += $0 }
    return bytes
  }

  /// Hands the bytes of the file to `sink`, in order and in parts.
  public func write<Failure>(_ sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    // Sorting is stable in practice only; the place makes it so.
    let ordered = tensors.enumerated().sorted {
      ($1.element.type.size, $0.offset) < ($0.element.type.size, $1.offset)
    }.map(\.element)
    try sink(header(ordered))
    for tensor in ordered {
      var written = 0
      for index in 0..<tensor.pieces {
        let bytes = tensor.piece(index)
        written += bytes.count
        try sink(bytes)
      }
      precondition(written == tensor.byteCount, "\(tensor.name): \(written) bytes")
    }
  }

  private func header(_ tensors: [Tensor]) -> [UInt8] {
    var end = 0
    var members = tensors.map { tensor in
      let begin = end
      end += tensor.byteCount
      return "\(JSONText.quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\","
        + "\"shape\":[\(tensor.shape.map(String.init).joined(separator: ","))],"
        + "\"data_offsets\":[\(begin),\(end)]}"
    }
    if !metadata.isEmpty {
      let texts = metadata.map { "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))" }
      members.insert("\"__metadata__\":{\(texts.joined(separator: ","))}", at: 0)
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    header += Array(repeating: UInt8(ascii: " "), count: -header.count & 7)
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
  }
}

/// JSON to write.
enum JSONText {
  /// A JSON string.
  static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case "\u{0}"..<" ":
        "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
