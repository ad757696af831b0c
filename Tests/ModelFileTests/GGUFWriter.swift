/// A GGUF file under construction, for tests: any header, right or wrong. Knows nothing of the reader
/// and nothing of the library's own builder.
struct GGUFWriter {
  struct Tensor {
    var name: String
    var type: UInt32
    /// As in the file: innermost first.
    var sizes: [UInt64]
    var bytes: [UInt8]
    /// Nil takes the next multiple of the alignment.
    var offset: UInt64?
  }

  var magic = Array("GGUF".utf8)
  var version: UInt32 = 3
  var tensorCount: UInt64?
  var valueCount: UInt64?
  /// Keys, and the types and bytes of values.
  var values: [(key: String, type: UInt32, bytes: [UInt8])] = []
  var tensors: [Tensor] = []
  var alignment = 32

  mutating func add(_ key: String, _ text: String) { values.append((key, 8, Self.string(text))) }

  mutating func add(_ key: String, _ value: UInt32) {
    values.append((key, 4, littleEndian(value)))
  }

  mutating func add(_ key: String, _ value: Float) {
    values.append((key, 6, littleEndian(value.bitPattern)))
  }

  mutating func add(_ name: String, _ type: UInt32, _ sizes: [UInt64], _ bytes: [UInt8]) {
    tensors.append(Tensor(name: name, type: type, sizes: sizes, bytes: bytes))
  }

  mutating func addFloats(_ name: String, _ sizes: [UInt64], _ values: [Float]) {
    add(name, 0, sizes, values.flatMap { littleEndian($0.bitPattern) })
  }

  var header: [UInt8] {
    var bytes = magic + littleEndian(version)
    bytes += littleEndian(tensorCount ?? UInt64(tensors.count))
    bytes += littleEndian(valueCount ?? UInt64(values.count))
    for value in values {
      bytes += Self.string(value.key) + littleEndian(value.type) + value.bytes
    }
    for (tensor, offset) in zip(tensors, offsets) {
      bytes += Self.string(tensor.name) + littleEndian(UInt32(tensor.sizes.count))
      bytes += tensor.sizes.flatMap { littleEndian($0) }
      bytes += littleEndian(tensor.type) + littleEndian(offset)
    }
    return bytes
  }

  var file: [UInt8] {
    var bytes = header
    for tensor in tensors {
      bytes += Array(repeating: 0, count: -bytes.count & (alignment - 1)) + tensor.bytes
    }
    return bytes
  }

  private var offsets: [UInt64] {
    var next = 0
    return tensors.map { tensor in
      defer { next += (tensor.bytes.count + alignment - 1) & ~(alignment - 1) }
      return tensor.offset ?? UInt64(next)
    }
  }

  static func string(_ text: String) -> [UInt8] {
    littleEndian(UInt64(text.utf8.count)) + Array(text.utf8)
  }
}
