private import CTernaryKernels
private import Ternary
public import Workload

extension LinearLayer {
  /// The exact sums of products `X · Wᵀ`: M × N, by the fastest kernel of this processor; M × N × G
  /// where scales change along the inputs, with a sum for each of G groups.
  ///
  /// - Precondition: `activations` has a column for every column of the weights, less than 2²⁴.
  public func accumulators(for activations: QuantizedActivations) -> [Int32] {
    if case .inputGroups(_, let size) = scale { return groupSums(activations, columns: size) }
    let count = activations.tokens * weights.rows
    return [Int32](unsafeUninitializedCapacity: count) { sums, initialized in
      multiply(activations, into: sums)
      initialized = count
    }
  }

  /// Writes the M × N sums to `sums`, which has room for them and need not be initialised.
  private func multiply(
    _ activations: QuantizedActivations, into sums: UnsafeMutableBufferPointer<Int32>
  ) {
    let (rows, columns) = (weights.rows, weights.columns)
    precondition(activations.columns == columns, "\(name): \(activations.columns) inputs")
    precondition(columns < 1 << 24, "\(name): sums of \(columns) products overflow int32")
    let tokens = activations.tokens
    activations.values.withUnsafeBufferPointer { values in
      weights.bytes.withUnsafeBufferPointer { bytes in
        guard tokens > 1 else {
          setun_gemv_select()?(
            bytes.baseAddress, rows, weights.rowBytes, values.baseAddress, columns,
            sums.baseAddress)
          return
        }
        withUnsafeTemporaryAllocation(
          byteCount: Int(SETUN_GEMM_WORKSPACE_BYTES), alignment: 64
        ) { workspace in
          setun_gemm_select()?(
            bytes.baseAddress, rows, weights.rowBytes, values.baseAddress, tokens, columns,
            columns, workspace.baseAddress, sums.baseAddress)
        }
      }
    }
  }

  /// The time of one product with all rows of `activations` on one core, in seconds: several
  /// measurements, shortest first.
  ///
  /// Each measurement repeats the product for a tenth of a millisecond or more, so that the clock's
  /// own cost does not show on small layers. Weights are warm in the cache where they fit.
  ///
  /// - Precondition: `repetitions` is positive; `activations` as for ``accumulators(for:)``.
  public func measuredSeconds(
    for activations: QuantizedActivations, repetitions: Int = 9
  ) -> [Double] {
    precondition(repetitions > 0)
    return withUnsafeTemporaryAllocation(
      of: Int32.self, capacity: activations.tokens * weights.rows
    ) { sums in
      let elapsed = { (calls: Int) in
        ContinuousClock().measure { for _ in 0..<calls { multiply(activations, into: sums) } }
      }
      var calls = 1
      while elapsed(calls) < .microseconds(100) { calls *= 2 }
      return (0..<repetitions).map { _ in elapsed(calls).seconds / Double(calls) }.sorted()
    }
  }

  /// The real outputs of exact sums: M × N.
  func outputs(_ accumulators: [Int32], scales: [Float]) -> [Float] {
    if case .inputGroups = scale { return groupOutputs(accumulators, scales: scales) }
    let rows = weights.rows
    return [Float](unsafeUninitializedCapacity: accumulators.count) { outputs, initialized in
      accumulators.withUnsafeBufferPointer { sums in
        for token in 0..<scales.count {
          for row in 0..<rows {
            let index = token * rows + row
            outputs.initializeElement(
              at: index,
              to: scale.output(row: row, sum: sums[index], activationScale: scales[token]))
          }
        }
      }
      initialized = accumulators.count
    }
  }
}

/// Which body computes the products on this processor: `generic`, `avx2`.
public var kernelName: String { String(cString: setun_gemv_name()) }

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
