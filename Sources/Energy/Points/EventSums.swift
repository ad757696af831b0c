import Activity

/// A sum for each event that has one.
struct EventSums {
  private var sums: [(event: Int, sum: PlainSum)] = []

  init() { sums.reserveCapacity(Event.allCases.count) }

  mutating func add(_ count: Double, _ figure: PlainFigure, of event: Event) {
    var place = 0
    while place < sums.count && sums[place].event != event.rawValue { place += 1 }
    if place == sums.count { sums.append((event.rawValue, PlainSum())) }
    sums[place].sum.add(count, figure)
  }

  /// Adds as much again to all as `share` says.
  mutating func grow(by share: PlainFigure) {
    for place in sums.indices { sums[place].sum.grow(by: share) }
  }

  /// All together.
  ///
  /// - Parameter counts: How many there are, by the raw value of ``Event``.
  func total(_ counts: SIMD32<Int>) -> PlainSum {
    // In place: a sum takes longer to copy than to add, and a vector that is indexed is stored anew for
    // each index.
    withUnsafeBytes(of: counts) { bytes in
      let counts = bytes.bindMemory(to: Int.self)
      return sums.withUnsafeBufferPointer { sums in
        var total = PlainSum()
        for place in sums.indices {
          total.typical += Double(counts[sums[place].event]) * sums[place].sum.typical
        }
        for place in sums.indices where counts[sums[place].event] != 0 {
          total.below += Double(counts[sums[place].event]) * sums[place].sum.below
        }
        for place in sums.indices where counts[sums[place].event] != 0 {
          total.above += Double(counts[sums[place].event]) * sums[place].sum.above
        }
        return total
      }
    }
  }
}
