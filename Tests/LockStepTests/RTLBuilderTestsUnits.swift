import Foundation
import Testing

@testable import LockStep

@Suite("Units of compilation")
struct RTLBuilderUnitsTests {
  @Test("Large files stand alone, small ones share a unit, and slow paths are kept apart")
  func divide() throws {
    let root = try TemporaryFolder()
    let mebibyte = String(repeating: "x", count: 1 << 20)
    let sizes = ["a.cpp": 1 << 20, "b.cpp": 700_000, "c.cpp": 300_000, "d.cpp": 300_000]
    for (name, size) in sizes {
      try root.write("verilated/" + name, String(mebibyte.prefix(size)))
    }
    for name in ["top__Syms.cpp", "top__Slow.cpp", "top.h"] {
      try root.write("verilated/" + name, "")
    }
    func units(separatingSlowPath: Bool) throws -> [(isSlowPath: Bool, includes: [String])] {
      try RTLBuildUnit.divide(
        root.path + "/verilated", bridge: "bridge.cpp", into: root.path + "/units",
        separatingSlowPath: separatingSlowPath
      ).map { unit in
        let lines = root.read(unit.source).split(separator: "\n").map(String.init)
        return (unit.isSlowPath, lines)
      }
    }
    func include(_ names: String...) -> [String] { names.map { "#include \"\($0)\"" } }

    let separate = try units(separatingSlowPath: true)
    #expect(
      separate.map(\.includes) == [
        include("a.cpp"), include("b.cpp", "c.cpp"), include("d.cpp", "bridge.cpp"),
        include("top__Slow.cpp", "top__Syms.cpp"),
      ])
    #expect(separate.map(\.isSlowPath) == [false, false, false, true])

    let joined = try units(separatingSlowPath: false)
    #expect(
      joined.last?.includes
        == include("d.cpp", "top__Slow.cpp", "top__Syms.cpp", "bridge.cpp"))
    #expect(joined.map(\.isSlowPath) == [false, false, false])
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
