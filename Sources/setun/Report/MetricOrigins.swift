import Energy
import Exploration

/// Where the metrics of a sweep come from.
struct MetricOrigins {
  private var energy = Provenance.assumed
  private var area = Provenance.assumed
  private var technology = "a table of the technology"

  init() {}

  /// As they are for `details`.
  init(_ details: PointDetails) {
    energy =
      details.phases.flatMap(\.detail.layers).map(\.energy.total.provenance).max() ?? .assumed
    area = details.energy.area.total.provenance
    technology = details.energy.technology.name
  }

  subscript(metric: Metric) -> (provenance: Provenance, source: String) {
    let cycles = "cycles of the closed form, equal to the model's, at the clock of the architecture"
    switch metric {
    case .decodeLatency, .prefillLatency, .requestLatency, .decodeThroughput, .prefillThroughput,
      .performance, .peakPerformance, .decodeUtilisation, .prefillUtilisation:
      return (.counted, cycles)
    case .decodeTraffic, .prefillTraffic: return (.counted, "bytes of the closed form")
    case .area: return (area, "structure of the blocks × figures of \(technology)")
    case .density: return (area, "\(cycles); areas from \(technology)")
    case .decodeEnergy, .prefillEnergy, .requestEnergy:
      return (energy, "events of the closed form × figures of \(technology)")
    case .power, .energyDelayProduct, .efficiency:
      return (energy, "events and \(cycles); figures of \(technology)")
    case .perplexity: return (.measured, "the CPU reference runtime on a text")
    }
  }
}
