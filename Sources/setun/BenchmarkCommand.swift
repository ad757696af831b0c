import Activity
import Architecture
import ArgumentParser
import LockStep
import Machine
import Mapping
import Ternary
import Workload

struct BenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "benchmark")
  @Argument var sample: String
  @Argument var m: Int
  @Argument var n: Int
  @Argument var k: Int
  func run() async throws {
    let architecture = try Architecture.sample(named: sample)
    let clock = ContinuousClock()
    var library: RTLLibrary?
    let build = try await clock.measure {
      library = try await RTLBuilder(toolchain: Toolchain.find(), cache: RTLCache(folder: "/tmp/setun-cache"), optimization: .speed).library(for: RTLSource(folder: "/work/main/rtl", package: architecture.configPackage(events: Event.allCases.map(\.name)), configurationHash: architecture.configurationHashHex, probeWords: ProbeLayout(architecture: architecture, counters: Event.allCases.count).words))
    }
    print("build", build)
    let job = try Job(MatmulShape(m: m, n: n, k: k), on: architecture)
    let weights = TritMatrix(rows: n, columns: k, trits: (0..<n*k).map { _ in Int8.random(in: -1...1) })
    let x = (0..<m*k).map { _ in Int8.random(in: -128...127) }
    func go<D: Device>(_ d: D, _ name: String) throws {
      let memory = ExternalMemory(architecture, byteCount: Testbench<Machine>.Placement(job).end)
      let bench = try Testbench(d, architecture: architecture, memory: memory)
      let before = clock.now
      let r = try bench.run(job, weights: weights, activations: x)
      let t = clock.now - before
      let s = Double(t.components.seconds) + Double(t.components.attoseconds) * 1e-18
      print(name, r.simulatedCycles, "cycles", Int(Double(r.simulatedCycles) / s), "cycles/s", "busy", r.counts.utilisation)
    }
    try go(Machine(architecture), "model")
    try go(RTLDevice(library!, architecture: architecture), "rtl")
    try go(LockStepPair(Machine(architecture), RTLDevice(library!, architecture: architecture)), "lockstep")
  }
}
