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

  /// One measurement with the values of its terms.
  private struct Point {
    let name: String
    let terms: [Double]
    let measured: Double
    /// Of the measured value what the first term alone is responsible for, `nil` where that is not
    /// known: joules of clock pins.
    var first: Double?
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
        terms: Self.energyTerms.map { totals[$0] ?? 0 }, measured: run.measurement.joules,
        first: run.measurement.clockJoules)
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
    let fit = Self.solved(points.training)
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

extension ArrayFit {
  /// The coefficients; the first one from what it alone is responsible for, where that was measured.
  ///
  /// An array is idle most of the time in decode: what its clock takes must be right by itself, and
  /// not what balances the errors of other terms.
  private static func solved(
    _ points: [Point]
  ) -> (coefficients: [Double], covariance: [[Double]]) {
    let measured = points.map(\.measured)
    let firsts = points.compactMap(\.first)
    guard firsts.count == points.count else {
      let fit = NonNegativeFit(terms: points.map(\.terms), measured: measured)
      return (fit.coefficients, fit.covariance)
    }
    let counts = points.map { $0.terms[0] }
    let first = firsts.reduce(0, +) / counts.reduce(0, +)
    let rest = NonNegativeFit(
      terms: points.map { Array($0.terms.dropFirst()) }, measured: measured,
      known: counts.map { $0 * first })
    // The same flip-flops in other designs: the spread of their means.
    let spread = zip(firsts, counts).reduce(0) { sum, point in
      let error = point.0 / point.1 - first
      return sum + error * error
    }
    let variance = spread / Double(max(1, points.count - 1)) / Double(points.count)
    let zeros = [Double](repeating: 0, count: rest.coefficients.count)
    return (
      [first] + rest.coefficients, [[variance] + zeros] + rest.covariance.map { [0] + $0 }
    )
  }
}

/// To six significant digits, which is more than any of these figures has.
func rounded(_ value: Double) -> Double {
  guard value != 0, value.isFinite else { return value }
  var (scale, size) = (1.0, abs(value))
  while size < 1e5 { (scale, size) = (scale * 10, size * 10) }
  while size >= 1e6 { (scale, size) = (scale / 10, size / 10) }
  return (value * scale).rounded() / scale
}
