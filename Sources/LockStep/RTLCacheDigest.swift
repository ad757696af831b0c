/// A 128-bit FNV-1a hash of a sequence of fields, for cache keys and for damage, not for secrets.
///
/// Parameters: http://www.isthe.com/chongo/tech/comp/fnv (Fowler, Noll, Vo).
struct RTLCacheDigest {
  private var state: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

  /// Mixes in one field, preceded by its length, so that no two lists of fields run together.
  mutating func combine(_ field: some Collection<UInt8>) {
    withUnsafeBytes(of: UInt64(field.count).littleEndian) { combine(bytes: $0) }
    if field.withContiguousStorageIfAvailable({ combine(bytes: UnsafeRawBufferPointer($0)) }) == nil
    {
      Array(field).withUnsafeBytes { combine(bytes: $0) }
    }
  }

  mutating func combine(_ field: String) { combine(field.utf8) }

  private mutating func combine(bytes: UnsafeRawBufferPointer) {
    var hash = state
    for byte in bytes {
      hash ^= UInt128(byte)
      hash &*= 0x0000_0000_0100_0000_0000_0000_0000_013b
    }
    state = hash
  }

  /// 32 hexadecimal digits.
  var hex: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }
}
