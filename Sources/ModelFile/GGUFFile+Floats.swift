extension GGUFFile {
  /// The types whose elements can be read as floats.
  static let floatTypes: [GGUFTensorType] = [.f32, .f16, .bf16, .q8x0, .q6K, .q4x0]

  /// A tensor as floats; exact for F32, F16 and BF16, and as ggml computes them for the others.
  public func floats(_ name: String, shape: [Int]? = nil) throws(ModelFileError) -> [Float] {
    let (tensor, bytes) = try bytes(of: name, as: Self.floatTypes, shape: shape)
    let count = tensor.shape.reduce(1, *)
    // One row: blocks never straddle rows, so the rows of a tensor are blocks in sequence.
    let table = EmbeddingTable(
      rows: 1, columns: count, format: Self.format(tensor.type, columns: count), bytes: bytes)
    return table.row(0)
  }

  /// A matrix of floats with a row for each token, in the type of the file.
  public func table(
    _ name: String, rows: Int, columns: Int
  ) throws(ModelFileError) -> EmbeddingTable {
    let (tensor, bytes) = try bytes(of: name, as: Self.floatTypes, shape: [rows, columns])
    return EmbeddingTable(
      rows: rows, columns: columns, format: Self.format(tensor.type, columns: columns),
      bytes: bytes)
  }

  private static func format(_ type: GGUFTensorType, columns: Int) -> EmbeddingTable.Format {
    switch type {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    default:
      .blocks(
        .init(typeName: type.name, rowBytes: columns / type.blockSize * type.blockBytes) {
          GGUFFloatBlocks.decode(type, $0, into: $1)
        })
    }
  }
}

/// The blocks of floats of GGUF files. Source: ggml's `dequantize_row_*`.
enum GGUFFloatBlocks {
  /// Writes the values of whole blocks.
  ///
  /// - Precondition: The type is Q8_0, Q6_K or Q4_0.
  static func decode(
    _ type: GGUFTensorType, _ source: UnsafeRawPointer,
    into values: UnsafeMutableBufferPointer<Float>
  ) {
    for block in 0..<values.count / type.blockSize {
      let bytes = source + block * type.blockBytes
      let target = UnsafeMutableBufferPointer(
        rebasing: values[block * type.blockSize..<(block + 1) * type.blockSize])
      switch type {
      case .q8x0: decodeQ8(bytes, into: target)
      case .q6K: decodeQ6(bytes, into: target)
      case .q4x0: decodeQ4(bytes, into: target)
      default: preconditionFailure("blocks of \(type.name)")
      }
    }
  }

  /// The first row of a table of blocks with a scale that is no number; values are finite where
  /// their scales are.
  static func firstRowNotFinite(
    _ type: GGUFTensorType, _ bytes: [UInt8], rows: Int
  ) -> Int? {
    let scale = type == .q6K ? 208 : 0
    let blocks = bytes.count / type.blockBytes
    let block = (0..<blocks).first { bytes[$0 * type.blockBytes + scale + 1] & 0x7C == 0x7C }
    return block.map { $0 * rows / blocks }
  }

  /// A scale and 32 bytes.
  private static func decodeQ8(
    _ source: UnsafeRawPointer, into values: UnsafeMutableBufferPointer<Float>
  ) {
    let scale = half(source)
    for index in 0..<32 {
      let value = source.load(fromByteOffset: 2 + index, as: Int8.self)
      values.initializeElement(at: index, to: Float(value) * scale)
    }
  }

  /// A scale and 32 numbers of four bits less 8: the low halves of 16 bytes, then the high halves.
  private static func decodeQ4(
    _ source: UnsafeRawPointer, into values: UnsafeMutableBufferPointer<Float>
  ) {
    let scale = half(source)
    for index in 0..<16 {
      let byte = source.load(fromByteOffset: 2 + index, as: UInt8.self)
      values.initializeElement(at: index, to: Float(Int(byte & 0xF) - 8) * scale)
      values.initializeElement(at: 16 + index, to: Float(Int(byte >> 4) - 8) * scale)
    }
  }

  /// 256 numbers of six bits less 32: low four bits in 128 bytes, high two bits in 64, then 16
  /// scales of a byte for 16 numbers each, and the scale of the block.
  private static func decodeQ6(
    _ source: UnsafeRawPointer, into values: UnsafeMutableBufferPointer<Float>
  ) {
    let scale = half(source + 208)
    for index in 0..<256 {
      let (part, place) = (index / 128, index % 128)
      let low = source.load(fromByteOffset: 64 * part + place % 64, as: UInt8.self)
      let high = source.load(fromByteOffset: 128 + 32 * part + place % 32, as: UInt8.self)
      let number =
        Int(place < 64 ? low & 0xF : low >> 4) | Int(high >> UInt8(place / 32 * 2) & 0b11) << 4
      let group = source.load(fromByteOffset: 192 + index / 16, as: Int8.self)
      // ggml multiplies the two scales first.
      values.initializeElement(at: index, to: scale * Float(group) * Float(number - 32))
    }
  }

  private static func half(_ source: UnsafeRawPointer) -> Float {
    FloatBits.float(half: UInt16(littleEndian: source.loadUnaligned(as: UInt16.self)))
  }
}
