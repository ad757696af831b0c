public import Ternary

/// A GGUF file under construction, version 3.
///
/// Contents are asked for when the file is written, one piece after another, so that a model larger
/// than memory can be written.
public struct GGUFBuilder: Sendable {
  private struct Tensor: Sendable {
    let name: String
    let type: GGUFTensorType
    let shape: [Int]
    let pieces: Int
    let piece: @Sendable (Int) -> [UInt8]

    var byteCount: Int { type.byteCount(shape: shape) ?? 0 }
  }

  private var metadata: [(key: String, value: GGUFValue)] = []
  private var tensors: [Tensor] = []
  private var names: Set<String> = []

  private static let alignment = 32

  public init() {}

  /// Adds a value to the metadata.
  ///
  /// - Precondition: The key is new, and no `general.alignment`: tensors are aligned to 32 bytes.
  public mutating func add(_ key: String, _ value: GGUFValue) {
    precondition(key != "general.alignment", "an alignment of its own")
    precondition(!metadata.contains { $0.key == key }, "\(key) twice")
    metadata.append((key, value))
  }

  /// Adds a tensor of floats.
  ///
  /// - Parameters:
  ///   - type: F32, or F16, BF16 and Q8_0, which round.
  ///   - shape: Outermost dimension first.
  /// - Precondition: The name is new, rows are whole blocks, and there are as many floats as the
  ///   shape says.
  public mutating func add(
    _ name: String, _ type: GGUFTensorType, shape: [Int], floats: @escaping @Sendable () -> [Float]
  ) {
    precondition(
      [.f32, .f16, .bf16, .q8x0].contains(type), "\(name): floats cannot be written as \(type.name)"
    )
    add(name, type, shape) { GGUFEncoding.encode(floats(), type) }
  }

  /// Adds a matrix of ternary weights with one scale.
  ///
  /// - Parameters:
  ///   - type: I2_S, or TQ1_0 and TQ2_0, whose scale is rounded to a half.
  ///   - shape: Outputs and inputs; these a multiple of the block, 128 or 256.
  /// - Precondition: The name is new, the shape is that of the weights, and the scale is positive.
  public mutating func add(
    _ name: String, _ type: GGUFTensorType, rows: Int, columns: Int, scale: Float,
    weights: @escaping @Sendable () -> TritMatrix
  ) {
    precondition(type.isTernary, "\(name): trits cannot be written as \(type.name)")
    precondition(scale > 0, "\(name): scale \(scale)")
    add(name, type, [rows, columns]) { GGUFEncoding.encode(weights(), type, scale: scale) }
  }

  private mutating func add(
    _ name: String, _ type: GGUFTensorType, _ shape: [Int],
    _ content: @escaping @Sendable () -> [UInt8]
  ) {
    add(name, type, shape: shape) { _ in content() }
  }

  /// Adds a tensor of any type by its bytes.
  ///
  /// - Parameters:
  ///   - shape: Outermost dimension first.
  ///   - pieces: Calls of `piece`, in order, whose bytes together are the tensor.
  /// - Precondition: The name is new and rows are whole blocks; on writing, there are as many bytes
  ///   as the shape says.
  public mutating func add(
    _ name: String, _ type: GGUFTensorType, shape: [Int], pieces: Int = 1,
    piece: @escaping @Sendable (Int) -> [UInt8]
  ) {
    precondition(names.insert(name).inserted, "\(name) twice")
    let count = type.byteCount(shape: shape)
    precondition(count != nil, "\(name): \(type.name) of \(shape)")
    tensors.append(Tensor(name: name, type: type, shape: shape, pieces: pieces, piece: piece))
  }

  /// The bytes of the whole file.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write { bytes += $0 }
    return bytes
  }

  /// Hands the bytes of the file to `sink`, in order and in parts.
  public func write<Failure>(_ sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    try sink(header)
    for tensor in tensors {
      var written = 0
      for index in 0..<tensor.pieces {
        var bytes = tensor.piece(index)
        written += bytes.count
        if index == tensor.pieces - 1 { bytes += Self.padding(after: written) }
        try sink(bytes)
      }
      precondition(written == tensor.byteCount, "\(tensor.name): \(written) bytes")
    }
  }

  private var header: [UInt8] {
    var bytes = Array("GGUF".utf8)
    Self.append(UInt32(3), to: &bytes)
    Self.append(UInt64(tensors.count), to: &bytes)
    Self.append(UInt64(metadata.count), to: &bytes)
    for (key, value) in metadata {
      Self.append(key, to: &bytes)
      Self.append(value.kind.rawValue, to: &bytes)
      Self.append(value, to: &bytes)
    }
    var offset = 0
    for tensor in tensors {
      Self.append(tensor.name, to: &bytes)
      Self.append(UInt32(tensor.shape.count), to: &bytes)
      for size in tensor.shape.reversed() { Self.append(UInt64(size), to: &bytes) }
      Self.append(tensor.type.rawValue, to: &bytes)
      Self.append(UInt64(offset), to: &bytes)
      offset += tensor.byteCount + Self.padding(after: tensor.byteCount).count
    }
    return bytes + Self.padding(after: bytes.count)
  }

  private static func padding(after count: Int) -> [UInt8] {
    Array(repeating: 0, count: -count & (alignment - 1))
  }

  private static func append(_ value: GGUFValue, to bytes: inout [UInt8]) {
    switch value {
    case .uint8(let value): bytes.append(value)
    case .int8(let value): append(value, to: &bytes)
    case .uint16(let value): append(value, to: &bytes)
    case .int16(let value): append(value, to: &bytes)
    case .uint32(let value): append(value, to: &bytes)
    case .int32(let value): append(value, to: &bytes)
    case .uint64(let value): append(value, to: &bytes)
    case .int64(let value): append(value, to: &bytes)
    case .float32(let value): append(value.bitPattern, to: &bytes)
    case .float64(let value): append(value.bitPattern, to: &bytes)
    case .bool(let value): bytes.append(value ? 1 : 0)
    case .string(let value): append(value, to: &bytes)
    case .array(let kind, let values):
      append(kind.rawValue, to: &bytes)
      append(UInt64(values.count), to: &bytes)
      for value in values {
        precondition(value.kind == kind, "\(value.kind) in an array of \(kind)")
        append(value, to: &bytes)
      }
    }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    append(UInt64(text.utf8.count), to: &bytes)
    bytes += text.utf8
  }

  private static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}
