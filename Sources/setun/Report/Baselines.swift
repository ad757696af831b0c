import Activity
import Energy
import Report

extension Baselines {
  /// A phase that baselines are worked out for.
  struct Work {
    /// What its metrics begin with: `decode`.
    let prefix: String
    let tokens: Int
    /// Products, padding not included, and what the ternary unit counted.
    let layers: [(products: Int, counts: EventCounts)]
  }
}

extension [BaselineReport] {
  /// Other arrays, and other numbers, on the work that the accelerator of `energy` did.
  init(_ energy: EnergyModel, _ phases: [Baselines.Work]) {
    let model: BaselineModel
    do throws(EnergyError) { model = try BaselineModel(energy) } catch {
      self = Baseline.Kind.allCases.map { .init(name: $0.title, absence: "\(error).") }
      return
    }
    let sums = phases.compactMap { phase -> (phase: Baselines.Work, sum: Baselines)? in
      let layers = phase.layers.map { model.baselines(products: $0.products, counts: $0.counts) }
      guard let first = layers.first else { return nil }
      return (phase, layers.dropFirst().reduce(first, +))
    }
    self = Baseline.Kind.allCases.map { kind in
      var metrics: [String: MetricValue] = [:]
      for (phase, sum) in sums {
        metrics.merge(sum[kind].metrics(tokens: phase.tokens, prefix: phase.prefix)) { $1 }
      }
      return BaselineReport(name: kind.title, description: kind.summary, metrics: metrics)
    }
  }
}

extension Baseline {
  /// Latency, speed, energy and traffic, named after the phase.
  fileprivate func metrics(tokens: Int, prefix: String) -> [String: MetricValue] {
    let bytes = memoryBytes / Double(tokens)
    var metrics = [
      "\(prefix)_j_per_token": MetricValue(total, times: 1 / Double(tokens)),
      "\(prefix)_dram_bytes_per_token": MetricValue(
        low: bytes, typical: bytes, high: bytes, provenance: .modelled,
        source: "bits of weights, activations and results × transfers of the ternary unit"),
    ]
    guard !kind.isTrafficOnly, time.low > 0 else { return metrics }
    metrics["\(prefix)_latency_s"] = MetricValue(time)
    metrics["\(prefix)_tokens_per_s"] = MetricValue(
      low: Double(tokens) / time.high, typical: Double(tokens) / time.typical,
      high: Double(tokens) / time.low, provenance: time.provenance, source: time.source)
    return metrics
  }
}

extension Baseline.Kind {
  /// What tables call it.
  fileprivate var title: String {
    switch self {
    case .int8Array: "int8 array"
    case .fp16Array: "FP16 array"
    case .w8a8: "W8A8 traffic"
    case .w4a16: "W4A16 traffic"
    }
  }

  /// What makes it comparable, in a few words.
  fileprivate var summary: String {
    switch self {
    case .int8Array: "8-bit products and weights; equal throughput and buffers"
    case .fp16Array: "half-precision products and weights; equal throughput and buffers"
    case .w8a8: "8-bit weights and activations, external memory alone"
    case .w4a16: "4-bit weights, 16-bit activations, external memory alone"
    }
  }
}
