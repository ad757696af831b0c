private import TestSupport
import Workload

/// Changes bytes at random, in the ways in which files of headers and numbers go wrong.
struct Mutator {
  /// Numbers at which arithmetic on sizes and offsets turns over.
  private static let numbers: [UInt64] = [
    0, 1, 2, 3, 7, 8, 31, 32, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
    0xFF_FFFF, 0x100_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000,
    0x3FFF_FFFF_FFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max,
  ]

  /// The same as text, and what else a number of JSON can be.
  private static let texts =
    numbers.map { Array(String($0).utf8) }
    + [
      "-1", "-0", "1e400", "1e-400", "0.5", "null", "true", "[]", "{}", "\"\"", "\"\\ud800\"",
      "99999999999999999999", "-9223372036854775808", "NaN",
    ].map { Array($0.utf8) }

  private var generator: SplitMix64

  init(seed: Int) { generator = SplitMix64(seed: seed) }

  /// A copy of one of `seeds` with one to four changes.
  mutating func mutated(_ seeds: [[UInt8]]) -> [UInt8] {
    var bytes = seeds[below(seeds.count)]
    for _ in 0...below(4) { change(&bytes, seeds) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8], _ seeds: [[UInt8]]) {
    guard !bytes.isEmpty else {
      bytes = [UInt8(truncatingIfNeeded: generator.next())]
      return
    }
    let place = below(bytes.count)
    switch below(9) {
    case 0: bytes[place] ^= 1 << UInt8(below(8))
    case 1: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
    case 2: bytes.removeSubrange(place..<min(place + 1 + below(8), bytes.count))
    case 3: bytes.removeLast(bytes.count - place)
    case 4: bytes.insert(contentsOf: bytes[place..<min(place + below(64), bytes.count)], at: place)
    case 5: overwrite(&bytes, at: place)
    case 6: replaceNumber(&bytes, after: place)
    case 7: bytes.insert(contentsOf: Self.texts[below(Self.texts.count)], at: place)
    default:
      let other = seeds[below(seeds.count)]
      let start = below(other.count)
      let piece = other[start..<min(start + below(128), other.count)]
      bytes.replaceSubrange(place..<min(place + piece.count, bytes.count), with: piece)
    }
  }

  /// Writes a number of one, two, four or eight bytes, little-endian.
  private mutating func overwrite(_ bytes: inout [UInt8], at place: Int) {
    let number = Self.numbers[below(Self.numbers.count)]
    for index in 0..<min(1 << below(4), bytes.count - place) {
      bytes[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index))
    }
  }

  /// Replaces the first decimal number from `place` on, if there is one.
  private mutating func replaceNumber(_ bytes: inout [UInt8], after place: Int) {
    let isDigit = { (byte: UInt8) in UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: Self.texts[below(Self.texts.count)])
  }

  private mutating func below(_ count: Int) -> Int {
    Int(truncatingIfNeeded: generator.next() % UInt64(count))
  }
}
