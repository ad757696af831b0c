internal import Ternary

/// Values as the bytes of a tensor of a GGUF file.
enum GGUFEncoding {
  /// Floats, rounded to nearest, half to even; Q8_0 as ggml rounds, half away from zero.
  ///
  /// - Precondition: The type is F32, F16, BF16 or Q8_0.
  static func encode(_ values: [Float], _ type: GGUFTensorType) -> [UInt8] {
    switch type {
    case .f32: encode(values) { $0.bitPattern }
    case .f16: encode(values) { FloatBits.half($0) }
    case .bf16: encode(values) { FloatBits.brain($0) }
    case .q8x0: encodeQ8(values)
    default: preconditionFailure("floats as \(type.name)")
    }
  }

  /// Ternary weights with one scale.
  ///
  /// - Precondition: The type is ternary, and rows are whole blocks.
  static func encode(_ matrix: TritMatrix, _ type: GGUFTensorType, scale: Float) -> [UInt8] {
    let blocks = GGUFTernaryBlocks(type)
    let rowBlocks = matrix.columns / type.blockSize
    let rowBytes = rowBlocks * type.blockBytes
    let half = FloatBits.half(scale).littleEndian
    var bytes = matrix.bytes.withUnsafeBufferPointer { packed in
      nonisolated(unsafe) let source = packed.baseAddress
      return parallelRows(matrix.rows, rowSize: rowBytes, of: UInt8.self) { row, target in
        guard let source else { return }
        let target = UnsafeMutableRawPointer(target)
        blocks.pack(source + row * matrix.rowBytes, blocks: rowBlocks, into: target)
        guard type != .i2S else { return }
        for end in stride(from: type.blockBytes, through: rowBytes, by: type.blockBytes) {
          target.storeBytes(of: half, toByteOffset: end - 2, as: UInt16.self)
        }
      }
    }
    if type == .i2S {
      withUnsafeBytes(of: scale.bitPattern.littleEndian) { bytes += $0 }
      bytes += Array(repeating: 0, count: type.trailerBytes - 4)
    }
    return bytes
  }

  private static func encode<Word: FixedWidthInteger>(
    _ values: [Float], _ word: (Float) -> Word
  ) -> [UInt8] {
    let size = MemoryLayout<Word>.size
    return [UInt8](unsafeUninitializedCapacity: values.count * size) { buffer, initialized in
      let target = UnsafeMutableRawBufferPointer(buffer)
      for (index, value) in values.enumerated() {
        target.storeBytes(of: word(value).littleEndian, toByteOffset: index * size, as: Word.self)
      }
      initialized = values.count * size
    }
  }

  /// A scale, 1/127 of the largest magnitude, and 32 numbers of a byte.
  private static func encodeQ8(_ values: [Float]) -> [UInt8] {
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: values.count, by: 32) {
      let block = values[start..<start + 32]
      let scale = (block.map(\.magnitude).max() ?? 0) / 127
      let inverse = scale == 0 ? 0 : 1 / scale
      withUnsafeBytes(of: FloatBits.half(scale).littleEndian) { bytes += $0 }
      bytes += block.map { UInt8(bitPattern: Int8(($0 * inverse).rounded())) }
    }
    return bytes
  }
}

extension FloatBits {
  /// The IEEE half nearest to a value, half to even.
  static func half(_ value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16) & 0x8000
    let magnitude = value.magnitude
    if magnitude.isNaN { return sign | 0x7E00 }
    if magnitude >= 0x1.FFEp15 { return sign | 0x7C00 }
    guard magnitude > 0 else { return sign }
    // Halves are multiples of their spacing, 2⁻¹⁰ of the value's power of two and at least 2⁻²⁴.
    let exponent = max(magnitude.exponent, -14)
    let units = (magnitude * Float(sign: .plus, exponent: 10 - exponent, significand: 1))
      .rounded(.toNearestOrEven)
    // A rounding up to 2¹¹ carries into the exponent by itself.
    return sign | (UInt16(exponent + 14) << 10 + UInt16(units))
  }

  /// The bfloat16 nearest to a value, half to even.
  static func brain(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    return UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }
}
