import Energy
import Testing

@testable import Calibration

@Suite("Fits over sizes")
struct TermFitTests {
  /// A clock of 2 for each of a term, and 3 for each of another, times what synthesis made of the size.
  private func point(lanes: Int, of structure: Double, clocks: Double, sums: Double)
    -> TermFit.Point
  {
    TermFit.Point(
      name: "\(lanes), \(clocks), \(sums)", terms: [clocks, sums],
      measured: 2 * clocks + 3 * structure * sums, first: 2 * clocks, lanes: lanes)
  }

  @Test("a size of the training is predicted with its own structure, another with that of all")
  func factors() throws {
    let data = [(10.0, 40.0), (20, 25), (15, 70)]
    func points(_ lanes: Int, _ structure: Double) -> [TermFit.Point] {
      data.map { point(lanes: lanes, of: structure, clocks: $0.0, sums: $0.1) }
    }
    let (fit, factors) = TermFit.fit(
      [.clock, .sums],
      .init(
        training: points(8, 1.25) + points(16, 0.75),
        heldOut: [point(lanes: 8, of: 1.25, clocks: 3, sums: 11)],
        otherSizes: [point(lanes: 12, of: 1, clocks: 4, sums: 9)]))
    // The clock is what it was measured to be, and no part of a structure.
    #expect(fit.coefficients[0] == 2)
    for (lanes, structure) in [(8, 1.25), (16, 0.75)] {
      let product = try #require(factors[lanes]) * fit.coefficients[1]
      #expect(abs(product - 3 * structure) < 1e-4)
    }
    #expect(fit.training.count == 6)
    #expect((fit.training + fit.heldOut).allSatisfy { abs($0.error) < 1e-4 })
    let other = try #require(fit.otherSizes.first)
    #expect(abs(other.predicted - (8 + 9 * fit.coefficients[1])) < 1e-4)
  }

  @Test("points without a size are predicted by the fit alone")
  func blocks() {
    let points = [(1.0, 5.0), (2, 9), (3, 15)].map {
      TermFit.Point(name: "\($0.0)", terms: [$0.0], measured: $0.1)
    }
    let (fit, factors) = TermFit.fit([.flipFlops], .init(training: points))
    #expect(factors.isEmpty)
    #expect(
      fit.training.map(\.predicted) == points.map { rounded($0.terms[0] * fit.coefficients[0]) })
  }
}
