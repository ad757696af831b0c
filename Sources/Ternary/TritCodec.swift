/// How trits are coded in memory.
///
/// In both codings a zero byte is all zeros, the lowest index has the lowest place in a byte, and
/// the places after the last trit are zero, so that equal trits have equal bytes.
public enum TritCodec: String, CaseIterable, Sendable {
  /// Four trits a byte, each a two-bit two's-complement number at bit `2 * (index % 4)`: `00` is
  /// 0, `01` is +1, `11` is −1, and `10` is illegal.
  case twoBit = "two_bit"
  /// Five trits a byte: the sum of `digit * 3^(index % 5)`, where digit 0 is 0, 1 is +1 and 2 is
  /// −1 (the trit modulo 3). Bytes 243–255 are illegal.
  case fiveInEight = "five_in_eight"

  /// Trits in a full byte.
  public var tritsPerByte: Int {
    switch self {
    case .twoBit: 4
    case .fiveInEight: 5
    }
  }

  /// The bytes that `count` trits take.
  public func byteCount(trits count: Int) -> Int {
    count / tritsPerByte + (count % tritsPerByte == 0 ? 0 : 1)
  }

  /// The bytes of `trits`.
  ///
  /// - Precondition: Each value is −1, 0 or +1.
  public func encode(_ trits: [Int8]) -> [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(byteCount(trits: trits.count))
    switch self {
    case .twoBit: TwoBit.encode(trits[...], into: &bytes)
    case .fiveInEight: FiveInEight.encode(trits, into: &bytes)
    }
    return bytes
  }

  /// Reads `count` trits from bytes that came from outside the program.
  ///
  /// - Throws: ``TritError`` when the buffer is not exactly as long as `count` trits need, holds
  ///   an illegal code, or has padding other than zero.
  public func decode(_ bytes: [UInt8], count: Int) throws(TritError) -> [Int8] {
    guard count >= 0 else { throw .unsupportedSize(rows: 1, columns: count) }
    let needed = byteCount(trits: count)
    guard bytes.count == needed else { throw .wrongLength(bytes: bytes.count, needed: needed) }
    switch self {
    case .twoBit:
      try TwoBit.validate(bytes[...], columns: count, row: 0)
      return (0..<count).map { TwoBit.trit(bytes[$0 / 4], place: $0 % 4) }
    case .fiveInEight:
      return try FiveInEight.decode(bytes, count: count)
    }
  }
}

/// Arithmetic of the `five_in_eight` coding.
enum FiveInEight {
  static func encode(_ trits: [Int8], into bytes: inout [UInt8]) {
    for start in stride(from: 0, to: trits.count, by: 5) {
      var byte: UInt8 = 0
      for index in (start..<min(start + 5, trits.count)).reversed() {
        let trit = trits[index]
        precondition(-1...1 ~= trit, "weight \(trit) at \(index)")
        byte = 3 * byte + (trit < 0 ? 2 : UInt8(trit))
      }
      bytes.append(byte)
    }
  }

  static func decode(_ bytes: [UInt8], count: Int) throws(TritError) -> [Int8] {
    var trits = [Int8]()
    trits.reserveCapacity(count)
    for (index, byte) in bytes.enumerated() {
      guard byte < 243 else { throw .reservedByte(byte, index: index) }
      var rest = byte
      for _ in 0..<min(5, count - trits.count) {
        let digit = Int8(rest % 3)
        trits.append(digit == 2 ? -1 : digit)
        rest /= 3
      }
      guard rest == 0 else { throw .paddingNotZero(row: 0) }
    }
    return trits
  }
}
