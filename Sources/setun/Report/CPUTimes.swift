import Energy
import Exploration
import Reference
import Report
import Ternary
import Workload

/// What matmuls take on this machine's CPU, one core: each shape measured once, with drawn values, of
/// which its time does not depend.
struct CPUTimes {
  private let times: [MatmulShape: Estimate<Seconds>]

  /// Measures every shape of `workloads`.
  init(_ workloads: [ExplorationWorkload], _ progress: Progress) throws {
    let phases = workloads.flatMap { [$0.decode, $0.prefill].compactMap { $0 } }
    var times: [MatmulShape: Estimate<Seconds>] = [:]
    for shape in phases.flatMap({ $0.layers.map(\.shape) }) where times[shape] == nil {
      try Task.checkCancellation()
      progress.update("measuring \(shape.m) × \(shape.n) × \(shape.k) on the CPU")
      times[shape] = Self.measured(shape)
    }
    self.times = times
  }

  subscript(shape: MatmulShape) -> Estimate<Seconds>? { times[shape] }

  func energy(_ shape: MatmulShape) -> Estimate<Joules>? {
    times[shape].map { CPUEnergy.range(seconds: $0.typical, threads: 1) }
  }

  private static func measured(_ shape: MatmulShape) -> Estimate<Seconds> {
    var random = SplitMix64(state: 1)
    let trits = (0..<shape.n * shape.k).map { _ in Int8(truncatingIfNeeded: random.next() % 3) - 1 }
    let layer = LinearLayer(
      name: "measured", weights: TritMatrix(rows: shape.n, columns: shape.k, trits: trits),
      scale: .multiply(1))
    let activations = QuantizedActivations(
      tokens: shape.m, columns: shape.k,
      values: (0..<shape.m * shape.k).map { _ in
        max(-127, Int8(truncatingIfNeeded: random.next()))
      },
      scales: Array(repeating: 1, count: shape.m))
    let seconds = layer.measuredSeconds(for: activations, repetitions: 3)
    return Estimate(
      low: seconds[0], typical: seconds[1], high: seconds[2], provenance: .measured,
      source: "wall clock, one core, kernel \(kernelName), drawn values of this size")
  }

  // MARK: As a baseline

  /// The CPU beside the designs of a sweep.
  ///
  /// - Parameter prefixed: Whether metrics are named with their workload.
  func baseline(of workloads: [ExplorationWorkload], prefixed: Bool) -> BaselineReport {
    var metrics: [String: MetricValue] = [:]
    for workload in workloads {
      for (name, phase) in [("decode", workload.decode), ("prefill", workload.prefill)] {
        guard let phase else { continue }
        let known = phase.layers.compactMap { times[$0.shape] }
        guard let first = known.first, known.count == phase.layers.count else { continue }
        let time = known.dropFirst().reduce(first, +)
        let energy = CPUEnergy.range(seconds: time.typical, threads: 1)
        let (key, tokens) = ((prefixed ? "\(workload.name)." : "") + name, Double(phase.tokens))
        metrics["\(key)_latency_s"] = MetricValue(time)
        metrics["\(key)_tokens_per_s"] = MetricValue(
          low: tokens / time.high, typical: tokens / time.typical, high: tokens / time.low,
          provenance: time.provenance, source: time.source)
        metrics["\(key)_j_per_token"] = MetricValue(energy, times: 1 / tokens)
      }
    }
    return BaselineReport(
      name: "CPU", description: "one core of the machine that made this page", metrics: metrics)
  }
}
