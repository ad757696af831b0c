/// A layer on hardware, or with numbers, that are not ternary: what the ternary unit is compared with.
public struct Baseline: Sendable {
  public let kind: Kind
  /// The least that it takes; see ``Kind/assumptions``.
  public let time: Estimate<Seconds>
  /// Of the parts that ``kind`` covers.
  public let energy: [EnergyComponent: Estimate<Joules>]
  /// Bytes to and from external memory.
  public let memoryBytes: Double

  public enum Kind: String, CaseIterable, Sendable {
    /// An array of 8 × 8 bit multipliers.
    case int8Array = "int8_array"
    /// An array of half-precision multipliers and adders.
    case fp16Array = "fp16_array"
    /// Weights and activations of 8 bits: their memory traffic alone.
    case w8a8
    /// Weights of 4 bits and activations of 16: their memory traffic alone.
    case w4a16
  }

  public init(
    kind: Kind, time: Estimate<Seconds>, energy: [EnergyComponent: Estimate<Joules>],
    memoryBytes: Double
  ) {
    self.kind = kind
    self.time = time
    self.energy = energy
    self.memoryBytes = memoryBytes
  }

  /// The sum of ``energy``.
  public var total: Estimate<Joules> {
    let sum = Estimate.sum(EnergyComponent.allCases.compactMap { energy[$0] })
    return energy.count > 1 ? sum.from("sum of the components") : sum
  }

  /// Two layers one after the other.
  ///
  /// - Precondition: Both are of one kind.
  public static func + (left: Baseline, right: Baseline) -> Baseline {
    precondition(left.kind == right.kind, "\(left.kind) and \(right.kind)")
    return Baseline(
      kind: left.kind, time: left.time + right.time,
      energy: left.energy.merging(right.energy, uniquingKeysWith: +),
      memoryBytes: left.memoryBytes + right.memoryBytes)
  }

  /// The layer `count` times.
  public static func * (count: Int, one: Baseline) -> Baseline {
    Baseline(
      kind: one.kind, time: Double(count) * one.time,
      energy: one.energy.mapValues { Double(count) * $0 },
      memoryBytes: Double(count) * one.memoryBytes)
  }
}

extension Baseline.Kind {
  /// Whether only traffic is counted, and energy is that of external memory alone.
  public var isTrafficOnly: Bool { self == .w8a8 || self == .w4a16 }

  /// What stands for a weight in memory, in bits.
  var weightBits: Double {
    switch self {
    case .int8Array, .w8a8: 8
    case .fp16Array: 16
    // A scale of 16 bits for each group of 128.
    case .w4a16: 4 + 16.0 / 128
    }
  }

  var activationBits: Double {
    switch self {
    case .int8Array, .w8a8: 8
    case .fp16Array, .w4a16: 16
    }
  }

  /// Bits of a result in memory, or `nil` for those of the ternary unit.
  var resultBits: Double? {
    switch self {
    case .int8Array, .w8a8: nil
    case .fp16Array, .w4a16: 16
    }
  }

  /// What the figures take for granted, a sentence each.
  public var assumptions: [String] {
    let traffic = [
      "The tiling is that of the ternary unit: what it reads again is read again, in more bits.",
      "Time is the longer of the ternary unit's without its weights' traffic, and of all bytes at the "
        + "memory's peak: the least that is possible.",
    ]
    let array = [
      "As many products a cycle, and buffers of as many bytes, as the ternary unit; a weight is read "
        + "from its buffer as often, in more words."
    ]
    switch self {
    case .int8Array:
      return array + ["Multipliers and tree are those of the datapath int8_mac; sums have 32 bits."]
        + traffic
    case .fp16Array:
      return array + [
        "A multiplication and an addition of published energy for each product; sums stay in FP16.",
        "Area, for leakage alone, is 1,640 + 1,360 µm² a product in 45 nm, scaled by that of a gate.",
      ] + traffic
    case .w8a8: return ["External memory alone."] + traffic
    case .w4a16:
      return ["External memory alone; a 16-bit scale for each group of 128 weights."] + traffic
    }
  }
}

/// The baselines of one layer, or of several added up.
public struct Baselines: Sendable {
  /// One of each ``Baseline/Kind``.
  public let all: [Baseline]

  /// - Precondition: There is one of each kind, in order.
  public init(all: [Baseline]) {
    precondition(all.map(\.kind) == Baseline.Kind.allCases, "baselines \(all.map(\.kind))")
    self.all = all
  }

  public subscript(kind: Baseline.Kind) -> Baseline { all.first { $0.kind == kind }! }

  public static func + (left: Baselines, right: Baselines) -> Baselines {
    Baselines(all: Baseline.Kind.allCases.map { left[$0] + right[$0] })
  }

  /// The layers `count` times.
  public static func * (count: Int, one: Baselines) -> Baselines {
    Baselines(all: one.all.map { count * $0 })
  }
}
