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
    for _ in 0..<150 {
      try bench.start(architecture.drawnDescriptor(using: &random))
      errors.insert(try bench.finish())
    }
    try pair.check()
    let all: [JobError?] = [nil, .size, .tokenBlock, .lastRows, .address, .read, .write]
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

extension Architecture {
  /// A descriptor in which every field is legal, at the edge, or anything.
  fileprivate func drawnDescriptor(using random: inout SplitMix64) -> Descriptor {
    func draw(_ legal: ClosedRange<Int>) -> Int {
      switch Int.random(in: 0..<20, using: &random) {
      case 0: 0
      case 1: legal.upperBound + 1
      case 2: Int.random(in: 0...65_535, using: &random)
      case 3: 65_535
      default: Int.random(in: legal, using: &random)
      }
    }
    func drawAddress() -> UInt64 {
      let beat = UInt64(parameters.busBytes)
      return switch Int.random(in: 0..<24, using: &random) {
      case 0: UInt64.random(in: 0..<1 << 40, using: &random)
      // The last beats of the address space.
      case 1: (1 << 40) - beat * UInt64.random(in: 1...3, using: &random)
      default: beat * UInt64.random(in: 0..<8192 / beat, using: &random)
      }
    }
    var descriptor = Descriptor()
    descriptor.xAddress = drawAddress()
    descriptor.wAddress = drawAddress()
    descriptor.yAddress = drawAddress()
    descriptor.tokens = draw(1...4)
    descriptor.nTiles = draw(1...3)
    descriptor.kTiles = draw(1...maxKTiles)
    descriptor.lastRows = draw(1...parameters.rows)
    descriptor.tokenBlock = draw(1...parameters.accumulatorDepth)
    descriptor.activationSlice = draw(0...5)
    let stride = descriptor.nTiles * outputTileBytes
    descriptor.yStride = UInt32(
      Bool.random(using: &random) ? stride : draw(0...2 * stride) * parameters.busBytes)
    return descriptor
  }
}

extension PortInputs {
  /// Changes the host's inputs at random.
  fileprivate mutating func drawHost(using random: inout SplitMix64) {
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    func drawOffset() -> UInt32 {
      chance(80)
        ? Register.allCases.randomElement(using: &random)!.offset
        : UInt32.random(in: 0..<4096, using: &random)
    }
    axilAwvalid = chance(30)
    axilAwaddr = drawOffset()
    axilWvalid = chance(30)
    axilWdata = UInt32.random(in: 0..<8, using: &random)
    axilWstrb = chance(80) ? 0xf : UInt8.random(in: 0..<16, using: &random)
    axilBready = chance(50)
    axilArvalid = chance(30)
    axilAraddr = chance(50) ? drawOffset() : 4 * UInt32.random(in: 0..<1024, using: &random)
    axilRready = chance(50)
  }
}
