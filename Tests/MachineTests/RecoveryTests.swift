import Activity
import Architecture
import Machine
import Mapping
import TestSupport
import Testing
import Workload

@Suite("Jobs on a used machine")
struct RecoveryTests {
  @Test("A reset at any time leaves a machine like a fresh one", arguments: [0, 30, 70])
  func reset(percent: Int) throws {
    let matmul = try MatmulCase(
      MatmulShape(m: 5, n: 7, k: 65), on: smallArchitecture(), seed: 1)
    let fresh = try matmul.run()
    let bench = try matmul.bench(Machine(matmul.architecture), .pausing(percent: percent, seed: 3))
    let descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    for cycles in 0..<300 {
      try bench.start(descriptor)
      for _ in 0..<cycles { try bench.tick() }
      try bench.reset()
      #expect(try bench.read(offset: Register.status.offset) == 0)
      #expect(bench.device.counters == EventCounts())
    }
    let result = try matmul.run(on: bench)
    #expect(result.outputs == matmul.expected)
    if percent == 0 { #expect(result.counts == fresh.counts) }
  }

  @Test("Jobs after each other give what each gives on a fresh machine, counters too")
  func backToBack() throws {
    let architecture = try Architecture.sample(named: "tiny")
    let memory = ExternalMemory(architecture, byteCount: 1 << 18)
    let bench = try Testbench(Machine(architecture), architecture: architecture, memory: memory)
    for round in 0..<2 {
      for seed in 0..<8 {
        var random = SplitMix64(seed: seed)
        let shape = architecture.drawnShape(using: &random, limit: 1500)
        let matmul = try MatmulCase(shape, on: architecture, seed: seed)
        #expect(try matmul.run(on: bench) == matmul.run(), "round \(round), seed \(seed)")
      }
    }
  }

  @Test("The same job with the same stalls takes the same cycles; other stalls take others")
  func repeatable() throws {
    let matmul = try MatmulCase(
      MatmulShape(m: 5, n: 7, k: 65), on: smallArchitecture(), seed: 1)
    let first = try matmul.run(.stalling(percent: 50, seed: 1))
    #expect(try matmul.run(.stalling(percent: 50, seed: 1)) == first)
    let other = try matmul.run(.stalling(percent: 50, seed: 3))
    #expect(other.outputs == first.outputs)
    #expect(other.simulatedCycles != first.simulatedCycles)
  }

  @Test("A memory that never answers is reported, with what was waited for and for how long")
  func deadlock() throws {
    let matmul = try MatmulCase(
      MatmulShape(m: 1, n: 1, k: 1), on: smallArchitecture(), seed: 1)
    let bench = try matmul.bench(Machine(matmul.architecture), .stalling(percent: 100, seed: 1))
    let deadlock = try #require(
      #expect(throws: Deadlock.self) { try matmul.run(on: bench) })
    #expect(deadlock.cycle == bench.cycle)
    // 500, the latency of 8 cycles, and up to 2 cycles for a beat of 8 bytes at 6.4 a cycle.
    #expect(
      deadlock.description.hasPrefix(
        "no progress for 510 cycles, at cycle \(bench.cycle), while waiting for the end of the job\n"
      ))
    // The first burst of activations was never accepted.
    for signal in [
      "controller_state = 2", "arvalid = 1", "load_outstanding = 1", "activation_claimed = 1",
      "activation_full = 0", "counter[busy] = 0",
    ] {
      #expect(deadlock.state.contains(signal), "\(signal)")
    }
    // A reset ends that, too.
    try bench.reset()
    #expect(try bench.read(offset: Register.status.offset) == 0)
  }

  @Test("A memory that needs thousands of cycles for a beat is slow, not dead")
  func slow() throws {
    let architecture = try smallArchitecture {
      ($0.busBytes, $0.memory.milliBytesPerCycle) = (128, 50)
    }
    let matmul = try MatmulCase(MatmulShape(m: 1, n: 2, k: 13), on: architecture, seed: 1)
    let result = try matmul.run()
    #expect(result.outputs == matmul.expected)
    // Two words of X, two of W and one result: five beats of 128 bytes at 0.05 bytes a cycle.
    #expect(result.simulatedCycles >= 5 * 2560)
  }
}
