import CTernaryKernels
import TestSupport
import Testing
import Workload

/// Bodies of `setun_tree_toggles`: the generic one is held against plain numbers in the tests of the
/// machine, the others against it.
@Suite struct ToggleKernelTests {
  private typealias Body =
    @Sendable (
      UnsafePointer<SetunTree>?, UnsafePointer<Int8>?, UnsafePointer<Int8>?,
      UnsafeMutableRawPointer?, UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<UInt64>?
    ) -> Void

  /// The bodies that this processor can run; the generic one first.
  private static let bodies: [(String, Body)] = {
    var bodies: [(String, Body)] = [("generic", setun_tree_toggles_generic)]
    #if arch(x86_64)
      if setun_avx2_available() != 0 { bodies.append(("avx2", setun_tree_toggles_avx2)) }
      if setun_avx512_available() != 0 { bodies.append(("avx512", setun_tree_toggles_avx512)) }
    #endif
    return bodies
  }()

  private static let kinds: [(kind: SetunTermKind, group: Int, bits: UInt32)] = [
    (SETUN_TERMS_SELECT, 1, 8), (SETUN_TERMS_PRODUCT, 1, 9), (SETUN_TERMS_PRODUCT, 1, 16),
    (SETUN_TERMS_SPLIT, 1, 8), (SETUN_TERMS_GROUP, 2, 9), (SETUN_TERMS_GROUP, 3, 10),
    (SETUN_TERMS_GROUP, 4, 10), (SETUN_TERMS_SERIAL, 1, 1),
  ]

  @Test("Every body gives the same sums and counts, operand after operand", arguments: kinds)
  func bodies(kind: SetunTermKind, group: Int, bits: UInt32) throws {
    var random = SplitMix64(seed: Int(bits) + group)
    for rows in [16, 48] {
      for lanes in awkwardSizes where lanes <= 255 {
        let terms = (lanes + group - 1) / group
        var places = 1
        while places < terms { places *= 2 }
        let tree = SetunTree(
          kind: kind, group: group, lanes: lanes, terms: terms, places: places, rows: rows,
          activation_bits: 8, term_bits: bits, sum_bits: 17)
        let operands = (0..<3).map { _ in
          (trits: random.trits(rows * lanes), values: random.activations(lanes))
        }
        let results = Self.bodies.map { Self.run($0.1, tree, operands) }
        for (operand, sums) in zip(operands, results[0].sums) {
          let expected = expectedProduct(
            weights: operand.trits, activations: operand.values, rows: rows, columns: lanes)
          #expect(sums == expected, "\(rows) rows, \(lanes) lanes")
        }
        for (result, body) in zip(results, Self.bodies) {
          #expect(
            result.sums == results[0].sums && result.counts == results[0].counts,
            "\(body.0), \(rows) rows, \(lanes) lanes")
        }
      }
    }
  }

  private static func run(
    _ body: Body, _ tree: SetunTree, _ operands: [(trits: [Int8], values: [Int8])]
  ) -> (sums: [[Int32]], counts: [UInt64]) {
    var tree = tree
    let (rows, lanes) = (Int(tree.rows), Int(tree.lanes))
    let rowBytes = (lanes + 3) / 4
    let weightCount = setun_tree_weight_bytes(&tree)
    let state = UnsafeMutableRawPointer.allocate(
      byteCount: setun_tree_state_bytes(&tree), alignment: 64)
    state.initializeMemory(as: UInt8.self, repeating: 0, count: setun_tree_state_bytes(&tree))
    let weights = UnsafeMutableRawPointer.allocate(byteCount: weightCount, alignment: 64)
      .bindMemory(to: Int8.self, capacity: weightCount)
    defer {
      state.deallocate()
      weights.deallocate()
    }
    var counts = [UInt64](repeating: 0, count: 12)
    let sums = operands.map { operand in
      var packed = [UInt8](repeating: 0, count: rows * rowBytes)
      for (index, trit) in operand.trits.enumerated() {
        let (row, lane) = index.quotientAndRemainder(dividingBy: lanes)
        packed[row * rowBytes + lane / 4] |= (UInt8(bitPattern: trit) & 3) << UInt8(2 * (lane % 4))
      }
      setun_tree_weights(&tree, packed, rowBytes, rows, 0, lanes, weights)
      let values = GuardedBuffer(operand.values)
      var sums = [Int32](repeating: 0, count: rows)
      body(&tree, weights, values.elements.baseAddress, state, &sums, &counts)
      return sums
    }
    return (sums, counts)
  }
}
