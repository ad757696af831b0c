import Activity
import Architecture
import Energy
import Exploration
import Report
import Workload

/// What a design does on every workload, layer by layer.
struct PointDetails {
  /// One phase of one workload.
  struct Phase {
    let workload: ExplorationWorkload
    /// `decode` or `prefill`.
    let name: String
    let tokens: Int
    let detail: Evaluator.PhaseDetail
  }

  let design: DesignPoint
  let energy: EnergyModel
  let phases: [Phase]

  init(_ design: DesignPoint, evaluators: [Evaluator]) throws {
    self.design = design
    do throws(EnergyError) {
      energy = try EnergyModel(
        architecture: design.architecture,
        technology: Technology(named: design.architecture.parameters.technology))
    } catch {
      throw Failure("\(error)")
    }
    phases = try evaluators.flatMap { evaluator -> [Phase] in
      let (workload, details) = (evaluator.workload, try evaluator.details(of: design))
      let known = [
        ("decode", workload.decode, details.decode), ("prefill", workload.prefill, details.prefill),
      ]
      return known.compactMap { name, phase, detail in
        guard let phase, let detail else { return nil }
        return Phase(workload: workload, name: name, tokens: phase.tokens, detail: detail)
      }
    }
  }

  /// The design as a page shows it.
  func report(
    of point: StoredPoint, reason: String, index: Int?, metrics: [String: MetricValue]
  ) -> DesignReport {
    let architecture = design.architecture
    let isAlone = Set(phases.map(\.workload.name)).count == 1
    return DesignReport(
      name: String(point.hash.description.prefix(8)), reason: reason, point: index,
      architecture: .init(
        architecture, configurationHash: architecture.configurationHashHex),
      phases: phases.map { phase in
        RunReport.Phase(
          name: isAlone ? phase.name : "\(phase.workload.name), \(phase.name)",
          tokens: phase.tokens, layers: phase.detail.layers.map { layer($0) }
        ).groupedWhereLong
      },
      areas: energy.area.byBlock, metrics: metrics,
      facts: [
        .init("point", point.hash.description), .init("mapping", design.mapping.rawValue),
      ])
  }

  private func layer(_ detail: Evaluator.LayerDetail) -> RunReport.Layer {
    let shape = detail.layer.shape
    let memory = design.architecture.parameters.memory
    return RunReport.Layer(
      name: detail.layer.name, m: shape.m, n: shape.n, k: shape.k,
      bound: .init(
        detail.counts, bytesPerCycle: Double(memory.milliBytesPerCycle) / 1000),
      figures: RunReport.Figures(
        counts: detail.counts,
        time: Estimate(
          energy.seconds(cycles: detail.counts[.cycles]), provenance: .counted,
          source: "cycles of the closed form ÷ clock of the architecture file"),
        energy: detail.energy.components))
  }

  // MARK: Baselines

  /// Other arrays, and other numbers, on the same work.
  ///
  /// - Parameter prefixed: Whether metrics are named with their workload.
  func baselines(prefixed: Bool) throws -> [BaselineReport] {
    let model: BaselineModel
    do throws(EnergyError) { model = try BaselineModel(energy) } catch {
      return Baseline.Kind.allCases.map { .init(name: $0.title, absence: "\(error).") }
    }
    let totals = phases.map { phase in
      (
        phase: phase,
        all: phase.detail.layers.map {
          model.baselines(products: $0.layer.shape.macs, counts: $0.counts)
        }
      )
    }
    return Baseline.Kind.allCases.map { kind in
      var metrics: [String: MetricValue] = [:]
      for (phase, all) in totals {
        guard let first = all.first else { continue }
        let sum = all.dropFirst().reduce(first[kind]) { $0 + $1[kind] }
        let prefix = (prefixed ? "\(phase.workload.name)." : "") + phase.name
        metrics.merge(sum.metrics(tokens: phase.tokens, prefix: prefix)) { $1 }
      }
      return BaselineReport(name: kind.title, description: kind.summary, metrics: metrics)
    }
  }
}

extension Baseline {
  /// Latency, speed, energy and traffic, named after the phase.
  func metrics(tokens: Int, prefix: String) -> [String: MetricValue] {
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
  var title: String {
    switch self {
    case .int8Array: "int8 array"
    case .fp16Array: "FP16 array"
    case .w8a8: "W8A8 traffic"
    case .w4a16: "W4A16 traffic"
    }
  }

  /// What makes it comparable, in a few words.
  var summary: String {
    switch self {
    case .int8Array: "8-bit products and weights; equal throughput and buffers"
    case .fp16Array: "half-precision products and weights; equal throughput and buffers"
    case .w8a8: "8-bit weights and activations, external memory alone"
    case .w4a16: "4-bit weights, 16-bit activations, external memory alone"
    }
  }
}

extension RunReport.Phase {
  /// Layers one by one where a page can show them, else added up by kind.
  fileprivate var groupedWhereLong: RunReport.Phase { layers.count > 64 ? groupedByKind : self }
}
