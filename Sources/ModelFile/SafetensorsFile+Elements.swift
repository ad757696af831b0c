/// Tensors as arrays of Swift values, row-major, whatever the byte order of the host.
extension SafetensorsFile {
  /// A tensor of F32, BF16 or F16 as floats; every value of these types is exact in `Float`.
  public func floats(_ name: String, shape: [Int]? = nil) throws(ModelFileError) -> [Float] {
    let (entry, bytes) = try bytes(of: name, as: [.f32, .bf16, .f16], shape: shape)
    return switch entry.type {
    case .bf16: Self.map(bytes, UInt16.self) { FloatBits.float(brain: $0) }
    case .f16: Self.map(bytes, UInt16.self) { FloatBits.float(half: $0) }
    default: Self.map(bytes, UInt32.self) { Float(bitPattern: $0) }
    }
  }

  /// A tensor of I32.
  public func int32s(_ name: String, shape: [Int]? = nil) throws(ModelFileError) -> [Int32] {
    let (_, bytes) = try bytes(of: name, as: [.i32], shape: shape)
    return Self.map(bytes, UInt32.self) { Int32(bitPattern: $0) }
  }

  /// A tensor of I8.
  public func int8s(_ name: String, shape: [Int]? = nil) throws(ModelFileError) -> [Int8] {
    let (_, bytes) = try bytes(of: name, as: [.i8], shape: shape)
    return Self.map(bytes, UInt8.self) { Int8(bitPattern: $0) }
  }

  private static func map<Word: FixedWidthInteger, Element>(
    _ bytes: [UInt8], _ word: Word.Type, _ transform: (Word) -> Element
  ) -> [Element] {
    let size = MemoryLayout<Word>.size
    let count = bytes.count / size
    return bytes.withUnsafeBytes { source in
      Array(unsafeUninitializedCapacity: count) { target, initialized in
        for index in 0..<count {
          let word = source.loadUnaligned(fromByteOffset: index * size, as: Word.self)
          target.initializeElement(at: index, to: transform(Word(littleEndian: word)))
        }
        initialized = count
      }
    }
  }
}
