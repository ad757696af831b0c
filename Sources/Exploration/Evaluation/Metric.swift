/// One figure by which design points are compared. The raw value names it in files and ends with
/// its unit.
public enum Metric: String, CaseIterable, Codable, Sendable {
  /// From one generated token of a sequence to its next.
  case decodeLatency = "decode_latency_s"
  case decodeThroughput = "decode_tokens_per_s"
  case decodeEnergy = "decode_j_per_token"
  /// From the prompt to the first generated token.
  case prefillLatency = "prefill_latency_s"
  case prefillThroughput = "prefill_tokens_per_s"
  case prefillEnergy = "prefill_j_per_token"
  /// The prompt and all generated tokens.
  case requestLatency = "request_latency_s"
  /// As ``requestLatency``, all sequences of the batch together.
  case requestEnergy = "request_energy_j"
  case area = "area_mm2"
  /// The mean over the request.
  case power = "power_w"
  /// ``requestEnergy`` times ``requestLatency``.
  case energyDelayProduct = "edp_j_s"
  /// Operations that the array can do: two for each product of rows, lanes and tokens.
  case peakPerformance = "peak_tops"
  /// Useful operations of the request: two for each product of the layers, padding left out.
  case performance = "tops"
  /// ``performance`` over ``power``.
  case efficiency = "tops_per_w"
  /// ``performance`` over ``area``.
  case density = "tops_per_mm2"
  /// Useful products over those that the array could have done.
  case decodeUtilisation = "decode_utilisation"
  case prefillUtilisation = "prefill_utilisation"
  /// Bytes over the memory port, padding included.
  case decodeTraffic = "decode_dram_bytes_per_token"
  case prefillTraffic = "prefill_dram_bytes_per_token"
  /// Bytes of keys and values that the attention moves beside the accelerator, and what the memory
  /// takes for them: only where `kv_bits` or a context says to count them. The energies of decoding
  /// and of the request then hold the latter.
  case keyValueTraffic = "decode_kv_bytes_per_token"
  case keyValueEnergy = "decode_kv_j_per_token"
  /// Of a real text in the arithmetic of the point; known only where it was evaluated.
  case perplexity
  /// ``perplexity`` less that in the arithmetic of the published model.
  case perplexityIncrease = "perplexity_increase"
  /// What the accelerator takes of an FPGA; LUTs of memory are LUTs.
  case luts
  case flipFlops = "flip_flops"
  /// In the smallest units of the family: 18 Kbit in UltraScale+ and ECP5.
  case blockRAMs = "block_rams"
  case dsps
  /// The largest share of what the device has of anything; above 1 it does not fit.
  case deviceShare = "device_share"
}

extension Metric {
  /// What a table calls it.
  public var title: String {
    switch self {
    case .decodeLatency: "decode latency"
    case .decodeThroughput: "decode speed"
    case .decodeEnergy: "decode energy"
    case .prefillLatency: "prefill latency"
    case .prefillThroughput: "prefill speed"
    case .prefillEnergy: "prefill energy"
    case .requestLatency: "request latency"
    case .requestEnergy: "request energy"
    case .area: "area"
    case .power: "power"
    case .energyDelayProduct: "energy-delay product"
    case .peakPerformance: "peak performance"
    case .performance: "performance"
    case .efficiency: "efficiency"
    case .density: "density"
    case .decodeUtilisation: "decode utilisation"
    case .prefillUtilisation: "prefill utilisation"
    case .decodeTraffic: "decode traffic"
    case .prefillTraffic: "prefill traffic"
    case .keyValueTraffic: "KV traffic"
    case .keyValueEnergy: "KV energy"
    case .perplexity: "perplexity"
    case .perplexityIncrease: "perplexity increase"
    case .luts: "LUTs"
    case .flipFlops: "flip-flops"
    case .blockRAMs: "block RAMs"
    case .dsps: "DSPs"
    case .deviceShare: "share of the device"
    }
  }

  /// The unit of its values.
  public var unit: String {
    switch self {
    case .decodeLatency, .prefillLatency, .requestLatency: "s"
    case .decodeThroughput, .prefillThroughput: "tokens/s"
    case .decodeEnergy, .prefillEnergy, .keyValueEnergy: "J/token"
    case .requestEnergy: "J"
    case .area: "mm²"
    case .power: "W"
    case .energyDelayProduct: "J·s"
    case .peakPerformance, .performance: "TOPS"
    case .efficiency: "TOPS/W"
    case .density: "TOPS/mm²"
    case .decodeUtilisation, .prefillUtilisation, .perplexity, .perplexityIncrease, .luts,
      .flipFlops, .blockRAMs, .dsps, .deviceShare:
      ""
    case .decodeTraffic, .prefillTraffic, .keyValueTraffic: "B/token"
    }
  }

  /// How its values are written.
  public enum Format: Sendable {
    /// With an SI prefix before the unit: 2.4 ms.
    case prefixed
    /// As it is: 0.31 mm².
    case plain
    /// As a percentage.
    case share
    /// As a whole number: 27,501.
    case count
  }

  public var format: Format {
    switch self {
    case .decodeLatency, .prefillLatency, .requestLatency, .decodeEnergy, .prefillEnergy,
      .requestEnergy, .power, .energyDelayProduct, .decodeTraffic, .prefillTraffic,
      .keyValueTraffic, .keyValueEnergy:
      .prefixed
    case .decodeUtilisation, .prefillUtilisation, .deviceShare: .share
    case .luts, .flipFlops, .blockRAMs, .dsps: .count
    case .decodeThroughput, .prefillThroughput, .area, .peakPerformance, .performance, .efficiency,
      .density, .perplexity, .perplexityIncrease:
      .plain
    }
  }

  public var smallerIsBetter: Bool {
    switch self {
    case .decodeLatency, .prefillLatency, .requestLatency, .decodeEnergy, .prefillEnergy,
      .requestEnergy, .area, .power, .energyDelayProduct, .decodeTraffic, .prefillTraffic,
      .keyValueTraffic, .keyValueEnergy, .perplexity, .perplexityIncrease, .luts, .flipFlops,
      .blockRAMs, .dsps, .deviceShare:
      true
    case .decodeThroughput, .prefillThroughput, .peakPerformance, .performance, .efficiency,
      .density, .decodeUtilisation, .prefillUtilisation:
      false
    }
  }
}

extension Metric {
  /// Whether every workload gives the same value.
  var isOfTheDesign: Bool {
    switch self {
    case .area, .peakPerformance, .luts, .flipFlops, .blockRAMs, .dsps, .deviceShare: true
    default: false
    }
  }

  /// Whether a model has to predict a text for it.
  public var isOfText: Bool { self == .perplexity || self == .perplexityIncrease }
}
