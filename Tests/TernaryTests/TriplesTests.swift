import CTernaryKernels
import Oracle
import Ternary
import TestSupport
import Testing
import Workload

/// One body of `setun_triples_multiply`, called on guarded memory.
struct TriplesBody: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let function:
    @Sendable (
      UnsafePointer<UInt8>?, Int, Int, Int, Int, UnsafePointer<Int8>?, Int, Int,
      UnsafeMutableRawPointer?, UnsafeMutablePointer<Int32>?
    ) -> Void

  /// The bodies that this processor can run.
  static let all: [TriplesBody] = {
    var bodies = [TriplesBody(testDescription: "generic", function: setun_triples_multiply_generic)]
    #if arch(x86_64)
      if setun_avx512_available() != 0 {
        bodies.append(
          TriplesBody(testDescription: "avx512", function: setun_triples_multiply_avx512))
      }
    #endif
    return bodies
  }()

  /// A matrix times tokens that lie `stride` apart; sums of rows outside `range` stay as they are.
  func multiply(
    _ matrix: TritMatrix, _ activations: [Int8], tokens: Int, stride: Int? = nil,
    rows range: Range<Int>? = nil, in workspace: GuardedBuffer<UInt8>,
    at edge: GuardedBuffer<Int8>.Edge = .end
  ) -> [Int32] {
    let range = range ?? 0..<matrix.rows
    let weights = GuardedBuffer(packed(matrix))
    let inputs = GuardedBuffer(activations, at: edge)
    // Not zero: the body must not add to what it finds.
    let sums = GuardedBuffer([Int32](repeating: Self.untouched, count: tokens * matrix.rows))
    function(
      weights.elements.baseAddress, matrix.rows, matrix.columns, range.lowerBound,
      range.upperBound, inputs.elements.baseAddress, tokens, stride ?? matrix.columns,
      workspace.elements.baseAddress, sums.elements.baseAddress)
    withExtendedLifetime(weights) {}
    #expect(sums.surroundingsAreIntact, "\(trail)")
    #expect(Array(inputs.elements) == activations, "\(trail)")
    return Array(sums.elements)
  }

  static let untouched: Int32 = 0x5A5A_5A5A

  /// Memory to work in, with something in it, at a multiple of 64. It takes long to make.
  static func workspace() -> GuardedBuffer<UInt8> {
    GuardedBuffer([UInt8](repeating: 0x5A, count: Int(SETUN_TRIPLES_WORKSPACE_BYTES)))
  }
}

/// The packed bytes of all rows, from rows that end at memory that must not be read.
private func packed(_ matrix: TritMatrix) -> [UInt8] {
  let count = setun_triples_bytes(matrix.rows, matrix.columns)
  let rows = GuardedBuffer(matrix.bytes)
  let packed = GuardedBuffer([UInt8](repeating: 0xFF, count: count))
  setun_triples_pack(
    rows.elements.baseAddress, matrix.rowBytes, 0, matrix.rows, matrix.columns,
    packed.elements.baseAddress)
  withExtendedLifetime(rows) {}
  #expect(packed.surroundingsAreIntact, "\(trail)")
  return Array(packed.elements)
}

@Suite struct TriplesTests {
  /// Around the widths of words, chunks and blocks of tables.
  private static let columnCounts = awkwardSizes + [9, 10, 45, 46, 47, 48, 49, 96, 240, 241, 400]
  /// Around the width of a strip, and the strips of a step: 1, 2, 4, 8 and all of them.
  private static let rowCounts = [1, 17, 33, 100, 255, 479]

  @Test("A word holds three codes and a bit of the sixteenth, the rows interleaved")
  func layout() {
    // Row 0: digits 1, 2, 0 in code 0 and 2, 2, 2 in code 15. Row 17: digits 0, 0, 1 in code 4.
    var trits = [Int8](repeating: 0, count: 18 * 48)
    trits.replaceSubrange(0..<3, with: [1, -1, 0])
    trits.replaceSubrange(45..<48, with: [-1, -1, -1])
    trits[17 * 48 + 14] = 1
    let bytes = packed(TritMatrix(rows: 18, columns: 48, trits: trits))
    let words = stride(from: 0, to: bytes.count, by: 2).map { index in
      UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
    }
    var expected = [UInt16](repeating: 0, count: 5 * 32)
    expected[0] = 1 + 3 * 2
    // Code 15 is 26, 11010, from bit 15 of word 0 on.
    for word in [0, 1, 3] { expected[word * 32] |= 0x8000 }
    // Row 17 is lane 3; code 4 is the second of word 1.
    expected[32 + 3] = 9 << 5
    #expect(words == expected)
  }

  @Test("Five bits hold three weights of a large matrix")
  func size() {
    #expect(setun_triples_bytes(2560, 6912) * 8 * 3 == 2560 * 6912 * 5)
    #expect(Double(setun_triples_bytes(6912, 2560) * 8) / (6912 * 2560) < 1.67)
    #expect(setun_triples_bytes(1, 1) == 64 && setun_triples_bytes(33, 49) == 2 * 64 * 6)
  }

  @Test("Unpacking any rows is the inverse of packing")
  func unpack() throws {
    var random = SplitMix64(seed: 61)
    try withEvery("rows", in: Self.rowCounts) { rows in
      try withEvery("columns", in: Self.columnCounts) { columns in
        let matrix = TritMatrix(rows: rows, columns: columns, trits: random.trits(rows * columns))
        let bytes = packed(matrix)
        for range in [0..<rows, rows / 2..<rows, rows - 1..<rows] {
          let rowBytes = matrix.rowBytes
          let unpacked = GuardedBuffer([UInt8](repeating: 0x5A, count: range.count * rowBytes))
          setun_triples_unpack(
            bytes, columns, range.lowerBound, range.count, unpacked.elements.baseAddress)
          #expect(
            Array(unpacked.elements)
              == Array(matrix.bytes[range.lowerBound * rowBytes..<range.upperBound * rowBytes]),
            "\(trail)")
          #expect(unpacked.surroundingsAreIntact, "\(trail)")
        }
      }
    }
  }

  @Test("Sums equal those of two-bit rows for awkward sizes", arguments: TriplesBody.all)
  func awkward(body: TriplesBody) throws {
    let workspace = TriplesBody.workspace()
    var random = SplitMix64(seed: 62)
    try withEvery("columns", in: Self.columnCounts) { columns in
      try withEvery("rows", in: columns < 60 ? Self.rowCounts : [3, 131]) { rows in
        let matrix = TritMatrix(rows: rows, columns: columns, trits: random.trits(rows * columns))
        try withEvery("tokens", in: columns < 20 ? [1, 2, 3, 4, 7, 16, 19] : [1, 3, 6]) { tokens in
          let activations = random.activations(tokens * columns)
          let sums = body.multiply(
            matrix, activations, tokens: tokens, in: workspace,
            at: tokens % 2 == 0 ? .start : .end)
          #expect(sums == product(matrix, activations, tokens: tokens), "\(trail)")
        }
      }
    }
    #expect(workspace.surroundingsAreIntact)
  }

  /// The product by the portable body of `setun_gemm`.
  private func product(_ matrix: TritMatrix, _ activations: [Int8], tokens: Int) -> [Int32] {
    var sums = [Int32](repeating: 0, count: tokens * matrix.rows)
    setun_gemm_generic(
      matrix.bytes, matrix.rows, matrix.rowBytes, activations, tokens, matrix.columns,
      matrix.columns, nil, &sums, matrix.rows)
    return sums
  }

  @Test("Sums equal the oracle's", arguments: TriplesBody.all)
  func oracle(body: TriplesBody) throws {
    var random = SplitMix64(seed: 63)
    let matrix = TritMatrix(rows: 139, columns: 391, trits: random.trits(139 * 391))
    let activations = random.activations(7 * 391)
    let exact = try Oracle.multiply(weights: matrix, activations: activations, tokens: 7)
    #expect(
      body.multiply(matrix, activations, tokens: 7, in: TriplesBody.workspace()) == exact)
  }

  @Test("Extreme weights and activations stay exact", arguments: TriplesBody.all)
  func extremes(body: TriplesBody) throws {
    let workspace = TriplesBody.workspace()
    try withEvery("columns", in: [48, 240, 241, 8192]) { columns in
      try withEvery("weight", in: [-1, 0, 1] as [Int8]) { weight in
        let matrix = TritMatrix(
          rows: 33, columns: columns, trits: [Int8](repeating: weight, count: 33 * columns))
        try withEvery("activation", in: [-128, -127, 127] as [Int8]) { activation in
          try withEvery("tokens", in: columns > 1000 ? [2] : [1, 2, 4]) { tokens in
            let sums = body.multiply(
              matrix, [Int8](repeating: activation, count: tokens * columns), tokens: tokens,
              in: workspace)
            let sum = Int32(Int(weight) * Int(activation) * columns)
            #expect(sums.allSatisfy { $0 == sum }, "\(trail)")
          }
        }
      }
    }
  }

  @Test("Columns that do not fit the tables at once are all added", arguments: TriplesBody.all)
  func manyColumns(body: TriplesBody) throws {
    let workspace = TriplesBody.workspace()
    var random = SplitMix64(seed: 64)
    // 320 KiB are the tables of 15,360 columns of one token and of 960 columns of sixteen.
    try withEvery("tokens", in: [1, 17]) { tokens in
      let columns = tokens == 1 ? 15_360 + 49 : 960 + 49
      let matrix = TritMatrix(rows: 3, columns: columns, trits: random.trits(3 * columns))
      let activations = random.activations(tokens * columns)
      let sums = body.multiply(matrix, activations, tokens: tokens, in: workspace)
      #expect(sums == product(matrix, activations, tokens: tokens), "\(trail)")
    }
    #expect(workspace.surroundingsAreIntact)
  }

  @Test(
    "Strips are computed by themselves, and the sums of others are left",
    arguments: TriplesBody.all)
  func strips(body: TriplesBody) throws {
    let workspace = TriplesBody.workspace()
    var random = SplitMix64(seed: 65)
    let (rows, columns, tokens) = (300, 50, 3)
    let matrix = TritMatrix(rows: rows, columns: columns, trits: random.trits(rows * columns))
    let activations = random.activations(tokens * columns)
    let all = product(matrix, activations, tokens: tokens)
    try withEvery("rows", in: [0..<128, 32..<288, 160..<300, 288..<300, 64..<64]) { range in
      let sums = body.multiply(
        matrix, activations, tokens: tokens, rows: range, in: workspace)
      let expected = all.indices.map {
        range.contains($0 % rows) ? all[$0] : TriplesBody.untouched
      }
      #expect(sums == expected, "\(trail)")
    }
  }

  @Test("Bytes between tokens are not part of any", arguments: TriplesBody.all)
  func strided(body: TriplesBody) throws {
    let workspace = TriplesBody.workspace()
    var random = SplitMix64(seed: 66)
    try withEvery("columns", in: [3, 47, 48, 130]) { columns in
      let matrix = TritMatrix(rows: 40, columns: columns, trits: random.trits(40 * columns))
      let tokens = (0..<5).map { _ in random.activations(columns) }
      let strided = Array(tokens.joined(separator: [-128, 127, 1] as [Int8]))
      let sums = body.multiply(matrix, strided, tokens: 5, stride: columns + 3, in: workspace)
      #expect(sums == product(matrix, Array(tokens.joined()), tokens: 5), "\(trail)")
    }
  }

  @Test("A packed matrix is the same matrix")
  func matrices() throws {
    var random = SplitMix64(seed: 67)
    try withEvery("columns", in: awkwardSizes) { columns in
      let rows = 35
      let matrix = TritMatrix(rows: rows, columns: columns, trits: random.trits(rows * columns))
      let packed = matrix.packedAsTriples()
      #expect(packed == matrix && packed == packed && packed.bytes == matrix.bytes, "\(trail)")
      #expect(packed.storedBytes == setun_triples_bytes(rows, columns), "\(trail)")
      #expect(packed.counts == matrix.counts && packed.row(33) == matrix.row(33), "\(trail)")
      #expect(packed[34, columns - 1] == matrix[34, columns - 1], "\(trail)")
      #expect(packed.packedAsTriples() == matrix, "\(trail)")
      let activations = random.activations(columns)
      #expect(packed.multiply(activations) == matrix.multiply(activations), "\(trail)")
    }
    var trits = random.trits(40 * 9)
    let matrix = TritMatrix(rows: 40, columns: 9, trits: trits).packedAsTriples()
    trits[359] = trits[359] == 0 ? 1 : 0
    #expect(matrix != TritMatrix(rows: 40, columns: 9, trits: trits).packedAsTriples())
    #expect(matrix != TritMatrix(rows: 9, columns: 40, trits: trits))
  }
}
