import Architecture
import Energy

/// Fits the models of one family of tree arrays to what was measured.
struct ArrayFit {
  let family: CalibrationPlan.Family
  let measured: [ArrayDesign: DesignMeasurement]

  /// The terms of energy: frozen before anything was held out.
  static let energyTerms: [CalibratedTerm] = [
    .clock, .activations, .ungatedActivations, .weights, .terms, .level1, .level2, .level3,
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
    return CalibratedModel(
      block: Block.treeArray.rawValue, datapath: family.datapath.rawValue,
      registerEvery: [family.registerEvery], lanesArePowerOfTwo: family.lanesArePowerOfTwo,
      fewestLanes: family.training.map(\.lanes).min(),
      energy: TermFit.fit(Self.energyTerms, try points(energy)),
      area: TermFit.fit(
        Self.areaTerms,
        try points { (design) throws(CalibrationError) in try size(design, \.squareMicrometres) }),
      leakage: TermFit.fit(
        Self.areaTerms,
        try points { (design) throws(CalibrationError) in try size(design, \.leakageWatts) }),
      periods: periods)
  }

  /// Points of the training and of what is held out.
  private func points(
    _ make: (ArrayDesign) throws(CalibrationError) -> [TermFit.Point]
  ) throws(CalibrationError) -> TermFit.Points {
    var (training, heldOut): TermFit.Points = ([], [])
    for design in family.training { training += try make(design) }
    for design in family.heldOut { heldOut += try make(design) }
    return (training, heldOut)
  }

  private func energy(_ design: ArrayDesign) throws(CalibrationError) -> [TermFit.Point] {
    let architecture = try design.architecture()
    return measured[design]!.runs.map { run in
      let totals = CalibratedTerm.totals(
        of: run.measurement.toggles, cycles: UInt64(run.measurement.cycles), in: architecture)
      return TermFit.Point(
        name: "\(design.name), \(run.recording), \(run.schedule.rawValue)",
        terms: Self.energyTerms.map { totals[$0] ?? 0 }, measured: run.measurement.joules,
        first: run.measurement.clockJoules)
    }
  }

  private func size(
    _ design: ArrayDesign, _ figure: KeyPath<DesignMeasurement, Double>
  ) throws(CalibrationError) -> [TermFit.Point] {
    let counts = CalibratedTerm.counts(of: try design.architecture())
    return [
      TermFit.Point(
        name: design.name, terms: Self.areaTerms.map { counts[$0] ?? 0 },
        measured: measured[design]![keyPath: figure])
    ]
  }
}
