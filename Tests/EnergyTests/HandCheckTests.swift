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
  // 16 weight bits, 32 activation bits; per row 2 × (9 + 2), 10 + 3 and 11 bits; 3 stages of 10.
  let arrayRegisters: Double = 16 + 32 + 2 * (22 + 13 + 11) + 3 * 10
  // Two partial sums of 24 bits.
  let resultBits = 48.0
  let counters = Double(Event.allCases.count) * 64

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

  @Test("the buffers of a small layer equal the hand calculation")
  func buffers() throws {
    // 256 × 32 bits: the 1 KB row, 0.876843 and 2.38917 pJ. 512 × 32 bits: the 2 KB row.
    let layer = try layer()
    #expect(close(layer[.weightBuffer].typical, (61 * 0.876843 + 62 * 2.38917) * 1e-12))
    #expect(close(layer[.activationBuffer].typical, (63 * 1.37273 + 21 * 4.43717) * 1e-12))
  }

  @Test("the accumulators of a small layer equal the hand calculation")
  func accumulators() throws {
    // Eight words of 48 flip-flops, chosen by three levels of multiplexers.
    let read: Double = 48 * 3 * select
    let write: Double = 48 * (clock + 0.5 * toggle)
    let registers: Double = resultBits * (60 * adder + 60 * 0.5 * toggle + 100 * clock)
    let expected: Double = registers + 10 * read + 12 * write
    #expect(close(try layer()[.accumulators].typical, expected * 1e-15))
  }

  @Test("output, control and external memory of a small layer equal the hand calculation")
  func rest() throws {
    let layer = try layer()
    // A queue of two results with 42 bits of address; a store unit of 120 and 4 × 9 bits.
    let entry: Double = resultBits + 42
    let changes: Double = 15 * entry * 0.5 + 120 * 9 * 0.5
    let output: Double = changes * toggle + 100 * (2 * entry + 120 + 36) * clock
    #expect(close(layer[.output].typical, output * 1e-15))
    let registers: Double = 400 + 350 + 500 + 120 + counters
    // Two popcounts of 4 inputs in each of two rows.
    let control: Double = 100 * registers * (clock + 0.05 * toggle) + 60 * 16 * adder
    #expect(close(layer[.control].typical, control * 1e-15))
    #expect(close(layer[.externalMemory].typical, (248 + 84 + 120) * 8 * 5e-12))
    #expect(close(layer[.externalMemory].low, (248 + 84 + 120) * 8 * 3e-12))
    #expect(close(layer[.externalMemory].high, (248 + 84 + 120) * 8 * 8e-12))
  }

  @Test("the leakage of a small layer equals the hand calculation")
  func leakage() throws {
    let seconds = 100 / 500e6
    let control: Double = 400 + 156 + 350 + 620 + counters
    let adders: Double = 2 * 18 + upperAdderBits + popcountAdderBits + 48 + 16
    let flipFlops: Double = arrayRegisters + 48 + 180 + control
    let gates: Double = 90 * 7 / 3 + 6 * control
    let cells: Double = 64 * 2.66 + adders * 4.18 + flipFlops * 4.522 + gates * 0.798
    let accumulators: Double = 8 * 48 * 4.522 + 48 * 7 * 7 / 3 * 0.798
    let macros: Double = 0.918837e-3 + 0.0523357e-3 + 1.75525e-3 + 0.0771784e-3
    let expected = ((cells + accumulators) * 17.8e-9 + macros) * seconds
    #expect(close(try layer()[.leakage].typical, expected))
  }

  @Test("the blocks of a small accelerator have the areas of the hand calculation")
  func areas() throws {
    let model = try AreaModel(
      architecture: architecture(), technology: Technology(named: "cmos-45nm"))
    let control: Double = 4.522 + 6 * 0.798
    let accumulatorMemory: Double = 8 * 48 * 4.522 + 48 * 7 * 7 / 3 * 0.798
    let expected: [Block: Double] = [
      .treeArray: 64 * 2.66 + 86 * 4.18 + arrayRegisters * 4.522,
      .weightBuffer: 0.184275 * 0.0204206 * 1e6,
      .activationBuffer: 0.352647 * 0.0216264 * 1e6,
      .accumulators: 48 * (4.18 + 4.522) + accumulatorMemory,
      .outputStage: 180 * 4.522 + 90 * 7 / 3 * 0.798,
      .loadUnit: 400 * control, .storeUnit: 156 * control, .controller: 350 * control,
      .controlRegisters: 620 * control, .eventCounters: counters * control + 16 * 4.18,
    ]
    for block in Block.allCases {
      #expect(close(model.byBlock[block]!.typical, expected[block]!), "\(block.rawValue)")
    }
    #expect(close(model.total.typical, expected.values.reduce(0, +)))
  }
}
