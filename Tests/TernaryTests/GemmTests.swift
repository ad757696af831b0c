import CTernaryKernels
import Oracle
import Ternary
import TestSupport
import Testing
import Workload

/// One body of `setun_gemm`, called on guarded memory.
struct GemmBody: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let function:
    @Sendable (
      UnsafePointer<UInt8>?, Int, Int, UnsafePointer<Int8>?, Int, Int, Int,
      UnsafeMutableRawPointer?, UnsafeMutablePointer<Int32>?, Int
    ) -> Void

  /// The bodies that this processor can run.
  static let all: [GemmBody] = {
    var bodies = [GemmBody(testDescription: "generic", function: setun_gemm_generic)]
    #if arch(x86_64)
      if setun_avx2_available() != 0 {
        bodies.append(GemmBody(testDescription: "avx2", function: setun_gemm_avx2))
      }
    #endif
    return bodies
  }()

  /// A matrix times tokens that lie `stride` apart, with every buffer ending (or beginning) at
  /// memory that must not be touched.
  func multiply(
    _ matrix: TritMatrix, _ activations: [Int8], tokens: Int, stride: Int? = nil,
    in workspace: GuardedBuffer<UInt8>, at edge: GuardedBuffer<Int8>.Edge = .end
  ) -> [Int32] {
    let isEnd = edge == .end
    let weights = GuardedBuffer(matrix.bytes, at: isEnd ? .end : .start)
    let inputs = GuardedBuffer(activations, at: edge)
    // Not zero: the body must not add to what it finds.
    let sums = GuardedBuffer(
      [Int32](repeating: 0x5A5A_5A5A, count: tokens * matrix.rows), at: isEnd ? .end : .start)
    function(
      weights.elements.baseAddress, matrix.rows, matrix.rowBytes, inputs.elements.baseAddress,
      tokens, stride ?? matrix.columns, matrix.columns, workspace.elements.baseAddress,
      sums.elements.baseAddress, matrix.rows)
    #expect(sums.surroundingsAreIntact, "\(trail)")
    #expect(
      Array(weights.elements) == matrix.bytes && Array(inputs.elements) == activations, "\(trail)")
    return Array(sums.elements)
  }

  /// Memory to work in, with something in it. It begins and ends at a page, so at a multiple of 64.
  /// To be used for many calls: it takes long to make.
  static func workspace() -> GuardedBuffer<UInt8> {
    GuardedBuffer([UInt8](repeating: 0x5A, count: Int(SETUN_GEMM_WORKSPACE_BYTES)))
  }
}

@Suite struct GemmTests {
  /// Around the widths of blocks and steps of tokens, and the number that is worth tables.
  private static let tokenCounts = [1, 2, 3, 7, 8, 15, 28, 29, 31, 32, 33, 49, 61]

  @Test("Sums equal those of each token alone for awkward sizes", arguments: GemmBody.all)
  func awkward(body: GemmBody) throws {
    let workspace = GemmBody.workspace()
    var random = SplitMix64(seed: 51)
    try withEvery("columns", in: awkwardSizes + [4, 128, 260]) { columns in
      // The second is enough for tables, and no multiple of what is stored together.
      try withEvery("rows", in: [3, 131]) { rows in
        let matrix = TritMatrix(rows: rows, columns: columns, trits: random.trits(rows * columns))
        let all = random.activations(Self.tokenCounts.max()! * columns)
        let single = stride(from: 0, to: all.count, by: columns).flatMap {
          product(matrix, Array(all[$0..<$0 + columns]))
        }
        try withEvery("tokens", in: columns < 200 ? Self.tokenCounts : [14, 33, 61]) { tokens in
          let sums = body.multiply(
            matrix, Array(all[..<(tokens * columns)]), tokens: tokens, in: workspace,
            at: tokens % 2 == 0 ? .start : .end)
          #expect(sums == Array(single[..<(tokens * rows)]), "\(trail)")
        }
      }
    }
  }

  /// The product with one token, by the portable body of `setun_gemv`.
  private func product(_ matrix: TritMatrix, _ activations: [Int8]) -> [Int32] {
    var sums = [Int32](repeating: 0, count: matrix.rows)
    setun_gemv_generic(
      matrix.bytes, matrix.rows, matrix.rowBytes, activations, matrix.columns, &sums)
    return sums
  }

  @Test("Sums equal the oracle's", arguments: GemmBody.all)
  func oracle(body: GemmBody) throws {
    let workspace = GemmBody.workspace()
    var random = SplitMix64(seed: 52)
    let matrix = TritMatrix(rows: 129, columns: 391, trits: random.trits(129 * 391))
    let activations = random.activations(35 * 391)
    let exact = try Oracle.multiply(weights: matrix, activations: activations, tokens: 35)
    #expect(body.multiply(matrix, activations, tokens: 35, in: workspace) == exact)
  }

  @Test("Extreme weights and activations stay exact", arguments: GemmBody.all)
  func extremes(body: GemmBody) throws {
    let workspace = GemmBody.workspace()
    try withEvery("columns", in: [4, 128, 129, 256, 2560]) { columns in
      try withEvery("weight", in: [-1, 0, 1] as [Int8]) { weight in
        let matrix = TritMatrix(
          rows: 128, columns: columns, trits: [Int8](repeating: weight, count: 128 * columns))
        try withEvery("activation", in: [-128, 127] as [Int8]) { activation in
          try withEvery("tokens", in: [14, 32]) { tokens in
            let sums = body.multiply(
              matrix, [Int8](repeating: activation, count: tokens * columns), tokens: tokens,
              in: workspace)
            let sum = Int32(Int(weight) * Int(activation) * columns)
            #expect(sums.allSatisfy { $0 == sum }, "\(trail)")
          }
        }
      }
    }
    #expect(workspace.surroundingsAreIntact)
  }

  @Test("More rows than share their tables are all computed", arguments: GemmBody.all)
  func manyRows(body: GemmBody) {
    let workspace = GemmBody.workspace()
    let rows = 8195
    var random = SplitMix64(seed: 53)
    let matrix = TritMatrix(rows: rows, columns: 9, trits: random.trits(rows * 9))
    let activations = random.activations(29 * 9)
    let expected = (0..<29).flatMap { product(matrix, Array(activations[$0 * 9..<($0 + 1) * 9])) }
    #expect(body.multiply(matrix, activations, tokens: 29, in: workspace) == expected)
    #expect(workspace.surroundingsAreIntact)
  }

  @Test("Columns that a few tokens do not take at once are all added", arguments: GemmBody.all)
  func manyColumns(body: GemmBody) throws {
    let workspace = GemmBody.workspace()
    var random = SplitMix64(seed: 55)
    // 24,576 columns of all tokens together; sums of 16 bits are widened after 1,280.
    try withEvery("tokens", in: [2, 4, 8]) { tokens in
      try withEvery("columns", in: [1280, 1281, 24_576 / tokens, 24_576 / tokens + 1]) { columns in
        let matrix = TritMatrix(rows: 2, columns: columns, trits: random.trits(2 * columns))
        let activations = random.activations(tokens * columns)
        let expected = (0..<tokens).flatMap {
          product(matrix, Array(activations[$0 * columns..<($0 + 1) * columns]))
        }
        let sums = body.multiply(matrix, activations, tokens: tokens, in: workspace)
        #expect(sums == expected, "\(trail)")
      }
    }
    #expect(workspace.surroundingsAreIntact)
  }

  @Test("Bytes between tokens are not part of any", arguments: GemmBody.all)
  func strided(body: GemmBody) throws {
    let workspace = GemmBody.workspace()
    var random = SplitMix64(seed: 54)
    try withEvery("columns", in: [3, 127, 128, 130]) { columns in
      let matrix = TritMatrix(rows: 130, columns: columns, trits: random.trits(130 * columns))
      let tokens = (0..<33).map { _ in random.activations(columns) }
      // The last token ends the buffer.
      let strided = Array(tokens.joined(separator: [-128, 127, 1] as [Int8]))
      let sums = body.multiply(matrix, strided, tokens: 33, stride: columns + 3, in: workspace)
      #expect(sums == tokens.flatMap { product(matrix, $0) }, "\(trail)")
    }
  }

  @Test("No tokens and no rows give no sums, and the selected body is the best")
  func selection() {
    let matrix = TritMatrix(rows: 2, columns: 3, trits: [1, -1, 0, 0, 1, -1])
    for body in GemmBody.all {
      #expect(body.multiply(matrix, [], tokens: 0, in: GemmBody.workspace()) == [])
    }
    let activations: [Int8] = [10, 20, 30, 1, 2, 3]
    var sums = [Int32](repeating: 0, count: 4)
    let size = Int(SETUN_GEMM_WORKSPACE_BYTES)
    withUnsafeTemporaryAllocation(byteCount: size, alignment: 64) { workspace in
      let gemm: setun_gemm_fn = setun_gemm_select()
      gemm(matrix.bytes, 2, 1, activations, 2, 3, 3, workspace.baseAddress, &sums, 2)
      gemm(matrix.bytes, 0, 1, activations, 2, 3, 3, workspace.baseAddress, &sums, 2)
    }
    #expect(sums == [-10, -10, -1, -1])
  }
}
