/// Floats of 16 bits, from and to their bits; `Float16` is not available on every platform Swift
/// runs on.
enum FloatBits {
  /// The value of a bfloat16.
  static func float(brain bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// The value of an IEEE half.
  static func float(half bits: UInt16) -> Float {
    // The exponent moves from a bias of 15 to one of 127: the multiplication does it for
    // subnormals too, exactly.
    let magnitude = Float(bitPattern: UInt32(bits & 0x7FFF) << 13) * 0x1p112
    let sign = UInt32(bits & 0x8000) << 16
    let isFinite = bits & 0x7C00 != 0x7C00
    let special = 0x7F80_0000 | UInt32(bits & 0x3FF) << 13
    return Float(bitPattern: sign | (isFinite ? magnitude.bitPattern : special))
  }

  /// Little-endian bfloat16.
  static func brainBytes(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: brain(value).littleEndian) { Array($0) } }
  }
}
