import Ternary
import TestSupport
import Testing
import Workload

@Suite struct TritCodecTests {
  @Test("Trits survive encoding and decoding", arguments: TritCodec.allCases)
  func roundTrip(codec: TritCodec) throws {
    var random = SplitMix64(seed: 21)
    try withEvery("count", in: [0, 4, 6, 10, 11] + awkwardSizes) { count in
      let trits = random.trits(count)
      let bytes = codec.encode(trits)
      #expect(bytes.count == codec.byteCount(trits: count), "\(trail)")
      let decoded = try codec.decode(bytes, count: count)
      #expect(decoded == trits, "\(trail)")
    }
  }

  @Test("The lowest index has the lowest place")
  func order() {
    #expect(TritCodec.twoBit.encode([1, -1, 0, 0, 1]) == [0b00_00_11_01, 0b01])
    #expect(TritCodec.fiveInEight.encode([1, -1, 0, 0, 1, -1]) == [1 + 2 * 3 + 81, 2])
  }

  @Test("Bytes of zero are zeros", arguments: TritCodec.allCases)
  func zeros(codec: TritCodec) throws {
    let zeros = [Int8](repeating: 0, count: 3 * codec.tritsPerByte)
    #expect(try codec.decode([0, 0, 0], count: zeros.count) == zeros)
    #expect(codec.encode(zeros) == [0, 0, 0])
  }

  @Test("A full byte decodes to its own trits or is illegal", arguments: 0...UInt8.max)
  func everyByte(byte: UInt8) throws {
    // By the definition of the codings: a value of 3^i or 4^i times the digit, digit by digit.
    let pairs = (0..<4).map { Int(byte) / [1, 4, 16, 64][$0] % 4 }
    if let reserved = pairs.firstIndex(of: 2) {
      #expect(throws: TritError.reservedPattern(row: 0, column: reserved)) {
        try TritCodec.twoBit.decode([byte], count: 4)
      }
    } else {
      let trits = pairs.map { Int8([0, 1, 9, -1][$0]) }
      #expect(try TritCodec.twoBit.decode([byte], count: 4) == trits)
    }
    if byte >= 243 {
      #expect(throws: TritError.reservedByte(byte, index: 1)) {
        try TritCodec.fiveInEight.decode([0, byte], count: 10)
      }
    } else {
      let trits = (0..<5).map { Int8([0, 1, -1][Int(byte) / [1, 3, 9, 27, 81][$0] % 3]) }
      #expect(try TritCodec.fiveInEight.decode([byte], count: 5) == trits)
    }
  }

  @Test("Digits after the last trit must be zero", arguments: 1...4)
  func padding(count: Int) throws {
    let first = [1, 3, 9, 27, 81][count]
    try withEvery("byte", in: first...242) { byte in
      #expect(throws: TritError.paddingNotZero(row: 0), "\(trail)") {
        try TritCodec.fiveInEight.decode([UInt8(byte)], count: count)
      }
    }
    #expect(throws: Never.self) {
      try TritCodec.fiveInEight.decode([UInt8(first - 1)], count: count)
    }
  }

  @Test("A buffer must be as long as the trits need", arguments: TritCodec.allCases)
  func length(codec: TritCodec) {
    #expect(throws: TritError.wrongLength(bytes: 2, needed: 3)) {
      try codec.decode([0, 0], count: 11)
    }
    #expect(throws: TritError.unsupportedSize(rows: 1, columns: -1)) {
      try codec.decode([], count: -1)
    }
  }

  @Test("Codings have the names that architectures use")
  func names() {
    #expect(TritCodec.allCases.map(\.rawValue) == ["two_bit", "five_in_eight"])
  }
}
