/// The ternary blocks of GGUF files and the packed rows of `TritMatrix`, from one to the other.
///
/// Codes are 0, 1, 2 for −1, 0, +1. Within a block they lie in *strides*: neighbouring bytes hold
/// neighbouring weights, and the codes of one byte belong to weights a stride apart. Sources: ggml's
/// `block_tq1_0` and `block_tq2_0`, bitnet.cpp's `quantize_i2_s` in the order of its files, which is
/// that of x86.
struct GGUFTernaryBlocks {
  let type: GGUFTensorType

  /// - Precondition: The type is ternary.
  init(_ type: GGUFTensorType) {
    precondition(type.isTernary, "\(type) has no ternary blocks")
    self.type = type
  }

  /// Bytes of `TritMatrix` that hold a block.
  var packedBytes: Int { type.blockSize / 4 }

  /// Where the codes of `stride` neighbouring weights begin in a block, and how they are read.
  private struct Run {
    /// The first byte; `stride` bytes follow each other.
    let byte: Int
    /// Neighbouring weights, a multiple of 4.
    let stride: Int
    /// Codes of each byte.
    let count: Int
  }

  private var runs: [Run] {
    switch type {
    case .tq2x0: [Run(byte: 0, stride: 32, count: 4), Run(byte: 32, stride: 32, count: 4)]
    case .tq1x0:
      [
        Run(byte: 0, stride: 32, count: 5), Run(byte: 32, stride: 16, count: 5),
        Run(byte: 48, stride: 4, count: 4),
      ]
    default: [Run(byte: 0, stride: 32, count: 4)]
    }
  }
}

extension GGUFTernaryBlocks {
  /// Writes the weights of blocks as packed trits; codes that mean nothing become the pair `10`,
  /// which `TritMatrix` refuses with its place.
  func unpack(
    _ source: UnsafeRawPointer, blocks: Int, into target: UnsafeMutablePointer<UInt8>
  ) {
    let runs = runs
    for block in 0..<blocks {
      var packed = target + block * packedBytes
      for run in runs {
        for offset in stride(from: 0, to: run.stride, by: 4) {
          let word = UInt32(
            littleEndian: source.loadUnaligned(
              fromByteOffset: block * type.blockBytes + run.byte + offset, as: UInt32.self))
          if type == .tq1x0 {
            unpackDigits(word, run, into: packed + offset / 4)
          } else {
            unpackPairs(word, run, into: packed + offset / 4)
          }
        }
        packed += run.count * run.stride / 4
      }
    }
  }

  /// Writes packed trits as blocks, whose scales are left out.
  func pack(
    _ source: UnsafePointer<UInt8>, blocks: Int, into target: UnsafeMutableRawPointer
  ) {
    let runs = runs
    for block in 0..<blocks {
      var packed = source + block * packedBytes
      for run in runs {
        for offset in stride(from: 0, to: run.stride, by: 4) {
          let word =
            type == .tq1x0
            ? packDigits(packed + offset / 4, run)
            : packPairs(packed + offset / 4, run)
          target.storeBytes(
            of: word.littleEndian, toByteOffset: block * type.blockBytes + run.byte + offset,
            as: UInt32.self)
        }
        packed += run.count * run.stride / 4
      }
    }
  }
}

// Four neighbouring bytes of a block are one word here, and four neighbouring trits one byte.
extension GGUFTernaryBlocks {
  /// Two bits a code, four codes a byte: the lowest first in TQ2_0, the highest first in I2_S.
  private func shift(_ place: Int) -> UInt32 { UInt32(2 * (type == .i2S ? 3 - place : place)) }

  private func unpackPairs(_ word: UInt32, _ run: Run, into target: UnsafeMutablePointer<UInt8>) {
    for place in 0..<run.count {
      target[place * run.stride / 4] = Self.trits(codes: word >> shift(place) & 0x0303_0303)
    }
  }

  private func packPairs(_ source: UnsafePointer<UInt8>, _ run: Run) -> UInt32 {
    (0..<run.count).reduce(0) { word, place in
      word | Self.codes(trits: source[place * run.stride / 4]) << shift(place)
    }
  }

  /// Digits to base 3, the highest first, as a fraction of 256: multiplied by 3, it carries the next
  /// digit into the next byte.
  private func unpackDigits(_ word: UInt32, _ run: Run, into target: UnsafeMutablePointer<UInt8>) {
    // Lanes of 16 bits have room for the carry.
    var lanes = UInt64(word)
    lanes = (lanes | lanes << 16) & 0x0000_FFFF_0000_FFFF
    lanes = (lanes | lanes << 8) & 0x00FF_00FF_00FF_00FF
    for place in 0..<run.count {
      lanes *= 3
      var codes = lanes >> 8 & 0x0003_0003_0003_0003
      lanes &= 0x00FF_00FF_00FF_00FF
      codes = (codes | codes >> 8) & 0x0000_FFFF_0000_FFFF
      codes |= codes >> 16
      target[place * run.stride / 4] = Self.trits(codes: UInt32(truncatingIfNeeded: codes))
    }
    for index in 0..<4 {
      let byte = UInt8(truncatingIfNeeded: word >> (8 * index))
      // The four digits of the last bytes are followed by a 0.
      let unit = run.count == 5 ? 1 : 3
      if Self.fraction(of: Int(byte) * 243 / 256 / unit * unit) != byte {
        target.pointee = target.pointee & ~(0b11 << (2 * index)) | 0b10 << (2 * index)
      }
    }
  }

  private func packDigits(_ source: UnsafePointer<UInt8>, _ run: Run) -> UInt32 {
    // Four numbers of at most 242, a byte each.
    var numbers = (0..<run.count).reduce(UInt32(0)) { numbers, place in
      numbers * 3 + Self.codes(trits: source[place * run.stride / 4])
    }
    if run.count == 4 { numbers *= 3 }
    return (0..<4).reduce(0) { word, index in
      let number = Int(numbers >> (8 * index) & 0xFF)
      return word | UInt32(Self.fraction(of: number)) << (8 * index)
    }
  }

  /// The smallest fraction of 256 whose five digits are those of `number`, 0 to 242; 13 bytes are
  /// no such fraction.
  private static func fraction(of number: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: (number * 256 + 242) / 243)
  }

  /// Four codes as four trits; the code 3 becomes `10`.
  private static func trits(codes: UInt32) -> UInt8 {
    var trits = (codes + 0x0303_0303) & 0x0303_0303
    trits = (trits | trits >> 6) & 0x000F_000F
    return UInt8(truncatingIfNeeded: trits | trits >> 12)
  }

  /// Four trits as four codes.
  private static func codes(trits: UInt8) -> UInt32 {
    var codes = UInt32(trits)
    codes = (codes | codes << 12) & 0x000F_000F
    codes = (codes | codes << 6) & 0x0303_0303
    return (codes + 0x0101_0101) & 0x0303_0303
  }
}
