internal import Architecture
public import Energy
import GRDB

/// Where the values of a metric come from.
public struct MetricOrigin: Equatable, Sendable {
  public let provenance: Provenance
  /// One short phrase.
  public let source: String

  public init(provenance: Provenance, source: String) {
    self.provenance = provenance
    self.source = source
  }
}

extension MetricOrigin {
  /// The weakest origins of the figures of one design.
  struct OfDesign {
    /// Of cells; nothing else is asked for of them.
    private var energy = Provenance.measured
    private var area = Provenance.measured
    /// What the design takes of an FPGA.
    private var use: FPGAUse?
    private let technology: String
    private let sweep: Sweep

    init(
      _ point: DesignPoint, _ evaluators: [Evaluator], of sweep: Sweep
    ) throws(ExplorationError) {
      let architecture = point.architecture
      self.sweep = sweep
      for evaluator in evaluators {
        let details = try evaluator.details(of: point)
        for layer in (details.prefill?.layers ?? []) + (details.decode?.layers ?? []) {
          energy = max(energy, layer.energy?.total.provenance ?? energy)
        }
      }
      let cells = try evaluators[0].cells(of: architecture)
      technology =
        architecture.parameters.technology
        + (cells?.calibration.map { ", calibration \($0)" } ?? "")
      do throws(EnergyError) {
        if let cells {
          area = try EnergyModel(
            priced: architecture, in: cells, table: evaluators[0].table
          ).area.total.provenance
        } else {
          use = try FPGATarget(named: technology).map { target throws(EnergyError) in
            try FPGAUse(architecture, on: target)
          }
        }
      } catch {
        throw .unpriced(architecture: architecture.parameters.name, error)
      }
    }

    /// What ``KeyValueCache`` takes for granted.
    private static let attention =
      "attention reads keys and values of the context once a token, writes its own"

    /// What it takes from memory.
    private static let attentionEnergy = MetricOrigin(
      provenance: max(.modelled, .literature),
      source: attention + "; energy per bit of the architecture file")

    subscript(objective: DesignSpace.Objective) -> MetricOrigin {
      let counted = "closed form, equal to the cycle-level model in every event"
      return switch objective.metric {
      case .decodeLatency, .decodeThroughput, .prefillLatency, .prefillThroughput,
        .requestLatency, .peakPerformance, .performance, .decodeUtilisation,
        .prefillUtilisation, .decodeTraffic, .prefillTraffic:
        MetricOrigin(provenance: .counted, source: counted)
      case .area, .density:
        MetricOrigin(provenance: area, source: "structure of the blocks, \(technology)")
      case .prefillEnergy:
        MetricOrigin(provenance: energy, source: "events of the \(counted); \(technology)")
      case .decodeEnergy, .requestEnergy, .power, .energyDelayProduct, .efficiency:
        sweep.countsKeyValues(of: objective.workload)
          ? MetricOrigin(
            provenance: max(energy, Self.attentionEnergy.provenance),
            source: "events of the \(counted); \(technology); \(Self.attentionEnergy.source)")
          : MetricOrigin(provenance: energy, source: "events of the \(counted); \(technology)")
      case .keyValueTraffic:
        MetricOrigin(provenance: .modelled, source: Self.attention)
      case .keyValueEnergy: Self.attentionEnergy
      case .perplexity, .perplexityIncrease:
        MetricOrigin(
          provenance: .counted,
          source: "CPU reference runtime in the arithmetic of the point"
            + (sweep.texts[objective.workload].map { "; \($0.source)" } ?? ""))
      case .luts: resources([.lut, .lutRAM])
      case .flipFlops: resources([.ff])
      case .blockRAMs: resources([.ram])
      case .dsps: resources([.dsp])
      case .deviceShare: resources(FPGAResource.allCases)
      }
    }

    private func resources(_ resources: [FPGAResource]) -> MetricOrigin {
      let weakest = resources.compactMap { use?.total($0).provenance }.max() ?? .modelled
      let device = use?.target.device.map { "; \($0.title): \($0.source)" } ?? ""
      return MetricOrigin(
        provenance: weakest,
        source: "fits to synthesis, memories by rule, \(use?.target.technology.name ?? technology)"
          + (resources.count == FPGAResource.allCases.count ? device : ""))
    }
  }
}

extension ExplorationStore {
  /// Where each metric comes from, by name; empty while there is no point.
  public func origins() throws(ExplorationError) -> [String: MetricOrigin] {
    let rows = try translating {
      try queue.read { try Row.fetchAll($0, sql: "SELECT name, provenance, source FROM metric") }
    }
    var origins: [String: MetricOrigin] = [:]
    for row in rows {
      guard let provenance = Provenance(rawValue: row[1]) else {
        throw .input(
          place: path,
          problem: "metric \(row[0] as String): expected a provenance, found "
            + (row[1] as String))
      }
      origins[row[0]] = MetricOrigin(provenance: provenance, source: row[2])
    }
    return origins
  }

  /// Notes units and origins of the metrics, as they are at the first point of the front.
  func noteOrigins(_ evaluators: [Evaluator]) throws(ExplorationError) {
    let first = try translating {
      try queue.read {
        try Int.fetchOne(
          $0,
          sql: "SELECT min(number) FROM front WHERE NOT EXISTS (SELECT * FROM metric)")
      }
    }
    guard let first else { return }
    let design: DesignPoint
    do {
      design = try sweep.space.point(first)
    } catch {
      throw .input(place: path, problem: "point \(first): \(error)")
    }
    let origins = try MetricOrigin.OfDesign(design, evaluators, of: sweep)
    try translating {
      try queue.write { database in
        for metric in metrics {
          let origin = origins[metric]
          try database.execute(
            sql: "INSERT INTO metric VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
              metric.name, metric.metric.unit, metric.metric.smallerIsBetter,
              sweep.space.objectives.contains(metric), origin.provenance.rawValue, origin.source,
            ])
        }
      }
    }
  }
}
