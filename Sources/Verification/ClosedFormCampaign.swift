public import Activity
public import Architecture
public import Machine
internal import Workload

/// Compares the closed form with the cycle-level model on drawn architectures and descriptors.
///
/// Every eight pairs share an architecture. Operands are zeros, on which no count but those of the
/// lanes depends.
public struct ClosedFormCampaign: Sendable {
  /// Jobs on each architecture.
  public static let jobsPerArchitecture = 8
  /// A job is drawn again when it seems to take more cycles than this.
  private static let mostCycles = 3000

  public var seed: Int

  public init(seed: Int) { self.seed = seed }

  /// A pair on which the two differ.
  public struct Difference: Error, Sendable, CustomStringConvertible {
    /// The number of the architecture, and of the job on it.
    public var architecture: Int
    public var job: Int
    public var parameters: Architecture.Parameters
    public var descriptor: Descriptor
    public var event: Event
    /// By the model.
    public var expected: UInt64
    /// By the closed form.
    public var found: UInt64

    public var description: String {
      "architecture \(architecture), job \(job): \(event.name): expected \(expected) "
        + "\(event.unit) as the model counts, found \(found)\n  \(parameters)\n  \(descriptor)"
    }
  }

  /// What was compared.
  public struct Outcome: Sendable {
    public var pairs = 0
    /// Cycles of the jobs, by the model.
    public var cycles: UInt64 = 0
    public var differences: [Difference] = []

    public init() {}

    public static func += (left: inout Outcome, right: Outcome) {
      left.pairs += right.pairs
      left.cycles += right.cycles
      left.differences += right.differences
    }
  }

  /// Compares the jobs on architecture `number`.
  ///
  /// - Throws: ``Deadlock`` when the model stands still.
  public func run(architecture number: Int) throws -> Outcome {
    var random = SplitMix64(seed: seed, number)
    let architecture = try Self.architecture(number, using: &random)
    let closedForm = try ClosedForm(architecture)
    let machine = Machine(architecture)
    var outcome = Outcome()
    for job in 0..<Self.jobsPerArchitecture {
      let descriptor = Self.descriptor(on: architecture, using: &random)
      let expected = try Self.counts(of: descriptor, on: machine)
      let found = try closedForm.counts(of: descriptor)
      outcome.pairs += 1
      outcome.cycles += expected[.cycles]
      for event in Event.allCases where expected[event] != found[event] {
        // Without lane counters only the closed form knows.
        if event == .laneSkip && !architecture.parameters.laneCounters { continue }
        outcome.differences.append(
          Difference(
            architecture: number, job: job, parameters: architecture.parameters,
            descriptor: descriptor, event: event, expected: expected[event], found: found[event]))
        break
      }
    }
    return outcome
  }

  /// A drawn architecture; every other one has a memory of any latency and bandwidth.
  private static func architecture(
    _ number: Int, using random: inout SplitMix64
  ) throws -> Architecture {
    var parameters = try DrawnArchitecture(named: "drawn-\(number)", using: &random)
      .architecture.parameters
    if Bool.random(using: &random) {
      let beat = 1000 * parameters.busBytes
      parameters.memory.milliBytesPerCycle = Int.random(
        in: beat / 4...9 * beat / 4, using: &random)
      parameters.memory.latencyCycles = Int.random(in: 1...90, using: &random)
    }
    return try Architecture(parameters: parameters)
  }

  /// A descriptor of a job that is long in one direction, with operands anywhere in the first
  /// pages.
  private static func descriptor(
    on architecture: Architecture, using random: inout SplitMix64
  ) -> Descriptor {
    let parameters = architecture.parameters
    let beat = parameters.busBytes
    while true {
      var descriptor = Descriptor()
      func address() -> UInt64 { UInt64(beat * Int.random(in: 0..<8192 / beat, using: &random)) }
      let long = Int.random(in: 0..<4, using: &random)
      func size(_ direction: Int, _ most: Int = .max) -> Int {
        Int.random(in: 1...min(long == direction ? 100 : 6, most), using: &random)
      }
      descriptor.xAddress = address()
      descriptor.wAddress = address()
      descriptor.yAddress = address()
      descriptor.mAddress = address()
      descriptor.tokens = size(0)
      descriptor.nTiles = size(1)
      descriptor.kTiles = size(2, architecture.maxKTiles)
      descriptor.lastRows = Int.random(in: 1...parameters.rows, using: &random)
      let block = min(
        parameters.accumulatorDepth,
        architecture.activationHalfWords / descriptor.kTiles * parameters.tokensPerWeight)
      descriptor.tokenBlock =
        Bool.random(using: &random)
        ? min(block, descriptor.tokens) : Int.random(in: 1...block, using: &random)
      let words = min(descriptor.tokenBlock, descriptor.tokens) * descriptor.kTiles
      descriptor.activationSlice =
        Bool.random(using: &random)
        ? (words + descriptor.nTiles - 1) / descriptor.nTiles
        : Int.random(in: 0...words + 1, using: &random)
      descriptor.rowMultipliers =
        descriptor.nTiles <= architecture.multiplierHalfWords && Bool.random(using: &random)
      let stride = descriptor.nTiles * architecture.outputTileBytes
      descriptor.yStride = UInt32(
        stride + (Bool.random(using: &random) ? 0 : beat * Int.random(in: 0...70, using: &random)))
      if cycles(of: descriptor, on: architecture) <= mostCycles { return descriptor }
    }
  }

  /// About how many cycles a job takes at most.
  private static func cycles(of job: Descriptor, on architecture: Architecture) -> Int {
    let parameters = architecture.parameters
    let blocks = (job.tokens + job.tokenBlock - 1) / job.tokenBlock
    let words = job.nTiles * job.kTiles
    let beats =
      blocks * words * architecture.weightBeats
      + job.tokens
      * (job.kTiles * architecture.activationBeats
        + job.nTiles * architecture.outputBeats)
    let price = max(1, 1000 * parameters.busBytes / parameters.memory.milliBytesPerCycle)
    return beats * price + words * job.tokens * architecture.operandInterval
      + blocks * job.nTiles * parameters.memory.latencyCycles
  }

  /// What the model counts when the job is the first after reset.
  private static func counts(
    of descriptor: Descriptor, on machine: Machine
  ) throws -> EventCounts {
    let architecture = machine.architecture
    let wordBytes = max(
      architecture.weightWordBytes * descriptor.nTiles * descriptor.kTiles,
      architecture.activationWordBytes * descriptor.tokens * descriptor.kTiles,
      Int(descriptor.yStride) * descriptor.tokens,
      architecture.multiplierWordBytes * descriptor.nTiles)
    let bench = try Testbench(
      machine, architecture: architecture,
      memory: ExternalMemory(architecture, byteCount: 8192 + wordBytes))
    try bench.write(.interruptEnable, 1)
    try bench.start(descriptor)
    // Nothing is counted after the end.
    while !machine.outputs.irq {
      for _ in 0..<8 { try bench.tick(waitingFor: "the end of the job") }
    }
    return machine.counters
  }
}
