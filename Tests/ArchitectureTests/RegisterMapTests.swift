import Architecture
import Testing

@Suite("The register map")
struct RegisterMapTests {
  @Test("Offsets are different, whole words, below the counters and within 12 bits")
  func offsets() {
    let offsets = Register.allCases.map(\.offset)
    #expect(Set(offsets).count == offsets.count)
    #expect(offsets.allSatisfy { $0 % 4 == 0 && $0 < Register.counterBase })
    #expect(Register.counterBase % 8 == 0)
    // Room for 128 counters of 8 bytes.
    #expect(Register.counterBase + 8 * 128 <= 4096)
  }

  @Test("The offsets that drivers are written for stay where they are")
  func stable() {
    let expected: [Register: UInt32] = [
      .id: 0x000, .version: 0x004, .configurationHashLow: 0x008, .configurationHashHigh: 0x00c,
      .rows: 0x010, .lanes: 0x014, .weightCoding: 0x018, .datapath: 0x01c,
      .treeRegisterEvery: 0x020, .dataflow: 0x024, .zeroGating: 0x028, .laneCounters: 0x02c,
      .weightBufferWords: 0x030, .activationBufferWords: 0x034, .accumulatorDepth: 0x038,
      .accumulatorBits: 0x03c, .output: 0x040, .outputQueueDepth: 0x044, .busBytes: 0x048,
      .outstandingReads: 0x04c, .events: 0x050, .tokensPerWeight: 0x054,
      .multiplierBufferWords: 0x058, .jobQueueDepth: 0x05c, .activationBits: 0x060,
      .control: 0x100, .status: 0x104, .interruptEnable: 0x108, .jobsDone: 0x10c,
      .xAddressLow: 0x140, .xAddressHigh: 0x144, .wAddressLow: 0x148, .wAddressHigh: 0x14c,
      .yAddressLow: 0x150, .yAddressHigh: 0x154, .yStride: 0x158, .tokens: 0x15c,
      .nTiles: 0x160, .kTiles: 0x164, .lastRows: 0x168, .tokenBlock: 0x16c,
      .activationSlice: 0x170, .mAddressLow: 0x174, .mAddressHigh: 0x178, .requantisation: 0x17c,
      .dependence: 0x180,
    ]
    for register in Register.allCases {
      #expect(register.offset == expected[register], "\(register)")
    }
  }

  @Test("A register is a capability, control or part of the descriptor, and only one of them")
  func kinds() throws {
    let architecture = try Architecture(parameters: fixtureParameters)
    let control: Set<Register> = [.control, .status, .interruptEnable, .jobsDone]
    for register in Register.allCases {
      let isCapability = register.capability(of: architecture, events: 3) != nil
      let isDescriptor = Register.descriptor.contains(register)
      let kinds = [isCapability, isDescriptor, control.contains(register)].count { $0 }
      #expect(kinds == 1, "\(register)")
      #expect(
        (register.writableBits > 0) == (isDescriptor || register == .interruptEnable),
        "\(register)")
    }
  }

  @Test("Every parameter that the RTL is built for can be read back")
  func capabilities() throws {
    let architecture = try Architecture(parameters: fixtureParameters)
    let expected: [Register: UInt32] = [
      .id: 0x5345_544e, .version: 3, .rows: 16, .lanes: 64, .weightCoding: 0, .datapath: 0,
      .treeRegisterEvery: 2, .dataflow: 0, .zeroGating: 1, .laneCounters: 0,
      .weightBufferWords: 64, .activationBufferWords: 512, .accumulatorDepth: 32,
      .accumulatorBits: 23, .output: 0, .outputQueueDepth: 4, .busBytes: 16,
      .outstandingReads: 4, .events: 3, .tokensPerWeight: 1, .multiplierBufferWords: 0,
      .jobQueueDepth: 3, .activationBits: 8,
    ]
    for (register, value) in expected {
      #expect(register.capability(of: architecture, events: 3) == value, "\(register)")
    }
    let low = try #require(Register.configurationHashLow.capability(of: architecture, events: 3))
    let high = try #require(Register.configurationHashHigh.capability(of: architecture, events: 3))
    #expect(UInt64(high) << 32 | UInt64(low) == architecture.configurationHash)
  }

  @Test("The numbers of the datapaths stay as they are")
  func datapathNumbers() throws {
    typealias Datapath = Architecture.Parameters.Datapath
    let expected: [Datapath: UInt32] = [
      .xorPopcount: 0, .carrySave: 1, .carryIn: 2, .negate: 3, .splitSign: 4, .lookup2: 5,
      .lookup3: 6, .lookup4: 7, .bitSerial: 8, .int8MAC: 9,
    ]
    #expect(expected.count == Datapath.allCases.count)
    for (datapath, number) in expected {
      let built = try Architecture(parameters: parameters { $0.datapath = datapath })
      #expect(Register.datapath.capability(of: built, events: 3) == number, "\(datapath)")
    }
  }

  @Test("Error codes are 1 to 8 with different names")
  func errors() {
    #expect(JobError.allCases.map(\.rawValue) == Array(1...8))
    #expect(Set(JobError.allCases.map(\.name)).count == 8)
  }
}
