public import Architecture
public import Machine
import Mapping
public import Workload

/// Sizes around the borders of bytes, vectors, lanes and tiles.
public let awkwardSizes = [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127, 129, 255, 1023]

/// A small architecture after a change; nothing but the bus is a power of two.
public func smallArchitecture(
  _ change: (inout Architecture.Parameters) -> Void = { _ in }
) throws -> Architecture {
  var parameters = Architecture.Parameters(
    name: "small", description: "For tests.", rows: 5, lanes: 12, treeRegisterEvery: 3,
    weightBufferWords: 6, activationBufferWords: 26, accumulatorDepth: 3, outputQueueDepth: 2,
    busBytes: 8, outstandingReads: 2, clockMHz: 100, technology: "cmos-45nm",
    sramFlavour: .lowStandbyPower,
    memory: .init(
      kind: "test", latencyCycles: 8, milliBytesPerCycle: 6400,
      picojoulesPerBit: .init(low: 1, typical: 1, high: 1)))
  change(&parameters)
  return try Architecture(parameters: parameters)
}

/// Architectures at the edges of what is legal: each has something of which there is only one.
public func extremeArchitectures() throws -> [Architecture] {
  [
    // One of everything, on the narrowest bus.
    try smallArchitecture {
      $0.name = "single"
      ($0.rows, $0.lanes, $0.treeRegisterEvery, $0.busBytes) = (1, 1, 0, 4)
      ($0.weightBufferWords, $0.activationBufferWords) = (2, 2)
      ($0.accumulatorDepth, $0.outputQueueDepth, $0.outstandingReads) = (1, 1, 1)
    },
    // One row on a wide bus; words far shorter than a beat.
    try smallArchitecture {
      $0.name = "one-row"
      ($0.rows, $0.lanes, $0.treeRegisterEvery, $0.busBytes) = (1, 7, 1, 128)
      ($0.weightBufferWords, $0.activationBufferWords) = (2, 38)
      ($0.accumulatorDepth, $0.outputQueueDepth, $0.outstandingReads) = (7, 3, 5)
      $0.memory.milliBytesPerCycle = 100_001
    },
    // One lane: a tree without levels.
    try smallArchitecture {
      $0.name = "one-lane"
      ($0.rows, $0.lanes, $0.treeRegisterEvery, $0.busBytes) = (17, 1, 4, 16)
      ($0.weightBufferWords, $0.activationBufferWords) = (10, 62)
      ($0.accumulatorDepth, $0.outputQueueDepth, $0.outstandingReads) = (5, 1, 3)
      $0.laneCounters = false
    },
    // A bus of 64 bytes, lanes not a multiple of it, a register after every level.
    try smallArchitecture {
      $0.name = "wide"
      ($0.rows, $0.lanes, $0.treeRegisterEvery, $0.busBytes) = (3, 65, 1, 64)
      ($0.weightBufferWords, $0.activationBufferWords) = (4, 34)
      ($0.accumulatorDepth, $0.outputQueueDepth, $0.outstandingReads) = (9, 4, 3)
      ($0.memory.latencyCycles, $0.memory.milliBytesPerCycle) = (1, 1_000_000)
    },
    // A combinational tree and words of many beats.
    try smallArchitecture {
      $0.name = "flat"
      ($0.rows, $0.lanes, $0.treeRegisterEvery, $0.busBytes) = (31, 15, 0, 4)
      ($0.weightBufferWords, $0.activationBufferWords) = (6, 18)
      ($0.accumulatorDepth, $0.outputQueueDepth, $0.outstandingReads) = (2, 5, 1)
      $0.accumulatorBits = 32
    },
  ]
}

/// Small architectures that together have every datapath and every choice, so that all of the RTL is
/// in one of them.
public func coveringArchitectures() -> [Architecture] {
  typealias Parameters = Architecture.Parameters
  func choice<Choice: CaseIterable>(_: Choice.Type, _ index: Int) -> Choice {
    let all = Array(Choice.allCases)
    return all[index % all.count]
  }
  // A datapath that this version does not build is legal in neither form.
  return Parameters.Datapath.allCases.enumerated().compactMap { index, datapath in
    func architecture(zeroGating: Bool) -> Architecture? {
      try? smallArchitecture {
        $0.name = "covering-\(index)"
        $0.datapath = datapath
        $0.zeroGating = zeroGating
        $0.activationBits = [8, 4, 8, 6, 8, 2, 8, 5, 7, 8][index % 10]
        $0.weightCoding = choice(Parameters.WeightCoding.self, index)
        $0.dataflow = choice(Parameters.Dataflow.self, index / 2)
        $0.output = choice(Parameters.OutputFormat.self, index)
        $0.multiplierBufferWords = $0.output == .int8 && index % 4 != 3 ? 8 : 0
        $0.tokensPerWeight = [1, 2, 1, 4][index % 4]
        ($0.activationBufferWords, $0.accumulatorDepth) = (32, 4)
        $0.accumulatorBits = index % 4 == 2 ? 10 : nil
        $0.treeRegisterEvery = index % 4
        $0.busBytes = [8, 4, 16, 32][index % 4]
        $0.jobQueueDepth = 1 + index % 3
        $0.outputQueueDepth = 1 + index % 4
        $0.outstandingReads = 1 + index % 5
      }
    }
    return architecture(zeroGating: true) ?? architecture(zeroGating: false)
  }
}

/// A legal architecture of modest size, drawn.
public func drawnArchitecture(seed: Int) throws -> Architecture {
  var random = SplitMix64(seed: seed)
  return try DrawnArchitecture(named: "drawn-\(seed)", using: &random).architecture
}

extension Architecture {
  /// An awkward matmul that this architecture can hold, drawn: at most `limit` operands and weight
  /// beats together.
  public func drawnShape(using random: inout SplitMix64, limit: Int) -> MatmulShape {
    while true {
      let m = awkwardSizes.randomElement(using: &random)!
      let n = awkwardSizes.randomElement(using: &random)!
      let k = min(awkwardSizes.randomElement(using: &random)!, maxK)
      let shape = MatmulShape(m: m, n: n, k: k)
      let requantisation =
        parameters.output == .int8 ? Requantisation(multipliers: .all(1), shift: 0) : nil
      guard let job = try? Job(shape, on: self, requantisation: requantisation) else { continue }
      let beats = job.tokenBlocks * job.weightBytes / parameters.busBytes
      if m * job.nTiles * job.kTiles + beats <= limit { return shape }
    }
  }
}

extension ExternalMemory.Behaviour {
  /// Pauses in `percent` of the cycles; the ideal memory for 0.
  public static func pausing(percent: Int, seed: Int) -> Self {
    percent == 0 ? .ideal : .stalling(percent: percent, seed: UInt64(seed))
  }
}
