import Architecture
import Energy

/// Fits the models of one family of tree arrays to what was measured.
struct ArrayFit {
  let family: CalibrationPlan.Family
  let measured: [ArrayDesign: DesignMeasurement]
  /// Names of the recordings that no model is fitted to.
  let heldOutRecordings: Set<String>

  /// The terms of energy: frozen before anything was held out.
  static let energyTerms: [CalibratedTerm] = [
    .clock, .activations, .tables, .weights, .terms, .level1, .level2, .level3,
    .level4, .sums,
  ]
  static let areaTerms: [CalibratedTerm] = [
    .flipFlops, .termBits, .adderBits, .tableBits, .multiplierBits,
  ]

  /// - Throws: ``CalibrationError`` when a design fits no accelerator.
  func model() throws(CalibrationError) -> CalibratedModel {
    var periods: [CalibratedModel.Period] = []
    for design in family.training + family.heldOut {
      periods.append(
        .init(
          lanes: design.lanes, registerEvery: design.registerEvery,
          nanoseconds: rounded(measured[design]!.periodSeconds * 1e9)))
    }
    let energy = TermFit.fit(Self.energyTerms, try points(energy))
    let area = TermFit.fit(Self.areaTerms, try sizes(\.squareMicrometres))
    let leakage = TermFit.fit(Self.areaTerms, try sizes(\.leakageWatts))
    return CalibratedModel(
      block: Block.treeArray.rawValue, datapath: family.datapath.rawValue,
      registerEvery: [family.registerEvery], lanesArePowerOfTwo: family.lanesArePowerOfTwo,
      zeroGating: family.zeroGating,
      sizes: Set(family.training.map(\.lanes)).sorted().map {
        .init(
          lanes: $0, energy: energy.factors[$0]!, area: area.factors[$0]!,
          leakage: leakage.factors[$0]!)
      },
      energy: energy.fit, area: area.fit, leakage: leakage.fit, periods: periods)
  }

  /// Points of the training; of other data on its sizes; and of other sizes.
  private func points(
    _ make: (ArrayDesign, _ heldOut: Bool) throws(CalibrationError) -> [TermFit.Point]
  ) throws(CalibrationError) -> TermFit.Points {
    var points = TermFit.Points()
    let known = Set(family.training.map(\.lanes))
    for design in family.training { points.training += try make(design, false) }
    for design in family.training + family.heldOut {
      let made = try make(design, true)
      if known.contains(design.lanes) {
        points.heldOut += made
      } else {
        points.otherSizes += made
      }
    }
    return points
  }

  private func energy(
    _ design: ArrayDesign, heldOut: Bool
  ) throws(CalibrationError) -> [TermFit.Point] {
    let architecture = try design.architecture()
    let runs = measured[design]!.runs.filter {
      heldOutRecordings.contains($0.recording) == heldOut
    }
    return runs.map { run in
      let totals = CalibratedTerm.totals(
        of: run.measurement.toggles, cycles: UInt64(run.measurement.cycles), in: architecture)
      return TermFit.Point(
        name: "\(design.name), \(run.recording), \(run.schedule.rawValue)",
        terms: Self.energyTerms.map { totals[$0] ?? 0 }, measured: run.measurement.joules,
        first: run.measurement.clockJoules, lanes: design.lanes)
    }
  }

  /// A design has one size, whatever the data.
  private func sizes(
    _ figure: KeyPath<DesignMeasurement, Double>
  ) throws(CalibrationError) -> TermFit.Points {
    try points { (design, heldOut) throws(CalibrationError) in
      guard family.heldOut.contains(design) == heldOut else { return [] }
      let architecture = try design.architecture()
      return [
        TermFit.Point(
          name: design.name,
          terms: Self.areaTerms.map { $0.count(in: .treeArray, of: architecture) },
          measured: measured[design]![keyPath: figure], lanes: design.lanes)
      ]
    }
  }
}
