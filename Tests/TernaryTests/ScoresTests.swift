import CTernaryKernels
import TestSupport
import Testing
import Workload

/// The bodies of the head's kernels, called on guarded memory.
struct ScoresBody: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let scores:
    @Sendable (
      UnsafeRawPointer?, SetunFloatType, Int, Int, Int, UnsafePointer<Float>?, Int,
      UnsafeMutablePointer<Float>?, Int
    ) -> Void
  let weightedSums:
    @Sendable (
      UnsafePointer<Float>?, Int, Int, Int, UnsafePointer<Float>?, Int, Int,
      UnsafeMutablePointer<Float>?
    ) -> Void
  let product:
    @Sendable (
      UnsafePointer<Int8>?, Int, Int, UnsafePointer<Int8>?, Int, UnsafeMutablePointer<Int32>?, Int
    ) -> Void

  /// The bodies that this processor can run.
  static let all: [ScoresBody] = {
    var bodies = [
      ScoresBody(
        testDescription: "generic", scores: setun_scores_generic,
        weightedSums: setun_weighted_sums_generic, product: setun_int8_product_generic)
    ]
    #if arch(x86_64)
      if setun_avx2_available() != 0 {
        bodies.append(
          ScoresBody(
            testDescription: "avx2", scores: setun_scores_avx2,
            weightedSums: setun_weighted_sums_avx2, product: setun_int8_product_avx2))
      }
    #endif
    return bodies
  }()

  func scores(
    _ table: [UInt8], _ type: SetunFloatType, rows: Int, columns: Int, rowStride: Int? = nil,
    _ inputs: [Float]
  ) -> [Float] {
    let tokens = inputs.count / columns
    let stride = rows + 1
    let table = GuardedBuffer(table)
    let inputs = GuardedBuffer(inputs)
    let scores = GuardedBuffer([Float](repeating: -7, count: tokens * stride))
    self.scores(
      table.elements.baseAddress, type, rows, columns, rowStride ?? columns,
      inputs.elements.baseAddress, tokens, scores.elements.baseAddress, stride)
    withExtendedLifetime((table, inputs)) {}
    #expect(scores.surroundingsAreIntact, "\(trail)")
    for token in 0..<tokens {
      #expect(scores.elements[token * stride + rows] == -7, "\(trail)")
    }
    return (0..<tokens * rows).map { scores.elements[$0 / rows * stride + $0 % rows] }
  }
}

@Suite struct ScoresTests {
  /// The types of a table, with the bytes of a value that the type can hold exactly or nearly.
  private static var encodings: [(SetunFloatType, (Float) -> [UInt8])] {
    [
      (SETUN_F32, { bytes($0.bitPattern) }),
      (SETUN_BF16, { bytes(UInt16($0.bitPattern >> 16)) }),
      (SETUN_F16, { bytes(halfBits($0)) }),
    ]
  }

  private static func bytes<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
    withUnsafeBytes(of: word.littleEndian) { Array($0) }
  }

  /// The bits of a half-precision number that holds `value`, a multiple of 1/64 below 16, exactly.
  private static func halfBits(_ value: Float) -> UInt16 {
    guard value != 0 else { return 0 }
    let sign: UInt16 = value < 0 ? 0x8000 : 0
    let exponent = UInt16(Int(value.exponent) + 15)
    return sign | exponent << 10 | UInt16(value.significandBitPattern >> 13)
  }

  @Test("Scores of small fractions are exact, in every type", arguments: ScoresBody.all)
  func exact(body: ScoresBody) throws {
    var random = SplitMix64(seed: 71)
    // Eighths below 8 have at most six significant bits: bf16 and f16 hold them, f32 their sums.
    let draw = { Float(Int(random.next() % 127) - 63) / 8 }
    try withEvery("columns", in: awkwardSizes) { columns in
      try withEvery("rows", in: [1, 2, 3, 5]) { rows in
        try withEvery("tokens", in: columns < 130 ? [1, 2, 4, 5] : [1, 4]) { tokens in
          let values = (0..<rows * columns).map { _ in draw() }
          let inputs = (0..<tokens * columns).map { _ in draw() }
          let expected = (0..<tokens * rows).map { index in
            let (token, row) = index.quotientAndRemainder(dividingBy: rows)
            return (0..<columns).reduce(Float(0)) {
              $0 + values[row * columns + $1] * inputs[token * columns + $1]
            }
          }
          for (type, encode) in Self.encodings {
            let scores = body.scores(
              values.flatMap(encode), type, rows: rows, columns: columns, inputs)
            #expect(scores == expected, "\(trail), type \(type.rawValue)")
          }
        }
      }
    }
  }

  @Test("All bodies round alike, whatever the bits of the table", arguments: ScoresBody.all)
  func rounding(body: ScoresBody) throws {
    var random = SplitMix64(seed: 72)
    try withEvery("columns", in: awkwardSizes) { columns in
      let rows = 3
      let inputs = random.floats(5 * columns, magnitude: 3)
      for (type, _) in Self.encodings {
        let size = type == SETUN_F32 ? 4 : 2
        // Any bits: subnormals, infinities and NaN included. Bits of a NaN are free.
        let table = (0..<rows * columns * size).map { _ in
          UInt8(truncatingIfNeeded: random.next())
        }
        let bits = { (scores: [Float]) in scores.map { $0.isNaN ? .max : $0.bitPattern } }
        let scores = body.scores(table, type, rows: rows, columns: columns, inputs)
        let portable = ScoresBody.all[0].scores(table, type, rows: rows, columns: columns, inputs)
        #expect(bits(scores) == bits(portable), "\(trail), type \(type.rawValue)")
      }
    }
  }

  @Test("A half has the value of its definition", arguments: ScoresBody.all)
  func halves(body: ScoresBody) {
    let words: [UInt16] = [0x0000, 0x8000, 0x0001, 0x83FF, 0x0400, 0x3C00, 0xBC01, 0x7BFF, 0xFC00]
    let values: [Float] = [
      0, -0.0, 0x1p-24, -0x3FFp-24, 0x1p-14, 1, -(1 + 0x1p-10), 65504, -.infinity,
    ]
    let scores = body.scores(
      words.flatMap(Self.bytes), SETUN_F16, rows: words.count, columns: 1, [1])
    #expect(scores == values)
  }

  @Test("Values between rows are not part of any", arguments: ScoresBody.all)
  func strided(body: ScoresBody) throws {
    try withEvery("columns", in: [1, 15, 16, 17, 40]) { columns in
      let rows = (0..<5).map { row in (0..<columns).map { Float(row * 3 - $0 % 7) } }
      let inputs = (0..<4 * columns).map { Float($0 % 5 - 2) }
      // The last row ends the buffer.
      let table = Array(rows.joined(separator: [.nan, .infinity, 1]))
      let apart = body.scores(
        table.flatMap { Self.bytes($0.bitPattern) }, SETUN_F32, rows: 5, columns: columns,
        rowStride: columns + 3, inputs)
      let together = body.scores(
        rows.joined().flatMap { Self.bytes($0.bitPattern) }, SETUN_F32, rows: 5, columns: columns,
        inputs)
      #expect(apart == together && apart.allSatisfy(\.isFinite), "\(trail)")
    }
  }

  @Test("Weighted sums add the rows in order, with one rounding each", arguments: ScoresBody.all)
  func weightedSums(body: ScoresBody) throws {
    var random = SplitMix64(seed: 74)
    try withEvery("columns", in: awkwardSizes.filter { $0 < 300 }) { columns in
      try withEvery("rows", in: [0, 1, 2, 5, 33]) { rows in
        try withEvery("count", in: [1, 3, 4, 6]) { count in
          let stride = columns + 2
          let table = random.floats(max(0, rows * stride - 2), magnitude: 2)
          let weights = random.floats(count * (rows + 1), magnitude: 1)
          let expected = (0..<count * columns).map { index in
            (0..<rows).reduce(Float(0)) { sum, row in
              sum.addingProduct(
                weights[index / columns * (rows + 1) + row],
                table[row * stride + index % columns])
            }
          }
          let sums = GuardedBuffer([Float](repeating: -7, count: count * columns))
          let (values, factors) = (GuardedBuffer(table), GuardedBuffer(weights))
          body.weightedSums(
            values.elements.baseAddress, rows, columns, stride, factors.elements.baseAddress,
            count, rows + 1, sums.elements.baseAddress)
          withExtendedLifetime((values, factors)) {}
          #expect(Array(sums.elements) == expected && sums.surroundingsAreIntact, "\(trail)")
        }
      }
    }
  }

  @Test("Products of int8 rows equal their definition", arguments: ScoresBody.all)
  func int8(body: ScoresBody) throws {
    var random = SplitMix64(seed: 73)
    try withEvery("columns", in: awkwardSizes) { columns in
      try withEvery("tokens", in: [1, 3]) { tokens in
        let rows = 3
        let table = random.activations(rows * columns)
        let inputs = random.activations(tokens * columns)
        let expected = (0..<tokens * rows).map { index in
          (0..<columns).reduce(Int32(0)) {
            $0 + Int32(table[index % rows * columns + $1])
              * Int32(inputs[index / rows * columns + $1])
          }
        }
        let sums = GuardedBuffer([Int32](repeating: 7, count: tokens * rows))
        let (left, right) = (GuardedBuffer(table), GuardedBuffer(inputs))
        body.product(
          left.elements.baseAddress, rows, columns, right.elements.baseAddress, tokens,
          sums.elements.baseAddress, rows)
        withExtendedLifetime((left, right)) {}
        #expect(Array(sums.elements) == expected && sums.surroundingsAreIntact, "\(trail)")
      }
    }
    let lowest = [Int8](repeating: -128, count: 8192)
    var sum: Int32 = 0
    body.product(lowest, 1, 8192, lowest, 1, &sum, 1)
    #expect(sum == 8192 * 128 * 128)
  }
}
