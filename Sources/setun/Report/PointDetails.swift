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
      ] + (design.keyValueBits.map { [.init("kv_bits", "\($0)")] } ?? []))
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

  /// Other arrays, and other numbers, on the same work.
  ///
  /// - Parameter prefixed: Whether metrics are named with their workload.
  func baselines(prefixed: Bool) -> [BaselineReport] {
    .init(
      energy,
      phases.map { phase in
        Baselines.Work(
          prefix: (prefixed ? "\(phase.workload.name)." : "") + phase.name, tokens: phase.tokens,
          layers: phase.detail.layers.map { ($0.layer.shape.macs, $0.counts) })
      })
  }
}

extension RunReport.Phase {
  /// Layers one by one where a page can show them, else added up by kind.
  fileprivate var groupedWhereLong: RunReport.Phase { layers.count > 64 ? groupedByKind : self }
}
