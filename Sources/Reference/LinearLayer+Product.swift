private import CTernaryKernels
private import Ternary
public import Workload

extension LinearLayer {
  /// The exact sums of products `X · Wᵀ`: M × N, by the fastest kernel of this processor.
  ///
  /// - Precondition: `activations` has a column for every column of the weights, less than 2²⁴.
  public func accumulators(for activations: QuantizedActivations) -> [Int32] {
    precondition(activations.columns == weights.columns, "\(name): \(activations.columns) inputs")
    precondition(weights.columns < 1 << 24, "\(weights.columns) inputs overflow int32")
    let product = setun_gemv_select()
    let rows = weights.rows
    return [Int32](unsafeUninitializedCapacity: activations.tokens * rows) { sums, initialized in
      // Both arrays are non-empty, so their buffers have addresses.
      activations.values.withUnsafeBufferPointer { values in
        weights.bytes.withUnsafeBufferPointer { bytes in
          for token in 0..<activations.tokens {
            product?(
              bytes.baseAddress, rows, weights.rowBytes,
              values.baseAddress.map { $0 + token * weights.columns }, weights.columns,
              sums.baseAddress.map { $0 + token * rows })
          }
        }
      }
      initialized = activations.tokens * rows
    }
  }

  /// The real outputs of exact sums: M × N.
  func outputs(_ accumulators: [Int32], scales: [Float]) -> [Float] {
    let rows = weights.rows
    return [Float](unsafeUninitializedCapacity: accumulators.count) { outputs, initialized in
      accumulators.withUnsafeBufferPointer { sums in
        for token in 0..<scales.count {
          for index in token * rows..<(token + 1) * rows {
            outputs.initializeElement(
              at: index, to: scale.output(sum: sums[index], activationScale: scales[token]))
          }
        }
      }
      initialized = accumulators.count
    }
  }
}

/// Which body computes the products on this processor: `generic`, `avx2`.
public var kernelName: String { String(cString: setun_gemv_name()) }

/// The time of one product of `layer` with all rows of `activations` on one core: the median of
/// several measurements, in seconds.
///
/// Each measurement repeats the product until a tenth of a millisecond has passed, so that the
/// clock's own cost does not show on small layers. Weights are warm in the cache where they fit.
///
/// - Precondition: `repetitions` is positive.
public func measure(
  layer: LinearLayer, activations: QuantizedActivations, repetitions: Int = 9
) -> Double {
  precondition(repetitions > 0)
  let samples = (0..<repetitions).map { _ in
    var calls = 0.0
    let start = ContinuousClock.now
    var elapsed = Duration.zero
    repeat {
      _ = layer.accumulators(for: activations)
      calls += 1
      elapsed = ContinuousClock.now - start
    } while elapsed < .microseconds(100)
    return elapsed.seconds / calls
  }
  return samples.sorted()[repetitions / 2]
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
