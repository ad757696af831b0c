import Activity
import Architecture
import Testing

@testable import Energy

/// The tree array priced by a calibration, worked out by hand for two rows of four lanes.
@Suite struct CalibratedModelTests {
  /// Coefficients that are easy to tell apart; held out samples are off by 2% and 5%.
  static func calibration(
    datapath: String? = "xor_popcount", every: [Int]? = [1]
  ) -> CalibratedTechnology {
    func fit(_ terms: [(CalibratedTerm, Double)]) -> CalibratedFit {
      CalibratedFit(
        terms: terms.map(\.0), coefficients: terms.map(\.1),
        covariance: terms.map { _ in terms.map { _ in 0 } },
        training: [.init(name: "trained", measured: 1, predicted: 1)],
        heldOut: [
          .init(name: "size", measured: 100, predicted: 102),
          .init(name: "data", measured: 100, predicted: 95),
        ])
    }
    return CalibratedTechnology(
      name: "lib", library: .init(files: [], digests: [], voltageVolts: 1, temperatureCelsius: 25),
      tools: [:],
      models: [
        CalibratedModel(
          block: "tree_array", datapath: datapath, registerEvery: every,
          energy: fit([
            (.clock, 1e-15), (.activations, 2e-15), (.weights, 3e-15), (.terms, 4e-15),
            (.level1, 5e-15), (.level2, 6e-15), (.sums, 7e-15),
          ]),
          area: fit([(.flipFlops, 5), (.termBits, 3), (.adderBits, 4)]),
          leakage: fit([(.flipFlops, 1e-9), (.one, 2e-9)]))
      ])
  }

  private func models() throws -> (own: EnergyModel, calibrated: EnergyModel) {
    let own = try EnergyModel(
      architecture: architecture(), technology: Technology(named: "cmos-45nm"))
    return (own, try own.calibrated(by: Self.calibration()))
  }

  // As in the hand check: two trees of 22 + 13 + 11 flip-flops, a side band of 4 stages of 21.
  let treeRegisters = 92.0
  let sideBand = 84.0

  @Test("counted toggles times coefficients, and clocks, are the energy of the trees")
  func toggles() throws {
    var toggles = Toggles()
    toggles.activations = 1000
    toggles.weights = 500
    toggles.terms = 2000
    toggles.levels = [700, 300]
    toggles.sums = 400
    let layer = try models().calibrated.energy(of: sampleCounts(), toggles: toggles)
    // With a register after every level each of them is the first after a register; 2 rows.
    let trees: Double =
      treeRegisters * 100 * 1 + 2 * 1000 * 2 + 500 * 3 + 2000 * 4 + (700 + 300) * 5 + 400 * 7
    let registers: Double = sideBand * (100 * 8 + 60 * 0.5 * 12)
    #expect(close(layer[.array].typical, (trees + registers) * 1e-15))
    let price = try #require(layer.terms.first { $0.price.what == "toggles of terms" }).price
    #expect(price.each.provenance == .synthesised)
    #expect(close(price.each.low, 0.95 * 4e-15) && close(price.each.high, 1.05 * 4e-15))
    #expect(
      price.each.source
        == "calibration lib: terms, 1 measurements, 95% of the held-out ones within 5.0%")
  }

  @Test("clock tree and wires are a share of what was counted")
  func share() throws {
    var toggles = Toggles()
    toggles.terms = 1_000_000
    let layer = try models().calibrated.energy(of: sampleCounts(), toggles: toggles)
    let dynamic = EnergyComponent.allCases.filter(\.isDynamicOnChip)
    let base = dynamic.reduce(0) { $0 + layer[$1].typical }
    #expect(close(layer[.clockTreeAndWires].typical, 0.1 * base))
  }

  @Test("without toggles a random bit toggles every other time")
  func density() throws {
    let layer = try models().calibrated.energy(of: sampleCounts())
    // Codes 00, 01 and 11 for 42% zeros: 2 · (3 · 0.42 · 0.29 + 0.29²) bits a trit.
    let trit: Double = 2 * (3 * 0.42 * 0.29 + 0.29 * 0.29)
    let activations: Double = 63 * 4 * 4 * 2 * 2
    let weights: Double = 61 * 8 * trit * 3
    let terms: Double = (200 + 150 + 0.58 * 130) * 4 * 4
    let levels: Double = 60 * 2 * (2 * 9 + 10) / 2 * 5
    let sums: Double = 60 * 2 * 11 / 2 * 7
    let registers: Double = treeRegisters * 100 + sideBand * (100 * 8 + 60 * 0.5 * 12)
    let expected = activations + weights + terms + levels + sums + registers
    #expect(close(layer[.array].typical, expected * 1e-15))
    let estimated = layer.terms.filter { $0.price.what.hasPrefix("estimated toggles") }
    #expect(estimated.count == 7)
    for term in estimated {
      #expect(term.price.each.provenance == .synthesised || term.price.each.provenance == .modelled)
      #expect(term.price.each.source.hasSuffix("toggles estimated from densities, to 22%"))
      #expect(term.price.each.high > 1.22 * term.price.each.typical)
    }
  }

  @Test("area and leakage of the trees follow from counts, the other cells stay")
  func area() throws {
    let (own, calibrated) = try models()
    // 64 select bits; 86 adder bits; 84 flip-flops of the side band at 4.522.
    let trees: Double = treeRegisters * 5 + 64 * 3 + 86 * 4
    #expect(close(calibrated.area.byBlock[.treeArray]!.typical, trees + sideBand * 4.522))
    for block in Block.allCases where block != .treeArray {
      #expect(calibrated.area.byBlock[block] == own.area.byBlock[block])
    }
    let seconds = 100 / 500e6
    let (before, after) = (
      own.energy(of: sampleCounts())[.leakage], calibrated.energy(of: sampleCounts())[.leakage]
    )
    let gone = own.area.byBlock[.treeArray]!.typical - sideBand * 4.522
    let change = (92e-9 + 2e-9) * seconds - gone * 17.8e-9 * seconds
    #expect(close(after.typical, before.typical + change))
  }

  @Test("an architecture that was not calibrated is refused with what was asked for")
  func uncovered() throws {
    let own = try EnergyModel(
      architecture: architecture(), technology: Technology(named: "cmos-45nm"))
    let error = #expect(throws: EnergyError.self) {
      try own.calibrated(by: Self.calibration(datapath: "negate"))
    }
    #expect(
      error?.message
        == "calibration lib: expected a tree array of xor_popcount with tree_register_every 1 and 4 "
        + "lanes, found none among 1 models")
  }

  @Test("a calibration stays with the model on another architecture, and away from another array")
  func repriced() throws {
    let calibrated = try models().calibrated
    let wider = try calibrated.repriced(for: architecture { $0.rows = 4 })
    #expect(wider.prices.contains { $0.what == "estimated toggles of terms" })
    let baselines = try BaselineModel(calibrated).baselines(products: 450, counts: sampleCounts())
    #expect(baselines[.int8Array].energy[.array]!.typical > 0)
  }

  @Test("an FP16 array has none of the leakage of the integer array that it replaces")
  func baselineLeakage() throws {
    let own = try EnergyModel(
      architecture: architecture(), technology: Technology(named: "cmos-45nm"))
    func leakage(_ model: EnergyModel) throws -> Double {
      let baselines = try BaselineModel(model).baselines(products: 450, counts: sampleCounts())
      return try #require(baselines[.fp16Array].energy[.leakage]).typical
    }
    // A calibration of every datapath, int8_mac included.
    let calibrated = try own.calibrated(by: Self.calibration(datapath: nil))
    #expect(close(try leakage(calibrated), try leakage(own)))
  }

  @Test("every datapath has terms, levels and sums that toggle")
  func datapaths() throws {
    for datapath in Architecture.Parameters.Datapath.allCases {
      for lanes in [2, 3, 7, 16, 33, 65] {
        let expected = ExpectedToggles(
          try architecture {
            ($0.datapath, $0.lanes, $0.treeRegisterEvery) = (datapath, lanes, 0)
          })
        for term in [CalibratedTerm.activations, .weights, .terms, .sums] {
          let uses = expected.uses(of: term)
          #expect(!uses.isEmpty && uses.allSatisfy { $0.quantity > 0 }, "\(datapath) \(term)")
        }
        let levels = [CalibratedTerm.level1, .level2, .level3, .level4].flatMap(expected.uses)
        #expect(levels.isEmpty == (lanes <= datapath.group), "\(datapath) \(lanes)")
      }
    }
  }
}
