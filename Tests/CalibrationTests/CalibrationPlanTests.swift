import Architecture
import Energy
import Testing

@testable import Calibration

@Suite("Calibration plan")
struct CalibrationPlanTests {
  @Test("no design of the training is held out, and every model is held against other data")
  func heldOut() throws {
    let plan = try CalibrationPlan.standard()
    for family in plan.families {
      #expect(family.training.count > 1, "\(family.datapath) /\(family.registerEvery)")
      #expect(
        Set(family.training).isDisjoint(with: family.heldOut),
        "\(family.datapath) /\(family.registerEvery)")
      let sizes = Set(family.training.map(\.lanes))
      let others = family.heldOut.filter { $0.tokens == 1 }.map(\.lanes)
      #expect(
        sizes.isDisjoint(with: others),
        "\(family.datapath) /\(family.registerEvery): sizes of the training held out"
      )
      #expect(
        !others.isEmpty || family.lanesArePowerOfTwo == true,
        "\(family.datapath) /\(family.registerEvery)")
      #expect(
        family.training.contains(where: plan.heldOut.contains),
        "\(family.datapath) /\(family.registerEvery)")
    }
    #expect(Set(plan.designs.map(\.name)).count == plan.designs.count)
  }

  @Test("every design is an accelerator that the model of its family covers")
  func coverage() throws {
    for family in try CalibrationPlan.standard(blocks: false).families {
      for design in family.training + family.heldOut {
        let parameters = try design.architecture().parameters
        #expect(parameters.datapath == family.datapath, "\(design.name)")
        #expect(parameters.treeRegisterEvery == family.registerEvery, "\(design.name)")
        #expect(
          parameters.zeroGating == family.zeroGating ?? parameters.zeroGating, "\(design.name)")
        if let isPowerOfTwo = family.lanesArePowerOfTwo {
          #expect((design.lanes.nonzeroBitCount == 1) == isPowerOfTwo, "\(design.name)")
        }
      }
    }
  }

  @Test("gated and ungated arrays have models of their own where gating makes a difference")
  func ungated() throws {
    let plan = try CalibrationPlan.standard(blocks: false)
    for datapath in Architecture.Parameters.Datapath.allCases {
      let makesDifference = [.xorPopcount, .carrySave, .carryIn, .negate, .int8MAC].contains(
        datapath)
      let found = Set(plan.families.filter { $0.datapath == datapath }.map(\.zeroGating))
      #expect(found == (makesDifference ? [true, false] : [nil]), "\(datapath)")
    }
  }

  @Test("the accelerators show every block in more than one size")
  func blocks() throws {
    let plan = try AcceleratorPlan.standard()
    // The registers of the host are the same in all, and what controls a buffer depends on its words.
    let same: [Block] = [.controlRegisters, .weightBuffer, .activationBuffer]
    for block in BlockFit.blocks where !same.contains(block) {
      let sizes = plan.designs.map {
        CalibratedTerm.flipFlops.count(in: block, of: $0.architecture)
      }
      #expect(Set(sizes).count > 1, "\(block)")
    }
  }
}

@Suite("Library for the synthesis")
struct SynthesisLibraryTests {
  @Test("powers go, whatever is in them; text and comments stay")
  func withoutPowers() {
    let text = """
      /* internal_power () { */ cell (A) { area : 1;
        leakage_power () { when : "}"; value : 2; }
        pin (Y) { internal_power (x) { rise_power (t) { values ("1, 2"); } /* } */ } f : "A"; }
        note : "leakage_power () { }"; cell_leakage_power : 3; leakage_power : 4;
      }
      """
    let expected = """
      /* internal_power () { */ cell (A) { area : 1;
        #
        pin (Y) {  f : "A"; }
        note : "leakage_power () { }"; cell_leakage_power : 3; leakage_power : 4;
      }
      """
    let found = SynthesisLibrary.withoutPowers(Array(text.utf8))
    #expect(String(decoding: found, as: UTF8.self) == expected.replacing("#", with: ""))
  }
}
