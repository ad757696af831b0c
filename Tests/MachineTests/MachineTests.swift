import Activity
import Architecture
import Machine
import Mapping
import Oracle
import Ternary
import TestSupport
import Testing
import Workload

@Suite("Machine") struct MachineTests {
  @Test("Outputs equal the exact oracle for awkward shapes on every sample")
  func outputsEqualOracle() throws {
    for name in Architecture.sampleNames {
      let architecture = try Architecture.sample(named: name)
      for (m, n, k) in [
        (1, 1, 1), (1, 3, 5), (2, 7, 17), (3, 33, 63), (9, 16, 65), (40, 31, 127), (5, 129, 255),
      ] {
        let case_ = try Case(
          shape: MatmulShape(m: m, n: n, k: k), on: architecture, seed: m + n + k)
        let result = try case_.run()
        #expect(result.error == nil, "\(name) \(m)×\(n)×\(k)")
        #expect(result.outputs == case_.expected, "\(name) \(m)×\(n)×\(k)")
        #expect(
          result.counts[.busy] + result.counts.stalls == result.counts[.cycles],
          "\(name) \(m)×\(n)×\(k)")
      }
    }
  }
}

/// A job with random values and its exact result.
struct Case {
  let architecture: Architecture
  let job: Job
  let weights: TritMatrix
  let activations: [Int8]
  let expected: [Int32]

  init(shape: MatmulShape, on architecture: Architecture, seed: Int) throws {
    var random = SplitMix64(seed: seed)
    self.architecture = architecture
    job = try Job(shape, on: architecture)
    weights = TritMatrix(rows: shape.n, columns: shape.k, trits: random.trits(shape.n * shape.k))
    activations = random.activations(shape.m * shape.k)
    expected = try Oracle.multiply(weights: weights, activations: activations, tokens: shape.m)
  }

  func run(behaviour: ExternalMemory.Behaviour = .ideal) throws -> JobResult {
    let memory = ExternalMemory(
      architecture, byteCount: Testbench<Machine>.Placement(job).end, behaviour: behaviour)
    let bench = try Testbench(Machine(architecture), architecture: architecture, memory: memory)
    return try bench.run(job, weights: weights, activations: activations)
  }
}
