import Activity
import Testing

@testable import Energy

/// What is known of toggles, and what that does to the energy of a calibrated array.
@Suite struct SwitchingTests {
  private func model() throws -> EnergyModel {
    try EnergyModel(architecture: architecture(), technology: Technology(named: "cmos-45nm"))
      .calibrated(by: CalibratedModelTests.calibration())
  }

  private func tile(terms: UInt64) -> Toggles {
    var toggles = Toggles()
    toggles.terms = terms
    toggles.levels = [2 * terms, terms]
    return toggles
  }

  @Test("a sample is scaled to all n-tiles; beats that are read are not scaled")
  func scaled() {
    let sample = ToggleSample(
      tiles: [tile(terms: 10), tile(terms: 14)], population: 6, readBeats: 77)
    #expect(sample.toggles.terms == 72)
    #expect(sample.toggles.levels == [144, 72])
    #expect(sample.toggles.readBeats == 77)
  }

  @Test("the error of a sample is Student's, and shrinks with what remains unknown")
  func error() throws {
    let tiles = [tile(terms: 8), tile(terms: 10), tile(terms: 12)]
    func error(_ count: Int, of population: Int) -> Double? {
      ToggleSample(tiles: Array(tiles.prefix(count)), population: population, readBeats: 0)
        .error95 { Double($0.terms) }
    }
    // Variance 4 of three, a mean of 10, 3 of 12 known: 4.30 · √(4 / 3 · 3/4) / 10.
    #expect(close(try #require(error(3, of: 12)), 0.43))
    #expect(error(3, of: 3) == 0)
    #expect(error(1, of: 1) == 0)
    #expect(error(1, of: 2) == nil)
    let many = ToggleSample(
      tiles: (0..<101).map { tile(terms: $0 % 2 == 0 ? 9 : 11) }, population: 1_000_000,
      readBeats: 0)
    // Nearly 1.96 standard errors of about 0.01.
    #expect(abs(try #require(many.error95 { Double($0.terms) }) - 0.0199) < 0.0004)
    let idle = ToggleSample(tiles: [Toggles(), Toggles()], population: 9, readBeats: 0)
    #expect(idle.error95 { Double($0.terms) } == 0)
  }

  @Test("an exact count has the range of its coefficients, a sample that of its tiles besides")
  func ranges() throws {
    let model = try model()
    let tiles = [tile(terms: 8000), tile(terms: 10_000), tile(terms: 12_000)]
    let sample = ToggleSample(tiles: tiles, population: 12, readBeats: 0)
    let exact = model.energy(of: sampleCounts(), switching: .exact(sample.toggles), in: "a")
    let sampled = model.energy(of: sampleCounts(), switching: .sampled(sample), in: "a")
    #expect(sampled[.array].typical == exact[.array].typical)
    #expect(sampled[.array].provenance == .literature)
    func term(_ energy: LayerEnergy, _ what: String) throws -> LayerEnergy.Term {
      try #require(energy.terms.first { $0.price.what == what })
    }
    let own = try term(exact, "toggles of terms").energy
    let estimate = try term(sampled, "toggles of terms").energy
    #expect(own.provenance == .synthesised && estimate.provenance == .modelled)
    // 5% of held-out designs and 43% of samples are independent of each other.
    let deviation = (0.05 * 0.05 + 0.43 * 0.43).squareRoot()
    #expect(close(own.high, 1.05 * own.typical))
    #expect(close(estimate.high, (1 + deviation) * own.typical))
    #expect(
      estimate.source
        == "calibration lib: terms, 1 measurements, 95% of the held-out ones within 5.0%; toggles of 3 "
        + "of 12 n-tiles, 95% of such samples within 43.0%")
    // Clocks are no toggles.
    #expect(
      try term(sampled, "clocks of tree flip-flops").energy
        == term(exact, "clocks of tree flip-flops").energy)
  }

  @Test("samples of two runs err independently, two of one run together")
  func independence() throws {
    let model = try model()
    let sample = ToggleSample(
      tiles: [tile(terms: 8_000_000), tile(terms: 12_000_000)], population: 12, readBeats: 0)
    func array(_ run: String) -> Estimate<Joules> {
      model.energy(of: sampleCounts(), switching: .sampled(sample), in: run)[.array]
    }
    let (together, apart) = (array("a") + array("a"), array("a") + array("b"))
    #expect(together.typical == apart.typical && apart.high < 0.9 * together.high)
  }

  @Test("one n-tile of several, and densities, are taken to be off by 22%")
  func unknown() throws {
    let model = try model()
    let one = ToggleSample(tiles: [tile(terms: 8000)], population: 4, readBeats: 0)
    let switchings: [(Switching, String)] = [
      (.sampled(one), "toggles of 1 of 4 n-tiles, which does not tell the error, taken as 22%"),
      (.density(one.toggles), "toggles estimated from densities, to 22%"),
    ]
    for (switching, source) in switchings {
      let energy = model.energy(of: sampleCounts(), switching: switching, in: "a")
      let term = try #require(energy.terms.first { $0.price.what == "toggles of terms" })
      #expect(close(term.energy.typical, 32_000 * 4e-15))
      let deviation = (0.05 * 0.05 + 0.22 * 0.22).squareRoot()
      #expect(close(term.energy.low, (1 - deviation) * 32_000 * 4e-15))
      #expect(term.price.each.source.hasSuffix(source))
    }
  }

  @Test("an array that Accelergy's tables state, or that is not calibrated, does not toggle")
  func stated() throws {
    var tables = AccelergyTables()
    try tables.add(yaml: AccelergyTests.ert, file: "ert.yaml")
    let calibrated = try model()
    let stated = try calibrated.replacing(with: tables)
    let plain = try calibrated.uncalibrated()
    #expect(calibrated.pricesToggles && !plain.pricesToggles)
    #expect(stated.pricesToggles == (tables.energies["array"] == nil))
    for model in [plain] + (stated.pricesToggles ? [] : [stated]) {
      let toggled = model.energy(of: sampleCounts(), toggles: tile(terms: 1_000_000))
      #expect(toggled.total == model.energy(of: sampleCounts()).total)
    }
  }

  @Test("without its calibration a model is what it was before")
  func uncalibrated() throws {
    let own = try EnergyModel(
      architecture: architecture(), technology: Technology(named: "cmos-45nm"))
    let back = try own.calibrated(by: CalibratedModelTests.calibration()).uncalibrated()
    #expect(back.energy(of: sampleCounts()).total == own.energy(of: sampleCounts()).total)
    #expect(back.area.total == own.area.total && back.clock == nil)
  }

  @Test("a technology names its calibration: one that comes along, one that does not, or a file")
  func named() throws {
    let text = try Resources.text("cmos-45nm.yaml")
    func technology(_ calibration: String, file: String = "dir/mine.yaml") throws -> Technology {
      try Technology(
        yaml: text.replacing("calibration: nangate45", with: "calibration: \(calibration)"),
        file: file)
    }
    #expect(try technology("osu018").calibratedCells()?.name == "osu018")
    #expect(try technology("osu018").missingCalibration == nil)
    #expect(try technology("nowhere").missingCalibration == "nowhere")
    #expect(try technology("nowhere").calibratedCells() == nil)
    #expect(try technology("cells.json").calibration == "dir/cells.json")
    #expect(try technology("/a/cells.json").calibration == "/a/cells.json")
    #expect(try technology("cells.json", file: "mine.yaml").calibration == "cells.json")
    let error = #expect(throws: EnergyError.self) { try technology("none.json").calibratedCells() }
    #expect(error?.message.hasPrefix("dir/none.json: cannot be read") == true)
  }
}
