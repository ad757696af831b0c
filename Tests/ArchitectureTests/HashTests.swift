import Architecture
import Testing

@Suite("The configuration hash")
struct HashTests {
  /// A change of one parameter to another legal value.
  struct Change: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let change: @Sendable (inout Architecture.Parameters) -> Void

    init(_ name: String, _ change: @escaping @Sendable (inout Architecture.Parameters) -> Void) {
      (testDescription, self.change) = (name, change)
    }
  }

  /// Every parameter that the RTL is elaborated for and that has more than one legal value.
  static let hardware = [
    Change("rows") { $0.rows = 17 },
    Change("lanes") { $0.lanes = 63 },
    Change("tokens_per_weight") { $0.tokensPerWeight = 4 },
    Change("activation_bits") { $0.activationBits = 4 },
    Change("weight_coding") { $0.weightCoding = .fiveInEight },
    Change("datapath") { $0.datapath = .carrySave },
    Change("dataflow") { $0.dataflow = .weightStationary },
    Change("zero_gating") { $0.zeroGating = false },
    Change("output") { $0.output = .int8 },
    Change("multiplier_buffer_words") {
      ($0.output, $0.multiplierBufferWords) = (.int8, 2)
    },
    Change("job_queue_depth") { $0.jobQueueDepth = 1 },
    Change("tree_register_every") { $0.treeRegisterEvery = 3 },
    Change("lane_counters") { $0.laneCounters = true },
    Change("weight_buffer_words") { $0.weightBufferWords = 66 },
    Change("activation_buffer_words") { $0.activationBufferWords = 510 },
    Change("accumulator_depth") { $0.accumulatorDepth = 31 },
    Change("accumulator_bits") { $0.accumulatorBits = 24 },
    Change("output_queue_depth") { $0.outputQueueDepth = 5 },
    Change("bus_bytes") { $0.busBytes = 32 },
    Change("outstanding_reads") { $0.outstandingReads = 3 },
  ]

  /// Every parameter that the RTL does not see.
  static let surroundings = [
    Change("name") { $0.name = "other" },
    Change("description") { $0.description = "Another." },
    Change("clock_mhz") { $0.clockMHz = 501 },
    Change("technology") { $0.technology = "cmos-45nm" },
    Change("sram_flavour") { $0.sramFlavour = .lowStandbyPower },
    Change("memory.kind") { $0.memory.kind = "HBM2" },
    Change("memory.latency_cycles") { $0.memory.latencyCycles = 41 },
    Change("memory.bytes_per_cycle") { $0.memory.milliBytesPerCycle = 12_801 },
    Change("memory.picojoules_per_bit") {
      $0.memory.picojoulesPerBit = .init(low: 1, typical: 2, high: 3)
    },
    // The derived width, stated.
    Change("accumulator_bits") { $0.accumulatorBits = 23 },
  ]

  @Test("It changes with each hardware parameter", arguments: hardware)
  func hardwareMatters(_ one: Change) throws {
    let base = try Architecture(parameters: fixtureParameters)
    let other = try Architecture(parameters: parameters(one.change))
    #expect(other.configurationHash != base.configurationHash)
    let lines = zip(
      other.canonicalText.split(separator: "\n"), base.canonicalText.split(separator: "\n"))
    #expect(
      lines.filter { $0 != $1 }.map { $0.0.split(separator: "=").first.map(String.init) }
        .contains(one.testDescription))
  }

  @Test("It changes with nothing else", arguments: surroundings)
  func surroundingsDoNot(_ one: Change) throws {
    let base = try Architecture(parameters: fixtureParameters)
    let other = try Architecture(parameters: parameters(one.change))
    #expect(other != base)
    #expect(other.canonicalText == base.canonicalText)
    #expect(other.configurationHash == base.configurationHash)
  }

  @Test("It is the FNV-1a hash of the canonical text")
  func canonical() throws {
    let architecture = try Architecture(parameters: fixtureParameters)
    #expect(
      architecture.canonicalText == """
        setun architecture 1
        rows=16
        lanes=64
        tokens_per_weight=1
        activation_bits=8
        weight_coding=two_bit
        datapath=xor_popcount
        tree_register_every=2
        dataflow=output_stationary
        zero_gating=true
        lane_counters=false
        weight_buffer_words=64
        activation_buffer_words=512
        accumulator_depth=32
        accumulator_bits=23
        output=int32
        multiplier_buffer_words=0
        output_queue_depth=4
        job_queue_depth=3
        bus_bytes=16
        outstanding_reads=4

        """)
    // Computed by a separate implementation, in Python.
    #expect(architecture.configurationHash == 0xd260_55f4_4555_77c4)
    #expect(architecture.configurationHashHex == "d26055f4455577c4")
  }

  @Test(
    "FNV-1a gives the published values",
    arguments: [
      ("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c),
      ("foobar", 0x8594_4171_f739_67e8),
    ] as [(String, UInt64)])
  func vectors(_ text: String, _ hash: UInt64) {
    #expect(fnv1a64(text.utf8) == hash)
  }

  @Test("The hexadecimal form keeps leading zeros")
  func digits() throws {
    for rows in 1...300 {
      let one = try Architecture(parameters: parameters { ($0.rows, $0.lanes) = (rows, 7) })
      #expect(one.configurationHashHex.count == 16)
      #expect(UInt64(one.configurationHashHex, radix: 16) == one.configurationHash)
      #expect(one.configurationHashHex == one.configurationHashHex.lowercased())
    }
  }
}
