/// Reading and writing one row of two-bit trits.
enum TwoBit {
  /// Appends `trits`, padded with zeros to a whole byte.
  static func encode(_ trits: ArraySlice<Int8>, into bytes: inout [UInt8]) {
    var byte: UInt8 = 0
    var shift: UInt8 = 0
    for trit in trits {
      precondition(-1...1 ~= trit, "weight \(trit)")
      byte |= (UInt8(bitPattern: trit) & 0b11) << shift
      shift += 2
      if shift == 8 {
        bytes.append(byte)
        byte = 0
        shift = 0
      }
    }
    if shift > 0 { bytes.append(byte) }
  }

  /// The trit at `place`, 0 to 3, of a byte.
  static func trit(_ byte: UInt8, place: Int) -> Int8 {
    let pair = byte >> (2 * UInt8(place)) & 0b11
    // Sign-extend two bits: 11 becomes −1.
    return Int8(bitPattern: pair << 6) >> 6
  }

  /// Finds the first illegal pair or padding bit of a row of `columns` trits; `row` names it.
  static func validate(
    _ bytes: ArraySlice<UInt8>, columns: Int, row: Int
  ) throws(TritError) {
    for index in firstSuspect(bytes)..<bytes.count {
      let byte = bytes[bytes.startIndex + index]
      let places = min(4, columns - 4 * index)
      // The high bits of the pairs whose low bit is not set.
      let reserved = byte & 0b1010_1010 & ~(byte << 1)
      if reserved == 0 && places == 4 { continue }
      // The lowest illegal pair, 4 if there is none; from `places` on, pairs are padding.
      let place = reserved.trailingZeroBitCount / 2
      guard place >= places else { throw .reservedPattern(row: row, column: 4 * index + place) }
      guard places == 4 || byte >> (2 * UInt8(places)) == 0 else {
        throw .paddingNotZero(row: row)
      }
    }
  }

  /// The index from which on single bytes must be looked at: no pair before it is illegal, and it is
  /// not past the last byte, which may hold padding. A large model has half a billion bytes.
  private static func firstSuspect(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBytes { bytes in
      var index = 0
      while index + 8 < bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        // The shift carries a bit from one byte to the next, but never into the high bit of a pair.
        guard word & 0xAAAA_AAAA_AAAA_AAAA & ~(word << 1) == 0 else { break }
        index += 8
      }
      return index
    }
  }

  /// How many trits of `bytes`, which hold `count` trits and padding, have each value.
  static func counts(_ bytes: [UInt8], count: Int) -> TritCounts {
    var nonzeros = 0
    var minusOnes = 0
    bytes.withUnsafeBytes { bytes in
      var index = 0
      func add(_ word: UInt64) {
        // The low bit is set in +1 and in −1.
        nonzeros += (word & 0x5555_5555_5555_5555).nonzeroBitCount
        minusOnes += (word & 0xAAAA_AAAA_AAAA_AAAA).nonzeroBitCount
      }
      while index + 8 <= bytes.count {
        add(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        index += 8
      }
      for byte in bytes[index...] { add(UInt64(byte)) }
    }
    return TritCounts(nonzeros: nonzeros, minusOnes: minusOnes, count: count)
  }
}

/// How many trits have each value.
public struct TritCounts: Equatable, Sendable {
  public var minusOnes: Int
  public var zeros: Int
  public var plusOnes: Int

  public init(minusOnes: Int, zeros: Int, plusOnes: Int) {
    self.minusOnes = minusOnes
    self.zeros = zeros
    self.plusOnes = plusOnes
  }

  /// - Parameter count: All trits.
  init(nonzeros: Int, minusOnes: Int, count: Int) {
    self.init(
      minusOnes: minusOnes, zeros: count - nonzeros, plusOnes: nonzeros - minusOnes)
  }
}
