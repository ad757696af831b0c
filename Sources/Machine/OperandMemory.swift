import Architecture

/// The banks of the weight buffer, both halves. Trits are kept decoded, one to a byte.
struct WeightMemory {
  /// Non-zero and negative weights among the lanes of one word.
  struct Lanes: BitwiseCopyable {
    var nonzero = 0
    var negative = 0
  }

  private let busBytes: Int
  private let wordTrits: Int
  private let trits: Storage<Int8>
  private let counts: Storage<Lanes>
  /// The four trits of each byte as one little-endian word; the illegal code counts as 0.
  private let decoded: Storage<UInt32>

  init(_ architecture: Architecture) {
    busBytes = architecture.parameters.busBytes
    wordTrits = 4 * architecture.weightWordBytes
    let words = architecture.parameters.weightBufferWords
    trits = Storage(count: words * wordTrits, zero: 0)
    counts = Storage(count: words, zero: Lanes())
    decoded = Storage(count: 256, zero: 0)
    for byte in 0..<256 {
      for position in 0..<4 {
        let code = UInt32(byte) >> UInt32(2 * position) & 3
        let trit: UInt32 = code == 3 ? 0xff : code == 1 ? 1 : 0
        decoded[byte] |= trit << UInt32(8 * position)
      }
    }
  }

  /// The trits of `word`, lane by lane, row by row.
  func pointer(word: Int) -> UnsafePointer<Int8> {
    UnsafePointer(trits.pointer + word * wordTrits)
  }

  /// What the lane counters see of `word`.
  func lanes(word: Int) -> Lanes { counts[word] }

  /// Some pair of bits in the beat is `10`.
  func isIllegal(beat: UnsafeRawPointer) -> Bool {
    var illegal: UInt32 = 0
    for offset in stride(from: 0, to: busBytes, by: 4) {
      let bits = beat.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      illegal |= bits >> 1 & ~bits & 0x5555_5555
    }
    return illegal != 0
  }

  /// Stores beat `index` of `word`.
  func write(beat: UnsafeRawPointer, word: Int, index: Int) {
    let target = UnsafeMutableRawPointer(trits.pointer + word * wordTrits + index * 4 * busBytes)
    if index == 0 { counts[word] = Lanes() }
    var nonzero = 0
    var negative = 0
    for offset in stride(from: 0, to: busBytes, by: 4) {
      let bits = beat.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      nonzero += (bits & 0x5555_5555).nonzeroBitCount
      negative += (bits & 0xaaaa_aaaa).nonzeroBitCount
      for byte in 0..<4 {
        let four = decoded.pointer[Int(bits.littleEndian >> UInt32(8 * byte) & 0xff)]
        target.storeBytes(
          of: four.littleEndian, toByteOffset: 4 * (offset + byte), as: UInt32.self)
      }
    }
    counts.pointer[word].nonzero += nonzero
    counts.pointer[word].negative += negative
  }
}

/// The banks of the activation buffer, both halves.
struct ActivationMemory {
  private let busBytes: Int
  private let wordBytes: Int
  private let values: Storage<Int8>

  init(_ architecture: Architecture) {
    busBytes = architecture.parameters.busBytes
    wordBytes = architecture.activationWordBytes
    values = Storage(count: architecture.parameters.activationBufferWords * wordBytes, zero: 0)
  }

  /// The values of `word`, lane by lane.
  func pointer(word: Int) -> UnsafePointer<Int8> {
    UnsafePointer(values.pointer + word * wordBytes)
  }

  /// Stores beat `index` of `word`.
  func write(beat: UnsafeRawPointer, word: Int, index: Int) {
    UnsafeMutableRawPointer(values.pointer + word * wordBytes + index * busBytes)
      .copyMemory(from: beat, byteCount: busBytes)
  }
}
