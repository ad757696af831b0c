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
  /// `nil` of an FPGA, of which no energy is known.
  private let energy: EnergyModel?
  /// What the design takes of the FPGA; `nil` where the technology is none.
  let fpga: FPGAReport?
  let phases: [Phase]
  /// The same with the literature's cells; `nil` where sweeps are priced with these.
  private let literature: EnergyModel?
  private let baselineModel: BaselineModel?
  /// What the layers take on the CPU, where it was measured.
  private let cpu: CPUTimes?

  init(_ design: DesignPoint, evaluators: [Evaluator], cpu: CPUTimes?) throws {
    self.design = design
    self.cpu = cpu
    let architecture = design.architecture
    do throws(EnergyError) {
      let name = architecture.parameters.technology
      if let target = try FPGATarget(named: name) {
        fpga = FPGAReport(try FPGAUse(architecture, on: target))
        (energy, baselineModel, literature) = (nil, nil, nil)
      } else {
        fpga = nil
        let model = try EnergyModel(priced: architecture, in: Technology(named: name))
        energy = model
        baselineModel = try BaselineModel(model)
        literature = model.calibration == nil ? nil : try model.uncalibrated()
      }
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
    var report = DesignReport(
      name: String(point.hash.description.prefix(8)), reason: reason, point: index,
      architecture: .init(
        architecture, configurationHash: architecture.configurationHashHex),
      phases: phases.map { phase in
        RunReport.Phase(
          name: isAlone ? phase.name : "\(phase.workload.name), \(phase.name)",
          tokens: phase.tokens, layers: phase.detail.layers.map { layer($0) }
        ).groupedWhereLong
      },
      areas: energy?.area.byBlock ?? [:], areaSources: energy?.area.contributions ?? [],
      metrics: metrics,
      facts: [
        .init("point", point.hash.description), .init("mapping", design.mapping.rawValue),
      ] + (design.keyValueBits.map { [.init("kv_bits", "\($0)")] } ?? []),
      warnings: [energy?.clock?.warning, fpga?.warning].compactMap { $0 })
    report.fpga = fpga
    return report
  }

  private func layer(_ detail: Evaluator.LayerDetail) -> RunReport.Layer {
    let shape = detail.layer.shape
    let parameters = design.architecture.parameters
    return RunReport.Layer(
      name: detail.layer.name, m: shape.m, n: shape.n, k: shape.k,
      bound: .init(
        detail.counts, bytesPerCycle: Double(parameters.memory.milliBytesPerCycle) / 1000),
      figures: RunReport.Figures(
        counts: detail.counts,
        time: Estimate(
          Double(detail.counts[.cycles]) / (parameters.clockMHz * 1e6), provenance: .counted,
          source: "cycles of the closed form ÷ clock of the architecture file"),
        energy: detail.energy?.components ?? [:],
        energySources: detail.energy?.contributions ?? [],
        alternatives: alternatives(detail), cpuTime: cpu?[shape], cpuEnergy: cpu?.energy(shape),
        baselines: baselineModel?.baselines(products: shape.macs, counts: detail.counts)))
  }

  /// What the sweep was priced with, and what the literature says.
  private func alternatives(_ detail: Evaluator.LayerDetail) -> [RunReport.Alternative] {
    guard let cells = energy?.calibration, let calibrated = detail.energy, let literature else {
      return []
    }
    return [
      .init(
        calibrated, name: "calibrated",
        description: "the calibration \(cells.name), toggles estimated from densities"),
      .init(
        literature.energy(of: detail.counts), name: "literature",
        description: "the cells of \(literature.technology.name), a constant energy of a product"),
    ]
  }

  /// Other arrays, and other numbers, on the same work; none beside an FPGA.
  ///
  /// - Parameter prefixed: Whether metrics are named with their workload.
  func baselines(prefixed: Bool) -> [BaselineReport] {
    guard let energy else { return [] }
    return .init(
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
