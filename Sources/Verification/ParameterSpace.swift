public import Architecture
public import Workload

/// A parameter of an architecture file, and the values that verification draws it from.
public struct DrawnParameter: Sendable {
  /// The key in the file.
  public let name: String
  /// The values as the file writes them.
  public let values: [String]
  fileprivate let set: @Sendable (inout Architecture.Parameters, Int) -> Void
}

extension DrawnParameter {
  private typealias Path<Value> = any (WritableKeyPath<Architecture.Parameters, Value> & Sendable)

  private static func numbers(
    _ name: String, _ path: Path<Int>, _ values: [Int]
  ) -> DrawnParameter {
    DrawnParameter(name: name, values: values.map(String.init)) { $0[keyPath: path] = values[$1] }
  }

  /// All choices of an enumeration.
  private static func choices<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
    _ name: String, _ path: Path<Choice>
  ) -> DrawnParameter {
    let values = Array(Choice.allCases)
    return DrawnParameter(name: name, values: values.map(\.rawValue)) {
      $0[keyPath: path] = values[$1]
    }
  }

  private static func flag(_ name: String, _ path: Path<Bool>) -> DrawnParameter {
    DrawnParameter(name: name, values: ["false", "true"]) { $0[keyPath: path] = $1 == 1 }
  }

  /// Everything that the RTL is elaborated for, and the memory outside.
  public static let all: [DrawnParameter] = [
    numbers("rows", \.rows, [1, 2, 3, 5, 7, 8, 15, 16, 17, 32, 64]),
    numbers("lanes", \.lanes, [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65, 128, 255]),
    numbers("tokens_per_weight", \.tokensPerWeight, [1, 2, 4, 8]),
    numbers("activation_bits", \.activationBits, [2, 3, 4, 5, 6, 7, 8]),
    choices("weight_coding", \.weightCoding),
    choices("datapath", \.datapath),
    numbers("tree_register_every", \.treeRegisterEvery, [0, 1, 2, 3, 4]),
    choices("dataflow", \.dataflow),
    flag("zero_gating", \.zeroGating),
    flag("lane_counters", \.laneCounters),
    numbers("weight_buffer_words", \.weightBufferWords, [2, 4, 6, 8, 14]),
    numbers("activation_buffer_words", \.activationBufferWords, [2, 4, 6, 10, 34, 64, 126, 144]),
    numbers("accumulator_depth", \.accumulatorDepth, [1, 2, 3, 5, 8, 16, 17]),
    DrawnParameter(name: "accumulator_bits", values: ["derived", "32", "9", "14"]) {
      $0.accumulatorBits = [nil, 32, 9, 14][$1]
    },
    choices("output", \.output),
    numbers("multiplier_buffer_words", \.multiplierBufferWords, [0, 2, 10, 64]),
    numbers("job_queue_depth", \.jobQueueDepth, [1, 2, 3]),
    numbers("output_queue_depth", \.outputQueueDepth, [1, 2, 3, 4, 7]),
    numbers("bus_bytes", \.busBytes, [4, 8, 16, 32, 64, 128]),
    numbers("outstanding_reads", \.outstandingReads, [1, 2, 3, 4, 7]),
    numbers("memory.latency_cycles", \.memory.latencyCycles, [1, 2, 3, 7, 20, 61]),
    DrawnParameter(
      name: "memory.bytes_per_cycle", values: ["0.9", "6.4", "8", "100.001", "1000"]
    ) { $0.memory.milliBytesPerCycle = [900, 6400, 8000, 100_001, 1_000_000][$1] },
  ]
}

/// A legal architecture, drawn: any combination of the values of ``DrawnParameter/all``.
public struct DrawnArchitecture: Sendable {
  /// How much hardware the array may have, in products a cycle.
  public enum Size: Sendable {
    /// At most 256 products: its RTL builds in seconds.
    case small
    /// Up to 1,105 products.
    case medium
    /// 2,048 to 8,192 products.
    case large

    fileprivate var products: ClosedRange<Int> {
      switch self {
      case .small: 1...256
      case .medium: 257...1105
      case .large: 2048...8192
      }
    }
  }

  public let architecture: Architecture
  /// For each parameter of ``DrawnParameter/all`` the index of its value.
  public let choice: [Int]

  /// Draws until the combination is legal.
  public init(
    named name: String, size: Size = .small, using random: inout SplitMix64
  ) throws {
    while true {
      let choice = DrawnParameter.all.map { Int.random(in: 0..<$0.values.count, using: &random) }
      guard let architecture = Self.architecture(choice, name: name),
        size.products.contains(
          architecture.parameters.rows * architecture.parameters.lanes
            * architecture.parameters.tokensPerWeight)
      else { continue }
      self.architecture = architecture
      self.choice = choice
      return
    }
  }

  /// The architecture with these values, or `nil` when it is not legal.
  fileprivate static func architecture(_ choice: [Int], name: String) -> Architecture? {
    try? smallArchitecture {
      $0.name = name
      for (parameter, index) in zip(DrawnParameter.all, choice) { parameter.set(&$0, index) }
    }
  }
}

/// How much of the parameter space was drawn: every value of every parameter, and every pair of
/// values of two parameters.
public struct ParameterCoverage: Sendable {
  private struct Pair: Hashable {
    var first: Int
    var firstValue: Int
    var second: Int
    var secondValue: Int
  }

  private var values: [Set<Int>] = DrawnParameter.all.map { _ in [] }
  private var pairs: Set<Pair> = []

  public init() {}

  public mutating func add(_ drawn: DrawnArchitecture) {
    for first in drawn.choice.indices {
      values[first].insert(drawn.choice[first])
      pairs.formUnion(Self.pairs(of: drawn.choice, with: first))
    }
  }

  /// The pairs of parameter `first` with those after it.
  private static func pairs(of choice: [Int], with first: Int) -> [Pair] {
    (first + 1..<choice.count).map {
      Pair(first: first, firstValue: choice[first], second: $0, secondValue: choice[$0])
    }
  }

  /// One parameter: its values that were drawn, and those that were not though they are legal.
  public struct Parameter: Sendable {
    public let name: String
    public let seen: [String]
    public let missing: [String]
  }

  /// Every parameter in the order of the file.
  public var parameters: [Parameter] {
    DrawnParameter.all.enumerated().map { index, parameter in
      let legal = parameter.values.indices.filter { Self.legal.values[index].contains($0) }
      return Parameter(
        name: parameter.name,
        seen: legal.filter(values[index].contains).map { parameter.values[$0] },
        missing: legal.filter { !values[index].contains($0) }.map { parameter.values[$0] })
    }
  }

  public var seenPairs: Int { pairs.count }
  /// Pairs of values for which some legal architecture was found.
  public var legalPairs: Int { Self.legal.pairs.union(pairs).count }

  /// What is legal, found by drawing: a value or pair that no attempt of 64 makes legal counts as
  /// illegal.
  private static let legal: (values: [Set<Int>], pairs: Set<Pair>) = {
    var random = SplitMix64(seed: 0)
    var values: [Set<Int>] = DrawnParameter.all.map { _ in [] }
    var pairs: Set<Pair> = []
    func note(_ choice: [Int]) {
      for first in choice.indices {
        values[first].insert(choice[first])
        pairs.formUnion(Self.pairs(of: choice, with: first))
      }
    }
    let counts = DrawnParameter.all.map(\.values.count)
    for first in counts.indices {
      for second in first + 1..<counts.count {
        for firstValue in 0..<counts[first] {
          for secondValue in 0..<counts[second] {
            let pair = Pair(
              first: first, firstValue: firstValue, second: second, secondValue: secondValue)
            for _ in 0..<64 where !pairs.contains(pair) {
              var choice = counts.map { Int.random(in: 0..<$0, using: &random) }
              (choice[first], choice[second]) = (firstValue, secondValue)
              if DrawnArchitecture.architecture(choice, name: "legal") != nil { note(choice) }
            }
          }
        }
      }
    }
    return (values, pairs)
  }()
}
