import Activity
import Architecture
import Testing

@testable import Energy

/// The blocks around the array priced by a calibration, worked out by hand for two rows of four lanes.
@Suite struct CalibratedBlocksTests {
  /// The array's calibration, and of each block a clock, one more term, an area and a leakage.
  ///
  /// - Parameters:
  ///   - datapath: Of the array; `nil` for every one.
  ///   - leakage: Of a flip-flop, in W.
  static func calibration(
    without missing: Block? = nil, datapath: String? = "xor_popcount", leakage: Double = 1e-9
  ) -> CalibratedTechnology {
    func fit(_ terms: [(CalibratedTerm, Double)]) -> CalibratedFit {
      CalibratedFit(
        terms: terms.map(\.0), coefficients: terms.map(\.1),
        covariance: terms.map { _ in terms.map { _ in 0 } },
        training: [.init(name: "trained", measured: 1, predicted: 1)],
        heldOut: [.init(name: "other", measured: 100, predicted: 104)])
    }
    let terms: [Block: CalibratedTerm] = [
      .weightBuffer: .beatsRead, .activationBuffer: .busyCycles, .accumulators: .sums,
      .outputStage: .resultsFinished, .loadUnit: .bursts, .storeUnit: .beatsWritten,
      .controller: .cycles, .jobQueue: .cycles, .controlRegisters: .cycles, .eventCounters: .cycles,
    ]
    var technology = CalibratedModelTests.calibration(datapath: datapath)
    for block in Block.allCases where block != .treeArray && block != missing {
      technology.models.append(
        CalibratedModel(
          block: block.rawValue, energy: fit([(.clock, 1e-15), (terms[block]!, 10e-15)]),
          area: fit([(.flipFlops, 6)]), leakage: fit([(.flipFlops, leakage)])))
    }
    return technology
  }

  private func own() throws -> EnergyModel {
    try EnergyModel(architecture: architecture(), technology: Technology(named: "cmos-45nm"))
  }

  // Two sums of 24 bits and a flag, and the word that was read: 8 words of 48 bits are no SRAM.
  private let accumulators = 2 * 24 + 1 + 2 * 24
  // Two entries of two sums and an address of 41 bits, pointers and count: 4 + 2 bits.
  private let outputStage = 2 * (2 * 24 + 41) + 4 + 2

  @Test("cells of a block are its flip-flops times the area of one; memories stay")
  func areas() throws {
    let (own, calibrated) = (try own(), try own().calibrated(by: Self.calibration()))
    for (block, count) in [(Block.accumulators, accumulators), (.outputStage, outputStage)] {
      let terms = calibrated.area.areas.first { $0.block == block }!.terms
      let cells = terms.filter { $0.part == "flip flops" }
      #expect(cells.count == 1 && close(cells[0].area.typical, 6 * Double(count)), "\(block)")
      #expect(close(cells[0].area.high, 1.04 * 6 * Double(count)))
      let memories = own.area.areas.first { $0.block == block }!.terms.filter { !$0.isLogic }
      #expect(terms.count == memories.count + 1, "\(block)")
    }
  }

  @Test("energies are coefficients times what happened, once for each block")
  func energies() throws {
    let model = try own().calibrated(by: Self.calibration())
    let layer = model.energy(of: sampleCounts())
    func energy(_ what: String) -> Double {
      layer.terms.filter { $0.price.what == what }.reduce(0) { $0 + $1.energy.typical }
    }
    #expect(close(energy("output stage: clocks of flip-flops"), Double(outputStage) * 100e-15))
    #expect(close(energy("output stage: results finished"), 15 * 10e-15))
    #expect(close(energy("weight buffer: beats read"), (62 + 21) * 10e-15))
    #expect(close(energy("load unit: bursts"), (5 + 3) * 10e-15))
    // 120 bytes in beats of four.
    #expect(close(energy("store unit: beats written"), 30 * 10e-15))
    // Two sums of 11 bits, half of which toggle in each of 60 operands.
    #expect(close(energy("accumulators: estimated toggles of sums"), 60 * 11 * 10e-15))
    let control = layer.terms.filter { $0.price.component == .control }
    #expect(control.allSatisfy { $0.price.each.provenance != .literature })
  }

  @Test("what was counted and what is priced count the same flip-flops and events")
  func totals() throws {
    let architecture = try architecture()
    for block in Block.allCases where block != .treeArray {
      let totals = CalibratedTerm.totals(
        of: block, counts: sampleCounts(), toggles: Toggles(), in: architecture)
      let flipFlops = CalibratedTerm.flipFlops.count(in: block, of: architecture)
      #expect(totals[.clock] == 100 * flipFlops, "\(block)")
      #expect(totals[.beatsRead] == 83 && totals[.bursts] == 8 && totals[.busyCycles] == 60)
    }
  }

  @Test("an FP16 array leaves the blocks around it their leakage")
  func baselineLeakage() throws {
    func leakage(of kind: Baseline.Kind, flipFlop: Double) throws -> Double {
      let cells = Self.calibration(datapath: nil, leakage: flipFlop)
      let baselines = try BaselineModel(try own().calibrated(by: cells))
        .baselines(products: 450, counts: sampleCounts())
      return try #require(baselines[kind].energy[.leakage]).typical
    }
    let added = try [Baseline.Kind.int8Array, .fp16Array].map {
      try leakage(of: $0, flipFlop: 3e-9) - leakage(of: $0, flipFlop: 1e-9)
    }
    // The FP16 array waits longer for weights of twice as many bits.
    let baselines = try BaselineModel(own()).baselines(products: 450, counts: sampleCounts())
    let times = [Baseline.Kind.int8Array, .fp16Array].map { baselines[$0].time.typical }
    #expect(added[0] > 0 && close(added[1] / times[1], added[0] / times[0]))
  }

  @Test("weights of eight bits cost the same, however the ternary ones are coded")
  func baselineCoding() throws {
    func baselines(
      _ coding: Architecture.Parameters.WeightCoding, beats: UInt64
    ) throws -> Baselines {
      // Words of 80 trits are five beats of two bits a trit, or four of five trits a byte.
      let architecture = try architecture {
        ($0.rows, $0.lanes, $0.weightCoding) = (4, 20, coding)
      }
      var counts = sampleCounts()
      (counts[.weightBufferWrite], counts[.weightBytesRead]) = (beats, 4 * beats)
      let own = try EnergyModel(
        architecture: architecture, technology: Technology(named: "cmos-45nm"))
      return try BaselineModel(own.calibrated(by: Self.calibration(datapath: nil)))
        .baselines(products: 450, counts: counts)
    }
    let (two, five) = (try baselines(.twoBit, beats: 60), try baselines(.fiveInEight, beats: 48))
    for kind in [Baseline.Kind.int8Array, .fp16Array] {
      for component in EnergyComponent.allCases {
        let energies = [two, five].map { $0[kind].energy[component]?.typical ?? 0 }
        #expect(close(energies[0], energies[1]), "\(kind) \(component)")
      }
    }
  }

  @Test("without a model of every block they stay as they were", arguments: [Block.storeUnit])
  func incomplete(missing: Block) throws {
    let array = try own().calibrated(by: CalibratedModelTests.calibration())
    let partial = try own().calibrated(by: Self.calibration(without: missing))
    #expect(partial.area.total == array.area.total)
    #expect(partial.prices.map(\.what) == array.prices.map(\.what))
  }
}
