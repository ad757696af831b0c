import Architecture
import LockStep
import Machine
import TestSupport
import Testing
import Workload

@Suite("Every datapath in lock-step")
struct DatapathTests {
  /// One small architecture for each datapath; half of them without gating of zero weights.
  static func architectures() throws -> [Architecture] {
    try Architecture.Parameters.Datapath.allCases.enumerated().map { index, datapath in
      try smallArchitecture {
        $0.name = "datapath-\(index)"
        ($0.rows, $0.lanes, $0.treeRegisterEvery) = (3, 7, 1 + index % 3)
        ($0.datapath, $0.zeroGating) = (datapath, index % 2 == 1)
      }
    }
  }

  @Test(
    "Drawn values and the ends of their range agree in every cycle and give the oracle's sums",
    arguments: try architectures())
  func agree(architecture: Architecture) async throws {
    let library = try await library(for: accelerator(architecture))
    let shape = MatmulShape(m: 5, n: 7, k: 31)
    let ends: [(Int8, Int8)] = [(-1, -128), (-1, 127), (1, -128), (1, 127), (0, -128)]
    var cases = try (0..<3).map { try MatmulCase(shape, on: architecture, seed: $0) }
    cases += try ends.map { trit, activation in
      try MatmulCase(
        shape, on: architecture, trits: Array(repeating: trit, count: shape.n * shape.k),
        activations: Array(repeating: activation, count: shape.m * shape.k))
    }
    for matmul in cases {
      let rtl = try RTLDevice(library, architecture: architecture)
      let pair = LockStepPair(Machine(architecture), rtl)
      let behaviour = ExternalMemory.Behaviour.pausing(percent: 30, seed: 1)
      let together = try matmul.run(on: matmul.bench(pair, behaviour))
      try pair.check()
      #expect(together.outputs == matmul.expected)
    }
  }
}
