import Activity
import Architecture
import Testing

@testable import Energy

@Suite struct BaselineTests {
  private func baselines(
    _ change: (inout Architecture.Parameters) -> Void = { _ in }
  ) throws -> (EnergyModel, Baselines) {
    let model = try EnergyModel(
      architecture: architecture(change), technology: Technology(named: "cmos-45nm"))
    return (model, try BaselineModel(model).baselines(products: 450, counts: sampleCounts()))
  }

  @Test("memory traffic is the ternary unit's, in the bits of each number")
  func traffic() throws {
    // 248 bytes of weights in 2 bits, 84 of activations in 8, 120 of results in 32.
    let (_, all) = try baselines()
    #expect(all[.int8Array].memoryBytes == 4 * 248 + 84 + 120)
    #expect(all[.w8a8].memoryBytes == 4 * 248 + 84 + 120)
    #expect(all[.fp16Array].memoryBytes == 8 * 248 + 2 * 84 + 60)
    let grouped: Double = 4.125 / 2 * 248 + 168 + 60
    #expect(all[.w4a16].memoryBytes == grouped)
    let (_, packed) = try baselines { $0.weightCoding = .fiveInEight }
    #expect(close(packed[.int8Array].memoryBytes, 5 * 248 + 84 + 120))
  }

  @Test("what only counts traffic has the energy of external memory, and no other")
  func trafficOnly() throws {
    let (_, all) = try baselines()
    for kind in [Baseline.Kind.w8a8, .w4a16] {
      #expect(all[kind].energy.keys.map(\.self) == [.externalMemory])
      #expect(close(all[kind].total.typical, all[kind].memoryBytes * 8 * 5e-12))
      #expect(close(all[kind].total.high, all[kind].memoryBytes * 8 * 8e-12))
    }
  }

  @Test("time is that of the bytes at 4 bytes a cycle, or of the operands and other waits")
  func time() throws {
    let (_, all) = try baselines()
    let cycles = Double(4 * 248 + 84 + 120) / 4
    #expect(close(all[.int8Array].time.typical, cycles / 500e6))
    let (_, wide) = try baselines { $0.memory.milliBytesPerCycle = 1_000_000 }
    // 100 cycles less 40 that waited for weights.
    #expect(close(wide[.int8Array].time.typical, 60 / 500e6))
    let (_, serial) = try baselines {
      ($0.memory.milliBytesPerCycle, $0.datapath) = (1_000_000, .bitSerial)
    }
    #expect(close(serial[.fp16Array].time.typical, 60.0 / 8 / 500e6))
  }

  @Test("the FP16 array is published operations; everything else is priced as the ternary unit's")
  func fp16() throws {
    let (model, all) = try baselines()
    let energy = all[.fp16Array].energy
    #expect(close(try #require(energy[.array]).typical, 450 * 1.5e-12))
    // 256 × 32 bits: 0.876843 and 2.38917 pJ, eight times as often.
    #expect(
      close(
        try #require(energy[.weightBuffer]).typical, 8 * (61 * 0.876843 + 62 * 2.38917) * 1e-12))
    #expect(
      close(
        try #require(energy[.activationBuffer]).typical, 2 * (63 * 1.37273 + 21 * 4.43717) * 1e-12))
    let dynamic = EnergyComponent.allCases.filter(\.isDynamicOnChip)
    let base = dynamic.reduce(0) { $0 + energy[$1]!.typical }
    #expect(close(try #require(energy[.clockTreeAndWires]).typical, 0.1 * base))
    #expect(close(all[.fp16Array].total.typical, energy.values.reduce(0) { $0 + $1.typical }))
    // Eight units of 3,000 µm² alone leak 17.8 nW/µm² over the time.
    let leakage = try #require(energy[.leakage]).typical
    #expect(leakage > 8 * 3000 * 17.8e-9 * all[.fp16Array].time.typical)
    #expect(model.energy(of: sampleCounts()).total.typical < all[.fp16Array].total.typical)
  }

  @Test("the int8 array has a multiplier for each product, and no rest in zeros")
  func int8() throws {
    let (_, all) = try baselines()
    let int8 = try EnergyModel(
      architecture: architecture { ($0.datapath, $0.accumulatorBits) = (.int8MAC, 32) },
      technology: Technology(named: "cmos-45nm"))
    var counts = EventCounts()
    counts[.busy] = 60
    counts[.laneAdd] = 450
    counts[.laneSkip] = 30
    counts[.cycles] = 299
    #expect(
      close(
        try #require(all[.int8Array].energy[.array]).typical,
        int8.energy(of: counts)[.array].typical))
  }

  @Test("baselines of two layers add up, kind by kind")
  func sum() throws {
    let (_, all) = try baselines()
    let both = all + all
    for kind in Baseline.Kind.allCases {
      #expect(close(both[kind].total.high, 2 * all[kind].total.high))
      #expect(close(both[kind].time.typical, 2 * all[kind].time.typical))
      #expect(both[kind].memoryBytes == 2 * all[kind].memoryBytes)
      #expect(!kind.assumptions.isEmpty)
    }
  }
}
