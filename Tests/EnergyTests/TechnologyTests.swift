import Testing

@testable import Energy

@Suite struct TechnologyTests {
  @Test(
    "every technology that comes along reads, and its name is its file's",
    arguments: Technology.names)
  func shipped(name: String) throws {
    let technology = try Technology(named: name)
    #expect(technology.name == name)
    #expect(!technology.description.isEmpty)
  }

  @Test("the figures arrive in SI units, in order and with their sources")
  func figures() throws {
    let at45 = try Technology(named: "cmos-45nm")
    #expect(close(at45.energy.registerClock.typical, 8e-15))
    #expect(close(at45.operations.int8Add.typical, 0.03e-12))
    #expect(close(at45.operations.int32Add.typical, 0.1e-12))
    #expect(close(at45.area.registerBit.typical, 4.522))
    #expect(close(at45.logicLeakage.typical, 17.8e-9))
    #expect(at45.operations.int8Add.provenance == .literature)
    #expect(at45.operations.int8Add.source == "Horowitz, ISSCC 2014, 45 nm, 0.9 V")
    #expect(close(at45.energy.registerToggle.low, 8.4e-15))
    #expect(close(at45.energy.registerToggle.high, 14.4e-15))
    #expect(at45.sram.node == 45)
    let at7 = try Technology(named: "cmos-7nm")
    #expect(at7.sram.node == 22)
    #expect(at7.sram.energy.provenance == .scaled)
  }

  @Test("BitNet's 71.4 times is one fp16 multiply and add over one int8 add at 7 nm")
  func published() throws {
    let operations = try Technology(named: "cmos-7nm").operations
    let ratio =
      (operations.fp16Multiply.typical + operations.fp16Add.typical) / operations.int8Add.typical
    #expect(close(ratio, 500.0 / 7))
  }

  @Test("the adder bits bracket what the published adders divided by their width cost")
  func adderBits() throws {
    for name in Technology.names {
      let technology = try Technology(named: name)
      let perBit = [
        technology.operations.int8Add.typical / 8, technology.operations.int32Add.typical / 32,
      ]
      #expect(perBit.contains { close($0, technology.energy.adderBit.low) })
      #expect(technology.energy.adderBit.high > perBit.max()!)
    }
  }

  /// A datapath of `lanes` lanes with input registers and a 32-bit accumulator, as synthesised.
  private func trial(lanes: Int) -> (registers: Double, selects: Double, adders: Double) {
    var (adders, count, level) = (0, lanes, 1)
    while count > 1 {
      adders += count / 2 * (8 + level + level)
      (count, level) = (count / 2, level + 1)
    }
    // `level - 1` levels; the sum of −128 and +128 · lanes takes one bit more than 8 + levels.
    return (Double(10 * lanes + 32), Double(8 * lanes), Double(adders + 8 + level + 32))
  }

  @Test(
    "the area of the synthesised trial datapath lies between low and high",
    arguments: [("cmos-45nm", 16, 2449.0), ("cmos-45nm", 64, 8742), ("cmos-7nm", 64, 638)])
  func trialArea(name: String, lanes: Int, measured: Double) throws {
    let area = try Technology(named: name).area
    let parts = trial(lanes: lanes)
    let estimate =
      parts.registers * area.registerBit + parts.selects * area.selectBit
      + parts.adders * area.adderBit
    #expect(estimate.low < measured && measured < estimate.high)
  }

  @Test(
    "the energy per product of the simulated trial datapath lies between low and high",
    arguments: [("cmos-45nm", 16, 411.0), ("cmos-45nm", 64, 365), ("cmos-7nm", 64, 33.8)])
  func trialEnergy(name: String, lanes: Int, measured: Double) throws {
    let energy = try Technology(named: name).energy
    let parts = trial(lanes: lanes)
    let estimate =
      parts.registers * (energy.registerClock + 0.5 * energy.registerToggle)
      + parts.selects * energy.selectBit + parts.adders * energy.adderBit
    let total = measured * 1e-15 * Double(lanes)
    #expect(estimate.low < total && total < estimate.high)
  }

  @Test("an unknown name lists the known ones")
  func unknownName() {
    let error = #expect(throws: EnergyError.self) { try Technology(named: "cmos-3nm") }
    #expect(
      error?.message == "technology: expected one of cmos-7nm, cmos-45nm, found “cmos-3nm”")
  }

  @Test("a file that is not there is named")
  func missingFile() throws {
    let error = #expect(throws: EnergyError.self) { try Resources.text("cmos-3nm.yaml") }
    #expect(try #require(error).message.contains("/Technologies/cmos-3nm.yaml: cannot be read: "))
  }
}
