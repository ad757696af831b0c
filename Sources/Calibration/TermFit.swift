import Energy

/// Fits coefficients of terms to measurements, and says how well they predict others.
enum TermFit {
  /// One measurement with the values of its terms.
  struct Point {
    let name: String
    let terms: [Double]
    let measured: Double
    /// Of the measured value what the first term alone is responsible for, `nil` where that is not
    /// known: joules of clock pins.
    var first: Double?
    /// Of its array, of which the training may know more than a fit over sizes says; `nil` for none.
    var lanes: Int?
  }

  struct Points {
    var training: [Point] = []
    var heldOut: [Point] = []
    var otherSizes: [Point] = []
  }

  /// A fit, and by lanes what it is multiplied with in each size of the training, but for its first
  /// term where that was measured.
  static func fit(
    _ terms: [CalibratedTerm], _ points: Points
  ) -> (fit: CalibratedFit, factors: [Int: Double]) {
    let fit = solved(points.training)
    let coefficients = fit.coefficients.map(rounded)
    /// What the first term says, and what the others do.
    func parts(_ point: Point) -> (first: Double, rest: Double) {
      let values = zip(coefficients, point.terms).map { $0 * $1 }
      let all = values.reduce(0, +)
      return point.first == nil ? (0, all) : (values[0], all - values[0])
    }
    // The least squares of relative errors, size by size.
    let factors = Dictionary(
      grouping: points.training.filter { $0.lanes != nil }, by: { $0.lanes! }
    )
    .mapValues { points in
      let (above, below) = points.reduce((0.0, 0.0)) { sums, point in
        let (first, rest) = parts(point)
        let share = rest / point.measured
        return (sums.0 + share * (1 - first / point.measured), sums.1 + share * share)
      }
      return rounded(above / below)
    }
    func samples(_ points: [Point]) -> [CalibratedFit.Sample] {
      points.map { point in
        let (first, rest) = parts(point)
        let factor = point.lanes.flatMap { factors[$0] } ?? 1
        return .init(
          name: point.name, measured: rounded(point.measured),
          predicted: rounded(first + rest * factor))
      }
    }
    let calibrated = CalibratedFit(
      terms: terms, coefficients: coefficients, covariance: fit.covariance.map { $0.map(rounded) },
      training: samples(points.training), heldOut: samples(points.heldOut),
      otherSizes: samples(points.otherSizes))
    return (calibrated, factors)
  }

  /// The coefficients; the first one from what it alone is responsible for, where that was measured.
  ///
  /// A block is idle much of the time: what its clock takes must be right by itself, and not what
  /// balances the errors of other terms.
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
