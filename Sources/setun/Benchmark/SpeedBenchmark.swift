import Activity
import Architecture
import Foundation
import LockStep
import Machine
import Mapping
import Ternary
import Verification
import Workload

/// Measures how fast the executors of one architecture run the same job.
struct SpeedBenchmark {
  /// The largest sizes of a job: small enough for the shortest measurement.
  static let outputs = 256
  static let inputs = 768
  /// The share of zero weights in BitNet b1.58 2B-4T.
  static let zeroShare = 0.42
  /// One measurement repeats the job for at least this long, in seconds of CPU time.
  static let shortestMeasurement = 0.1

  static let rtlName = "RTL"

  let architecture: Architecture
  let library: RTLLibrary
  let runs: Int

  /// The measurements of one job.
  struct Job: Encodable {
    let name: String
    let m: Int
    let n: Int
    let k: Int
    /// Simulated cycles of one run, the host's register accesses included.
    let cycles: UInt64
    let executors: [Executor]
  }

  /// The measurements of one executor.
  struct Executor: Encodable {
    let name: String
    var measurements: [Measurement] = []
    var cyclesPerSecond: Spread { Spread(measurements.map(\.cyclesPerSecond)) }

    enum CodingKeys: CodingKey { case name, measurements, cyclesPerSecond }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(measurements, forKey: .measurements)
      try container.encode(cyclesPerSecond, forKey: .cyclesPerSecond)
    }
  }

  struct Measurement: Encodable {
    let cycles: UInt64
    let cpuSeconds: Double
    var cyclesPerSecond: Double { Double(cycles) / cpuSeconds }
  }

  struct Spread: Encodable {
    let lowest: Double
    let median: Double
    let highest: Double

    init(_ values: [Double]) {
      let sorted = values.sorted()
      let middle = sorted.count / 2
      lowest = sorted[0]
      highest = sorted[sorted.count - 1]
      median =
        sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
  }

  /// Runs a job of `tokens` tokens on the stepped model, the simulator, the RTL, and model and RTL in
  /// lock-step, in turns.
  ///
  /// - Throws: What a device throws; ``Failure`` when results differ from the model's.
  func measure(_ name: String, tokens: Int) throws -> Job {
    let shape = MatmulShape(
      m: tokens, n: Self.outputs, k: min(Self.inputs, architecture.maxK))
    let operands = try Operands(shape, on: architecture)
    let runners = [
      ("model", try operands.runner(Machine(architecture))),
      ("simulator", operands.simulator(.full)),
      ("timing only", operands.simulator(.timingOnly)),
      (Self.rtlName, try operands.runner(RTLDevice(library, architecture: architecture))),
      (
        "lock-step",
        try operands.runner(
          LockStepPair(
            Machine(architecture), RTLDevice(library, architecture: architecture)))
      ),
    ]
    // The first run also warms the caches.
    let results = try runners.map { try $0.1() }
    for (runner, result) in zip(runners, results) {
      var expected = results[0]
      if result.outputs.isEmpty {
        (expected.outputs, expected.counts[.accumulatorOverflow]) = ([], 0)
      }
      guard result == expected else {
        throw Failure(
          "\(name) job: expected the results of the model, found others of \(runner.0)")
      }
    }
    var executors = runners.map { Executor(name: $0.0) }
    for _ in 0..<runs {
      for (index, runner) in runners.enumerated() {
        try Task.checkCancellation()
        executors[index].measurements.append(try Self.measure(runner.1))
      }
    }
    return Job(
      name: name, m: shape.m, n: shape.n, k: shape.k, cycles: results[0].simulatedCycles,
      executors: executors)
  }

  private static func measure(_ run: () throws -> JobResult) rethrows -> Measurement {
    let begin = cpuSeconds()
    var cycles: UInt64 = 0
    var seconds = 0.0
    repeat {
      cycles += try run().simulatedCycles
      seconds = cpuSeconds() - begin
    } while seconds < shortestMeasurement
    return Measurement(cycles: cycles, cpuSeconds: seconds)
  }

  /// CPU time of this thread, which no other load of the machine adds to.
  static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// A job with random operands that are the same in every run.
private struct Operands {
  let architecture: Architecture
  let job: Job
  let weights: TritMatrix
  let activations: [Int8]

  init(_ shape: MatmulShape, on architecture: Architecture) throws {
    self.architecture = architecture
    job = try Job(
      shape, on: architecture,
      requantisation: architecture.parameters.output == .int8
        ? Requantisation(largest: UInt32(128 * shape.k)) : nil)
    var random = SplitMix64(seed: 1)
    weights = TritMatrix(
      rows: shape.n, columns: shape.k,
      trits: (0..<shape.n * shape.k).map { _ in
        Double.random(in: 0..<1, using: &random) < SpeedBenchmark.zeroShare
          ? 0 : Bool.random(using: &random) ? 1 : -1
      }
    ).packedForProducts()
    activations = (0..<shape.m * shape.k).map { _ in
      Int8.random(in: -127...127, using: &random)
    }
  }

  /// A function that runs the job once on the simulator.
  func simulator(_ values: SimulatedValues) -> () throws -> JobResult {
    let simulator = Simulator(architecture)
    return { try simulator.run(job, weights: weights, activations: activations, values: values) }
  }

  /// A function that runs the job once on `device`, from memory that holds its operands.
  func runner<D: Device>(_ device: D) throws -> () throws -> JobResult {
    let memory = ExternalMemory(
      architecture, byteCount: Testbench<D>.Placement(job).end)
    let bench = try Testbench(device, architecture: architecture, memory: memory)
    let descriptor = bench.load(job, weights: weights, activations: activations)
    return { try bench.run(descriptor, of: job) }
  }
}
