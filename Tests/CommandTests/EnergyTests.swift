import Foundation
import Testing

/// The energy of one layer worked out from the counts of the report, the technology file, a row of
/// the SRAM table and the structure of the tiny architecture, without the energy model.
///
/// Tiny: 5 rows of 12 lanes, 8-byte bus, 18-bit accumulators three deep, a queue of two results,
/// 100 MHz.
private struct HandCalculation {
  /// Figures of the technology file, in fJ, µm² and nW/µm².
  let adder, select, clock, toggle: Double
  let adderArea, selectArea, registerArea, gateArea, leakage: Double
  /// One bank of the activation buffer, 130 × 64 bits, in nJ and mW.
  let bankRead, bankWrite, bankLeakage: Double
  let counts: ReportFile.Figures

  // Two trees of 12 leaves a row. Sums: 6 × 9, 3 × 10, 1 × 11 and 1 × 12 bits. Popcounts: 6 × 1,
  // 3 × 2, 1 × 3 and 1 × 4 bits, and 12 more that take the count into the sum.
  let firstLevelBits = 54.0
  let upperBits: Double = 30 + 11 + 12
  let popcountBits: Double = 19 + 12
  // Words of 120 and 96 bits; after three levels 2 × (11 + 4) bits a row; sums of 12; two stages
  // with 10 bits beside them.
  let arrayRegisters: Double = 120 + 96 + 5 * (30 + 12) + 2 * 10
  let resultBits: Double = 5 * 18
  /// A result and its address.
  let entryBits: Double = 5 * 18 + 42
  /// 120, and a beat of 8 × 9 bits.
  let storeRegisters: Double = 120 + 72
  /// Load unit, controller, control registers with their AXI4-Lite port, and 22 counters.
  let controlRegisters: Double = 400 + 350 + 620 + 22 * 64
  /// Two popcounts a row.
  let laneCounterBits: Double = 5 * 2 * 19

  init(_ counts: ReportFile.Figures) throws {
    let folder = Project.folder + "/Sources/Energy/Technologies"
    let yaml = try String(contentsOfFile: folder + "/cmos-45nm.yaml", encoding: .utf8)
    func figure(_ key: String) throws -> Double {
      let block = try #require(yaml.components(separatedBy: "\n\(key):\n").dropFirst().first)
      let match = try #require(block.firstMatch(of: /(?:typical|value): (\S+)\n/))
      return try #require(Double(match.output.1))
    }
    adder = try figure("adder_bit_energy_fJ")
    select = try figure("select_bit_energy_fJ")
    clock = try figure("register_clock_energy_fJ")
    toggle = try figure("register_toggle_energy_fJ")
    adderArea = try figure("adder_bit_area_um2")
    selectArea = try figure("select_bit_area_um2")
    registerArea = try figure("register_bit_area_um2")
    gateArea = try figure("gate_area_um2")
    leakage = try figure("logic_leakage_nW_per_um2")

    let table = try String(contentsOfFile: folder + "/sram-cacti7.csv", encoding: .utf8)
    func row(bytes: Int) throws -> [Double] {
      let line = table.split(separator: "\n").first {
        $0.hasPrefix("45,itrs-lstp,330,\(bytes),64,")
      }
      return try #require(line).split(separator: ",").map { Double($0) ?? .nan }
    }
    // 1,040 bytes lie between the rows of 1 and 2 KB, on straight lines of logarithms.
    let (smaller, larger) = (try row(bytes: 1024), try row(bytes: 2048))
    let part = log2(1040.0 / 1024)
    func between(_ value: ([Double]) -> Double) -> Double {
      pow(value(smaller), 1 - part) * pow(value(larger), part)
    }
    bankRead = between { $0[7] }
    bankWrite = between { $0[8] }
    bankLeakage = between { $0[9] + $0[10] }
    self.counts = counts
  }

  /// Datapath bits change with half of the operands.
  private var change: Double { 0.5 * toggle }

  func array() throws -> Double {
    let product = 8 * select + firstLevelBits / 12 * adder
    let products = try counts["lane_add"] + counts["lane_subtract"] + 0.58 * counts["lane_skip"]
    let trees = try counts["busy"] * 5 * (upperBits + popcountBits) * adder
    let registers = try arrayRegisters * (counts["busy"] * change + counts["cycles"] * clock)
    return (products * product + trees + registers) * 1e-15
  }

  /// Two banks of 6 × 64 flip-flops, behind three levels of multiplexers.
  func weightBuffer() throws -> Double {
    let reads = try counts["weight_buffer_read"] * 2 * 64 * 3 * select
    let writes = try counts["weight_buffer_write"] * 64 * (clock + change)
    return (reads + writes) * 1e-15
  }

  func activationBuffer() throws -> Double {
    let reads = try counts["activation_buffer_read"] * 2 * bankRead
    return try (reads + counts["activation_buffer_write"] * bankWrite) * 1e-9
  }

  /// Three words of flip-flops, behind two levels of multiplexers.
  func accumulators() throws -> Double {
    let sums = try counts["busy"] * (adder + change) + counts["cycles"] * clock
    let reads = try counts["accumulator_read"] * 2 * select
    let writes = try counts["accumulator_write"] * (clock + change)
    return resultBits * (sums + reads + writes) * 1e-15
  }

  func output() throws -> Double {
    let results = try counts["output_result"] * entryBits * change
    let beats = try counts["output_bytes_written"] * 9 * change
    let clocks = try counts["cycles"] * (2 * entryBits + storeRegisters) * clock
    return (results + beats + clocks) * 1e-15
  }

  func control() throws -> Double {
    let registers = try counts["cycles"] * controlRegisters * (clock + 0.05 * toggle)
    return try (registers + counts["busy"] * laneCounterBits * adder) * 1e-15
  }

  /// 8 pJ a bit.
  func externalMemory() throws -> Double {
    let bytes = ["weight_bytes_read", "activation_bytes_read", "output_bytes_written"]
    return try bytes.reduce(0) { try $0 + counts[$1] } * 8 * 8e-12
  }

  func staticEnergy() throws -> Double {
    let selects: Double = 5 * 12 * 8 * selectArea
    let adderBits = 5 * (firstLevelBits + upperBits + popcountBits) + resultBits + laneCounterBits
    let control = controlRegisters + storeRegisters
    let registers = arrayRegisters + resultBits + 2 * entryBits + control
    let gates = entryBits * 7 / 3 + 6 * control
    let logic = selects + adderBits * adderArea + registers * registerArea + gates * gateArea
    // Words of flip-flops, and multiplexers for all but one of them.
    let weights = 2 * 64 * (6 * registerArea + 5 * 7 / 3 * gateArea)
    let sums = resultBits * (3 * registerArea + 2 * 7 / 3 * gateArea)
    let watts = (logic + weights + sums) * leakage * 1e-9 + 2 * bankLeakage * 1e-3
    return try watts * counts["cycles"] / 100e6
  }
}

extension CommandTests {
  @Suite("energy") struct EnergyTests {
    @Test(
      "the energies of a layer equal the hand calculation from its counts",
      arguments: ["decode", "prefill"])
    func handCalculation(phase: String) async throws {
      let report = try await SharedRun.tiny.value.report
      let layers = try #require(report.phases.first { $0.name == phase }).layers
      let layer = try #require(layers.first { $0.name == "layers.2.mlp.down_proj" })
      let hand = try HandCalculation(layer.figures)
      let expected = [
        "array": try hand.array(), "weight_buffer": try hand.weightBuffer(),
        "activation_buffer": try hand.activationBuffer(), "accumulators": try hand.accumulators(),
        "output": try hand.output(), "control": try hand.control(),
        "external_memory": try hand.externalMemory(), "leakage": try hand.staticEnergy(),
      ]
      #expect(layer.figures.counts.count == 22)
      #expect(Set(layer.figures.energy.keys) == Set(expected.keys).union(["total"]))
      for (component, energy) in expected {
        let found = try #require(layer.figures.energy[component]).typical
        #expect(found > 0 && close(found, energy), "\(component): \(found), by hand \(energy)")
      }
    }
  }
}
