import Activity
import Architecture
import Foundation
import Machine
import Mapping
import Workload

/// Measures how many jobs a second the closed form counts, on the layers of BitNet b1.58 2B-4T.
struct ClosedFormBenchmark {
  /// Outputs and inputs of the seven ternary layers of a block.
  static let layers = [
    (2560, 2560), (640, 2560), (640, 2560), (2560, 2560), (6912, 2560), (6912, 2560), (2560, 6912),
  ]

  let architecture: Architecture
  let runs: Int

  /// The measurements of the jobs of one kind.
  struct Jobs: Encodable {
    let name: String
    let tokens: Int
    /// Cycles of the seven jobs together.
    let cycles: UInt64
    let jobsPerSecond: SpeedBenchmark.Spread
  }

  /// Counts the jobs of `tokens` tokens, over and over; layers with more inputs than the
  /// architecture holds have as many as it holds.
  func measure(_ name: String, tokens: Int) throws -> Jobs {
    let closedForm = try ClosedForm(architecture)
    let jobs = try Self.layers.map { n, k in
      let shape = MatmulShape(m: tokens, n: n, k: min(k, architecture.maxK))
      return try Job(
        shape, on: architecture,
        requantisation: architecture.parameters.output == .int8 ? Requantisation(largest: 1) : nil)
    }
    let descriptors = jobs.map { job in
      let place = Testbench<Machine>.Placement(job)
      return Descriptor(
        job, xAddress: place.x, wAddress: place.w, yAddress: place.y, mAddress: place.m)
    }
    var cycles: UInt64 = 0
    for descriptor in descriptors { cycles += try closedForm.counts(of: descriptor)[.cycles] }
    let speeds = try (0..<runs).map { _ in
      try Task.checkCancellation()
      let begin = SpeedBenchmark.cpuSeconds()
      var count = 0
      var seconds = 0.0
      // Reading the clock takes about as long as a job: it is read ever more seldom.
      var rounds = 1
      repeat {
        for _ in 0..<rounds {
          for descriptor in descriptors { _ = try closedForm.counts(of: descriptor) }
        }
        count += rounds * descriptors.count
        rounds *= 2
        seconds = SpeedBenchmark.cpuSeconds() - begin
      } while seconds < SpeedBenchmark.shortestMeasurement
      return Double(count) / seconds
    }
    return Jobs(name: name, tokens: tokens, cycles: cycles, jobsPerSecond: .init(speeds))
  }
}
