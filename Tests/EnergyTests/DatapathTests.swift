import Architecture
import Testing

@testable import Energy

@Suite("Datapaths in area and energy")
struct DatapathTests {
  typealias Datapath = Architecture.Parameters.Datapath

  private func structure(_ datapath: Datapath, lanes: Int, every: Int) throws -> Structure {
    Structure(
      try architecture {
        ($0.rows, $0.lanes, $0.treeRegisterEvery, $0.datapath) = (1, lanes, every, datapath)
        $0.accumulatorBits = nil
      })
  }

  /// Of one row of 32 lanes without registers but the output's: `rtl/synth/datapaths.py area --rows 1`
  /// in Nangate45 with pyosys 0.70, in µm².
  static let synthesised: [(Datapath, area: Double)] = [
    (.xorPopcount, 2527), (.carrySave, 2591), (.carryIn, 2325), (.negate, 2869),
    (.splitSign, 3825), (.lookup2, 3047), (.lookup3, 6515), (.lookup4, 15_941),
    (.bitSerial, 915), (.int8MAC, 17_729),
  ]

  @Test("a row has the area of the synthesised one within 15%", arguments: synthesised)
  func area(_ datapath: Datapath, area: Double) throws {
    let structure = try structure(datapath, lanes: 32, every: 0)
    let technology = try Technology(named: "cmos-45nm")
    let model = try AreaModel(architecture: structure.architecture, technology: technology)
    let sideBand = structure.arrayRegisters - structure.treeRegisters
    let row =
      model.byBlock[.treeArray]!.typical - Double(sideBand) * technology.area.registerBit.typical
    #expect((0.85...1.15).contains(row / area), "\(row) of \(area)")
  }

  /// Flip-flops of one row that `rtl/synth/datapaths.py area --rows 1` printed, with pyosys 0.70.
  /// Where registers are several levels apart and the last group of terms is not full, synthesis
  /// finds a flip-flop or two less: 138 of 139 in `lookup_3` of 64 lanes with one every 2 levels.
  static let synthesisedFlipFlops: [(Datapath, lanes: Int, every: Int, count: Int)] = [
    (.xorPopcount, 32, 1, 407), (.carrySave, 32, 1, 732), (.carryIn, 32, 1, 350),
    (.negate, 32, 1, 350), (.splitSign, 32, 1, 624), (.lookup2, 32, 1, 216),
    (.lookup3, 32, 1, 185), (.lookup4, 32, 1, 113), (.bitSerial, 32, 1, 190),
    (.int8MAC, 32, 1, 574), (.xorPopcount, 64, 2, 312), (.carrySave, 64, 2, 644),
    (.carryIn, 64, 2, 258), (.negate, 64, 2, 258), (.splitSign, 64, 2, 459),
    (.lookup2, 64, 2, 163), (.xorPopcount, 13, 1, 182),
    (.carrySave, 13, 1, 325), (.carryIn, 13, 1, 160),
    (.negate, 13, 1, 159), (.splitSign, 13, 1, 280), (.lookup2, 13, 1, 101),
    (.lookup3, 13, 1, 87),
    (.lookup4, 13, 1, 53), (.bitSerial, 13, 1, 84), (.int8MAC, 13, 1, 264),
  ]

  @Test("a row has the flip-flops that synthesis finds", arguments: synthesisedFlipFlops)
  func flipFlops(_ datapath: Datapath, lanes: Int, every: Int, count: Int) throws {
    #expect(try structure(datapath, lanes: lanes, every: every).treeRegisters == count)
  }

  @Test("the table of a lookup is built once for each token, whatever the rows")
  func tables() throws {
    for tokens in [1, 2] {
      let counts = try [1, 16].map { rows in
        let model = try AreaModel(
          architecture: architecture {
            ($0.rows, $0.datapath, $0.tokensPerWeight) = (rows, .lookup3, tokens)
            $0.lanes = 7
          }, technology: Technology(named: "cmos-45nm"))
        return model.areas.flatMap(\.terms).filter { $0.part == "adder bits of tables" }
          .map(\.count)
      }
      // 2 tables of 13 entries of 10 bits, of which 3 are activations, and a lane alone.
      #expect(counts == [[Double(200 * tokens)], [Double(200 * tokens)]])
    }
  }

  @Test("every price of bit_serial that an operand moves counts eight steps")
  func steps() throws {
    let technology = try Technology(named: "cmos-45nm")
    let serial = try architecture { ($0.lanes, $0.datapath) = (8, .bitSerial) }
    let model = try EnergyModel(architecture: serial, technology: technology)
    func quantity(_ what: String) -> Double? {
      model.prices.first { $0.component == .array && $0.what == what }?.quantity
    }
    // Two rows; two popcounts of 8 bits have 2 · 4 adder bits in the first level and 2 · 7 above.
    #expect(quantity("first-level adder bits") == 8)
    #expect(quantity("adder bits above the first level") == 224)
  }
}
