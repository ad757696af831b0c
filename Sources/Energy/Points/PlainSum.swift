/// A sum of figures, with its deviation by origin.
struct PlainSum {
  var typical = 0.0
  var below = SIMD16<Double>()
  var above = SIMD16<Double>()

  mutating func add(_ count: Double, _ figure: PlainFigure) {
    typical += count * figure.typical
    figure.addDeviations(count, &below, &above)
  }

  mutating func add(_ count: Double, _ other: PlainSum) {
    typical += count * other.typical
    below += count * other.below
    above += count * other.above
  }

  /// The product, as of two estimates: to first order, and within the products of the bounds.
  func times(_ figure: PlainFigure) -> PlainSum {
    var product = PlainSum()
    product.add(figure.typical, self)
    figure.addDeviations(typical, &product.below, &product.above)
    let (floor, ceiling) = (bounds.low * figure.low, bounds.high * figure.high)
    let (low, typical, high) = product.bounds
    if low < floor { product.below *= (typical - floor) / (typical - low) }
    if high > ceiling { product.above *= (ceiling - typical) / (high - typical) }
    return product
  }

  /// Adds as much again as `share` says.
  mutating func grow(by share: PlainFigure) {
    below *= 1 + share.typical
    above *= 1 + share.typical
    share.addDeviations(typical, &below, &above)
    typical *= 1 + share.typical
  }

  var bounds: PointCosts.Bounds {
    let (below, above) = squares
    return (typical - below.squareRoot(), typical, typical + above.squareRoot())
  }

  /// The squares of the deviations.
  var squares: (below: Double, above: Double) { ((below * below).sum(), (above * above).sum()) }
}
