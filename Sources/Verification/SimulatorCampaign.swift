import Activity
public import Architecture
public import Machine
import Mapping
import Ternary
public import Workload

/// Compares ``Simulator`` with the stepped cycle-level model on drawn architectures, jobs and
/// memories: every output, every event, and the cycles.
///
/// Each architecture runs a list of four jobs, and each of them alone that does not read what the one
/// before writes; on an ideal memory of any latency and bandwidth, on one that stalls at random, or
/// on DRAM.
public struct SimulatorCampaign: Sendable {
  /// Jobs on each architecture.
  private static let jobCount = 4
  /// The most operands and weight beats of a job together.
  private static let largestJob = 400

  public var seed: Int

  public init(seed: Int) { self.seed = seed }

  /// A run on which the two differ.
  public struct Difference: Error, Sendable, CustomStringConvertible {
    /// The number of the architecture, and of the run on it.
    public var architecture: Int
    public var run: Int
    public var parameters: Architecture.Parameters
    public var behaviour: ExternalMemory.Behaviour
    public var shapes: [MatmulShape]
    /// The first thing that differs: an event, an output, or the cycles.
    public var what: String

    public var description: String {
      "architecture \(architecture), run \(run): \(what)\n  \(shapes)\n  \(behaviour)\n  "
        + "\(parameters)"
    }
  }

  /// What was compared.
  public struct Outcome: Sendable {
    public var runs = 0
    /// Cycles by the model.
    public var cycles: UInt64 = 0
    public var outputs = 0
    /// Sums that wrapped.
    public var overflows: UInt64 = 0
    public var differences: [Difference] = []

    public init() {}

    public static func += (left: inout Outcome, right: Outcome) {
      left.runs += right.runs
      left.cycles += right.cycles
      left.outputs += right.outputs
      left.overflows += right.overflows
      left.differences += right.differences
    }
  }

  /// Compares the runs on architecture `number`.
  ///
  /// - Throws: ``Deadlock`` when the model stands still; what a job that does not fit throws.
  public func run(architecture number: Int) throws -> Outcome {
    var random = SplitMix64(seed: seed, number)
    let architecture = try Self.architecture(number, using: &random)
    let behaviour: ExternalMemory.Behaviour =
      Int.random(in: 0..<3, using: &random) > 0
      ? .ideal
      : .stalling(percent: Int.random(in: 1...60, using: &random), seed: random.next())
    let simulator = Simulator(architecture, behaviour: behaviour)
    let jobs = try Self.jobs(on: architecture, using: &random)
    var outcome = Outcome()
    func note(_ result: Comparison, of jobs: ArraySlice<Simulator.QueuedJob>) {
      if let what = result.difference {
        outcome.differences.append(
          Difference(
            architecture: number, run: outcome.runs, parameters: architecture.parameters,
            behaviour: behaviour, shapes: jobs.map(\.job.shape), what: what))
      }
      outcome.runs += 1
      outcome.cycles += result.expected.simulatedCycles
      outcome.outputs += result.expected.outputs.reduce(0) { $0 + $1.count }
      outcome.overflows += result.expected.counts[.accumulatorOverflow]
    }
    for index in jobs.indices {
      guard case .activations(let activations) = jobs[index].input else { continue }
      let (job, weights) = (jobs[index].job, jobs[index].weights)
      let bench = try Self.bench(architecture, behaviour, byteCount: Placement(job).end)
      let expected = try bench.run(job, weights: weights, activations: activations)
      let found = try simulator.run(job, weights: weights, activations: activations)
      let timing = try simulator.run(job, weights: weights, activations: [], values: .timingOnly)
      note(
        Comparison(.init(expected), .init(found), timing: .init(timing)), of: jobs[index...index])
    }
    let expected = try Self.list(jobs, on: architecture, behaviour)
    let found = try simulator.run(jobs)
    let timing = try simulator.run(jobs, values: .timingOnly)
    note(Comparison(expected, found, timing: timing), of: jobs[...])
    return outcome
  }

  private typealias Placement = Testbench<Machine>.Placement

  private static func bench(
    _ architecture: Architecture, _ behaviour: ExternalMemory.Behaviour, byteCount: Int
  ) throws -> Testbench<Machine> {
    try Testbench(
      Machine(architecture), architecture: architecture,
      memory: ExternalMemory(architecture, byteCount: byteCount, behaviour: behaviour))
  }

  /// Runs a list on the stepped model.
  private static func list(
    _ jobs: [Simulator.QueuedJob], on architecture: Architecture,
    _ behaviour: ExternalMemory.Behaviour
  ) throws -> Simulator.ListResult {
    let ends = jobs.reduce(into: [0]) { $0.append(Placement($1.job, from: $0[$0.count - 1]).end) }
    let bench = try bench(architecture, behaviour, byteCount: ends[jobs.count])
    var descriptors: [Descriptor] = []
    for (job, start) in zip(jobs, ends) {
      let unused = [Int8](repeating: 0, count: job.job.shape.m * job.job.shape.k)
      var activations = unused
      if case .activations(let values) = job.input { activations = values }
      var descriptor = bench.load(
        job.job, weights: job.weights, activations: activations, from: start)
      if case .resultsBefore = job.input {
        descriptor.xAddress = descriptors[descriptors.count - 1].yAddress
        descriptor.dependent = true
      }
      descriptors.append(descriptor)
    }
    let ended = try bench.run(descriptors)
    return Simulator.ListResult(
      outputs: zip(jobs, descriptors).map { bench.outputs(of: $0.job, at: $1) },
      counts: ended.counts, simulatedCycles: bench.cycle)
  }
}

/// Two results of the same run, and the one without values.
private struct Comparison {
  let expected: Simulator.ListResult
  let difference: String?

  init(
    _ expected: Simulator.ListResult, _ found: Simulator.ListResult, timing: Simulator.ListResult
  ) {
    self.expected = expected
    difference = Self.difference(expected, found, timing)
  }

  private static func difference(
    _ expected: Simulator.ListResult, _ found: Simulator.ListResult, _ timing: Simulator.ListResult
  ) -> String? {
    for event in Event.allCases {
      if expected.counts[event] != found.counts[event] {
        return "\(event.name): expected \(expected.counts[event]), found \(found.counts[event])"
      }
      // Whether sums overflow is known with values only.
      let count = event == .accumulatorOverflow ? 0 : expected.counts[event]
      if timing.counts[event] != count {
        return "timing only, \(event.name): expected \(count), found \(timing.counts[event])"
      }
    }
    for (job, (values, others)) in zip(expected.outputs, found.outputs).enumerated() {
      for index in values.indices where values[index] != others[index] {
        return "job \(job), output \(index): expected \(values[index]), found \(others[index])"
      }
    }
    let cycles = expected.simulatedCycles
    for other in [found.simulatedCycles, timing.simulatedCycles] where other != cycles {
      return "simulated cycles: expected \(cycles), found \(other)"
    }
    return nil
  }
}

extension Simulator.ListResult {
  fileprivate init(_ result: JobResult) {
    self.init(
      outputs: [result.outputs], counts: result.counts, simulatedCycles: result.simulatedCycles)
  }
}

// MARK: - Draws

extension SimulatorCampaign {
  private static func architecture(
    _ number: Int, using random: inout SplitMix64
  ) throws -> Architecture {
    var parameters = try DrawnArchitecture(named: "drawn-\(number)", using: &random)
      .architecture.parameters
    let beat = 1000 * parameters.busBytes
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      parameters.memory.milliBytesPerCycle = Int.random(in: beat / 4...9 * beat / 4, using: &random)
      parameters.memory.latencyCycles = Int.random(in: 1...90, using: &random)
    case 1:
      parameters.memory.dram = .init(
        standard: .allCases.randomElement(using: &random)!,
        channels: Int.random(in: 1...3, using: &random))
    default: break
    }
    return try Architecture(parameters: parameters)
  }

  /// Four jobs; where results can be activations some read what the one before writes.
  private static func jobs(
    on architecture: Architecture, using random: inout SplitMix64
  ) throws -> [Simulator.QueuedJob] {
    var jobs: [Simulator.QueuedJob] = []
    for _ in 0..<jobCount {
      if let last = jobs.last, Bool.random(using: &random),
        let next = try job(after: last.job, on: architecture, using: &random)
      {
        jobs.append(next)
        continue
      }
      let shape = architecture.drawnShape(using: &random, limit: largestJob)
      let job = try Job(
        shape, on: architecture,
        requantisation: architecture.drawnRequantisation(shape, using: &random))
      jobs.append(
        .init(
          job, weights: weights(shape, using: &random),
          input: .activations(activations(shape, on: architecture, using: &random))))
    }
    return jobs
  }

  private static func weights(_ shape: MatmulShape, using random: inout SplitMix64) -> TritMatrix {
    let count = shape.n * shape.k
    let trits =
      Int.random(in: 0..<4, using: &random) == 0
      ? [Int8](repeating: Bool.random(using: &random) ? 1 : -1, count: count)
      : random.trits(count)
    let matrix = TritMatrix(rows: shape.n, columns: shape.k, trits: trits)
    return Bool.random(using: &random) ? matrix : matrix.packedForProducts()
  }

  private static func activations(
    _ shape: MatmulShape, on architecture: Architecture, using random: inout SplitMix64
  ) -> [Int8] {
    let count = shape.m * shape.k
    let magnitude = architecture.activationMagnitude
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      let extreme = Int8(Bool.random(using: &random) ? magnitude - 1 : -magnitude)
      return [Int8](repeating: extreme, count: count)
    case 1: return random.activations(count).map { $0 / 16 }
    default: return random.activations(count)
    }
  }

  /// A job whose rows of X are the rows of Y of the one before, if there is one.
  private static func job(
    after before: Job, on architecture: Architecture, using random: inout SplitMix64
  ) throws -> Simulator.QueuedJob? {
    let (kTiles, rest) = before.outputStride.quotientAndRemainder(
      dividingBy: architecture.activationWordBytes)
    guard architecture.parameters.output == .int8, rest == 0, 1...architecture.maxKTiles ~= kTiles
    else { return nil }
    let lanes = architecture.parameters.lanes
    let k = (kTiles - 1) * lanes + Int.random(in: 1...lanes, using: &random)
    let shape = MatmulShape(
      m: before.shape.m, n: Int.random(in: 1...2 * architecture.parameters.rows, using: &random),
      k: k)
    let job = try Job(
      shape, on: architecture,
      requantisation: architecture.drawnRequantisation(shape, using: &random))
    return .init(job, weights: weights(shape, using: &random), input: .resultsBefore)
  }
}
