import Testing

@testable import Energy

@Suite struct EstimateTests {
  private func joules(
    _ low: Double, _ typical: Double, _ high: Double, _ source: String,
    _ provenance: Provenance = .literature
  ) -> Estimate<Joules> {
    Estimate(low: low, typical: typical, high: high, provenance: provenance, source: source)
  }

  private func ratio(_ low: Double, _ typical: Double, _ high: Double) -> Estimate<Ratio> {
    Estimate(low: low, typical: typical, high: high, provenance: .scaled, source: "formula")
  }

  @Test("figures of one source err together: their bounds add")
  func correlated() {
    let sum = joules(7, 10, 15, "paper") + joules(1, 2, 3, "paper")
    #expect((sum.low, sum.typical, sum.high) == (8, 12, 18))
    #expect(sum.source == "paper")
  }

  @Test("figures of different sources are independent: their deviations add as squares")
  func independent() {
    // 3 and 4 below, 6 and 8 above.
    let sum = joules(7, 10, 16, "paper") + joules(16, 20, 28, "book", .assumed)
    #expect((sum.low, sum.typical, sum.high) == (25, 30, 40))
    #expect(sum.provenance == .assumed && sum.source == "sum")
  }

  @Test("what shares an origin stays together through sums of sums, in whatever order")
  func nested() {
    let (a, b) = (joules(7, 10, 16, "paper"), joules(16, 20, 28, "book"))
    let sums = [(a + b) + (a + b), (a + a) + (b + b), (b + a) + (b + a), 2 * (a + b)]
    for sum in sums {
      #expect(close(sum.low, 50) && sum.typical == 60 && close(sum.high, 80))
      #expect(sum.deviations.parts.map(\.origin) == ["book", "paper"])
    }
  }

  @Test("an origin joins figures whose sources read differently")
  func origin() {
    func macro(_ words: Int) -> Estimate<Joules> {
      Estimate(
        low: 9, typical: 10, high: 11, provenance: .modelled, source: "\(words) words",
        origin: "table")
    }
    let sum = macro(64) + macro(128)
    #expect((sum.low, sum.high) == (18, 22))
  }

  @Test("a thousand independent figures are surer than each, a thousand of one source are not")
  func many() {
    let one = (0..<1023).map { _ in joules(0, 10, 20, "paper") }
    let all = (0..<1023).map { joules(0, 10, 20, "paper \($0)") }
    #expect(Estimate.sum(one).low == 0)
    #expect(close(Estimate.sum(all).low, 10_230 - 10 * Double(1023).squareRoot()))
  }

  @Test("a product is moved by both factors, and is never negative")
  func product() {
    // 30% and 40% either way.
    let product: Estimate<Joules> = joules(7, 10, 13, "paper").times(ratio(1.2, 2, 2.8))
    #expect(close(product.low, 10) && product.typical == 20 && close(product.high, 30))
    #expect(product.provenance == .literature && product.source == "paper; formula")
    // To first order 0 − 27%; the bounds of the factors leave 1%.
    let wide: Estimate<Joules> = joules(1, 10, 19, "paper").times(ratio(0.2, 2, 3.8))
    #expect(close(wide.low, 0.2))
    #expect(close((wide + wide).low, 0.4))
  }

  @Test("an uncertain factor moves all that is multiplied by it alike")
  func commonFactor() {
    let factor = ratio(1, 2, 5)
    let sum: Estimate<Joules> = (0..<17).map {
      joules(10, 10, 10, "paper \($0)").scaled(by: factor)
    }
    .reduce(.zero, +)
    #expect(close(sum.low, 170) && close(sum.typical, 340) && close(sum.high, 850))
  }

  @Test("what moves both sides of a quotient alike cancels")
  func quotient() throws {
    let (a, b) = (joules(5, 10, 20, "paper"), joules(16, 20, 28, "book"))
    let same = try #require((3 * a).quotient(by: a))
    #expect(same.low == 3 && same.typical == 3 && same.high == 3)
    let part = try #require((a + b).quotient(by: b))
    #expect(close(part.typical, 1.5))
    // paper: −5 and +10 of 20. book: (−4 and +8) / 20 − 1.5 · (−4 and +8) / 20, the other way round.
    #expect(close(part.low, 1.5 - (0.25 * 0.25 + 0.2 * 0.2).squareRoot()))
    #expect(close(part.high, 1.5 + (0.5 * 0.5 + 0.1 * 0.1).squareRoot()))
    #expect(a.quotient(by: joules(0, 1, 2, "zero")) == nil)
  }

  @Test("none of a figure is nothing, without a range")
  func zero() {
    let none = 0 * joules(1, 2, 3, "paper")
    #expect(none.low == 0 && none.high == 0 && none.deviations.parts.isEmpty)
    #expect((none + joules(1, 2, 3, "book")).high == 3)
  }
}
