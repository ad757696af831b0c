import Activity
import Architecture
import Machine
import Mapping
import TestSupport
import Testing
import Workload

@Suite("Job queue of the machine")
struct JobQueueTests {
  /// Cases whose operands lie one behind the other, and their descriptors.
  private func queued(
    _ count: Int, on architecture: Architecture, shape: MatmulShape = .init(m: 3, n: 17, k: 65)
  ) throws -> (cases: [MatmulCase], bench: Testbench<Machine>, descriptors: [Descriptor]) {
    let cases = try (0..<count).map { try MatmulCase(shape, on: architecture, seed: $0) }
    let ends = cases.reduce(into: [0]) {
      $0.append(Testbench<Machine>.Placement($1.job, from: $0[$0.count - 1]).end)
    }
    let memory = ExternalMemory(architecture, byteCount: ends[count])
    let bench = try Testbench(Machine(architecture), architecture: architecture, memory: memory)
    let descriptors = zip(cases, ends).map {
      bench.load($0.job, weights: $0.weights, activations: $0.activations, from: $1)
    }
    return (cases, bench, descriptors)
  }

  @Test("While a job runs its descriptor may be overwritten for the next one")
  func overwritten() throws {
    let (cases, bench, descriptors) = try queued(1, on: smallArchitecture())
    try bench.start(descriptors[0])
    for register in Register.descriptor {
      #expect(try bench.write(register, 0), "\(register)")
    }
    #expect(try bench.finish() == nil)
    #expect(bench.outputs(of: cases[0].job, at: descriptors[0]) == cases[0].expected)
  }

  @Test("A start with a full queue is refused and changes nothing", arguments: [1, 2, 3])
  func full(depth: Int) throws {
    let (cases, bench, descriptors) = try queued(
      depth, on: smallArchitecture { $0.jobQueueDepth = depth })
    for descriptor in descriptors { try bench.start(descriptor) }
    #expect(try !bench.write(.control, Register.startBit))
    while try bench.read(offset: Register.status.offset) & 1 != 0 {}
    #expect(try bench.read(offset: Register.jobsDone.offset) == UInt32(depth))
    for (matmul, descriptor) in zip(cases, descriptors) {
      #expect(bench.outputs(of: matmul.job, at: descriptor) == matmul.expected)
    }
  }

  @Test("Queued jobs load while the one before computes, and count together")
  func overlap() throws {
    let architecture = try smallArchitecture()
    let (cases, bench, descriptors) = try queued(4, on: architecture)
    let alone = try cases.map { try $0.run().counts }
    let (ended, error, counts) = try bench.run(descriptors)
    #expect(ended == 4 && error == nil)
    let sum = alone.reduce(EventCounts(), +)
    for event in ExpectedCounts.timeless { #expect(counts[event] == sum[event], "\(event)") }
    // Three of the four jobs do not wait for their first operands: two latencies and more.
    let latency = UInt64(architecture.parameters.memory.latencyCycles)
    #expect(counts[.cycles] + 3 * latency < sum[.cycles])
    for (matmul, descriptor) in zip(cases, descriptors) {
      #expect(bench.outputs(of: matmul.job, at: descriptor) == matmul.expected)
    }
  }

  @Test("A dependent job reads what the job before wrote", arguments: [1, 2, 3])
  func dependence(depth: Int) throws {
    // Results are int8, and a row of Y is a row of X: 8 rows and 8 lanes on a bus of 8 bytes.
    let architecture = try smallArchitecture {
      ($0.rows, $0.lanes, $0.busBytes, $0.jobQueueDepth) = (8, 8, 8, depth)
      ($0.output, $0.activationBufferWords) = (.int8, 64)
    }
    let (cases, bench, first) = try queued(
      3, on: architecture, shape: MatmulShape(m: 5, n: 64, k: 64))
    var descriptors = first
    for index in 1..<3 {
      descriptors[index].xAddress = descriptors[index - 1].yAddress
      descriptors[index].dependent = true
    }
    #expect(try bench.run(descriptors).error == nil)
    var activations = cases[0].activations
    for (matmul, descriptor) in zip(cases, descriptors) {
      let chained = try MatmulCase(
        matmul.job.shape, on: architecture, trits: matmul.trits, activations: activations,
        requantisation: matmul.job.requantisation)
      #expect(bench.outputs(of: matmul.job, at: descriptor) == chained.expected)
      activations = chained.expected.map { Int8($0) }
    }
  }

  @Test("A failed job takes those behind it with it, and the next good one is right")
  func failure() throws {
    let (cases, bench, descriptors) = try queued(3, on: smallArchitecture { $0.jobQueueDepth = 3 })
    // The second job's weights cannot be read: found while the first still runs.
    let w = descriptors[1].wAddress
    bench.memory.faults = [.init(addresses: w..<w + 8, response: 2)]
    for descriptor in descriptors { try bench.start(descriptor) }
    while try bench.read(offset: Register.status.offset) & 1 != 0 {}
    #expect(try bench.read(offset: Register.jobsDone.offset) == 2)
    #expect(try bench.read(offset: Register.status.offset) >> 8 == UInt32(JobError.read.rawValue))
    #expect(bench.outputs(of: cases[0].job, at: descriptors[0]) == cases[0].expected)
    #expect(bench.outputs(of: cases[2].job, at: descriptors[2]).allSatisfy { $0 == 0 })
    bench.memory.faults = []
    #expect(try bench.run(Array(descriptors[1...])).error == nil)
    for index in 1..<3 {
      #expect(
        bench.outputs(of: cases[index].job, at: descriptors[index]) == cases[index].expected)
    }
  }

  @Test("A soft reset leaves nothing of the jobs, whenever it comes", arguments: 0..<12)
  func softReset(seed: Int) throws {
    let (cases, bench, descriptors) = try queued(2, on: smallArchitecture())
    var random = SplitMix64(seed: seed)
    for descriptor in descriptors { try bench.start(descriptor) }
    for _ in 0..<Int.random(in: 0...400, using: &random) { try bench.tick() }
    try bench.softReset()
    #expect(try bench.read(offset: Register.status.offset) == 0)
    #expect(try bench.read(offset: Register.jobsDone.offset) == 0)
    for event in [.busy, .activationBufferRead] + Event.stalls where event != .stallDrain {
      let offset = Register.counterBase + 8 * UInt32(event.rawValue)
      #expect(try bench.read(offset: offset) == 0, "\(event)")
    }
    #expect(try bench.run(descriptors).error == nil)
    for (matmul, descriptor) in zip(cases, descriptors) {
      #expect(bench.outputs(of: matmul.job, at: descriptor) == matmul.expected)
    }
  }
}
