/// A safetensors file under construction.
///
/// Tensors are laid out by the size of their elements, largest first, and then in the order in which
/// they were added; the header is padded so that every element is aligned in the file.
public struct SafetensorsBuilder: Sendable {
  private struct Tensor {
    let name: String
    let type: TensorType
    let shape: [Int]
    let bytes: [UInt8]
  }

  private var tensors: [Tensor] = []
  private var names: Set<String> = []

  public init() {}

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

  private mutating func add<Element, Word: FixedWidthInteger>(
    _ name: String, _ type: TensorType, _ shape: [Int], _ values: [Element],
    _ word: (Element) -> Word
  ) {
    precondition(shape.reduce(1, *) == values.count, "\(name): \(values.count) values of \(shape)")
    precondition(names.insert(name).inserted, "\(name) twice")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * type.size)
    for value in values { withUnsafeBytes(of: word(value).littleEndian) { bytes += $0 } }
    tensors.append(Tensor(name: name, type: type, shape: shape, bytes: bytes))
  }

  /// The bytes of the whole file.
  public var bytes: [UInt8] {
    // Sorting is stable in practice only; the place makes it so.
    let ordered = tensors.enumerated().sorted {
      ($1.element.type.size, $0.offset) < ($0.element.type.size, $1.offset)
    }.map(\.element)
    var end = 0
    let entries = ordered.map { tensor in
      let begin = end
      end += tensor.bytes.count
      return "\(Self.quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\","
        + "\"shape\":[\(tensor.shape.map(String.init).joined(separator: ","))],"
        + "\"data_offsets\":[\(begin),\(end)]}"
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    header += Array(repeating: UInt8(ascii: " "), count: -header.count & 7)
    var bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    bytes.reserveCapacity(bytes.count + header.count + end)
    bytes += header
    for tensor in ordered { bytes += tensor.bytes }
    return bytes
  }

  /// A JSON string.
  private static func quoted(_ text: String) -> String {
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
