import Activity
import Architecture
import Foundation
import Testing

@testable import Energy

/// What is added to the priced events: clock tree and wires, and external memory by kind.
@Suite struct AdditionTests {
  @Test("clock tree and wires are the published share of what switches on the chip")
  func clockTree() throws {
    let model = try EnergyModel(
      architecture: architecture(), technology: Technology(named: "cmos-45nm"))
    let layer = model.energy(of: sampleCounts())
    let dynamic: [EnergyComponent] = [
      .array, .weightBuffer, .activationBuffer, .accumulators, .output, .control,
    ]
    let base = Estimate.sum(dynamic.map { layer[$0] })
    let share = layer[.clockTreeAndWires]
    #expect(close(share.typical, 0.10 * base.typical))
    #expect(share.low < 0.06 * base.typical + 1e-20 && share.high > 0.15 * base.typical)
    #expect(share.provenance >= .literature)
    let terms = layer.terms.filter { $0.price.component == .clockTreeAndWires }
    #expect(terms.allSatisfy { $0.price.each.source.contains("6–15%") })
  }

  @Test("another share, and none, are the user's to choose")
  func otherShare() throws {
    var technology = try Technology(named: "cmos-45nm")
    technology.clockTreeAndWires = Estimate(0.25, provenance: .assumed, source: "mine")
    let model = try EnergyModel(architecture: architecture(), technology: technology)
    let layer = model.energy(of: sampleCounts())
    let base = layer.onChip.typical - layer[.leakage].typical - layer[.clockTreeAndWires].typical
    #expect(close(layer[.clockTreeAndWires].typical, 0.25 * base))
    let yaml = TechnologyFileTests.good.replacingOccurrences(
      of: "clock_tree_and_wires_ratio:\n  low: 1\n  typical: 2\n  high: 4\n  provenance: assumed\n"
        + "  source: a guess\n", with: "")
    #expect(
      try Technology(yaml: yaml, file: "user.yaml").clockTreeAndWires
        == Technology.publishedClockTreeAndWires)
  }

  @Test("a bit of external memory costs what is published for its kind, both ends kept")
  func externalMemory() throws {
    let bounds = [
      ("DDR4", 15.0, 25.0), ("lpddr4", 4, 14), ("LPDDR5", 2.8, 11.2), ("hbm2", 3.9, 7),
    ]
    for (kind, low, high) in bounds {
      let energy = try #require(DRAMEnergy(kind: kind))
      let priced = try architecture().pricingMemory(as: energy)
      let layer = try EnergyModel(architecture: priced, technology: Technology(named: "cmos-7nm"))
        .energy(of: sampleCounts())
      let bits = Double((248 + 84 + 120) * 8)
      #expect(close(layer[.externalMemory].low, bits * low * 1e-12))
      #expect(close(layer[.externalMemory].high, bits * high * 1e-12))
    }
    #expect(DRAMEnergy(kind: "core") == nil)
    let price = try #require(
      try EnergyModel(architecture: architecture(), technology: Technology(named: "cmos-7nm"))
        .prices.first { $0.component == .externalMemory })
    #expect(price.each.source.contains("LPDDR5 energy per bit of the architecture file"))
    #expect(price.each.source.contains("20–30% below LPDDR4X"))
  }
}
