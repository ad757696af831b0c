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
  private(set) var typical = 0.0
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

  /// Adds `count` times how far each origin moves the figure.
  func addDeviations(
    _ count: Double, _ below: inout SIMD16<Double>, _ above: inout SIMD16<Double>
  ) {
    for index in 0..<4 where origins[index] >= 0 {
      let origin = Int(origins[index])
      below[origin] += count * self.below[index]
      above[origin] += count * self.above[index]
    }
  }
}

/// A sum of figures, with its deviation by origin.
struct PlainSum {
  fileprivate(set) var typical = 0.0
  fileprivate(set) var below = SIMD16<Double>()
  fileprivate(set) var above = SIMD16<Double>()

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
  // The parts of the sums apart: elements of several hundred bytes would be copied to be read, which
  // takes longer than adding them.
  private var typical: [Double] = []
  private var below: [SIMD16<Double>] = []
  private var above: [SIMD16<Double>] = []

  init() {
    events.reserveCapacity(Event.allCases.count)
    typical.reserveCapacity(Event.allCases.count)
    below.reserveCapacity(Event.allCases.count)
    above.reserveCapacity(Event.allCases.count)
  }

  mutating func add(_ count: Double, _ figure: PlainFigure, of event: Event) {
    let place =
      events.firstIndex(of: event.rawValue)
      ?? {
        events.append(event.rawValue)
        typical.append(0)
        below.append(SIMD16())
        above.append(SIMD16())
        return events.count - 1
      }()
    typical[place] += count * figure.typical
    figure.addDeviations(count, &below[place], &above[place])
  }

  /// Adds as much again to all as `share` says.
  mutating func grow(by share: PlainFigure) {
    for place in events.indices {
      below[place] *= 1 + share.typical
      above[place] *= 1 + share.typical
      share.addDeviations(typical[place], &below[place], &above[place])
      typical[place] *= 1 + share.typical
    }
  }

  /// All together.
  ///
  /// - Parameter counts: How many there are, by the raw value of ``Event``.
  func total(_ counts: SIMD32<Int>) -> PlainSum {
    var total = PlainSum()
    for (place, event) in events.enumerated() where counts[event] != 0 {
      let count = Double(counts[event])
      total.typical += count * typical[place]
      total.below += count * below[place]
      total.above += count * above[place]
    }
    return total
  }
}
