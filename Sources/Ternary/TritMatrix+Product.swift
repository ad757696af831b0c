private import CTernaryKernels

extension TritMatrix {
  /// How many weights are −1, 0 and +1.
  public var counts: TritCounts {
    switch storage {
    case .twoBit(let bytes): return TwoBit.counts(bytes, count: rows * columns)
    case .triples(let packed):
      var (nonzeros, minusOnes) = (0, 0)
      setun_triples_count_select()(packed.address, rows, columns, &nonzeros, &minusOnes)
      return TritCounts(nonzeros: nonzeros, minusOnes: minusOnes, count: rows * columns)
    }
  }

  /// Writes the exact product `Y = X · Wᵀ`, computed by this thread with the fastest kernel of this
  /// processor.
  ///
  /// - Parameters:
  ///   - activations: X, `tokens` rows of ``columns`` values.
  ///   - sums: Room for Y, `tokens` rows of ``rows`` sums.
  package func multiply(
    _ activations: UnsafePointer<Int8>, tokens: Int, into sums: UnsafeMutablePointer<Int32>
  ) {
    withKernelBytes {
      $0.multiply(
        rows: rows, columns: columns, part: 0..<rows, activations, tokens: tokens, into: sums)
    }
  }
}

extension TritMatrix.KernelBytes {
  /// Rows of which a part of a product has a multiple before it.
  package static var partUnit: Int { Int(SETUN_TRIPLES_STRIP_ROWS) }

  /// Writes the sums of the rows `part` of a matrix of `rows` rows, computed by this thread with the
  /// fastest kernel of this processor.
  ///
  /// - Parameters:
  ///   - part: Begins with a multiple of ``partUnit``, and ends with one or with the last row.
  ///   - activations: X, `tokens` rows of `columns` values.
  ///   - sums: Room for Y, `tokens` rows of `rows` sums; other rows are left alone.
  package func multiply(
    rows: Int, columns: Int, part: Range<Int>, _ activations: UnsafePointer<Int8>, tokens: Int,
    into sums: UnsafeMutablePointer<Int32>
  ) {
    switch self {
    case .triples(let packed):
      let multiply = setun_triples_multiply_select() ?? setun_triples_multiply_generic
      withWorkspace(Int(SETUN_TRIPLES_WORKSPACE_BYTES)) {
        multiply(
          packed, rows, columns, part.lowerBound, part.upperBound, activations, tokens, columns,
          $0, sums)
      }
    case .twoBit(let bytes):
      let rowBytes = (columns + 3) / 4
      let first = bytes.map { $0 + part.lowerBound * rowBytes }
      guard tokens > 1 else {
        setun_gemv_select()?(
          first, part.count, rowBytes, activations, columns, sums + part.lowerBound)
        return
      }
      withWorkspace(Int(SETUN_GEMM_WORKSPACE_BYTES)) {
        setun_gemm_select()?(
          first, part.count, rowBytes, activations, tokens, columns, columns, $0,
          sums + part.lowerBound, rows)
      }
    }
  }

  private func withWorkspace(_ bytes: Int, _ body: (UnsafeMutableRawPointer?) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { body($0.baseAddress) }
  }
}
