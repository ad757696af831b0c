import Ternary
import TestSupport
import Testing
import Workload

@Suite struct TritVectorTests {
  @Test("Trits survive packing and unpacking")
  func roundTrip() throws {
    var random = SplitMix64(seed: 1)
    try withEvery("count", in: [0] + awkwardSizes) { count in
      let trits = random.trits(count)
      let vector = TritVector(trits)
      #expect(vector.trits == trits, "\(trail)")
      #expect(vector.count == count && vector.bytes.count == (count + 3) / 4, "\(trail)")
      let reread = try TritVector(packed: vector.bytes, count: count)
      #expect(reread == vector, "\(trail)")
    }
  }

  @Test("Dot products equal the sum of products")
  func dot() throws {
    var random = SplitMix64(seed: 2)
    try withEvery("count", in: awkwardSizes) { count in
      let trits = random.trits(count)
      let activations = random.activations(count)
      let expected = zip(trits, activations).reduce(0) { $0 + Int($1.0) * Int($1.1) }
      #expect(Int(TritVector(trits).dot(activations)) == expected, "\(trail)")
    }
  }

  @Test("The dot product of all −1 with all −128 is 128 times the count")
  func extremeDot() throws {
    try withEvery("count", in: awkwardSizes) { count in
      let vector = TritVector([Int8](repeating: -1, count: count))
      let sum = vector.dot([Int8](repeating: -128, count: count))
      #expect(Int(sum) == 128 * count, "\(trail)")
    }
  }

  @Test("A reserved pair is found wherever it stands")
  func reservedPair() throws {
    var random = SplitMix64(seed: 3)
    try withEvery("count", in: awkwardSizes) { count in
      let index = Int.random(in: 0..<count, using: &random)
      var bytes = TritVector(random.trits(count)).bytes
      let shift = UInt8(2 * (index % 4))
      bytes[index / 4] = bytes[index / 4] & ~(0b11 << shift) | 0b10 << shift
      #expect(throws: TritError.reservedPattern(row: 0, column: index), "\(trail)") {
        try TritVector(packed: bytes, count: count)
      }
    }
  }

  @Test("Every bit after the last trit must be zero", arguments: 1...3)
  func padding(count: Int) throws {
    try withEvery("bit", in: 2 * count..<8) { bit in
      #expect(throws: TritError.paddingNotZero(row: 0), "\(trail)") {
        try TritVector(packed: [1 << UInt8(bit)], count: count)
      }
    }
  }

  @Test("A buffer must be as long as the trits need")
  func length() {
    #expect(throws: TritError.wrongLength(bytes: 2, needed: 3)) {
      try TritVector(packed: [0, 0], count: 9)
    }
    #expect(throws: TritError.wrongLength(bytes: 1, needed: 0)) {
      try TritVector(packed: [0], count: 0)
    }
  }

  @Test("A count must be one that a vector can have", arguments: [-1, 1 << 24, Int.min, Int.max])
  func unsupportedCount(count: Int) {
    #expect(throws: TritError.unsupportedSize(rows: 1, columns: count)) {
      try TritVector(packed: [], count: count)
    }
  }

  @Test("Counts are those of the values")
  func counts() throws {
    var random = SplitMix64(seed: 4)
    try withEvery("count", in: awkwardSizes) { count in
      let trits = random.trits(count)
      let expected = TritCounts(
        minusOnes: trits.filter { $0 == -1 }.count,
        zeros: trits.filter { $0 == 0 }.count,
        plusOnes: trits.filter { $0 == 1 }.count)
      #expect(TritVector(trits).counts == expected, "\(trail)")
    }
  }
}
