/// A figure with the bounds that its sources allow.
public struct Bounded: Equatable, Sendable, BitwiseCopyable {
  public var low: Double
  public var typical: Double
  public var high: Double

  public init(low: Double, typical: Double, high: Double) {
    (self.low, self.typical, self.high) = (low, typical, high)
  }

  /// A figure that is known exactly.
  public init(_ value: Double) { self.init(low: value, typical: value, high: value) }

  public static func + (left: Self, right: Self) -> Self {
    Self(
      low: left.low + right.low, typical: left.typical + right.typical,
      high: left.high + right.high)
  }

  public static func * (factor: Double, one: Self) -> Self {
    Self(low: factor * one.low, typical: factor * one.typical, high: factor * one.high)
  }

  /// `factor` over the figure: its bounds change places.
  static func / (factor: Double, one: Self) -> Self {
    Self(low: factor / one.high, typical: factor / one.typical, high: factor / one.low)
  }
}

/// What a design point came to: all from which its ``Metric``s follow.
public struct PointMetrics: Equatable, Sendable, BitwiseCopyable {
  /// One pass over the layers of a phase: the prompt, or a token of every sequence.
  public struct Phase: Equatable, Sendable, BitwiseCopyable {
    /// Tokens that it takes in, of all sequences.
    public var tokens: Int
    public var cycles: Int
    /// Products of the layers, padding left out.
    public var products: Int
    /// Bytes over the memory port.
    public var memoryBytes: Int
    /// Of the ternary layers, in J; `nil` of an FPGA, of which none is known.
    public var energy: Bounded?
    /// What the attention reads and writes beside them; `nil` where it is not counted.
    public var keyValues: KeyValues?

    /// With that of keys and values, in J.
    var wholeEnergy: Bounded? {
      energy.map { energy in keyValues.map { energy + $0.energy } ?? energy }
    }
  }

  /// Traffic of keys and values.
  public struct KeyValues: Equatable, Sendable, BitwiseCopyable {
    public var bytes: Int
    /// In J.
    public var energy: Bounded
  }

  /// How well the model predicts a text.
  public struct Accuracy: Equatable, Sendable, BitwiseCopyable {
    /// In the arithmetic of the point.
    public var perplexity: Double
    /// In that of the published model.
    public var published: Double
  }

  /// What the accelerator takes of an FPGA.
  public struct Resources: Equatable, Sendable, BitwiseCopyable {
    /// LUTs of memory among them.
    public var luts: Bounded
    public var flipFlops: Bounded
    /// In the smallest units of the family.
    public var blockRAMs: Bounded
    public var dsps: Bounded
    /// The largest share of what the device has of anything; `nil` where none is named.
    public var deviceShare: Bounded?
  }

  /// `nil` where the workload has no such phase.
  public var prefill: Phase?
  public var decode: Phase?
  /// How often the decode phase runs in a request.
  public var decodeSteps: Int
  public var clockHertz: Double
  /// Products that the array does in a cycle.
  public var peakProducts: Double
  /// In mm²; `nil` of an FPGA.
  public var area: Bounded?
  /// `nil` where the technology is no FPGA.
  public var resources: Resources?
  /// `nil` where it was not evaluated.
  public var accuracy: Accuracy?
}

extension PointMetrics {
  /// The value of `metric`, or `nil` where the workload or the technology does not have it.
  public subscript(metric: Metric) -> Bounded? {
    switch metric {
    case .decodeLatency: decode.map { Bounded(seconds($0)) }
    case .decodeThroughput: decode.map { Bounded(Double($0.tokens) / seconds($0)) }
    case .decodeEnergy: decode.flatMap { perToken($0.wholeEnergy, of: $0) }
    case .prefillLatency: prefill.map { Bounded(seconds($0)) }
    case .prefillThroughput: prefill.map { Bounded(Double($0.tokens) / seconds($0)) }
    case .prefillEnergy: prefill.flatMap { perToken($0.energy, of: $0) }
    case .requestLatency: Bounded(requestSeconds)
    case .requestEnergy: requestEnergy
    case .area: area
    case .power: requestEnergy.map { 1 / requestSeconds * $0 }
    case .energyDelayProduct: requestEnergy.map { requestSeconds * $0 }
    case .peakPerformance: Bounded(2e-12 * peakProducts * clockHertz)
    case .performance: Bounded(requestTeraOperations / requestSeconds)
    case .efficiency: requestEnergy.map { requestTeraOperations / $0 }
    case .density: area.map { requestTeraOperations / requestSeconds / $0 }
    case .decodeUtilisation: decode.map { Bounded(utilisation($0)) }
    case .prefillUtilisation: prefill.map { Bounded(utilisation($0)) }
    case .decodeTraffic: decode.map { Bounded(Double($0.memoryBytes) / Double($0.tokens)) }
    case .prefillTraffic: prefill.map { Bounded(Double($0.memoryBytes) / Double($0.tokens)) }
    case .keyValueTraffic:
      decode.flatMap { decode in
        decode.keyValues.map { Bounded(Double($0.bytes) / Double(decode.tokens)) }
      }
    case .keyValueEnergy:
      decode.flatMap { decode in
        decode.keyValues.map { 1 / Double(decode.tokens) * $0.energy }
      }
    case .perplexity: accuracy.map { Bounded($0.perplexity) }
    case .perplexityIncrease: accuracy.map { Bounded($0.perplexity - $0.published) }
    case .luts: resources?.luts
    case .flipFlops: resources?.flipFlops
    case .blockRAMs: resources?.blockRAMs
    case .dsps: resources?.dsps
    case .deviceShare: resources?.deviceShare
    }
  }

  private func seconds(_ phase: Phase) -> Double { Double(phase.cycles) / clockHertz }

  private func perToken(_ energy: Bounded?, of phase: Phase) -> Bounded? {
    energy.map { 1 / Double(phase.tokens) * $0 }
  }

  private func utilisation(_ phase: Phase) -> Double {
    Double(phase.products) / (Double(phase.cycles) * peakProducts)
  }

  private func request(_ value: (Phase) -> Int) -> Double {
    Double((prefill.map(value) ?? 0) + decodeSteps * (decode.map(value) ?? 0))
  }

  private var requestSeconds: Double { request(\.cycles) / clockHertz }

  private var requestTeraOperations: Double { 2e-12 * request(\.products) }

  /// `nil` where that of a phase is not known.
  private var requestEnergy: Bounded? {
    var sum = Bounded(0)
    if let prefill {
      guard let energy = prefill.energy else { return nil }
      sum = sum + energy
    }
    if let decode {
      guard let energy = decode.wholeEnergy else { return nil }
      sum = sum + Double(decodeSteps) * energy
    }
    return sum
  }
}
