import Activity

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
    // A vector that is indexed is stored anew for each index.
    withUnsafeBytes(of: counts) { bytes in
      let counts = bytes.bindMemory(to: Int.self)
      var total = PlainSum()
      for (place, event) in events.enumerated() {
        total.typical += Double(counts[event]) * typical[place]
      }
      total.below = weighted(below, counts)
      total.above = weighted(above, counts)
      return total
    }
  }

  private func weighted(
    _ rows: [SIMD16<Double>], _ counts: UnsafeBufferPointer<Int>
  ) -> SIMD16<Double> {
    var sum = SIMD16<Double>()
    for (place, event) in events.enumerated() where counts[event] != 0 {
      sum += Double(counts[event]) * rows[place]
    }
    return sum
  }
}
