/// A key of an architecture file that holds a value; the raw value is its path.
///
/// The one list of names: reading, writing, checking and hashing all go through it.
enum Key: String, CaseIterable, Sendable {
  case name
  case description
  case rows
  case lanes
  case tokensPerWeight = "tokens_per_weight"
  case activationBits = "activation_bits"
  case weightCoding = "weight_coding"
  case datapath
  case treeRegisterEvery = "tree_register_every"
  case dataflow
  case zeroGating = "zero_gating"
  case laneCounters = "lane_counters"
  case weightBufferWords = "weight_buffer_words"
  case activationBufferWords = "activation_buffer_words"
  case accumulatorDepth = "accumulator_depth"
  case accumulatorBits = "accumulator_bits"
  case output
  case multiplierBufferWords = "multiplier_buffer_words"
  case outputQueueDepth = "output_queue_depth"
  case jobQueueDepth = "job_queue_depth"
  case busBytes = "bus_bytes"
  case outstandingReads = "outstanding_reads"
  case clockMHz = "clock_mhz"
  case technology
  case sramFlavour = "sram_flavour"
  case memoryKind = "memory.kind"
  case memoryLatency = "memory.latency_cycles"
  case memoryBandwidth = "memory.bytes_per_cycle"
  case memoryModel = "memory.model"
  case memoryDRAM = "memory.dram"
  case memoryChannels = "memory.channels"
  case memoryEnergyLow = "memory.picojoules_per_bit.low"
  case memoryEnergyTypical = "memory.picojoules_per_bit.typical"
  case memoryEnergyHigh = "memory.picojoules_per_bit.high"

  /// The keys that hold other keys, outermost first.
  static let sections = ["memory", "memory.picojoules_per_bit"]

  /// The keys that a file may leave out: the memory is ideal when it does not say more.
  static let optional: Set<Key> = [.memoryModel, .memoryDRAM, .memoryChannels]

  /// The keys that the RTL is elaborated for, in the order of the canonical text.
  static let hardware: [Key] = [
    .rows, .lanes, .tokensPerWeight, .activationBits, .weightCoding, .datapath, .treeRegisterEvery,
    .dataflow, .zeroGating, .laneCounters, .weightBufferWords, .activationBufferWords,
    .accumulatorDepth, .accumulatorBits, .output, .multiplierBufferWords, .outputQueueDepth,
    .jobQueueDepth, .busBytes, .outstandingReads,
  ]
}

// MARK: - What is legal

extension Key {
  /// The most products of a cycle, `rows * lanes * tokens_per_weight`.
  static let mostProducts = 65_536
  /// Legal widths of a partial sum in bits, up to that of an int32 result.
  static let accumulatorWidths = 8...mostAccumulatorBits
  /// The widest partial sum in bits: that of an int32 result.
  static let mostAccumulatorBits = 32
  /// Clock frequencies in MHz.
  static let clocksMHz = 0.001...10_000
  /// Energies of a transferred bit in pJ.
  static let picojoulesPerBit = 0.0...10_000
  /// Memory bandwidths in thousandths of a byte per cycle.
  static let milliBytesPerCycle = 1...1_000_000
  /// Unicode scalars of a name.
  static let nameLength = 1...40
  /// Unicode scalars of a description.
  static let descriptionLength = 1...4000

  /// The integers that are legal whatever the other keys say; `nil` for keys of another type.
  var integers: ClosedRange<Int>? {
    switch self {
    case .rows: 1...1024
    case .tokensPerWeight: 1...8
    case .lanes: 1...4096
    case .activationBits: 2...8
    case .treeRegisterEvery: 0...12
    case .weightBufferWords, .activationBufferWords: 2...65_536
    case .accumulatorDepth: 1...4096
    case .multiplierBufferWords: 0...65_536
    case .outputQueueDepth, .outstandingReads: 1...64
    case .jobQueueDepth: 1...16
    case .busBytes: 4...128
    case .memoryLatency: 1...10_000
    case .memoryChannels: 1...64
    default: nil
    }
  }

  /// The legal values in words, as an error message names them.
  var legal: String {
    let span = integers.map { "from \($0.inWords)" } ?? ""
    return switch self {
    case .name: "\(Self.nameLength.inWords) lower-case letters, digits and hyphens"
    case .technology: "\(Self.nameLength.inWords) letters, digits, hyphens and underscores"
    case .description: "one paragraph of \(Self.descriptionLength.inWords) characters"
    case .memoryKind: "\(Self.nameLength.inWords) characters on one line"
    case .weightBufferWords, .activationBufferWords: "an even integer \(span)"
    case .multiplierBufferWords: "an even integer \(span)"
    case .busBytes, .tokensPerWeight: "a power of two \(span)"
    case .rows, .lanes, .activationBits, .treeRegisterEvery, .accumulatorDepth,
      .outputQueueDepth, .jobQueueDepth, .outstandingReads, .memoryLatency, .memoryChannels:
      "an integer \(span)"
    case .weightCoding: Self.only(Architecture.Parameters.WeightCoding.self)
    case .datapath: Self.only(Architecture.Parameters.Datapath.self)
    case .dataflow: Self.only(Architecture.Parameters.Dataflow.self)
    case .output: Self.only(Architecture.Parameters.OutputFormat.self)
    case .sramFlavour: Self.only(Architecture.Parameters.SRAMFlavour.self)
    case .zeroGating, .laneCounters: "true or false"
    case .accumulatorBits: "derived or an integer from \(Self.accumulatorWidths.inWords)"
    case .clockMHz: "a number from \(Self.clocksMHz.inWords)"
    case .memoryBandwidth: "a number from 0.001 to 1000 with at most three decimals"
    case .memoryModel: "ideal or dram"
    case .memoryDRAM: Self.only(Architecture.Parameters.Memory.DRAM.Standard.self)
    case .memoryEnergyLow, .memoryEnergyTypical, .memoryEnergyHigh:
      "a number from \(Self.picojoulesPerBit.inWords)"
    }
  }

  /// The choices that this version can build.
  private static func only<Choice: CaseIterable & RawRepresentable<String>>(
    _ type: Choice.Type
  ) -> String {
    let names = type.allCases.map(\.rawValue)
    return names.joined(separator: " or ")
      + (names.count == 1 ? " (this version builds no other)" : "")
  }
}

extension ClosedRange {
  fileprivate var inWords: String { "\(lowerBound) to \(upperBound)" }
}
