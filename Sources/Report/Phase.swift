public import Activity
public import Energy

extension RunReport {
  /// All layers with the same number of tokens.
  public struct Phase: Sendable {
    /// `decode` or `prefill`.
    public var name: String
    /// Tokens that pass through every layer: M.
    public var tokens: Int
    public var layers: [Layer]
    /// The sum as a file states it: once written, figures no longer know which of them err together.
    var statedTotal: Figures?

    public init(name: String, tokens: Int, layers: [Layer]) {
      self.name = name
      self.tokens = tokens
      self.layers = layers
    }

    /// The sum over the layers, or `nil` without layers.
    public var total: Figures? { statedTotal ?? layers.map(\.figures).sum }

    /// The same phase with layers of one kind and shape added up: `q_proj`, 30 layers. The order is
    /// that of the first of each kind, and the bound is that of most of them.
    public var groupedByKind: Phase {
      var order: [[String]] = []
      var groups: [[String]: [Layer]] = [:]
      for layer in layers {
        let kind = RunReport.shortName(layer.name).split(separator: " ").last.map(String.init) ?? ""
        let key = [kind, "\(layer.m)×\(layer.n)×\(layer.k)"]
        if groups[key] == nil { order.append(key) }
        groups[key, default: []].append(layer)
      }
      return Phase(
        name: name, tokens: tokens,
        layers: order.map { key in
          let layers = groups[key]!
          let first = layers[0]
          let bound = Bound.allCases.max { one, other in
            layers.count { $0.bound == one } < layers.count { $0.bound == other }
          }
          return Layer(
            name: layers.count == 1 ? first.name : key[0],
            count: layers.reduce(0) { $0 + $1.count },
            m: first.m, n: first.n, k: first.k, bound: bound ?? first.bound,
            figures: layers.map(\.figures).sum!)
        })
    }
  }

  /// One BitLinear layer in one phase, or several of one shape added up.
  public struct Layer: Sendable {
    /// The full name: `layers.0.self_attn.q_proj`.
    public var name: String
    /// How many layers it stands for.
    public var count: Int
    /// Tokens, outputs and inputs of the matmul of one layer.
    public var m, n, k: Int
    public var bound: Bound
    /// Of all its layers together.
    public var figures: Figures

    /// - Precondition: `count` is positive.
    public init(
      name: String, count: Int = 1, m: Int, n: Int, k: Int, bound: Bound, figures: Figures
    ) {
      precondition(count > 0, "\(name): \(count) layers")
      self.name = name
      self.count = count
      self.m = m
      self.n = n
      self.k = k
      self.bound = bound
      self.figures = figures
    }

    /// Ternary multiply-accumulates of all its layers, padding not included.
    public var macs: Int { count * m * n * k }
  }

  /// What keeps a layer from being faster: the part of the machine that is busiest.
  public enum Bound: String, CaseIterable, Sendable {
    /// The tree array is busier than the memory.
    case compute
    /// The external memory is busiest, and most of what it moves is weights.
    case weights
    /// The external memory is busiest, and most of what it moves is activations.
    case activations
    /// The external memory is busiest, and most of what it moves is results.
    case outputs
    /// Neither is busy half of the time: what remains is waiting for one another.
    case latency

    /// Compares the shares of its peak that array and memory reach.
    ///
    /// - Parameter bytesPerCycle: The peak of the external memory.
    public init(_ counts: EventCounts, bytesPerCycle: Double) {
      let traffic: [(Self, Event)] = [
        (.weights, .weightBytesRead), (.activations, .activationBytesRead),
        (.outputs, .outputBytesWritten),
      ]
      let bytes = traffic.reduce(0) { $0 + Double(counts[$1.1]) }
      let memory = bytes / (max(1, Double(counts[.cycles])) * bytesPerCycle)
      if max(memory, counts.utilisation) < 0.5 {
        self = .latency
      } else if counts.utilisation >= memory {
        self = .compute
      } else {
        self = traffic.reduce(traffic[0]) { counts[$1.1] > counts[$0.1] ? $1 : $0 }.0
      }
    }
  }

  /// What was found out about a layer or, added up, about a phase.
  public struct Figures: Sendable {
    public var counts: EventCounts
    /// Time on the accelerator.
    public var time: Estimate<Seconds>
    /// Energy of the accelerator; a component that was not estimated is absent. Of an FPGA none is
    /// known.
    public var energy: [EnergyComponent: Estimate<Joules>]
    /// The sum as a file states it; see ``Phase/total``.
    var statedTotalEnergy: Estimate<Joules>?
    /// What ``energy`` consists of, source by source; empty where that is not known.
    public var energySources: [Contribution<EnergyComponent>]
    /// The energy as other sources have it, the one of ``energy`` first; empty where there is no other.
    public var alternatives: [Alternative]
    /// Measured time of the CPU runtime, the range over its repetitions; `nil` where it did not run.
    public var cpuTime: Estimate<Seconds>?
    public var cpuEnergy: Estimate<Joules>?
    /// The same work on hardware that is not ternary; `nil` where it was not worked out.
    public var baselines: Baselines?
    /// ``baselines`` as a file states them: once written they no longer know what errs together.
    var statedBaselines: JSONValue?
    /// The sums compared with the CPU reference runtime.
    public var reference: Comparison
    /// The sums compared with the exact oracle.
    public var oracle: Comparison
    /// Cycles in which model and RTL were compared and agreed; `nil` when the RTL did not run.
    public var lockStepCycles: UInt64?

    public init(
      counts: EventCounts, time: Estimate<Seconds>, energy: [EnergyComponent: Estimate<Joules>],
      energySources: [Contribution<EnergyComponent>] = [], alternatives: [Alternative] = [],
      cpuTime: Estimate<Seconds>? = nil, cpuEnergy: Estimate<Joules>? = nil,
      baselines: Baselines? = nil,
      reference: Comparison = .none, oracle: Comparison = .none, lockStepCycles: UInt64? = nil
    ) {
      self.counts = counts
      self.time = time
      self.energy = energy
      self.energySources = energySources
      self.alternatives = alternatives
      self.cpuTime = cpuTime
      self.cpuEnergy = cpuEnergy
      self.baselines = baselines
      self.reference = reference
      self.oracle = oracle
      self.lockStepCycles = lockStepCycles
    }

    /// The sum over the components, or `nil` where none is known.
    public var totalEnergy: Estimate<Joules>? {
      if let statedTotalEnergy { return statedTotalEnergy }
      var sum = EnergyComponent.allCases.compactMap { energy[$0] }.sum
      if energy.count > 1 { sum?.source = "sum of the components" }
      return sum
    }

    /// CPU time divided by the accelerator's.
    public var timeRatio: Estimate<Times>? { cpuTime?.ratio(to: time) }
    /// CPU energy divided by the accelerator's.
    public var energyRatio: Estimate<Times>? { totalEnergy.flatMap { cpuEnergy?.ratio(to: $0) } }
  }

  /// How many sums were compared and how many of them differed.
  public struct Comparison: Equatable, Sendable {
    public var compared: Int
    public var different: Int

    public init(compared: Int, different: Int = 0) {
      self.compared = compared
      self.different = different
    }

    /// Nothing was compared.
    public static let none = Comparison(compared: 0)

    public static func + (left: Self, right: Self) -> Self {
      Self(
        compared: left.compared + right.compared, different: left.different + right.different)
    }
  }
}

extension RunReport.Figures: Addable {
  public static func + (left: Self, right: Self) -> Self {
    Self(
      counts: left.counts + right.counts, time: left.time + right.time,
      energy: left.energy.merging(right.energy, uniquingKeysWith: +),
      energySources: Contribution.merged(left.energySources + right.energySources),
      alternatives: RunReport.Alternative.sum(left.alternatives, right.alternatives),
      cpuTime: both(left.cpuTime, right.cpuTime),
      cpuEnergy: both(left.cpuEnergy, right.cpuEnergy),
      baselines: both(left.baselines, right.baselines),
      reference: left.reference + right.reference, oracle: left.oracle + right.oracle,
      lockStepCycles: add(left.lockStepCycles, right.lockStepCycles))
  }

  /// The sum, or `nil` where one is not known: a part would look like the whole.
  private static func both<U: Unit>(
    _ left: Estimate<U>?, _ right: Estimate<U>?
  ) -> Estimate<U>? {
    guard let left, let right else { return nil }
    return left + right
  }

  private static func both(_ left: Baselines?, _ right: Baselines?) -> Baselines? {
    guard let left, let right else { return nil }
    return left + right
  }

  /// The cycles of the layers that ran in RTL; `nil` when none did.
  private static func add(_ left: UInt64?, _ right: UInt64?) -> UInt64? {
    guard let left, let right else { return left ?? right }
    return left + right
  }
}
