/// The SHA-256 of bytes (FIPS 180-4), for names of files and of what was calibrated with.
enum SHA256 {
  /// 64 hexadecimal digits.
  static func hex(_ bytes: [UInt8]) -> String {
    var state: [UInt32] = initial
    var message = bytes + [0x80]
    message += Array(repeating: 0, count: (119 - bytes.count % 64) % 64)
    message += withUnsafeBytes(of: UInt64(bytes.count * 8).bigEndian, Array.init)
    message.withUnsafeBufferPointer { message in
      for block in stride(from: 0, to: message.count, by: 64) {
        mix(UnsafeBufferPointer(rebasing: message[block..<block + 64]), into: &state)
      }
    }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func mix(_ block: UnsafeBufferPointer<UInt8>, into state: inout [UInt32]) {
    var words = [UInt32](repeating: 0, count: 64)
    for index in 0..<16 {
      words[index] = (0..<4).reduce(0) { $0 << 8 | UInt32(block[4 * index + $1]) }
    }
    for index in 16..<64 {
      let (a, b) = (words[index - 15], words[index - 2])
      words[index] =
        words[index - 16] &+ (turn(a, 7) ^ turn(a, 18) ^ a >> 3) &+ words[index - 7]
        &+ (turn(b, 17) ^ turn(b, 19) ^ b >> 10)
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for index in 0..<64 {
      let choice = (e & f) ^ (~e & g)
      let first =
        h &+ (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) &+ choice &+ rounds[index] &+ words[index]
      let majority = (a & b) ^ (a & c) ^ (b & c)
      let second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) &+ majority
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
    }
    for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
  }

  private static func turn(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  private static let primes: [Int] = (2...311).filter { number in
    !(2..<number).contains { number % $0 == 0 }
  }

  /// The first 32 bits of the fractions of roots of the first primes.
  private static let initial = primes.prefix(8).map { fraction(of: $0, root: 2) }
  private static let rounds = primes.prefix(64).map { fraction(of: $0, root: 3) }

  /// The largest number whose power is at most that of the prime times 2^32, without its whole part.
  private static func fraction(of prime: Int, root: Int) -> UInt32 {
    var low: UInt64 = 0
    var high: UInt64 = 1 << 38
    while high - low > 1 {
      let middle = (low + high) / 2
      if power(middle, root, isAtMost: prime) { low = middle } else { high = middle }
    }
    return UInt32(truncatingIfNeeded: low)
  }

  /// Whether `(value / 2^32)^root <= prime`, exactly.
  private static func power(_ value: UInt64, _ root: Int, isAtMost prime: Int) -> Bool {
    var digits: [UInt64] = [1]
    for _ in 0..<root { digits = multiply(digits, value) }
    let limit = [UInt64](repeating: 0, count: root) + [UInt64(prime)]
    let count = max(digits.count, limit.count)
    for index in (0..<count).reversed() {
      let (left, right) = (
        index < digits.count ? digits[index] : 0, index < limit.count ? limit[index] : 0
      )
      if left != right { return left < right }
    }
    return true
  }

  /// Digits of 32 bits, lowest first, times a number of at most 38.
  private static func multiply(_ digits: [UInt64], _ value: UInt64) -> [UInt64] {
    let parts = [value & 0xffff_ffff, value >> 32]
    var product = [UInt64](repeating: 0, count: digits.count + 2)
    for (i, digit) in digits.enumerated() {
      var carry: UInt64 = 0
      for (j, part) in parts.enumerated() {
        let sum = digit * part + product[i + j] + carry
        product[i + j] = sum & 0xffff_ffff
        carry = sum >> 32
      }
      product[i + 2] += carry
    }
    return product
  }
}
