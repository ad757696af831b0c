import Activity
import Architecture
import LockStep
import Machine
import Mapping
import TestSupport
import Testing
import Workload

/// The architectures whose RTL is built.
func lockStepArchitectures() throws -> [Architecture] {
  try [.sample(named: "tiny")] + extremeArchitectures() + [drawnArchitecture(seed: 3)]
}

/// Model and RTL of one architecture, ready for reset.
func pair(_ architecture: Architecture) async throws -> LockStepPair {
  let library = try await library(for: accelerator(architecture))
  return LockStepPair(Machine(architecture), try RTLDevice(library, architecture: architecture))
}

@Suite("Model and RTL in lock-step")
struct LockStepTests {
  @Test(
    "Drawn matmuls agree in every cycle and give the oracle's outputs, with every memory",
    arguments: try lockStepArchitectures())
  func agree(architecture: Architecture) async throws {
    let library = try await library(for: accelerator(architecture))
    for seed in 0..<5 {
      // Long runs without a pause would keep the builds of other tests from going on.
      await Task.yield()
      var random = SplitMix64(seed: seed)
      let shape = architecture.drawnShape(using: &random, limit: 800)
      let matmul = try MatmulCase(shape, on: architecture, seed: seed)
      try withEvery("pauses of seed \(seed)", in: [0, 30, 70]) { percent in
        let behaviour = ExternalMemory.Behaviour.pausing(percent: percent, seed: seed)
        let rtl = try RTLDevice(library, architecture: architecture)
        let pair = LockStepPair(Machine(architecture), rtl)
        let together = try matmul.run(on: matmul.bench(pair, behaviour))
        try pair.check()
        #expect(together.error == nil, "\(trail)")
        #expect(together.outputs == matmul.expected, "\(trail)")
        let alone = try matmul.run(
          on: matmul.bench(RTLDevice(library, architecture: architecture), behaviour))
        #expect(alone == together, "\(trail)")
        #expect(try matmul.run(behaviour) == together, "\(trail)")
      }
    }
  }

  @Test("Sums at both ends agree at the largest K")
  func largestSums() async throws {
    let architecture = try smallArchitecture()
    for (trit, activation) in [(-1, -128), (1, 127), (1, -128)] as [(Int8, Int8)] {
      let shape = MatmulShape(m: 2, n: 7, k: architecture.maxK)
      let matmul = try MatmulCase(
        shape, on: architecture, trits: Array(repeating: trit, count: shape.n * shape.k),
        activations: Array(repeating: activation, count: shape.m * shape.k))
      let pair = try await pair(architecture)
      #expect(try matmul.run(on: matmul.bench(pair)).outputs == matmul.expected)
      try pair.check()
    }
  }

  @Test("Jobs after each other agree, each with its own sizes")
  func backToBack() async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let pair = try await pair(architecture)
    let memory = ExternalMemory(
      architecture, byteCount: 1 << 17, behaviour: .stalling(percent: 30, seed: 5))
    let bench = try Testbench(pair, architecture: architecture, memory: memory)
    for seed in 0..<5 {
      var random = SplitMix64(seed: seed)
      let matmul = try MatmulCase(
        architecture.drawnShape(using: &random, limit: 80), on: architecture, seed: seed)
      #expect(try matmul.run(on: bench).outputs == matmul.expected, "job \(seed)")
    }
    try pair.check()
  }

  @Test("Reset in the middle of work agrees, and the next job is right", arguments: [0, 30])
  func reset(percent: Int) async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let matmul = try MatmulCase(MatmulShape(m: 5, n: 17, k: 63), on: architecture, seed: 1)
    let pair = try await pair(architecture)
    let bench = try matmul.bench(pair, .pausing(percent: percent, seed: 1))
    let descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    for cycles in [0, 1, 2, 3, 5, 17, 31, 63, 127, 255, 400] {
      try bench.start(descriptor)
      for _ in 0..<cycles { try bench.tick() }
      try bench.reset()
    }
    #expect(try matmul.run(on: bench).outputs == matmul.expected)
    try pair.check()
  }

  @Test("Bus errors on each operand agree, and so does the job after them", arguments: [0, 70])
  func busErrors(percent: Int) async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let matmul = try MatmulCase(MatmulShape(m: 7, n: 17, k: 129), on: architecture, seed: 2)
    let place = Testbench<Machine>.Placement(matmul.job)
    let pair = try await pair(architecture)
    let bench = try matmul.bench(pair, .pausing(percent: percent, seed: 2))
    let faults: [(UInt64, JobError)] = [
      (place.x, .read), (place.x + UInt64(matmul.job.activationBytes / 2), .read),
      (place.w, .read), (place.w + UInt64(matmul.job.weightBytes) - 8, .read),
      (place.y, .write), (place.y + UInt64(matmul.job.outputBytes / 2), .write),
    ]
    for (address, error) in faults {
      for response: UInt8 in [2, 3] {
        bench.memory.faults = [.init(addresses: address..<address + 8, response: response)]
        #expect(try matmul.run(on: bench).error == error, "\(address)")
        bench.memory.faults = []
        #expect(try matmul.run(on: bench).outputs == matmul.expected, "after \(address)")
      }
    }
    try pair.check()
  }

  @Test("An illegal code in any weight word agrees, and so does the job after it")
  func illegalCodes() async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let matmul = try MatmulCase(MatmulShape(m: 3, n: 7, k: 65), on: architecture, seed: 3)
    let place = Testbench<Machine>.Placement(matmul.job)
    let pair = try await pair(architecture)
    let bench = try matmul.bench(pair)
    let descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    for offset in stride(from: 0, to: matmul.job.weightBytes, by: 13) {
      let address = place.w + UInt64(offset)
      let byte = bench.memory.load(1, at: address)[0]
      bench.memory.store([0b10_00_00], at: address)
      #expect(try bench.run(descriptor, of: matmul.job).error == .weightCode, "byte \(offset)")
      bench.memory.store([byte], at: address)
      #expect(
        try bench.run(descriptor, of: matmul.job).outputs == matmul.expected, "after \(offset)")
    }
    try pair.check()
  }
}
