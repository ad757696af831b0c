import Activity
import Architecture
import LockStep
import Machine
import Mapping
import Oracle
import Ternary
import TestSupport
import Testing
import Workload

@Suite("Lock-step") struct LockStepTests {
  @Test("x") func agree() async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let library = try await RTLBuilder(toolchain: Toolchain.find(), cache: RTLCache(folder: "/tmp/setun-cache"), optimization: .none).library(for: RTLSource(folder: "/work/main/rtl", package: architecture.configPackage(events: Event.allCases.map(\.name)), configurationHash: architecture.configurationHashHex, probeWords: ProbeLayout(architecture: architecture, counters: Event.allCases.count).words)) { print($0) }
    for (index, shape) in [(1, 1, 1), (1, 3, 5), (2, 7, 17), (3, 33, 63), (9, 16, 65), (40, 31, 127), (5, 129, 255)].enumerated() {
      for percent in [0, 30, 70] {
      var random = SplitMix64(seed: index)
      let job = try Job(MatmulShape(m: shape.0, n: shape.1, k: shape.2), on: architecture)
      let weights = TritMatrix(rows: shape.1, columns: shape.2, trits: random.trits(shape.1 * shape.2))
      let x = random.activations(shape.0 * shape.2)
      let memory = ExternalMemory(architecture, byteCount: Testbench<Machine>.Placement(job).end, behaviour: percent == 0 ? .ideal : .stalling(percent: percent, seed: UInt64(index)))
      let pair = LockStepPair(Machine(architecture), try RTLDevice(library, architecture: architecture))
      let bench = try Testbench(pair, architecture: architecture, memory: memory)
      do {
      let result = try bench.run(job, weights: weights, activations: x)
      try pair.check()
      #expect(result.outputs == (try Oracle.multiply(weights: weights, activations: x, tokens: shape.0)))
      print(shape, percent, result.simulatedCycles)
      } catch { Issue.record("\(shape) \(percent): \(error)"); return }
      }
    }
  }
}
