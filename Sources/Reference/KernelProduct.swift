internal import Ternary

/// A product of a ternary matrix with int8 rows, in the hands of the kernels.
struct KernelProduct {
  let weights: TritMatrix.KernelBytes
  let rows: Int
  let columns: Int
  /// M × K.
  let activations: UnsafePointer<Int8>
  /// M × N.
  let sums: UnsafeMutablePointer<Int32>

  /// Multiplications that are worth waking another thread: some microseconds.
  private static let partSize = 1 << 18
  /// Tokens that the kernels take together.
  private static let tokenBlock = 32

  /// Computes all sums. How they are split does not change them.
  func run(tokens: Int, on pool: WorkerPool) {
    if tokens >= 2 * Self.tokenBlock * pool.threadCount {
      let minimum = max(1, Self.partSize / (rows * columns))
      pool.split(tokens, unit: Self.tokenBlock, minimum: minimum) { multiply($0, rows: 0..<rows) }
    } else {
      let minimum = max(1, Self.partSize / (tokens * columns))
      pool.split(rows, unit: TritMatrix.KernelBytes.partUnit, minimum: minimum) {
        multiply(0..<tokens, rows: $0)
      }
    }
  }

  /// The sums of some tokens and rows. The first row is that of a strip.
  private func multiply(_ tokens: Range<Int>, rows range: Range<Int>) {
    weights.multiply(
      rows: rows, columns: columns, part: range, activations + tokens.lowerBound * columns,
      tokens: tokens.count, into: sums + tokens.lowerBound * rows)
  }
}
