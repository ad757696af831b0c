import Activity
import Architecture
import Foundation
import Machine
import Mapping
import Reference
import Ternary
import Workload

/// Measures how long the simulator takes for one decode token of a whole model.
struct TokenBenchmark {
  /// One execution of every ternary layer, with the activations of a forward pass.
  private let calls: [LinearCall]
  private let jobs: [Job]
  private let architecture: Architecture

  /// The measurements of one token.
  struct Token: Encodable {
    let model: String
    let layers: Int
    let weights: Int
    /// Cycles of all layers, one after the other.
    let cycles: UInt64
    /// Their time on the accelerator.
    let acceleratorSeconds: Double
    /// Sums that were compared with those of the CPU reference runtime, all equal.
    let sums: Int
    let executors: [Executor]
  }

  /// The CPU time of each run.
  struct Executor: Encodable {
    let name: String
    let cpuSeconds: SpeedBenchmark.Spread
  }

  /// Runs the first token of the model at `path` on the CPU reference runtime.
  init(model path: String, on architecture: Architecture) throws {
    self.architecture = architecture
    let model = try BitNetModel(path: path).activations(of: architecture)
    var session = Session(model)
    var calls: [LinearCall] = []
    _ = try session.forward([1], scored: .last) { calls.append($0) }
    jobs = try calls.map { try Job($0, on: architecture) }
    self.calls = calls
  }

  /// Runs all layers `runs` times with values and without.
  ///
  /// - Throws: ``Failure`` when a sum differs from the CPU reference runtime's.
  func measure(_ name: String, runs: Int) throws -> Token {
    let simulator = Simulator(architecture)
    var counts = EventCounts()
    var sums = 0
    for (call, job) in zip(calls, jobs) {
      let result = try run(call, job, on: simulator, .full)
      counts += result.counts
      guard result.outputs == architecture.results(of: call, job) else {
        throw Failure("\(call.layer.name): expected the reference runtime's sums, found others")
      }
      sums += result.outputs.count
    }
    let executors = try [("full", SimulatedValues.full), ("timing only", .timingOnly)].map {
      name, values in
      let seconds = try (0..<runs).map { _ in
        try Task.checkCancellation()
        let begin = SpeedBenchmark.cpuSeconds()
        for (call, job) in zip(calls, jobs) { _ = try run(call, job, on: simulator, values) }
        return SpeedBenchmark.cpuSeconds() - begin
      }
      return Executor(name: name, cpuSeconds: .init(seconds))
    }
    return Token(
      model: name, layers: calls.count,
      weights: calls.reduce(0) { $0 + $1.layer.weights.rows * $1.layer.weights.columns },
      cycles: counts[.cycles],
      acceleratorSeconds: Double(counts[.cycles]) / (architecture.parameters.clockMHz * 1e6),
      sums: sums, executors: executors)
  }

  /// Counts the bits that toggle, from every operand, from a sample and from densities.
  func measureToggles(_ name: String, share: Double, seed: UInt64) throws -> TogglesReport {
    let simulator = Simulator(architecture)
    func toggles(_ counting: ToggleCounting) throws -> (Toggles, seconds: Double) {
      var sum = Toggles()
      let begin = SpeedBenchmark.cpuSeconds()
      for (call, job) in zip(calls, jobs) {
        try Task.checkCancellation()
        sum += simulator.toggles(
          of: job, weights: call.layer.weights, activations: call.activations.values,
          counting: counting)
      }
      return (sum, SpeedBenchmark.cpuSeconds() - begin)
    }
    let (exact, exactSeconds) = try toggles(.exact)
    let (sampled, sampledSeconds) = try toggles(.sampled(share: share, seed: seed))
    let (density, densitySeconds) = try toggles(.density)
    let cycles = try zip(calls, jobs).reduce(0 as UInt64) {
      $0 + (try run($1.0, $1.1, on: simulator, .timingOnly)).counts[.cycles]
    }
    return TogglesReport(
      model: name, layers: calls.count, cycles: cycles, stepped: try steppedSpeed(),
      seconds: [exactSeconds, sampledSeconds, densitySeconds],
      places: zip(exact.places, zip(sampled.places, density.places)).map { exact, estimates in
        .init(
          name: exact.name, exact: exact.bits, sampled: estimates.0.bits,
          density: estimates.1.bits)
      })
  }

  /// Cycles a second of the stepped model on the first layer.
  private func steppedSpeed() throws -> Double {
    let (call, job) = (calls[0], jobs[0])
    let memory = ExternalMemory(
      architecture, byteCount: Testbench<Machine>.Placement(job).end)
    let bench = try Testbench(Machine(architecture), architecture: architecture, memory: memory)
    let descriptor = bench.load(
      job, weights: call.layer.weights, activations: call.activations.values)
    let begin = SpeedBenchmark.cpuSeconds()
    let cycles = try bench.run(descriptor, of: job).simulatedCycles
    return Double(cycles) / (SpeedBenchmark.cpuSeconds() - begin)
  }

  private func run(
    _ call: LinearCall, _ job: Job, on simulator: Simulator, _ values: SimulatedValues
  ) throws -> JobResult {
    try simulator.run(
      job, weights: call.layer.weights, activations: call.activations.values, values: values)
  }
}

/// What toggles in one token, and how far estimates are off.
struct TogglesReport: Encodable {
  /// Bits that change at one place.
  struct Place: Encodable {
    let name: String
    let exact: UInt64
    let sampled: UInt64
    let density: UInt64
  }

  let model: String
  let layers: Int
  let cycles: UInt64
  /// Cycles a second of the stepped model, without counting toggles.
  let stepped: Double
  /// CPU time of counting: exactly, from a sample, from densities.
  let seconds: [Double]
  let places: [Place]
}

extension Toggles {
  /// Every place with its count.
  fileprivate var places: [(name: String, bits: UInt64)] {
    [("activations", activations), ("weights", weights), ("terms", terms)]
      + levels.enumerated().map { ("level \($0 + 1)", $1) }
      + [
        ("sums", sums), ("partial sums", partialSums), ("results", results),
        ("read beats", readBeats), ("write beats", writeBeats),
      ]
  }
}
