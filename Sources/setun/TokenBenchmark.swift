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
    let model = try BitNetModel(path: path)
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

  private func run(
    _ call: LinearCall, _ job: Job, on simulator: Simulator, _ values: SimulatedValues
  ) throws -> JobResult {
    try simulator.run(
      job, weights: call.layer.weights, activations: call.activations.values, values: values)
  }
}
