import Activity
import Architecture
import Machine
import Mapping
import TestSupport
import Testing
import Workload

@Suite("Outputs of the machine")
struct OutputTests {
  @Test("Every sample gives the oracle's outputs", arguments: Architecture.sampleNames)
  func samples(name: String) throws {
    let architecture = try Architecture.sample(named: name)
    for (m, n, k) in [
      (1, 1, 1), (1, 3, 5), (2, 7, 17), (3, 33, 63), (9, 16, 65), (40, 31, 127), (5, 129, 255),
      (1, 65, 780),
    ] {
      let matmul = try MatmulCase(
        MatmulShape(m: m, n: n, k: k), on: architecture, seed: m + n + k)
      let result = try matmul.run()
      #expect(result.error == nil, "\(m)×\(n)×\(k)")
      #expect(result.outputs == matmul.expected, "\(m)×\(n)×\(k)")
    }
  }

  @Test(
    "Architectures at the edges give the oracle's outputs with every memory",
    arguments: try extremeArchitectures())
  func extremes(architecture: Architecture) throws {
    try check(architecture, seeds: 0..<5, limit: 600)
  }

  @Test("Drawn architectures give the oracle's outputs with every memory", arguments: 0..<24)
  func drawn(seed: Int) throws {
    try check(drawnArchitecture(seed: seed), seeds: seed..<seed + 2, limit: 400)
  }

  private func check(_ architecture: Architecture, seeds: Range<Int>, limit: Int) throws {
    try withEvery("seed", in: seeds) { seed in
      var random = SplitMix64(seed: seed)
      let shape = architecture.drawnShape(using: &random, limit: limit)
      let matmul = try MatmulCase(shape, on: architecture, seed: seed)
      try withEvery("pauses", in: [0, 30, 70]) { percent in
        let result = try matmul.run(.pausing(percent: percent, seed: seed))
        #expect(result.error == nil, "\(trail), \(shape), \(architecture.parameters)")
        #expect(
          result.outputs == matmul.expected, "\(trail), \(shape), \(architecture.parameters)")
      }
    }
  }

  @Test(
    "Sums reach both ends at the largest K of every sample",
    arguments: Architecture.sampleNames, [(-1, -128), (1, 127), (1, -128), (-1, 127)])
  func largestSums(name: String, operands: (trit: Int8, activation: Int8)) throws {
    let architecture = try Architecture.sample(named: name)
    let shape = MatmulShape(m: 1, n: 2, k: architecture.maxK)
    let matmul = try MatmulCase(
      shape, on: architecture, trits: Array(repeating: operands.trit, count: 2 * shape.k),
      activations: Array(repeating: operands.activation, count: shape.k))
    let sum = Int32(operands.trit) * Int32(operands.activation) * Int32(shape.k)
    #expect(try matmul.run().outputs == [sum, sum])
  }

  @Test("Rows of one job may have sums at opposite ends, and zeros between them")
  func oppositeRows() throws {
    let architecture = try smallArchitecture()
    let k = architecture.maxK
    let rows: [Int8] = [-1, 1, 0, 1, -1, 0, -1]
    let matmul = try MatmulCase(
      MatmulShape(m: 2, n: rows.count, k: k), on: architecture,
      trits: rows.flatMap { Array(repeating: $0, count: k) },
      activations: Array(repeating: -128, count: k) + Array(repeating: 127, count: k))
    let expected = [-128, 127].flatMap { x in rows.map { Int32($0) * Int32(x) * Int32(k) } }
    #expect(try matmul.run().outputs == expected)
  }
}
