private import CTernaryKernels
private import Ternary
public import Workload

extension LinearLayer {
  /// The exact sums of products `X · Wᵀ`: M × N, by the fastest kernel of this processor; M × N × G
  /// where scales change along the inputs, with a sum for each of G groups.
  ///
  /// - Precondition: `activations` has a column for every column of the weights, less than 2²⁴.
  public func accumulators(for activations: QuantizedActivations) -> [Int32] {
    accumulators(for: activations, on: .single)
  }

  /// The same sums, computed by the threads of `pool`.
  public func accumulators(for activations: QuantizedActivations, on pool: WorkerPool) -> [Int32] {
    if case .inputGroups(_, let size) = scale { return groupSums(activations, columns: size) }
    let count = activations.tokens * weights.rows
    return [Int32](unsafeUninitializedCapacity: count) { sums, initialized in
      if let sums = sums.baseAddress { multiply(activations, on: pool, into: sums) }
      initialized = count
    }
  }

  /// Writes the M × N sums to `sums`, which has room for them and need not be initialised.
  private func multiply(
    _ activations: QuantizedActivations, on pool: WorkerPool, into sums: UnsafeMutablePointer<Int32>
  ) {
    let columns = weights.columns
    precondition(activations.columns == columns, "\(name): \(activations.columns) inputs")
    precondition(columns < 1 << 24, "\(name): sums of \(columns) products overflow int32")
    activations.values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress else { return }
      weights.withKernelBytes { bytes in
        let product = KernelProduct(
          weights: bytes, rows: weights.rows, columns: columns, activations: values, sums: sums)
        product.run(tokens: activations.tokens, on: pool)
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
      guard let sums = sums.baseAddress else { return [] }
      let elapsed = { (calls: Int) in
        ContinuousClock().measure {
          for _ in 0..<calls { multiply(activations, on: .single, into: sums) }
        }
      }
      var calls = 1
      while elapsed(calls) < .microseconds(100) { calls *= 2 }
      return (0..<repetitions).map { _ in elapsed(calls).seconds / Double(calls) }.sorted()
    }
  }

  /// The real outputs of exact sums: M × N.
  func outputs(
    _ accumulators: [Int32], scales: [Float], on pool: WorkerPool = .single
  ) -> [Float] {
    if case .inputGroups = scale { return groupOutputs(accumulators, scales: scales) }
    let rows = weights.rows
    return [Float](unsafeUninitializedCapacity: accumulators.count) { outputs, initialized in
      accumulators.withUnsafeBufferPointer { sums in
        guard let sums = sums.baseAddress, let outputs = outputs.baseAddress else { return }
        // A large matrix and one token are worth a second thread no more than this.
        pool.split(scales.count, minimum: max(1, (1 << 15) / rows)) { tokens in
          for token in tokens {
            scaleRow(
              sums + token * rows, activationScale: scales[token], into: outputs + token * rows)
          }
        }
      }
      initialized = accumulators.count
    }
  }

  /// The outputs of one token. The switch stands outside the loops, which then run in vectors.
  private func scaleRow(
    _ sums: UnsafePointer<Int32>, activationScale: Float, into outputs: UnsafeMutablePointer<Float>
  ) {
    let rows = weights.rows
    switch scale {
    case .multiply(let factor):
      for row in 0..<rows { outputs[row] = Float(sums[row]) / activationScale * factor }
    case .divide(let factor):
      let divisor = factor * activationScale
      for row in 0..<rows { outputs[row] = Float(sums[row]) / divisor }
    case .rowGroups, .inputGroups:
      for row in 0..<rows {
        outputs[row] = scale.output(row: row, sum: sums[row], activationScale: activationScale)
      }
    }
  }
}

/// Which bodies compute on this processor: `generic`, `avx2`, `avx512`.
public var kernelName: String { String(cString: setun_bodies_name()) }

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
