import Activity
public import Energy

/// A figure by which designs are compared: what it is called, and which way is better.
public struct MetricDescription: Equatable, Sendable {
  /// Which of two values is better.
  public enum Preference: String, Sendable {
    case lower
    case higher
    case neither
  }

  /// How values are written.
  public enum Format: String, Sendable {
    /// With an SI prefix before the unit: 2.4 ms.
    case prefixed
    /// As it is: 0.31 mm².
    case plain
    /// As a percentage.
    case share
    /// As a whole number: 27,501.
    case count
  }

  /// The name in files, with its unit: `decode_latency_s`.
  public var key: String
  /// What a table calls it: `decode latency`.
  public var title: String
  public var unit: String
  public var format: Format
  public var preference: Preference
  /// A sentence for those who do not know it.
  public var explanation: String

  public init(
    key: String, title: String, unit: String, format: Format, preference: Preference,
    explanation: String
  ) {
    self.key = key
    self.title = title
    self.unit = unit
    self.format = format
    self.preference = preference
    self.explanation = explanation
  }
}

/// A value of a metric, in the unit of its description.
public struct MetricValue: Equatable, Sendable {
  public var low: Double
  public var typical: Double
  public var high: Double
  public var provenance: Provenance
  public var source: String

  /// - Precondition: `low <= typical <= high`.
  public init(
    low: Double, typical: Double, high: Double, provenance: Provenance, source: String
  ) {
    precondition(low <= typical && typical <= high, "\(low) … \(typical) … \(high)")
    self.low = low
    self.typical = typical
    self.high = high
    self.provenance = provenance
    self.source = source
  }

  /// `factor` times the estimate.
  ///
  /// - Precondition: `factor` is positive.
  public init<U: Unit>(_ estimate: Estimate<U>, times factor: Double = 1) {
    precondition(factor > 0)
    self.init(
      low: factor * estimate.low, typical: factor * estimate.typical, high: factor * estimate.high,
      provenance: estimate.provenance, source: estimate.source)
  }
}

extension MetricDescription {
  /// What a run says of a design, named as in an exploration.
  public static let ofRuns: [MetricDescription] = ["decode", "prefill"].flatMap(ofPhase) + [area]

  private static let area = MetricDescription(
    key: "area_mm2", title: "area", unit: "mm²", format: .plain, preference: .lower,
    explanation: "Of all blocks of the accelerator")

  private static func ofPhase(_ phase: String) -> [MetricDescription] {
    let what =
      phase == "decode" ? "From one generated token to the next" : "All tokens of the prompt"
    return [
      .init(
        key: "\(phase)_latency_s", title: "\(phase) latency", unit: "s", format: .prefixed,
        preference: .lower, explanation: what),
      .init(
        key: "\(phase)_tokens_per_s", title: "\(phase) speed", unit: "tokens/s", format: .plain,
        preference: .higher, explanation: "Tokens over latency"),
      .init(
        key: "\(phase)_j_per_token", title: "\(phase) energy", unit: "J/token", format: .prefixed,
        preference: .lower, explanation: "With the memory outside the chip"),
      .init(
        key: "\(phase)_dram_bytes_per_token", title: "\(phase) traffic", unit: "B/token",
        format: .prefixed, preference: .lower,
        explanation: "Bytes over the memory port, padding included"),
    ]
  }
}

extension RunReport {
  /// The values of ``MetricDescription/ofRuns`` that this run has, by key.
  var metrics: [String: MetricValue] {
    var values: [String: MetricValue] = [:]
    for phase in phases {
      guard let total = phase.total else { continue }
      values["\(phase.name)_latency_s"] = MetricValue(total.time)
      values["\(phase.name)_tokens_per_s"] = total.time.rate(tokens: phase.tokens)
        .map { MetricValue($0) }
      values["\(phase.name)_j_per_token"] = total.totalEnergy.map {
        MetricValue($0, times: 1 / Double(phase.tokens))
      }
      let bytes = Double(total.counts.memoryBytes) / Double(phase.tokens)
      values["\(phase.name)_dram_bytes_per_token"] = MetricValue(
        low: bytes, typical: bytes, high: bytes, provenance: .counted,
        source: "counters of the memory port")
    }
    values["area_mm2"] = totalArea.map { MetricValue($0, times: 1e-6) }
    return values.described
  }

  /// The same values of the CPU that ran the layers, or `nil` where none did.
  var cpuMetrics: [String: MetricValue]? {
    var values: [String: MetricValue] = [:]
    for phase in phases {
      guard let total = phase.total, let time = total.cpuTime else { continue }
      values["\(phase.name)_latency_s"] = MetricValue(time)
      values["\(phase.name)_tokens_per_s"] = time.rate(tokens: phase.tokens)
        .map { MetricValue($0) }
      values["\(phase.name)_j_per_token"] = total.cpuEnergy.map {
        MetricValue($0, times: 1 / Double(phase.tokens))
      }
    }
    let described = values.described
    return described.isEmpty ? nil : described
  }
}

extension [String: MetricValue] {
  /// Without those of phases that ``MetricDescription/ofRuns`` does not have.
  fileprivate var described: Self {
    let keys = Set(MetricDescription.ofRuns.map(\.key))
    return filter { keys.contains($0.key) }
  }
}

extension EventCounts {
  /// Bytes over the memory port, padding included.
  fileprivate var memoryBytes: UInt64 {
    let events: [Event] = [
      .weightBytesRead, .activationBytesRead, .outputBytesWritten, .multiplierBytesRead,
    ]
    return events.reduce(0) { $0 + self[$1] }
  }
}
