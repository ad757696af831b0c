import Ternary
import TestSupport
import Testing
import Workload

@testable import Oracle

@Suite struct OracleTests {
  @Test("The oracle's product equals its definition")
  func product() throws {
    var random = SplitMix64(seed: 31)
    try withEvery("rows", in: [1, 2, 17]) { rows in
      try withEvery("columns", in: [1, 3, 4, 17, 65, 255]) { columns in
        try withEvery("tokens", in: [1, 2, 7, 33]) { tokens in
          let trits = random.trits(rows * columns)
          let activations = random.activations(tokens * columns)
          let product = try Oracle.multiply(
            weights: TritMatrix(rows: rows, columns: columns, trits: trits),
            activations: activations, tokens: tokens)
          let expected = expectedProduct(
            weights: trits, activations: activations, rows: rows, columns: columns,
            tokens: tokens)
          #expect(product == expected, "\(trail)")
        }
      }
    }
  }

  @Test("Negative sums borrow from the next token without changing it")
  func borrow() throws {
    let weights = TritMatrix(rows: 2, columns: 1, trits: [1, -1])
    let product = try Oracle.multiply(
      weights: weights, activations: [-1, 0, -128, 127, -1], tokens: 5)
    #expect(product == [-1, 1, 0, 0, -128, 128, 127, -127, -1, 1])
  }

  @Test("Extreme weights and activations give the extreme sums", arguments: [-1, 1] as [Int8])
  func extremes(weight: Int8) throws {
    try withEvery("activation", in: [-128, 127] as [Int8]) { activation in
      let weights = TritMatrix(
        rows: 1, columns: 8192, trits: [Int8](repeating: weight, count: 8192))
      let product = try Oracle.multiply(
        weights: weights, activations: [Int8](repeating: activation, count: 2 * 8192), tokens: 2)
      let sum = Int32(weight) * Int32(activation) * 8192
      #expect(product == [sum, sum], "\(trail)")
    }
  }

  @Test("No tokens give no sums")
  func noTokens() throws {
    let weights = TritMatrix(rows: 2, columns: 3, trits: [1, 0, -1, 1, 1, 1])
    #expect(try Oracle.multiply(weights: weights, activations: [], tokens: 0) == [])
  }

  @Test(
    "Activations that are not tokens × columns are refused",
    arguments: [(5, 2), (0, 1), (3, 0), (0, -1), (0, Int.max)])
  func length(count: Int, tokens: Int) {
    let weights = TritMatrix(rows: 1, columns: 3, trits: [1, 0, -1])
    let error = OracleError.wrongLength(activations: count, tokens: tokens, columns: 3)
    #expect(throws: error) {
      try Oracle.multiply(
        weights: weights, activations: [Int8](repeating: 1, count: count), tokens: tokens)
    }
    #expect("\(error)" == "oracle: expected \(tokens) tokens × 3 activations, found \(count)")
  }

  @Test("A sum that does not fit is refused, its neighbours are not")
  func narrow() throws {
    #expect(try Oracle.narrow(2_147_483_647, row: 0, token: 0) == .max)
    #expect(try Oracle.narrow(-2_147_483_648, row: 0, token: 0) == .min)
    for sum: Int64 in [2_147_483_648, -2_147_483_649] {
      let error = OracleError.outsideInt32(sum, row: 4, token: 2)
      #expect(throws: error) { try Oracle.narrow(sum, row: 4, token: 2) }
      #expect(
        "\(error)" == "oracle: row 4, token 2: expected a sum that fits 32 bits, found \(sum)")
    }
  }

  @Test("Fields of any sign survive in one integer")
  func fields() throws {
    var random = SplitMix64(seed: 32)
    try withEvery("count", in: [0, 1, 2, 3, 17]) { count in
      let integers = Integers(count: 2, fieldCount: count)
      let small = (0..<count).map { _ in Int64(Int32(truncatingIfNeeded: random.next())) }
      let large = small.map { $0 < 0 ? Int64.min - $0 : Int64.max - $0 }
      integers[0] = small
      integers[1] = large
      #expect(integers[0] == small && integers[1] == large, "\(trail)")
      integers.add(0, to: 1)
      #expect(integers[1] == small.map { $0 < 0 ? .min : .max }, "\(trail)")
      integers.subtract(0, from: 1)
      #expect(integers[1] == large, "\(trail)")
    }
  }
}
