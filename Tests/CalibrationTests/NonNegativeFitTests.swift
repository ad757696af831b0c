import Testing

@testable import Calibration

@Suite("Fits without negative coefficients")
struct NonNegativeFitTests {
  @Test("exact measurements give back their coefficients, whatever the units")
  func exact() {
    let coefficients = [3e-15, 0, 2e-12]
    var random = SplitMix(state: 7)
    let terms = (0..<12).map { _ in
      [1e6, 1e3, 1.0].map { $0 * Double(1 + random.next() % 1000) }
    }
    let measured = terms.map { zip($0, coefficients).reduce(0) { $0 + $1.0 * $1.1 } }
    let fit = NonNegativeFit(terms: terms, measured: measured)
    for (found, expected) in zip(fit.coefficients, coefficients) {
      #expect(abs(found - expected) <= 1e-9 * max(expected, 1e-18))
    }
  }

  @Test("no other choice of terms that is not negative fits better")
  func best() {
    var random = SplitMix(state: 3)
    func draw() -> Double { Double(random.next() % 1000) / 1000 + 0.01 }
    for _ in 0..<30 {
      let terms = (0..<9).map { _ in (0..<4).map { _ in draw() } }
      let measured = (0..<9).map { _ in draw() }
      let fit = NonNegativeFit(terms: terms, measured: measured)
      #expect(fit.coefficients.allSatisfy { $0 >= 0 })
      let found = error(fit.coefficients, terms, measured)
      // A step along any coefficient, or between two, never helps.
      for i in 0..<4 {
        for step in [-1e-3, 1e-3] where fit.coefficients[i] + step >= 0 {
          var other = fit.coefficients
          other[i] += step
          #expect(error(other, terms, measured) >= found - 1e-12)
        }
      }
    }
  }

  private func error(_ coefficients: [Double], _ terms: [[Double]], _ measured: [Double]) -> Double
  {
    zip(terms, measured).reduce(0) { sum, point in
      let predicted = zip(coefficients, point.0).reduce(0) { $0 + $1.0 * $1.1 }
      return sum + (predicted / point.1 - 1) * (predicted / point.1 - 1)
    }
  }

  @Test("the variance of a single coefficient is that of the relative errors by their number")
  func covariance() {
    // Of 1 / 0.9 and 1 / 1.1 with one coefficient c: weights 1/m, least squares by hand.
    let measured = [0.9, 1.1]
    let rows = measured.map { 1 / $0 }
    let norm = rows.reduce(0) { $0 + $1 * $1 }
    let best = rows.reduce(0, +) / norm
    let squares = rows.reduce(0) { $0 + ($1 * best - 1) * ($1 * best - 1) }
    let fit = NonNegativeFit(terms: [[1], [1]], measured: measured)
    #expect(abs(fit.coefficients[0] - best) < 1e-12)
    #expect(abs(fit.covariance[0][0] - squares / norm) < 1e-12)
  }

  @Test("a term that never occurs, or repeats another, is held at zero")
  func degenerate() {
    let fit = NonNegativeFit(
      terms: [[1, 0, 1], [2, 0, 2], [5, 0, 5]], measured: [2, 4, 10])
    #expect(abs(fit.coefficients[0] + fit.coefficients[2] - 2) < 1e-9)
    #expect(fit.coefficients[1] == 0 && fit.covariance[1] == [0, 0, 0])
  }
}

@Suite("SHA-256")
struct SHA256Tests {
  @Test("the examples of FIPS 180-4, and lengths around a block")
  func examples() {
    #expect(
      SHA256.hex(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hex(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    let lengths = [55, 56, 63, 64, 65].map { SHA256.hex(Array(repeating: 97, count: $0)) }
    #expect(Set(lengths).count == 5)
    #expect(lengths[3] == "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb")
  }
}
