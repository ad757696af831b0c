import Architecture
import LockStep
import Machine
import TestSupport
import Testing
import Workload

@Suite("Model and RTL under drawn inputs")
struct RandomInputTests {
  @Test(
    "Descriptors of drawn values agree: refused, ended by a bus error, or run",
    arguments: try [Architecture.sample(named: "tiny")] + extremeArchitectures().prefix(2))
  func descriptors(architecture: Architecture) async throws {
    let pair = try await pair(architecture)
    let memory = ExternalMemory(
      architecture, byteCount: 1 << 14, behaviour: .stalling(percent: 20, seed: 1))
    let bench = try Testbench(pair, architecture: architecture, memory: memory)
    var random = SplitMix64(seed: 9)
    var errors: Set<JobError?> = []
    for _ in 0..<100 {
      try bench.start(architecture.drawnDescriptor(using: &random))
      errors.insert(try bench.finish())
    }
    try pair.check()
    let all: [JobError?] = [
      nil, .size, .tokenBlock, .lastRows, .address, .read, .write, .requantisation,
    ]
    #expect(errors == Set(all))
  }

  @Test("A host that writes and reads at drawn times, with drawn patience, agrees")
  func host() async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let matmul = try MatmulCase(MatmulShape(m: 3, n: 7, k: 33), on: architecture, seed: 1)
    let pair = try await pair(architecture)
    let bench = try matmul.bench(pair, .stalling(percent: 30, seed: 1))
    let descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    var random = SplitMix64(seed: 4)
    for _ in 0..<8 {
      try bench.start(descriptor)
      var inputs = bench.memory.idleInputs()
      for _ in 0..<700 {
        bench.memory.step(pair.outputs, &inputs)
        inputs.drawHost(using: &random)
        try pair.step(inputs)
      }
      // Whatever the host left half-way, a reset ends.
      try bench.reset()
    }
    #expect(try matmul.run(on: bench).outputs == matmul.expected)
    try pair.check()
  }
}
