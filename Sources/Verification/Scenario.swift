public import Architecture
public import Machine
public import Mapping
import Workload

/// Which scenario of a campaign: all that is drawn follows from these three numbers.
public struct ScenarioID: Hashable, Sendable, CustomStringConvertible {
  public var seed: Int
  /// The architecture's number within the campaign.
  public var architecture: Int
  /// The scenario's number within the architecture.
  public var index: Int

  public init(seed: Int, architecture: Int, index: Int) {
    self.seed = seed
    self.architecture = architecture
    self.index = index
  }

  /// `SEED:ARCHITECTURE:INDEX`
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let seed = parts[0], let architecture = parts[1], let index = parts[2],
      architecture >= 0, index >= 0
    else { return nil }
    self.init(seed: seed, architecture: architecture, index: index)
  }

  public var description: String { "\(seed):\(architecture):\(index)" }
}

/// A piece of a system's life that a device goes through from reset on: jobs after each other, with
/// one kind of trouble among them, from a memory that may pause at random on every channel.
public struct Scenario: Sendable {
  /// What happens beside good jobs.
  public enum Kind: String, CaseIterable, Sendable {
    /// One to four jobs after each other.
    case jobs
    /// Jobs in a queue, some of which wait for the one before; one may fail.
    case queue
    /// Resets in the middle of work.
    case reset
    /// Soft resets in the middle of work, after which nothing is left of it.
    case softReset = "soft_reset"
    /// Reads and writes that are answered with SLVERR or DECERR.
    case busErrors = "bus_errors"
    /// Codes in the weights that stand for no trit.
    case illegalCodes = "illegal_codes"
    /// Descriptors of any values: refused, ended by a bus error, or run.
    case descriptors
    /// A host that writes and reads any registers at any time, with any patience.
    case host

    /// Those that end the same way on every design, however many cycles it takes.
    public static let independentOfTiming: [Kind] = [
      .jobs, .reset, .softReset, .busErrors, .illegalCodes,
    ]
  }

  public let kind: Kind
  /// The share of cycles, in percent, in which a channel of the memory pauses.
  public let pausePercent: Int
  private let architecture: Architecture
  private let start: SplitMix64
  /// The most operands and weight beats of a job.
  private let limit: Int

  /// The scenario `id` on `architecture`, a third of the time plain jobs.
  public init(
    _ id: ScenarioID, on architecture: Architecture, kinds: [Kind] = Kind.allCases,
    limit: Int = 400
  ) {
    precondition(kinds.contains(.jobs), "every scenario has good jobs")
    var random = SplitMix64(seed: id.seed, id.architecture, id.index)
    kind =
      Int.random(in: 0..<4, using: &random) == 0 ? .jobs : kinds.randomElement(using: &random)!
    pausePercent = [0, 10, 30, 70].randomElement(using: &random)!
    self.architecture = architecture
    // A weight word of a large array can have more beats than the limit says.
    self.limit = limit + 4 * architecture.weightBeats
    start = random
  }

  /// One job of a run.
  public struct Record: Sendable {
    public let job: Job
    public let result: JobResult
    /// Y by the oracle; without meaning where an error is expected.
    public let expectedOutputs: [Int32]
    /// The error with which the job has to end.
    public let expectedError: JobError?

    /// What is wrong with it, or `nil`.
    public var mistake: String? {
      if result.error != expectedError {
        return "\(job.shape): expected \(Self.name(expectedError)), "
          + "found \(Self.name(result.error))"
      }
      guard expectedError == nil,
        let index = result.outputs.indices.first(where: {
          result.outputs[$0] != expectedOutputs[$0]
        })
      else { return nil }
      let (token, output) = index.quotientAndRemainder(dividingBy: job.shape.n)
      return "\(job.shape): output \(output) of token \(token): expected "
        + "\(expectedOutputs[index]), found \(result.outputs[index])"
    }

    private static func name(_ error: JobError?) -> String {
      error.map { "the error '\($0.name)'" } ?? "no error"
    }
  }

  /// Takes `device` through the scenario and returns its checked jobs.
  ///
  /// - Parameter patience: Cycles without a handshake that mean deadlock, or `nil` for those of
  ///   ``Testbench``.
  /// - Throws: What the device throws, and `Deadlock`.
  public func run<Target: Device>(on device: Target, patience: UInt64? = nil) throws -> [Record] {
    var random = start
    var cases: [MatmulCase] = []
    let several = kind == .jobs || kind == .queue
    for _ in 0..<(several ? Int.random(in: 1...4, using: &random) : 1) {
      let shape = architecture.drawnShape(using: &random, limit: limit)
      let seed = Int.random(in: 0...Int(Int32.max), using: &random)
      cases.append(try MatmulCase(shape, on: architecture, seed: seed))
    }
    let last = cases[cases.count - 1]
    let ends =
      kind == .queue
      ? [cases.reduce(0) { Testbench<Target>.Placement($1.job, from: $0).end }]
      : cases.map { Testbench<Target>.Placement($0.job).end }
    let byteCount = max(1 << 14, ends.max() ?? 0)
    let memory = ExternalMemory(
      architecture, byteCount: byteCount, base: drawnBase(byteCount, &random),
      behaviour: .pausing(
        percent: pausePercent, seed: Int.random(in: 0...Int(Int32.max), using: &random)))
    let bench = try Testbench(
      device, architecture: architecture, memory: memory, patience: patience)
    switch kind {
    case .jobs: return try cases.map { try record($0, on: bench) }
    case .queue: return try queue(cases, on: bench, &random)
    case .reset: try reset(last, on: bench, &random) { try bench.reset() }
    case .softReset: try reset(last, on: bench, &random) { try bench.softReset() }
    case .busErrors: return try busErrors(last, on: bench, &random)
    case .illegalCodes: return try illegalCodes(last, on: bench, &random)
    case .descriptors: try descriptors(on: bench, &random)
    case .host: try host(last, on: bench, &random)
    }
    return [try record(last, on: bench)]
  }

  /// Where the memory begins: half of the time at 0, where descriptors of any values find it.
  private func drawnBase(_ byteCount: Int, _ random: inout SplitMix64) -> UInt64 {
    if kind == .descriptors || Bool.random(using: &random) { return 0 }
    let last = (UInt64(1) << UInt64(Architecture.addressBits)) - UInt64(byteCount)
    return UInt64.random(in: 0...last, using: &random) / 4096 * 4096
  }

  private func record<Target: Device>(
    _ matmul: MatmulCase, on bench: Testbench<Target>, expecting error: JobError? = nil
  ) throws -> Record {
    Record(
      job: matmul.job, result: try matmul.run(on: bench), expectedOutputs: matmul.expected,
      expectedError: error)
  }

  // MARK: Trouble

  private func reset<Target: Device>(
    _ matmul: MatmulCase, on bench: Testbench<Target>, _ random: inout SplitMix64,
    _ reset: () throws -> Void
  ) throws {
    let descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    let weights = descriptor.wAddress..<descriptor.wAddress + UInt64(matmul.job.weightBytes)
    let results = descriptor.yAddress..<descriptor.yAddress + UInt64(matmul.job.outputBytes)
    for _ in 0..<12 {
      // Of an error that is being dealt with nothing must be left either.
      let damaged = UInt64.random(in: weights, using: &random)
      let byte = bench.memory.load(1, at: damaged)[0]
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bench.memory.faults = [.init(addresses: weights, response: 2)]
      case 1: bench.memory.faults = [.init(addresses: results, response: 2)]
      case 2: bench.memory.store([architecture.illegalByte(using: &random)], at: damaged)
      default: break
      }
      try bench.start(descriptor)
      var cycles = Bool.random(using: &random) ? 31 : 511
      // A job that has ended must not look like a deadlock.
      switch Int.random(in: 0..<6, using: &random) {
      case 0..<3: break
      case 3 where architecture.parameters.output == .int8:
        try workUntilRequantising(bench, within: 400)
        cycles = 3
      default:
        try work(bench, untilResultsWithin: 400)
        cycles = 15
      }
      for _ in 0..<Int.random(in: 0...cycles, using: &random) { try bench.tick() }
      try reset()
      bench.memory.faults = []
      bench.memory.store([byte], at: damaged)
      if Bool.random(using: &random) { try readAnything(bench, &random) }
    }
    // A host that does not enable the interrupt.
    try bench.start(descriptor)
    _ = try bench.poll()
    try bench.write(.control, Register.clearBit)
    try bench.write(.interruptEnable, 1)
  }

  /// Lets the device work until it writes a result, but not for ever.
  private func work<Target: Device>(
    _ bench: Testbench<Target>, untilResultsWithin cycles: Int
  ) throws {
    for _ in 0..<cycles where !bench.device.outputs.awvalid { try bench.tick() }
  }

  /// Lets the device work until a result is between its sums and its int8 values, which no port
  /// shows.
  private func workUntilRequantising<Target: Device>(
    _ bench: Testbench<Target>, within cycles: Int
  ) throws {
    let word = ProbeLayout(architecture)[.requantiserValid].lowerBound
    for _ in 0..<cycles {
      let words = bench.device.probeWords()
      // A design of one's own may have no probe.
      guard words.indices.contains(word), words[word] == 0 else { return }
      try bench.tick()
    }
  }

  /// Reads a few registers, whatever they hold.
  private func readAnything<Target: Device>(
    _ bench: Testbench<Target>, _ random: inout SplitMix64
  ) throws {
    for _ in 0..<4 {
      _ = try bench.read(offset: Register.allCases.randomElement(using: &random)!.offset)
    }
  }

  /// Queues all cases three times, the second time with one that fails.
  private func queue<Target: Device>(
    _ cases: [MatmulCase], on bench: Testbench<Target>, _ random: inout SplitMix64
  ) throws -> [Record] {
    var end = 0
    var descriptors: [Descriptor] = []
    for matmul in cases {
      descriptors.append(
        bench.load(
          matmul.job, weights: matmul.weights, activations: matmul.activations, from: end))
      descriptors[descriptors.count - 1].dependent = Bool.random(using: &random)
      end = Testbench<Target>.Placement(matmul.job, from: end).end
    }
    var records: [Record] = []
    func run(_ wanted: Range<Int>, expecting expected: JobError? = nil) throws {
      let (_, error, counts) = try bench.run(descriptors)
      for index in wanted {
        let outputs = bench.outputs(of: cases[index].job, at: descriptors[index])
        records.append(
          Record(
            job: cases[index].job,
            result: JobResult(
              outputs: outputs, counts: counts, error: error, simulatedCycles: 0),
            expectedOutputs: cases[index].expected, expectedError: expected))
      }
    }
    try run(cases.indices)
    let failed = Int.random(in: 0..<cases.count, using: &random)
    descriptors[failed].tokens = 0
    try run(failed..<failed + 1, expecting: .size)
    descriptors[failed].tokens = cases[failed].job.shape.m
    try run(cases.indices)
    return records
  }

  private func busErrors<Target: Device>(
    _ matmul: MatmulCase, on bench: Testbench<Target>, _ random: inout SplitMix64
  ) throws -> [Record] {
    let place = Testbench<Target>.Placement(matmul.job, base: bench.memory.base)
    let beat = UInt64(architecture.parameters.busBytes)
    func drawn(_ bytes: Int) -> UInt64 {
      beat * UInt64.random(in: 0..<UInt64(bytes) / beat, using: &random)
    }
    // Of Y only beats with results are written, among them the first of every tile.
    // The answers for the last ones come when all else is done.
    let (tiles, tokens) = (matmul.job.nTiles, matmul.job.shape.m)
    let last = [1, 4, max(tiles, tokens)].randomElement(using: &random)!
    let tile = Int.random(in: max(0, tiles - last)..<tiles, using: &random)
    let token = Int.random(in: max(0, tokens - last)..<tokens, using: &random)
    let operands: [(UInt64, JobError)] = [
      (place.x + drawn(matmul.job.activationBytes), .read),
      (place.w + drawn(matmul.job.weightBytes), .read),
      (
        place.y
          + UInt64(token * matmul.job.outputStride + tile * architecture.outputTileBytes), .write
      ),
    ]
    var records: [Record] = []
    for (address, error) in operands {
      bench.memory.faults = [
        .init(addresses: address..<address + beat, response: Bool.random(using: &random) ? 2 : 3)
      ]
      records.append(try record(matmul, on: bench, expecting: error))
      bench.memory.faults = []
      records.append(try record(matmul, on: bench))
    }
    return records
  }

  private func illegalCodes<Target: Device>(
    _ matmul: MatmulCase, on bench: Testbench<Target>, _ random: inout SplitMix64
  ) throws -> [Record] {
    let place = Testbench<Target>.Placement(matmul.job, base: bench.memory.base)
    let descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    var records: [Record] = []
    for _ in 0..<3 {
      let address = place.w + UInt64.random(in: 0..<UInt64(matmul.job.weightBytes), using: &random)
      let byte = bench.memory.load(1, at: address)[0]
      bench.memory.store([architecture.illegalByte(using: &random)], at: address)
      let result = try bench.run(descriptor, of: matmul.job)
      bench.memory.store([byte], at: address)
      records.append(
        Record(
          job: matmul.job, result: result, expectedOutputs: matmul.expected,
          expectedError: .weightCode))
      records.append(
        Record(
          job: matmul.job, result: try bench.run(descriptor, of: matmul.job),
          expectedOutputs: matmul.expected, expectedError: nil))
    }
    return records
  }

  private func descriptors<Target: Device>(
    on bench: Testbench<Target>, _ random: inout SplitMix64
  ) throws {
    for _ in 0..<20 {
      try bench.start(architecture.drawnDescriptor(using: &random))
      _ = try bench.finish()
    }
  }

  private func host<Target: Device>(
    _ matmul: MatmulCase, on bench: Testbench<Target>, _ random: inout SplitMix64
  ) throws {
    let descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    for _ in 0..<8 {
      try bench.write(.interruptEnable, 1)
      try bench.start(descriptor)
      var inputs = bench.memory.idleInputs()
      for _ in 0..<Int.random(in: 0..<500, using: &random) {
        bench.memory.step(bench.device.outputs, &inputs)
        inputs.drawHost(using: &random)
        try bench.device.step(inputs)
      }
      // Whatever the host left half-way, a reset ends.
      try bench.reset()
    }
  }
}
