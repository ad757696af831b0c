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
