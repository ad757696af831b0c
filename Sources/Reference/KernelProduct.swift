private import CTernaryKernels
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
      pool.split(rows, unit: Int(SETUN_TRIPLES_STRIP_ROWS), minimum: minimum) {
        multiply(0..<tokens, rows: $0)
      }
    }
  }

  /// The sums of some tokens and rows. The first row is that of a strip.
  private func multiply(_ tokens: Range<Int>, rows range: Range<Int>) {
    let inputs = activations + tokens.lowerBound * columns
    let output = sums + tokens.lowerBound * rows
    switch weights {
    case .triples(let packed):
      let multiply = setun_triples_multiply_select() ?? setun_triples_multiply_generic
      withWorkspace(Int(SETUN_TRIPLES_WORKSPACE_BYTES)) {
        multiply(
          packed, rows, columns, range.lowerBound, range.upperBound, inputs, tokens.count, columns,
          $0, output)
      }
    case .twoBit(let bytes):
      let rowBytes = (columns + 3) / 4
      let first = bytes.map { $0 + range.lowerBound * rowBytes }
      guard tokens.count > 1 else {
        setun_gemv_select()?(
          first, range.count, rowBytes, inputs, columns, output + range.lowerBound)
        return
      }
      withWorkspace(Int(SETUN_GEMM_WORKSPACE_BYTES)) {
        setun_gemm_select()?(
          first, range.count, rowBytes, inputs, tokens.count, columns, columns, $0,
          output + range.lowerBound, rows)
      }
    }
  }

  private func withWorkspace(_ bytes: Int, _ body: (UnsafeMutableRawPointer?) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { body($0.baseAddress) }
  }
}
