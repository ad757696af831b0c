import Activity

/// A number for each origin that moves figures.
struct Origins {
  /// The most origins of one technology and its memories.
  static let most = 16
  private var numbers: [String: Int] = [:]

  mutating func number(of origin: String) -> Int {
    if let known = numbers[origin] { return known }
    let number = numbers.count
    precondition(number < Self.most, "more than \(Self.most) origins: \(numbers.keys.sorted())")
    numbers[origin] = number
    return number
  }
}

/// An estimate as plain numbers.
struct PlainFigure {
  var typical = 0.0
  private(set) var low = 0.0
  private(set) var high = 0.0
  /// Up to four origins, and how far each moves the figure.
  private(set) var origins = SIMD4<Int32>(repeating: -1)
  private(set) var below = SIMD4<Double>()
  private(set) var above = SIMD4<Double>()

  init<U: Unit>(_ estimate: Estimate<U>, _ known: inout Origins) {
    (low, typical, high) = (estimate.low, estimate.typical, estimate.high)
    let parts = estimate.deviations.parts
    precondition(parts.count <= 4, "\(parts.count) origins of \(estimate.source)")
    for (index, part) in parts.enumerated() {
      origins[index] = Int32(known.number(of: part.origin))
      (below[index], above[index]) = (part.below, part.above)
    }
  }
}

/// A sum of figures, with its deviation by origin.
struct PlainSum {
  var typical = 0.0
  private(set) var below = SIMD16<Double>()
  private(set) var above = SIMD16<Double>()

  mutating func add(_ count: Double, _ figure: PlainFigure) {
    typical += count * figure.typical
    for index in 0..<4 where figure.origins[index] >= 0 {
      let origin = Int(figure.origins[index])
      below[origin] += count * figure.below[index]
      above[origin] += count * figure.above[index]
    }
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
    var deviation = figure
    deviation.typical = 0
    product.add(typical, deviation)
    let (floor, ceiling) = (bounds.low * figure.low, bounds.high * figure.high)
    let (low, typical, high) = product.bounds
    if low < floor { product.below *= (typical - floor) / (typical - low) }
    if high > ceiling { product.above *= (ceiling - typical) / (high - typical) }
    return product
  }

  /// Adds as much again as `share` says.
  mutating func grow(by share: PlainFigure) {
    let typical = typical
    self.typical += typical * share.typical
    below *= 1 + share.typical
    above *= 1 + share.typical
    var deviation = share
    deviation.typical = 0
    add(typical, deviation)
  }

  var bounds: PointCosts.Bounds {
    let (below, above) = squares
    return (typical - below.squareRoot(), typical, typical + above.squareRoot())
  }

  /// The squares of the deviations.
  var squares: (below: Double, above: Double) { ((below * below).sum(), (above * above).sum()) }
}

/// A sum for each event that has one.
struct EventSums {
  private var events: [Int] = []
  private var sums: [PlainSum] = []

  mutating func add(_ count: Double, _ figure: PlainFigure, of event: Event) {
    let place =
      events.firstIndex(of: event.rawValue)
      ?? {
        events.append(event.rawValue)
        sums.append(PlainSum())
        return sums.count - 1
      }()
    sums[place].add(count, figure)
  }

  /// Adds as much again to all as `share` says.
  mutating func grow(by share: PlainFigure) {
    for place in sums.indices { sums[place].grow(by: share) }
  }

  /// All together.
  ///
  /// - Parameter counts: How many there are, by the raw value of ``Event``.
  func total(_ counts: SIMD32<Int>) -> PlainSum {
    var total = PlainSum()
    // Elements of an array would be copied, which takes longer than adding them.
    sums.withUnsafeBufferPointer { sums in
      for place in sums.indices { total.add(Double(counts[events[place]]), sums[place]) }
    }
    return total
  }
}
