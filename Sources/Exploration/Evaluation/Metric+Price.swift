import Architecture
import Energy

extension Metric {
  /// What a technology has to know for points to have a value.
  enum Price {
    /// Energies and areas of cells.
    case cells
    /// Resources of an FPGA.
    case fpga
    /// How many of them there are.
    case device
  }

  /// `nil` where time, traffic and accuracy are enough.
  var price: Price? {
    switch self {
    case .decodeEnergy, .prefillEnergy, .requestEnergy, .area, .power, .energyDelayProduct,
      .efficiency, .density:
      .cells
    case .luts, .flipFlops, .blockRAMs, .dsps: .fpga
    case .deviceShare: .device
    case .decodeLatency, .decodeThroughput, .prefillLatency, .prefillThroughput, .requestLatency,
      .peakPerformance, .performance, .decodeUtilisation, .prefillUtilisation, .decodeTraffic,
      .prefillTraffic, .keyValueTraffic, .keyValueEnergy, .perplexity, .perplexityIncrease:
      nil
    }
  }
}

extension Metric.Price {
  /// What there must be as technology, in words.
  private var expectation: String {
    switch self {
    case .cells: "cells as technology"
    case .fpga: "an FPGA as technology"
    case .device: "a device as technology"
    }
  }

  private func isKnown(of technology: String) -> Bool {
    switch self {
    case .cells: !FPGATarget.names.contains(technology)
    case .fpga: FPGATarget.names.contains(technology)
    case .device: FPGADevice(named: technology) != nil
    }
  }

  /// What is wrong when all points of `space` have to have it, as expected and found; `nil` when they do.
  func problem(in space: DesignSpace) -> String? {
    guard let other = space.technologies.first(where: { !isKnown(of: $0) }) else { return nil }
    return "expected \(expectation), found "
      + (self == .cells ? "the FPGA \(other), of which no energy and no area is known" : other)
  }
}

extension DesignSpace {
  /// The technologies that points name, each once.
  var technologies: [String] {
    var names = [base.parameters.technology]
    for parameter in parameters
    where parameter.values[0].settings.contains(where: { $0.keyPath == "technology" }) {
      names = parameter.values.map { value in
        var parameters = base.parameters
        value.setting?.apply(to: &parameters)
        return parameters.technology
      }
    }
    return Set(names).sorted()
  }

  /// Whether all points have values of `metric`, as far as technologies decide it.
  func prices(_ metric: Metric) -> Bool { metric.price?.problem(in: self) == nil }
}
