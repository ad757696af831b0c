import Activity
import Architecture
import Machine
import Mapping
import Ternary
import TestSupport
import Testing
import Workload

/// The simulator of jobs against the stepped model and the oracle.
@Suite("Simulator of jobs")
struct SimulatorTests {
  @Test("Everything equals the stepped model's, on drawn architectures, jobs and memories")
  func drawn() throws {
    var total = SimulatorCampaign.Outcome()
    for number in 0..<30 {
      let outcome = try SimulatorCampaign(seed: 3).run(architecture: number)
      for difference in outcome.differences { Issue.record("\(difference)") }
      total += outcome
    }
    #expect(total.runs > 100 && total.outputs > 1000 && total.overflows > 100)
  }

  @Test("Results equal the oracle's and the stepped model's", arguments: coveringArchitectures())
  func covering(architecture: Architecture) throws {
    for seed in 0..<2 {
      var random = SplitMix64(seed: seed)
      let shape = architecture.drawnShape(using: &random, limit: 300)
      let matmul = try MatmulCase(shape, on: architecture, seed: seed)
      for behaviour in [ExternalMemory.Behaviour.ideal, .stalling(percent: 30, seed: 9)] {
        let result = try Simulator(architecture, behaviour: behaviour).run(
          matmul.job, weights: matmul.weights, activations: matmul.activations)
        #expect(result.outputs == matmul.expected)
        #expect(result == (try matmul.run(behaviour)), "\(shape), \(behaviour)")
      }
    }
  }

  @Test("Each wrap of a narrow accumulator is counted, in the order of the k-tiles")
  func overflows() throws {
    // 9 bits hold -256 to 255. Seven k-tiles of one lane: 120, 240, 360 wraps to -152, -32, 88,
    // 208, 328 wraps to -184.
    let architecture = try smallArchitecture {
      ($0.rows, $0.lanes, $0.accumulatorBits) = (1, 1, 9)
      ($0.busBytes, $0.treeRegisterEvery) = (4, 0)
    }
    let weights = TritMatrix(rows: 1, columns: 7, trits: [1, 1, 1, 1, 1, 1, 1])
    let job = try Job(MatmulShape(m: 1, n: 1, k: 7), on: architecture)
    let result = try Simulator(architecture).run(
      job, weights: weights, activations: [Int8](repeating: 120, count: 7))
    #expect(result.outputs == [-184])
    #expect(result.counts[.accumulatorOverflow] == 2)
  }

  @Test("Without values the same cycles and events, no outputs and no overflows")
  func timingOnly() throws {
    let architecture = try smallArchitecture { $0.accumulatorBits = 9 }
    let matmul = try MatmulCase(MatmulShape(m: 5, n: 17, k: 129), on: architecture, seed: 1)
    let simulator = Simulator(architecture)
    let full = try simulator.run(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    var timing = try simulator.run(
      matmul.job, weights: matmul.weights, activations: [], values: .timingOnly)
    #expect(full.counts[.accumulatorOverflow] > 0)
    #expect(timing.outputs == [] && timing.counts[.accumulatorOverflow] == 0)
    (timing.outputs, timing.counts[.accumulatorOverflow]) = (
      full.outputs, full.counts[.accumulatorOverflow]
    )
    #expect(timing == full)
  }

  @Test("A machine without values is in the same control state in every cycle", arguments: 0..<6)
  func controlState(seed: Int) throws {
    let architecture = try drawnArchitecture(seed: seed)
    var random = SplitMix64(seed: seed)
    let shape = architecture.drawnShape(using: &random, limit: 100)
    let matmul = try MatmulCase(shape, on: architecture, seed: seed)
    let layout = ProbeLayout(architecture)
    let behaviour = ExternalMemory.Behaviour.pausing(percent: 20 * (seed % 2), seed: seed)
    // Words of sums, results and data are values; so are the counts of what depends on them.
    let byValue: Set<Event> = [.laneAdd, .laneSubtract, .laneSkip, .accumulatorOverflow]
    let values = Set(
      [.treeSum, .accumulator, .wdata, .wstrb].flatMap { Array(layout[$0]) }
        + byValue.map { layout[.counter].lowerBound + $0.rawValue })
    let full = try matmul.bench(Machine(architecture), behaviour)
    let timing = try Testbench(
      Machine(architecture, values: .timingOnly), architecture: architecture,
      memory: ExternalMemory(
        architecture, byteCount: Testbench<Machine>.Placement(matmul.job).end,
        behaviour: behaviour, values: .timingOnly))
    let descriptor = full.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    for bench in [full, timing] {
      try bench.write(.interruptEnable, 1)
      try bench.start(descriptor)
    }
    while !full.device.outputs.irq {
      let (one, other) = (full.device.probeWords(), timing.device.probeWords())
      for word in one.indices where !values.contains(word) {
        #expect(one[word] == other[word], "\(layout.signalName(ofWord: word)) at \(full.cycle)")
      }
      try full.tick()
      try timing.tick()
    }
    #expect(timing.device.outputs.irq)
  }

  @Test("A memory that never answers is a deadlock without values, too")
  func deadlock() throws {
    let matmul = try MatmulCase(MatmulShape(m: 1, n: 1, k: 1), on: smallArchitecture(), seed: 1)
    let simulator = Simulator(
      matmul.architecture, behaviour: .stalling(percent: 100, seed: 1))
    let deadlock = try #require(
      #expect(throws: Deadlock.self) {
        try simulator.run(
          matmul.job, weights: matmul.weights, activations: matmul.activations)
      })
    #expect(deadlock.state.contains("arvalid = 1"))
  }
}
