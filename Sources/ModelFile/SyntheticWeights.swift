internal import Ternary
internal import Workload

/// Random weights with given shares of zeros: those of a seed are the same whatever they are packed
/// in and on however many cores they are made.
struct SyntheticMatrix: Sendable {
  let rows: Int
  let columns: Int
  /// The share of zeros among all weights.
  let zeroShare: Double
  /// The share of rows that are zero as a whole; at most `zeroShare`.
  let deadShare: Double
  /// Which rows are dead; matrices with equal seeds have the same.
  let deadSeed: UInt64
  let seed: UInt64
  /// Where above 0, ``matrix`` has the halves of every head of so many rows alternating.
  var alternatingHeadSize = 0

  /// Sixty-four weights as bits: where they are not zero, and of those where they are −1.
  struct Word {
    var isNonzero: UInt64
    var isNegative: UInt64
  }

  /// Words of a row.
  var wordsPerRow: Int { (columns + 63) / 64 }

  /// Writes the weights of a row; those past the last column are zero.
  func generate(row: Int, into words: UnsafeMutableBufferPointer<Word>) {
    var generator = SplitMix64(seed: seed, stream: UInt64(row))
    let threshold = isDead(row) ? 0 : Self.threshold(nonzeroShare)
    for index in words.indices {
      let left = columns - 64 * index
      let isColumn: UInt64 = left >= 64 ? .max : 1 << UInt64(left) - 1
      let isNonzero = generator.bits(threshold) & isColumn
      words[index] = Word(isNonzero: isNonzero, isNegative: generator.next() & isNonzero)
    }
  }

  /// Of the rows that are not dead.
  private var nonzeroShare: Double { deadShare < 1 ? (1 - zeroShare) / (1 - deadShare) : 0 }

  private func isDead(_ row: Int) -> Bool {
    var generator = SplitMix64(seed: deadSeed, stream: UInt64(row))
    return Double(generator.next() >> 11) * 0x1p-53 < deadShare
  }

  /// A probability in 65536ths.
  private static func threshold(_ share: Double) -> UInt32 {
    UInt32((min(max(share, 0), 1) * 65536).rounded())
  }

  /// The packed rows of Hugging Face checkpoints.
  var planes: [UInt8] {
    let packedRows = TernaryPlanes.packedRows(rows)
    return parallelRows(packedRows, rowSize: columns, of: UInt8.self) { packedRow, target in
      target.initialize(repeating: 0, count: columns)
      withUnsafeTemporaryAllocation(of: Word.self, capacity: wordsPerRow) { words in
        for plane in 0..<4 where plane * packedRows + packedRow < rows {
          generate(row: plane * packedRows + packedRow, into: words)
          for column in 0..<columns {
            let word = words[column / 64]
            let place = UInt64(column % 64)
            let isNonzero = word.isNonzero >> place & 1
            // 0, 1, 2 for −1, 0, +1.
            let code = 1 + isNonzero - 2 * (word.isNegative >> place & 1)
            target[column] |= UInt8(truncatingIfNeeded: code) << UInt8(2 * plane)
          }
        }
      }
    }
  }

  /// The weights.
  var matrix: TritMatrix {
    let rowBytes = (columns + 3) / 4
    let packed = parallelRows(rows, rowSize: rowBytes, of: UInt8.self) { row, target in
      withUnsafeTemporaryAllocation(of: Word.self, capacity: wordsPerRow) { words in
        generate(row: storedRow(row), into: words)
        for index in 0..<rowBytes {
          let shift = UInt64(4 * index % 64)
          let word = words[index / 16]
          let low = Self.spread(word.isNonzero >> shift)
          target[index] = low | Self.spread(word.isNegative >> shift) << 1
        }
      }
    }
    do { return try TritMatrix(rows: rows, columns: columns, packed: packed) } catch {
      preconditionFailure("synthetic weights: \(error)")
    }
  }

  /// The row that stands at a place of ``matrix``.
  private func storedRow(_ row: Int) -> Int {
    guard alternatingHeadSize > 0 else { return row }
    let (head, place) = row.quotientAndRemainder(dividingBy: alternatingHeadSize)
    return head * alternatingHeadSize + place % 2 * (alternatingHeadSize / 2) + place / 2
  }

  /// The lowest four bits at the even places of a byte.
  private static func spread(_ bits: UInt64) -> UInt8 {
    var byte = UInt8(truncatingIfNeeded: bits & 0xF)
    byte = (byte | byte << 2) & 0x33
    return (byte | byte << 1) & 0x55
  }
}

extension SplitMix64 {
  /// Started at a place that depends on two numbers.
  init(seed: UInt64, stream: UInt64) {
    var first = SplitMix64(state: seed)
    var second = SplitMix64(state: first.next() ^ stream &* 0xD1B5_4A32_D192_ED03)
    self.init(state: second.next())
  }

  /// Sixty-four bits, each 1 with a probability of `threshold` 65536ths.
  ///
  /// From the lowest digit of the threshold to the highest, a random bit before a 1 is joined by or
  /// and before a 0 by and: sixteen words give sixty-four draws.
  mutating func bits(_ threshold: UInt32) -> UInt64 {
    guard threshold < 65536 else { return .max }
    guard threshold > 0 else { return 0 }
    var bits: UInt64 = 0
    for digit in UInt32(threshold.trailingZeroBitCount)..<16 {
      bits = threshold >> digit & 1 == 1 ? bits | next() : bits & next()
    }
    return bits
  }

  /// A value of mean 0 and deviation 1, nearly normal: the sum of four even draws.
  mutating func normal() -> Float {
    let word = next()
    let sum = (0..<4).reduce(0) { $0 + Int(word >> UInt64(16 * $1) & 0xFFFF) }
    return Float(sum - 131_070) * (1.732_050_8 / 65536)
  }
}
