import Activity
import Architecture
import Machine
import Mapping
import TestSupport
import Testing
import Workload

@Suite("Registers of the machine")
struct RegisterTests {
  private func idleBench(_ architecture: Architecture) throws -> Testbench<Machine> {
    try Testbench(
      Machine(architecture), architecture: architecture,
      memory: ExternalMemory(architecture, byteCount: 4096))
  }

  @Test("Capabilities, identity and hash are those of the architecture")
  func capabilities() throws {
    let architecture = try Architecture.sample(named: "tiny")
    let bench = try idleBench(architecture)
    func value(_ register: Register) throws -> UInt32? {
      try bench.readIfPresent(offset: register.offset)
    }
    // "SETN", and the numbers of tiny.yaml.
    let expected: [Register: UInt32] = [
      .id: 0x5345_544e, .version: 3, .rows: 5, .lanes: 12, .tokensPerWeight: 1, .weightCoding: 0,
      .datapath: 0,
      .treeRegisterEvery: 3, .dataflow: 0, .zeroGating: 1, .laneCounters: 1,
      .weightBufferWords: 6, .activationBufferWords: 130, .accumulatorDepth: 3,
      .accumulatorBits: 18, .output: 0, .multiplierBufferWords: 0, .outputQueueDepth: 2,
      .jobQueueDepth: 2, .activationBits: 8, .busBytes: 8, .outstandingReads: 2, .events: 27,
    ]
    for (register, number) in expected { #expect(try value(register) == number, "\(register)") }
    let low = try #require(try value(.configurationHashLow))
    let high = try #require(try value(.configurationHashHigh))
    #expect(UInt64(high) << 32 | UInt64(low) == architecture.configurationHash)
  }

  @Test("Every offset that holds no readable register answers a read with SLVERR")
  func unknownReads() throws {
    let bench = try idleBench(smallArchitecture())
    let counters = (0..<UInt32(2 * Event.allCases.count)).map { 0x400 + 4 * $0 }
    let readable = Set(Register.allCases.filter { $0 != .control }.map(\.offset) + counters)
    for offset: UInt32 in 0..<4096 {
      let value = try bench.readIfPresent(offset: offset)
      #expect((value != nil) == readable.contains(offset), "offset \(offset)")
    }
  }

  @Test("A write to anything but a register that can be written is answered with SLVERR")
  func refusedWrites() throws {
    let bench = try idleBench(smallArchitecture())
    let writable = Set(
      Register.descriptor.map(\.offset) + [0x100, Register.interruptEnable.offset])
    for offset: UInt32 in 0..<4096 {
      // A control write of 0 does nothing.
      #expect(
        try bench.write(offset: offset, 0) == writable.contains(offset), "offset \(offset)")
    }
  }

  @Test("Registers keep the bits that they have")
  func widths() throws {
    let bench = try idleBench(smallArchitecture())
    for register in Register.descriptor {
      let mask: UInt32 =
        switch register {
        case .xAddressHigh, .wAddressHigh, .yAddressHigh, .mAddressHigh: 0xff
        case .xAddressLow, .wAddressLow, .yAddressLow, .mAddressLow, .yStride: 0xffff_ffff
        // A multiplier, a shift, and a flag at the top.
        case .requantisation: 0x803f_ffff
        case .dependence: 1
        default: 0xffff
        }
      for value: UInt32 in [0xffff_ffff, 0x1234_5678, 0] {
        #expect(try bench.write(register, value))
        #expect(
          try bench.readIfPresent(offset: register.offset) == value & mask, "\(register)")
      }
    }
    try bench.write(.interruptEnable, 0xffff_ffff)
    #expect(try bench.read(offset: Register.interruptEnable.offset) == 1)
  }

  @Test("A write of less than 32 bits is refused and changes nothing", arguments: 0..<15)
  func partialWrites(strobe: Int) throws {
    let bench = try idleBench(smallArchitecture())
    try bench.write(.tokens, 0x1234)
    for register in [Register.tokens, .interruptEnable, .control] {
      #expect(
        try !bench.write(offset: register.offset, 0xffff_ffff, strobe: UInt8(strobe)))
    }
    #expect(try bench.read(offset: Register.tokens.offset) == 0x1234)
    #expect(try bench.read(offset: Register.interruptEnable.offset) == 0)
    #expect(try bench.read(offset: Register.status.offset) == 0)
  }

  @Test("The interrupt is done and enabled, and the clear bit takes both away")
  func interrupt() throws {
    let matmul = try MatmulCase(
      MatmulShape(m: 1, n: 1, k: 1), on: smallArchitecture(), seed: 1)
    let bench = try matmul.bench(Machine(matmul.architecture))
    var descriptor = bench.load(
      matmul.job, weights: matmul.weights, activations: matmul.activations)
    descriptor.tokens = 0
    try bench.start(descriptor)
    for _ in 0..<10 { try bench.tick() }
    // Done, not busy, error 1.
    #expect(try bench.read(offset: Register.status.offset) == 0x102)
    #expect(!bench.device.outputs.irq)
    try bench.write(.interruptEnable, 1)
    #expect(bench.device.outputs.irq)
    try bench.write(.interruptEnable, 0)
    #expect(!bench.device.outputs.irq)
    try bench.write(.interruptEnable, 1)
    try bench.write(.control, Register.clearBit)
    try bench.tick()
    #expect(!bench.device.outputs.irq)
    #expect(try bench.read(offset: Register.status.offset) == 0)
  }
}
