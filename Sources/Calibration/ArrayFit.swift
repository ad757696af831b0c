import Architecture
import Energy

/// Fits the models of one family of tree arrays to what was measured.
struct ArrayFit {
  let family: CalibrationPlan.Family
  let measured: [ArrayDesign: DesignMeasurement]

  /// The terms of energy: frozen before anything was held out.
  static let energyTerms: [CalibratedTerm] = [
    .clock, .activations, .weights, .terms, .level1, .level2, .level3, .level4, .sums,
  ]
  static let areaTerms: [CalibratedTerm] = [
    .flipFlops, .termBits, .adderBits, .tableBits, .multiplierBits,
  ]

  /// One measurement with the values of its terms.
  private struct Point {
    let name: String
    let terms: [Double]
    let measured: Double
  }

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
      energy: fit(Self.energyTerms, try points(energy)),
      area: fit(
        Self.areaTerms,
        try points { (design) throws(CalibrationError) in try size(design, \.squareMicrometres) }),
      leakage: fit(
        Self.areaTerms,
        try points { (design) throws(CalibrationError) in try size(design, \.leakageWatts) }),
      periods: periods)
  }

  /// Points of the training and of what is held out.
  private func points(
    _ make: (ArrayDesign) throws(CalibrationError) -> [Point]
  ) throws(CalibrationError) -> (training: [Point], heldOut: [Point]) {
    var (training, heldOut): ([Point], [Point]) = ([], [])
    for design in family.training { training += try make(design) }
    for design in family.heldOut { heldOut += try make(design) }
    return (training, heldOut)
  }

  private func energy(_ design: ArrayDesign) throws(CalibrationError) -> [Point] {
    let architecture = try design.architecture()
    return measured[design]!.runs.map { run in
      let totals = CalibratedTerm.totals(
        of: run.measurement.toggles, cycles: UInt64(run.measurement.cycles), in: architecture)
      return Point(
        name: "\(design.name), \(run.recording), \(run.schedule.rawValue)",
        terms: Self.energyTerms.map { totals[$0] ?? 0 }, measured: run.measurement.joules)
    }
  }

  private func size(
    _ design: ArrayDesign, _ figure: KeyPath<DesignMeasurement, Double>
  ) throws(CalibrationError) -> [Point] {
    let counts = CalibratedTerm.counts(of: try design.architecture())
    return [
      Point(
        name: design.name, terms: Self.areaTerms.map { counts[$0] ?? 0 },
        measured: measured[design]![keyPath: figure])
    ]
  }

  private func fit(
    _ terms: [CalibratedTerm], _ points: (training: [Point], heldOut: [Point])
  ) -> CalibratedFit {
    let fit = NonNegativeFit(
      terms: points.training.map(\.terms), measured: points.training.map(\.measured))
    func samples(_ points: [Point]) -> [CalibratedFit.Sample] {
      points.map { point in
        let predicted = zip(fit.coefficients, point.terms).reduce(0) { $0 + $1.0 * $1.1 }
        return .init(
          name: point.name, measured: rounded(point.measured), predicted: rounded(predicted))
      }
    }
    return CalibratedFit(
      terms: terms, coefficients: fit.coefficients.map(rounded),
      covariance: fit.covariance.map { $0.map(rounded) }, training: samples(points.training),
      heldOut: samples(points.heldOut))
  }
}

/// To six significant digits, which is more than any of these figures has.
private func rounded(_ value: Double) -> Double {
  guard value != 0, value.isFinite else { return value }
  var (scale, size) = (1.0, abs(value))
  while size < 1e5 { (scale, size) = (scale * 10, size * 10) }
  while size >= 1e6 { (scale, size) = (scale / 10, size / 10) }
  return (value * scale).rounded() / scale
}
