import CTernaryKernels
import Oracle
import Ternary
import TestSupport
import Testing
import Workload

/// One body of `setun_gemv`, called on guarded memory.
struct GemvBody: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let function:
    @Sendable (
      UnsafePointer<UInt8>?, Int, Int, UnsafePointer<Int8>?, Int, UnsafeMutablePointer<Int32>?
    ) -> Void

  /// The bodies that this processor can run.
  static let all: [GemvBody] = {
    var bodies = [GemvBody(testDescription: "generic", function: setun_gemv_generic)]
    #if arch(x86_64)
      if setun_avx2_available() != 0 {
        bodies.append(GemvBody(testDescription: "avx2", function: setun_gemv_avx2))
      }
    #endif
    return bodies
  }()

  /// Rows of `rowBytes` bytes times activations, with every buffer ending (or beginning) at memory
  /// that must not be touched.
  func multiply(
    bytes: [UInt8], rows: Int, rowBytes: Int, activations: [Int8],
    at edge: GuardedBuffer<UInt8>.Edge
  ) -> [Int32] {
    let weights = GuardedBuffer(bytes, at: edge)
    let inputs = GuardedBuffer(activations, at: edge == .end ? .end : .start)
    // Not zero: the body must not add to what it finds.
    let sums = GuardedBuffer(
      [Int32](repeating: 0x5A5A_5A5A, count: rows), at: edge == .end ? .end : .start)
    function(
      weights.elements.baseAddress, rows, rowBytes, inputs.elements.baseAddress,
      activations.count, sums.elements.baseAddress)
    #expect(sums.surroundingsAreIntact, "\(trail)")
    #expect(Array(weights.elements) == bytes && Array(inputs.elements) == activations, "\(trail)")
    return Array(sums.elements)
  }

  func multiply(
    _ matrix: TritMatrix, _ activations: [Int8], at edge: GuardedBuffer<UInt8>.Edge = .end
  ) -> [Int32] {
    multiply(
      bytes: matrix.bytes, rows: matrix.rows, rowBytes: matrix.rowBytes,
      activations: activations, at: edge)
  }
}

@Suite struct GemvTests {
  @Test("Sums equal their definition for awkward sizes", arguments: GemvBody.all)
  func awkward(body: GemvBody) throws {
    var random = SplitMix64(seed: 41)
    try withEvery("rows", in: [1, 2, 3, 4, 5, 7, 8, 17]) { rows in
      try withEvery("columns", in: awkwardSizes + [4, 128, 256, 1025]) { columns in
        let trits = random.trits(rows * columns)
        let activations = random.activations(columns)
        let matrix = TritMatrix(rows: rows, columns: columns, trits: trits)
        let expected = expectedProduct(
          weights: trits, activations: activations, rows: rows, columns: columns)
        try withEvery("edge", in: GuardedBuffer<UInt8>.Edge.allCases) { edge in
          #expect(body.multiply(matrix, activations, at: edge) == expected, "\(trail)")
        }
      }
    }
  }

  @Test("Sums equal the oracle's beyond a block of activations", arguments: GemvBody.all)
  func large(body: GemvBody) throws {
    var random = SplitMix64(seed: 42)
    try withEvery("columns", in: [8191, 8192, 8193, 8320, 16_385]) { columns in
      let matrix = TritMatrix(rows: 9, columns: columns, trits: random.trits(9 * columns))
      let activations = random.activations(columns)
      let exact = try Oracle.multiply(weights: matrix, activations: activations, tokens: 1)
      #expect(body.multiply(matrix, activations) == exact, "\(trail)")
    }
  }

  @Test("Extreme weights and activations stay exact", arguments: GemvBody.all)
  func extremes(body: GemvBody) throws {
    try withEvery("columns", in: [1, 127, 128, 1023, 1024, 1152, 8192, 20_000]) { columns in
      try withEvery("weight", in: [-1, 0, 1] as [Int8]) { weight in
        let matrix = TritMatrix(
          rows: 5, columns: columns, trits: [Int8](repeating: weight, count: 5 * columns))
        try withEvery("activation", in: [-128, 127] as [Int8]) { activation in
          let sums = body.multiply(matrix, [Int8](repeating: activation, count: columns))
          let sum = Int32(Int(weight) * Int(activation) * columns)
          #expect(sums == [Int32](repeating: sum, count: 5), "\(trail)")
        }
      }
    }
  }

  @Test("The largest sum of a row of 2^24 − 1 columns is exact", arguments: GemvBody.all)
  func longest(body: GemvBody) {
    let columns = TritMatrix.maximumColumns
    var bytes = [UInt8](repeating: 0b11_11_11_11, count: (columns + 3) / 4)
    bytes[bytes.count - 1] = 0b11_11_11
    let sums = body.multiply(
      bytes: bytes, rows: 1, rowBytes: bytes.count,
      activations: [Int8](repeating: -128, count: columns), at: .end)
    #expect(sums == [128 * Int32(columns)])
  }

  @Test("Bytes between the columns and the next row are not part of a row", arguments: GemvBody.all)
  func paddedRows(body: GemvBody) throws {
    var random = SplitMix64(seed: 43)
    try withEvery("columns", in: [3, 17, 128, 129, 255]) { columns in
      let trits = random.trits(6 * columns)
      let activations = random.activations(columns)
      let matrix = TritMatrix(rows: 6, columns: columns, trits: trits)
      let between: [UInt8] = [0xFF, 0x55, 0xAA]
      let padded = (0..<6).flatMap { matrix.row($0).bytes + between }
      let sums = body.multiply(
        bytes: padded, rows: 6, rowBytes: matrix.rowBytes + 3, activations: activations, at: .end)
      let expected = expectedProduct(
        weights: trits, activations: activations, rows: 6, columns: columns)
      #expect(sums == expected, "\(trail)")
    }
  }

  @Test("No rows give no sums and no columns give zeros", arguments: GemvBody.all)
  func empty(body: GemvBody) {
    #expect(body.multiply(bytes: [], rows: 0, rowBytes: 1, activations: [1, 2], at: .end) == [])
    #expect(
      body.multiply(bytes: [], rows: 3, rowBytes: 0, activations: [], at: .end) == [0, 0, 0])
  }

  @Test("The selected body is the best that the processor runs, for every thread")
  func selection() async throws {
    let expected =
      setun_avx512_available() != 0
      ? "avx512" : setun_avx2_available() != 0 ? "avx2" : "generic"
    #expect((setun_triples_multiply_select() != nil) == (expected == "avx512"))
    await withTaskGroup(of: String.self) { group in
      for _ in 0..<32 { group.addTask { String(cString: setun_bodies_name()) } }
      for await name in group { #expect(name == expected) }
    }
    let matrix = TritMatrix(rows: 2, columns: 3, trits: [1, -1, 0, 0, 1, -1])
    var sums = [Int32](repeating: 0, count: 2)
    setun_gemv_select()(matrix.bytes, 2, 1, [10, 20, 30], 3, &sums)
    #expect(sums == [10 - 20, 20 - 30])
  }
}
