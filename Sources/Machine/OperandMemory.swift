import Architecture

/// The banks of the weight buffer, both halves. Trits are kept decoded, one to a byte.
struct WeightMemory {
  /// Non-zero and negative weights among the lanes of one word.
  struct Lanes: BitwiseCopyable {
    var nonzero = 0
    var negative = 0
  }

  private let busBytes: Int
  private let fiveInEight: Bool
  private let beatTrits: Int
  private let wordTrits: Int
  private let trits: Storage<Int8>
  private let counts: Storage<Lanes>
  private let decoder = TritDecoder()

  init(_ architecture: Architecture) {
    busBytes = architecture.parameters.busBytes
    fiveInEight = architecture.parameters.weightCoding == .fiveInEight
    beatTrits = architecture.weightBeatTrits
    wordTrits = beatTrits * architecture.weightBeats
    let words = architecture.parameters.weightBufferWords
    // Bytes are decoded eight trits at a time.
    trits = Storage(count: words * wordTrits + 8, zero: 0)
    counts = Storage(count: words, zero: Lanes())
  }

  /// The trits of `word`, lane by lane, row by row.
  func pointer(word: Int) -> UnsafePointer<Int8> {
    UnsafePointer(trits.pointer + word * wordTrits)
  }

  /// What the lane counters see of `word`.
  func lanes(word: Int) -> Lanes { counts[word] }

  /// Some code of the beat stands for no trits.
  func isIllegal(beat: UnsafeRawPointer) -> Bool {
    guard !fiveInEight else {
      return UnsafeRawBufferPointer(start: beat, count: busBytes).contains { $0 >= 243 }
    }
    var illegal: UInt32 = 0
    for offset in stride(from: 0, to: busBytes, by: 4) {
      let bits = beat.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      illegal |= bits >> 1 & ~bits & 0x5555_5555
    }
    return illegal != 0
  }

  /// Stores beat `index` of `word`.
  func write(beat: UnsafeRawPointer, word: Int, index: Int) {
    let target = trits.pointer + word * wordTrits + index * beatTrits
    if index == 0 { counts[word] = Lanes() }
    let lanes = fiveInEight ? writeFives(beat, target) : writeFours(beat, target)
    counts.pointer[word].nonzero += lanes.nonzero
    counts.pointer[word].negative += lanes.negative
  }

  private func writeFours(_ beat: UnsafeRawPointer, _ target: UnsafeMutablePointer<Int8>) -> Lanes {
    var lanes = Lanes()
    for offset in stride(from: 0, to: busBytes, by: 4) {
      let bits = beat.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      lanes.nonzero += (bits & 0x5555_5555).nonzeroBitCount
      lanes.negative += (bits & 0xaaaa_aaaa).nonzeroBitCount
      for byte in 0..<4 {
        let four = decoder.fours[Int(bits.littleEndian >> UInt32(8 * byte) & 0xff)]
        UnsafeMutableRawPointer(target + 4 * (offset + byte))
          .storeBytes(of: four.littleEndian, as: UInt32.self)
      }
    }
    return lanes
  }

  private func writeFives(_ beat: UnsafeRawPointer, _ target: UnsafeMutablePointer<Int8>) -> Lanes {
    var lanes = Lanes()
    // The three bytes after five trits belong to the next byte's: the last of the beat spares them.
    let spared = UnsafeMutableRawPointer(target + beatTrits)
      .loadUnaligned(as: UInt32.self)
    for offset in 0..<busBytes {
      let byte = Int(beat.load(fromByteOffset: offset, as: UInt8.self))
      let five = decoder.fives[byte]
      lanes.nonzero += (five & 0x01_0101_0101).nonzeroBitCount
      lanes.negative += (five & 0x80_8080_8080).nonzeroBitCount
      UnsafeMutableRawPointer(target + 5 * offset)
        .storeBytes(of: five.littleEndian, as: UInt64.self)
    }
    UnsafeMutableRawPointer(target + beatTrits).storeBytes(of: spared, as: UInt32.self)
    return lanes
  }
}

/// The trits of every byte, one to a byte of a little-endian word.
private struct TritDecoder {
  /// Of the coding `two_bit`; the illegal code counts as 0.
  let fours = Storage<UInt32>(count: 256, zero: 0)
  /// Of the coding `five_in_eight`, as the hardware's digits come out even for illegal bytes.
  let fives = Storage<UInt64>(count: 256, zero: 0)

  init() {
    for byte in 0..<256 {
      for position in 0..<4 {
        let code = byte >> (2 * position) & 3
        fours[byte] |= UInt32(code == 3 ? 0xff : code == 1 ? 1 : 0) << UInt32(8 * position)
      }
      var rest = byte
      for position in 0..<5 {
        let digit = rest % 3
        fives[byte] |= UInt64(digit == 2 ? 0xff : digit) << UInt64(8 * position)
        rest /= 3
      }
    }
  }
}

/// The banks of the activation buffer, both halves. The words of tokens that share a weight word lie
/// side by side.
struct ActivationMemory {
  private let busBytes: Int
  private let lanes: Int
  private let tokens: Int
  /// Of the byte of an activation the high bits that are not kept.
  private let unusedBits: Int8
  private let values: Storage<Int8>
  /// A word of fewer tokens than share a weight word: the others are zeros.
  private let partial: Storage<Int8>

  init(_ architecture: Architecture) {
    busBytes = architecture.parameters.busBytes
    lanes = architecture.parameters.lanes
    tokens = architecture.parameters.tokensPerWeight
    unusedBits = Int8(8 - architecture.parameters.activationBits)
    values = Storage(count: architecture.parameters.activationBufferWords * lanes, zero: 0)
    partial = Storage(count: tokens * lanes, zero: 0)
  }

  /// The values of `count` tokens at `word`, lane by lane, and zeros for the others.
  func pointer(word: Int, tokens count: Int) -> UnsafePointer<Int8> {
    let start = UnsafePointer(values.pointer + word * tokens * lanes)
    guard count < tokens else { return start }
    partial.pointer.update(from: start, count: count * lanes)
    (partial.pointer + count * lanes).update(repeating: 0, count: (tokens - count) * lanes)
    return UnsafePointer(partial.pointer)
  }

  /// Stores beat `index` of the word of one token.
  func write(beat: UnsafeRawPointer, word: Int, bank: Int, index: Int) {
    let first = index * busBytes
    let place = values.pointer + (word * tokens + bank) * lanes + first
    let count = min(busBytes, lanes - first)
    UnsafeMutableRawPointer(place).copyMemory(from: beat, byteCount: count)
    guard unusedBits > 0 else { return }
    for index in 0..<count { place[index] = (place[index] &<< unusedBits) &>> unusedBits }
  }
}

/// The banks of the multiplier buffer, both halves.
struct MultiplierMemory {
  private let busBytes: Int
  private let wordBytes: Int
  private let bytes: Storage<UInt8>

  init(_ architecture: Architecture) {
    busBytes = architecture.parameters.busBytes
    wordBytes = architecture.multiplierWordBytes
    bytes = Storage(count: architecture.parameters.multiplierBufferWords * wordBytes, zero: 0)
  }

  func multiplier(word: Int, row: Int) -> UInt16 {
    UInt16(
      littleEndian: UnsafeRawPointer(bytes.pointer)
        .load(fromByteOffset: word * wordBytes + 2 * row, as: UInt16.self))
  }

  /// Stores beat `index` of `word`.
  func write(beat: UnsafeRawPointer, word: Int, index: Int) {
    UnsafeMutableRawPointer(bytes.pointer + word * wordBytes + index * busBytes)
      .copyMemory(from: beat, byteCount: busBytes)
  }
}
