import Activity
import Testing

@testable import Energy

/// One layer worked out with pencil and paper from `cmos-45nm.yaml` and the rows of the SRAM table.
///
/// Nothing here calls the models for an intermediate result.
@Suite struct HandCheckTests {
  // fJ per bit.
  let adder = 6.5625
  let select = 4.6
  let clock = 8.0
  let toggle = 12.0

  // Two rows of four lanes. The sum tree has 2 adders of 9 bits and 1 of 10, the popcount tree 2 of
  // 1 bit and 1 of 2; a sum in ±512 takes 11 bits, and as many adder bits take the popcount in.
  let upperAdderBits: Double = 2 * 10
  let popcountAdderBits: Double = 2 * (2 + 2 + 11)
  // Per row 2 × (9 + 2), 10 + 3 and 11 bits; both buffers are SRAM, which holds the operands. The
  // side band has 21 bits, before, between and after the tree's 3 registers.
  let treeRegisters: Double = 2 * (22 + 13 + 11)
  var arrayRegisters: Double { treeRegisters + 4 * 21 }
  // Two partial sums of 24 bits; the flip-flops beside them hold those that were read, and a flag.
  let resultBits = 48.0
  let accumulatorRegisters = 48.0 + 48 + 1
  // Two results with 41 bits of address and flag, 4 pointers of 1 bit and a count of 2.
  let queueRegisters: Double = 2 * (48 + 41) + 4 + 2
  // Narrow sums, int8 results and multipliers are not counted, five events; the last two bits of the
  // three counters of bytes are always zero.
  let counters = Double(Event.allCases.count - 5) * 64 - 3 * 2
  // 256 and 512 words are told apart by 8 and 9 bits.
  let bufferRegisters: Double = (22 + 8) + (22 + 9)
  // A queue of 4 bursts of 4 bits, 2 pointers of 2 bits and a count of 3.
  let loadRegisters: Double = 236 + 16 + 4 + 3
  // One slot of 24 bits and a strobe.
  let storeRegisters: Double = 81 + 25
  // Chunks of at most 128 words, 512 activation words, tiles of 8 bytes, 2 credits.
  let controllerRegisters: Double = 225 + 8 + 9 + 37 + 2
  let controlRegisters = 402.0
  // Two jobs of 249 bits with findings of 4, two places of 1 bit, a count of 2 and three flags.
  let jobRegisters: Double = 2 * (249 + 4) + 2 + 2 + 3

  func layer() throws -> LayerEnergy {
    let model = try EnergyModel(
      architecture: architecture(), technology: Technology(named: "cmos-45nm"))
    return model.energy(of: sampleCounts())
  }

  @Test("the array of a small layer equals the hand calculation")
  func array() throws {
    // A lane has 8 select bits and its share of the first level's 18 adder bits.
    let product: Double = 8 * select + 18 / 4 * adder
    let products: Double = (200 + 150 + 0.58 * 130) * product
    let trees: Double = 60 * (upperAdderBits + popcountAdderBits) * adder
    let registers: Double = arrayRegisters * (60 * 0.5 * toggle + 100 * clock)
    let expected = (products + trees + registers) * 1e-15
    #expect(close(try layer()[.array].typical, expected))
  }

  // 256 × 32 bits: the 1 KB row, 0.876843 and 2.38917 pJ. 512 × 32 bits: the 2 KB row.
  let weightBuffer: Double = (61 * 0.876843 + 62 * 2.38917) * 1e-12
  let activationBuffer: Double = (63 * 1.37273 + 21 * 4.43717) * 1e-12

  @Test("the buffers of a small layer equal the hand calculation")
  func buffers() throws {
    let layer = try layer()
    #expect(close(layer[.weightBuffer].typical, weightBuffer))
    #expect(close(layer[.activationBuffer].typical, activationBuffer))
  }

  var accumulators: Double {
    // Eight words of 48 flip-flops, chosen by three levels of multiplexers.
    let read: Double = 48 * 3 * select
    let write: Double = 48 * (clock + 0.5 * toggle)
    let sums: Double = resultBits * (60 * adder + 60 * 0.5 * toggle)
    let registers: Double = accumulatorRegisters * 100 * clock
    return (sums + registers + 10 * read + 12 * write) * 1e-15
  }

  var output: Double {
    // A result changes its 89 bits, four written bytes the slot and its strobe.
    let changes: Double = 15 * 89 * 0.5 + 120 / 4 * 25 * 0.5
    return (changes * toggle + 100 * (queueRegisters + storeRegisters) * clock) * 1e-15
  }

  var control: Double {
    let registers: Double =
      loadRegisters + controllerRegisters + jobRegisters + controlRegisters + counters
      + bufferRegisters
    // Two popcounts of 4 inputs in each of two rows.
    return (100 * registers * (clock + 0.05 * toggle) + 60 * 16 * adder) * 1e-15
  }

  let externalBits: Double = (248 + 84 + 120) * 8

  @Test("accumulators, output, control and memory of a small layer equal the hand calculation")
  func rest() throws {
    let layer = try layer()
    #expect(close(layer[.accumulators].typical, accumulators))
    #expect(close(layer[.output].typical, output))
    #expect(close(layer[.control].typical, control))
    #expect(close(layer[.externalMemory].typical, externalBits * 5e-12))
    #expect(close(layer[.externalMemory].low, externalBits * 3e-12))
    #expect(close(layer[.externalMemory].high, externalBits * 8e-12))
  }

  @Test(
    "a whole layer on a calibrated array adds up by hand: counts × coefficients, all components")
  func calibrated() throws {
    var toggles = Toggles()
    (toggles.activations, toggles.weights, toggles.terms) = (1234, 567, 2890)
    (toggles.levels, toggles.sums) = ([910, 345], 678)
    // fJ: a clock of a flip-flop 1, toggles of an activation 2 in each of two rows, of a weight 3, of a
    // term 4, of a level that follows a register 5, of a sum 7.
    let trees: Double =
      treeRegisters * 100 * 1 + 2 * 1234 * 2 + 567 * 3 + 2890 * 4 + (910 + 345) * 5 + 678 * 7
    let sideBand: Double = 4 * 21 * (100 * clock + 60 * 0.5 * toggle)
    let array = (trees + sideBand) * 1e-15
    let onChip = array + weightBuffer + activationBuffer + accumulators + output + control
    // 1 nW a flip-flop and 2 nW of the trees; of the array's cells only the side band still leaks by
    // its area: select bits, adders, flip-flops and their multiplexers are gone.
    let seconds = 100 / 500e6
    let gone: Double =
      64 * 2.66 + 86 * 4.18 + treeRegisters * (4.522 + 7 / 3 * 0.798)
    let leakage =
      try layer()[.leakage].typical + ((treeRegisters + 2) * 1e-9 - gone * 17.8e-9) * seconds
    let expected: [EnergyComponent: Double] = [
      .array: array, .weightBuffer: weightBuffer, .activationBuffer: activationBuffer,
      .accumulators: accumulators, .output: output, .control: control,
      .clockTreeAndWires: 0.1 * onChip, .externalMemory: externalBits * 5e-12,
      .leakage: leakage,
    ]
    let model = try EnergyModel(
      architecture: architecture(), technology: Technology(named: "cmos-45nm")
    ).calibrated(by: CalibratedModelTests.calibration())
    let found = model.energy(of: sampleCounts(), switching: .exact(toggles), in: "layer")
    #expect(expected.count == EnergyComponent.allCases.count)
    for (component, joules) in expected {
      #expect(close(found[component].typical, joules), "\(component): \(found[component])")
    }
    #expect(close(found.total.typical, expected.values.reduce(0, +)))
  }

  @Test("the leakage of a small layer equals the hand calculation")
  func leakage() throws {
    let seconds = 100 / 500e6
    let control: Double =
      loadRegisters + storeRegisters + controllerRegisters + jobRegisters + controlRegisters
      + counters + bufferRegisters
    // Of the 4 bits of each of the 4 popcounts, 3 are half adders.
    let adders: Double = 2 * 18 + upperAdderBits + popcountAdderBits + 48 + 4
    let flipFlops: Double = arrayRegisters + accumulatorRegisters + queueRegisters + control
    // A result is two beats, among which the store unit chooses.
    let multiplexers: Double = treeRegisters + 3 * 48 + (2 + 1) * 89 + 2 * 25
    let unitGates: Double =
      11.4 * loadRegisters + 11.4 * 81 + 13.3 * controllerRegisters + 4.6 * jobRegisters
    let gates: Double =
      multiplexers * 7 / 3 + unitGates + 11.2 * controlRegisters + 6.0 * counters
      + 7.3 * bufferRegisters
    let cells: Double = (64 + 12) * 2.66 + adders * 4.18 + flipFlops * 4.522 + gates * 0.798
    let accumulators: Double = 8 * 48 * 4.522 + 48 * 7 * 7 / 3 * 0.798
    let macros: Double = 0.918837e-3 + 0.0523357e-3 + 1.75525e-3 + 0.0771784e-3
    let expected = ((cells + accumulators) * 17.8e-9 + macros) * seconds
    #expect(close(try layer()[.leakage].typical, expected))
  }

  @Test("the blocks of a small accelerator have the areas of the hand calculation")
  func areas() throws {
    let model = try AreaModel(
      architecture: architecture(), technology: Technology(named: "cmos-45nm"))
    func control(_ gates: Double) -> Double { 4.522 + gates * 0.798 }
    let multiplexer: Double = 7 / 3 * 0.798
    let accumulatorMemory: Double = 8 * 48 * 4.522 + 48 * 7 * multiplexer
    let sums: Double = 48 * 4.18 + accumulatorRegisters * 4.522 + 3 * 48 * multiplexer
    let expected: [Block: Double] = [
      .treeArray: 64 * 2.66 + 86 * 4.18 + arrayRegisters * 4.522 + treeRegisters * multiplexer,
      .weightBuffer: 0.184275 * 0.0204206 * 1e6 + 30 * control(7.3),
      .activationBuffer: 0.352647 * 0.0216264 * 1e6 + 31 * control(7.3),
      .accumulators: sums + accumulatorMemory,
      .outputStage: queueRegisters * 4.522 + 3 * 89 * multiplexer,
      .loadUnit: loadRegisters * control(11.4),
      .storeUnit: 81 * control(11.4) + 25 * (4.522 + 2 * multiplexer),
      .controller: controllerRegisters * control(13.3),
      .jobQueue: jobRegisters * control(4.6),
      .controlRegisters: controlRegisters * control(11.2),
      .eventCounters: counters * control(6.0) + 4 * (4.18 + 3 * 2.66),
    ]
    for block in Block.allCases {
      #expect(close(model.byBlock[block]!.typical, expected[block]!), "\(block.rawValue)")
    }
    #expect(close(model.total.typical, expected.values.reduce(0, +)))
  }
}
