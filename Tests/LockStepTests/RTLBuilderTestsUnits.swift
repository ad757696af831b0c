import Foundation
import Testing

@testable import LockStep

@Suite("Units of compilation")
struct RTLBuilderUnitsTests {
  @Test("Large files stand alone, small ones share a unit, and slow paths come last, unoptimised")
  func divide() throws {
    let root = try TemporaryFolder()
    let mebibyte = String(repeating: "x", count: 1 << 20)
    let sizes = [
      "a.cpp": 1 << 20, "b.cpp": 700_000, "c.cpp": 300_000, "d.cpp": 300_000,
      "e__Slow.cpp": 200_000,
    ]
    for (name, size) in sizes {
      try root.write("verilated/" + name, String(mebibyte.prefix(size)))
    }
    for name in ["top__Syms.cpp", "top__Slow.cpp", "top.h"] {
      try root.write("verilated/" + name, "")
    }
    /// The included names of each unit, and a dash where the optimiser is switched off.
    func units(size: Int) throws -> [[String]] {
      try RTLBuildUnits.divide(
        root.path + "/verilated", bridge: "bridge.cpp", into: root.path + "/units", size: size
      ).map { unit in
        root.read(unit).split(separator: "\n").compactMap { line in
          line == "#pragma clang optimize off"
            ? "-" : line.wholeMatch(of: /#include "(.*)"/).map { String($0.1) }
        }
      }
    }
    #expect(
      try units(size: 1 << 20) == [
        ["a.cpp"], ["b.cpp", "c.cpp"],
        ["d.cpp", "bridge.cpp", "-", "e__Slow.cpp", "top__Slow.cpp", "top__Syms.cpp"],
      ])
    #expect(
      try units(size: 400_000) == [
        ["a.cpp"], ["b.cpp"], ["c.cpp"], ["d.cpp", "bridge.cpp"],
        ["-", "e__Slow.cpp", "top__Slow.cpp", "top__Syms.cpp"],
      ])
  }
}

@Suite("The digest of the cache")
struct RTLCacheDigestTests {
  /// Published test vectors of 128-bit FNV-1a, but for the length that precedes a field: the
  /// expectation hashes that length as eight bytes of its own.
  @Test("It is 128-bit FNV-1a of each field's length and bytes", arguments: ["", "a", "foobar"])
  func reference(text: String) {
    // Schoolbook arithmetic on 16-bit limbs, lowest first, instead of 128-bit integers.
    var limbs: [UInt32] = [0xc58d, 0x6295, 0x2175, 0x62b8, 0x0142, 0x07bb, 0x272e, 0x6c62]
    let prime: [UInt32] = [0x013b, 0, 0, 0, 0, 0x0100, 0, 0]
    for byte in [UInt8(text.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(text.utf8) {
      limbs[0] ^= UInt32(byte)
      var product = [UInt64](repeating: 0, count: 9)
      for i in 0..<8 {
        for j in 0..<(8 - i) { product[i + j] += UInt64(limbs[i]) * UInt64(prime[j]) }
      }
      for i in 0..<8 {
        product[i + 1] += product[i] >> 16
        limbs[i] = UInt32(product[i] & 0xffff)
      }
    }
    var digest = RTLCacheDigest()
    digest.combine(text)
    let expected = limbs.reversed().map { limb in
      let digits = String(limb, radix: 16)
      return String(repeating: "0", count: 4 - digits.count) + digits
    }
    #expect(digest.hex == expected.joined())
  }

  @Test("Fields do not run together")
  func fields() {
    var one = RTLCacheDigest()
    one.combine("ab")
    one.combine("c")
    var other = RTLCacheDigest()
    other.combine("a")
    other.combine("bc")
    #expect(one.hex != other.hex)
  }
}
