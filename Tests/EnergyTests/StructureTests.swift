import Architecture
import Testing

@testable import Energy

@Suite struct StructureTests {
  static let awkward = [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127, 129, 255, 1023]

  /// A value on its way through a tree: how many lanes it stands for, and the adders that it passed.
  private struct Value {
    var lanes = 1
    var depth = 0
  }

  /// Levels of values are paired one by one, as the hardware is drawn; the depths are of the sums.
  private func levels(_ lanes: Int) -> [(depths: [Int], adders: Int)] {
    var values = Array(repeating: Value(), count: lanes)
    var levels: [(depths: [Int], adders: Int)] = []
    while values.count > 1 {
      var next: [Value] = []
      var adders = 0
      while !values.isEmpty {
        let first = values.removeFirst()
        if values.isEmpty {
          next.append(first)
        } else {
          let second = values.removeFirst()
          next.append(
            Value(
              lanes: first.lanes + second.lanes, depth: max(first.depth, second.depth) + 1))
          adders += 1
        }
      }
      #expect(next.reduce(0) { $0 + $1.lanes } == lanes)
      levels.append((next.map(\.depth), adders))
      values = next
    }
    return levels
  }

  @Test(
    "the tree of every awkward number of lanes has the adders and registers of a drawn one",
    arguments: awkward, [0, 1, 2, 3])
  func tree(lanes: Int, every: Int) throws {
    for bits in [2, 4, 8] { try tree(lanes, every, bits) }
  }

  private func tree(_ lanes: Int, _ every: Int, _ bits: Int) throws {
    let architecture = try architecture {
      ($0.rows, $0.lanes, $0.treeRegisterEvery, $0.activationBits) = (1, lanes, every, bits)
      $0.accumulatorBits = nil
    }
    let tree = Structure(architecture).tree
    let drawn = levels(lanes)
    #expect(drawn.reduce(0) { $0 + $1.adders } == lanes - 1)
    var (first, upper, popcount, registers) = (0, 0, architecture.sumBits, architecture.sumBits)
    for (index, level) in drawn.enumerated() {
      let depth = index + 1
      if depth == 1 {
        first = (bits + 1) * level.adders
      } else {
        upper += (bits + depth) * level.adders
      }
      popcount += depth * level.adders
      if every != 0 && depth.isMultiple(of: every) {
        // A sum has a bit more than a term for each adder, its count a bit more than 1.
        registers += level.depths.reduce(0) { $0 + bits + 1 + 2 * $1 }
      }
    }
    let expected = Tree(
      selectBits: Double(bits * lanes), firstLevelAdderBits: first, upperAdderBits: upper,
      popcountAdderBits: popcount, registers: registers)
    #expect(tree == expected)
    #expect(tree.adderBits == Double(first + upper + popcount))
  }

  @Test("buffers have a bank for each beat, and the accumulators one for each 2048 bits")
  func memories() throws {
    let wide = Structure(
      try architecture {
        ($0.rows, $0.lanes, $0.busBytes) = (128, 64, 16)
        ($0.accumulatorDepth, $0.accumulatorBits) = (32, 23)
      })
    #expect(wide.weightBuffer == Memory(banks: 128, bits: 128, words: 256))
    #expect(wide.activationBuffer == Memory(banks: 4, bits: 128, words: 512))
    // 128 × 23 = 2944 bits.
    #expect(wide.accumulatorMemory == Memory(banks: 2, bits: 1472, words: 32))
  }

  @Test(
    "a bank is an SRAM from 1 KB and 16 words on",
    arguments: [
      (32, 256, true), (32, 255, false), (512, 16, true), (1024, 15, false), (8192, 1, false),
    ])
  func threshold(bits: Int, words: Int, isSRAM: Bool) {
    let memory = Memory(banks: 1, bits: bits, words: words)
    #expect(memory.isSRAM == isSRAM)
    #expect(memory.description == "\(isSRAM ? "SRAM" : "flip-flops") \(words) × \(bits) bits")
  }

  @Test("a multiplexer of n words has the levels that tell n words apart", arguments: awkward)
  func selectLevels(words: Int) {
    let levels = Memory(banks: 1, bits: 1, words: words).selectLevels
    #expect(1 << levels >= words)
    #expect(levels == 0 || 1 << (levels - 1) < words)
  }

  /// Flip-flops that `make synth` printed for a sample, with pyosys 0.70.
  static let synthesised: [(architecture: String, flipFlops: [Block: Int])] = [
    (
      "tiny",
      [
        .weightBuffer: 25, .activationBuffer: 30, .loadUnit: 248, .storeUnit: 119,
        .controller: 274, .jobQueue: 513, .controlRegisters: 402, .eventCounters: 1399,
      ]
    ),
    (
      "default",
      [
        .weightBuffer: 28, .activationBuffer: 31, .loadUnit: 259, .storeUnit: 177,
        .controller: 277, .jobQueue: 513, .controlRegisters: 402, .eventCounters: 1396,
      ]
    ),
    (
      "edge",
      [
        .weightBuffer: 28, .activationBuffer: 31, .loadUnit: 278, .storeUnit: 281,
        .controller: 277, .jobQueue: 513, .controlRegisters: 402, .eventCounters: 1393,
      ]
    ),
  ]

  @Test("the blocks without a datapath have the flip-flops that synthesis finds")
  func controlFlipFlops() throws {
    for (name, flipFlops) in Self.synthesised {
      let structure = Structure(try Architecture.sample(named: name))
      for (block, count) in flipFlops {
        #expect(structure.registers(of: block) == count, "\(name) \(block.rawValue)")
      }
    }
  }

  @Test(
    "trees, side band, sums and output queue have the flip-flops that synthesis finds",
    arguments: [
      ("default", 4992, 105, 369, 1647), ("edge", 9760, 105, 385, 1711),
    ])
  func datapathFlipFlops(
    name: String, trees: Int, sideBand: Int, accumulators: Int, outputQueue: Int
  ) throws {
    let structure = Structure(try Architecture.sample(named: name))
    #expect(structure.treeRegisters == trees)
    // Their buffers are SRAM, which needs no registers for operands.
    #expect(structure.arrayRegisters == trees + sideBand)
    #expect(structure.accumulatorRegisters == accumulators)
    #expect(structure.outputQueueRegisters == outputQueue)
  }

  @Test("memories of flip-flops have registers for what was read")
  func operandRegisters() throws {
    // The buffers and the partial sums of tiny: 120 weight bits, 90 result bits; its activations
    // are SRAM. Synthesis, which leaves the memories out, has 91 in the accumulators.
    let structure = Structure(try Architecture.sample(named: "tiny"))
    #expect(structure.operandRegisters == 120)
    #expect(structure.accumulatorRegisters == 91 + 90)
  }
}
