import CTernaryKernels
import Ternary
import TestSupport
import Testing
import Workload

/// Bodies of `setun_triples_count`, and the counts of a matrix in either coding.
@Suite struct CountTests {
  private typealias Body =
    @Sendable (
      UnsafePointer<UInt8>?, Int, Int, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<Int>?
    ) -> Void

  /// The bodies that this processor can run.
  private static let bodies: [(String, Body)] = {
    var bodies: [(String, Body)] = [("generic", setun_triples_count_generic)]
    #if arch(x86_64)
      if setun_avx512_available() != 0 { bodies.append(("avx512", setun_triples_count_avx512)) }
    #endif
    return bodies
  }()

  @Test("Every body counts what is there, whatever the sizes")
  func counts() throws {
    var random = SplitMix64(seed: 81)
    try withEvery("rows", in: [1, 16, 17, 33, 100]) { rows in
      try withEvery("columns", in: awkwardSizes + [45, 46, 48, 49, 96, 241]) { columns in
        for trits in [
          random.trits(rows * columns), [Int8](repeating: -1, count: rows * columns),
        ] {
          let matrix = TritMatrix(rows: rows, columns: columns, trits: trits)
          let negatives = trits.count { $0 < 0 }
          let nonzeros = trits.count { $0 != 0 }
          let expected = TritCounts(
            minusOnes: negatives, zeros: trits.count - nonzeros, plusOnes: nonzeros - negatives)
          #expect(matrix.counts == expected, "\(trail)")
          #expect(matrix.packedForProducts().counts == expected, "\(trail)")
          var bytes = [UInt8](repeating: 0, count: setun_triples_bytes(rows, columns))
          setun_triples_pack(matrix.bytes, matrix.rowBytes, 0, rows, columns, &bytes)
          let packed = GuardedBuffer(bytes)
          for (name, body) in Self.bodies {
            var (found, negative) = (-1, -1)
            body(packed.elements.baseAddress, rows, columns, &found, &negative)
            #expect(found == nonzeros && negative == negatives, "\(name), \(trail)")
          }
        }
      }
    }
  }
}
