import Activity
public import Architecture
import Foundation
public import LockStep
import Machine
import Mapping
import Oracle
import Ternary
public import Workload

/// A layer of a model with what it received in a forward pass and has to return.
public struct LayerCase: Sendable {
  public var layer: LinearLayer
  /// M × K, token by token.
  public var activations: [Int8]
  public var tokens: Int
  /// M × N, the sums of the reference runtime.
  public var sums: [Int32]

  public init(layer: LinearLayer, activations: [Int8], tokens: Int, sums: [Int32]) {
    self.layer = layer
    self.activations = activations
    self.tokens = tokens
    self.sums = sums
  }

  public var shape: MatmulShape { layer.shape(tokens: tokens) }
}

/// Runs whole layers of a model on the RTL: every sum has to be that of the reference runtime, every
/// counter that of the closed form.
///
/// The oracle, a thousand times slower than the kernels, looks at as many outputs as a million
/// weights have, evenly spread; small layers have no more.
public struct LayerVerifier: Sendable {
  public let architecture: Architecture
  public let library: RTLLibrary
  /// As of ``Verifier``; with ``Verifier/Comparison/state`` the model runs beside the RTL.
  public let comparison: Verifier.Comparison
  /// Cycles without a handshake that mean deadlock; `nil` for those of `Testbench`.
  public var patience: UInt64?

  /// - Precondition: To compare ``Verifier/Comparison/state`` the RTL has a probe.
  public init(
    _ architecture: Architecture, _ library: RTLLibrary, comparison: Verifier.Comparison
  ) {
    precondition(comparison != .state || library.hasProbe, "RTL without a probe")
    self.architecture = architecture
    self.library = library
    self.comparison = comparison
  }

  /// How a layer went.
  public struct Outcome: Sendable {
    public var layer: String
    public var shape: MatmulShape
    /// Cycles of the RTL, the host's accesses included.
    public var cycles: UInt64 = 0
    /// Results that were compared with the reference runtime's.
    public var sums = 0
    /// Results that were compared with the oracle's too.
    public var exactSums = 0
    /// Counters that were compared.
    public var counters = 0
    /// CPU time of the RTL, and of the model where that ran beside it.
    public var seconds = 0.0
    /// The first disagreement, or `nil`.
    public var failure: ScenarioFailure?
  }

  /// Runs a layer.
  public func run(_ layer: LayerCase) -> Outcome {
    var outcome = Outcome(layer: layer.layer.name, shape: layer.shape)
    do {
      try run(layer, &outcome)
    } catch {
      outcome.failure = ScenarioFailure(error)
    }
    return outcome
  }

  private func run(_ layer: LayerCase, _ outcome: inout Outcome) throws {
    let job = try Job(
      layer.shape, on: architecture,
      requantisation: architecture.parameters.output == .int8
        ? Requantisation(largest: layer.sums.map(\.magnitude).max() ?? 0) : nil)
    let rtl = try RTLDevice(library, architecture: architecture)
    let result: JobResult
    if comparison == .state {
      let pair = LockStepPair(Machine(architecture), rtl)
      result = try run(layer, job, on: pair, &outcome)
      try pair.check()
    } else {
      result = try run(layer, job, on: rtl, &outcome)
    }
    guard result.error == nil else {
      throw ScenarioFailure.result("expected no error, found the error '\(result.error!.name)'")
    }
    try compareSums(result, layer, job, &outcome)
    if comparison >= .counters { try compareCounters(result, layer, job, &outcome) }
  }

  private func run<Target: Device>(
    _ layer: LayerCase, _ job: Job, on device: Target, _ outcome: inout Outcome
  ) throws -> JobResult {
    let memory = ExternalMemory(architecture, byteCount: Testbench<Target>.Placement(job).end)
    let bench = try Testbench(
      device, architecture: architecture, memory: memory, patience: patience)
    let descriptor = bench.load(
      job, weights: layer.layer.weights, activations: layer.activations)
    let begin = Self.threadSeconds()
    let result = try bench.run(descriptor, of: job)
    outcome.seconds = Self.threadSeconds() - begin
    outcome.cycles = result.simulatedCycles
    return result
  }

  /// CPU time of this thread, which no other load of the machine adds to.
  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private func compareSums(
    _ result: JobResult, _ layer: LayerCase, _ job: Job, _ outcome: inout Outcome
  ) throws {
    func compare(
      _ expected: [Int32], _ found: [Int32], of rows: [Int], _ name: String
    ) throws(ScenarioFailure) {
      guard let index = expected.indices.first(where: { expected[$0] != found[$0] }) else { return }
      let (token, row) = index.quotientAndRemainder(dividingBy: rows.count)
      throw .result(
        "output \(rows[row]) of token \(token): expected \(expected[index]) as \(name) has it, found "
          + "\(found[index])")
    }
    let n = job.shape.n
    let expected = architecture.results(layer.sums, requantisation: job.requantisation) {
      $1.value($0, row: $2 % n)
    }
    try compare(expected, result.outputs, of: Array(0..<n), "the reference runtime")
    outcome.sums = expected.count

    let rows = layer.outputsForOracle
    let exact = architecture.results(
      try layer.exactSums(of: rows), requantisation: job.requantisation
    ) {
      Oracle.requantise(
        $0, multiplier: $1.multiplier(row: rows[$2 % rows.count]), shift: $1.shift)
    }
    let found = (0..<layer.tokens).flatMap { token in rows.map { result.outputs[token * n + $0] } }
    try compare(exact, found, of: rows, "the oracle")
    outcome.exactSums = exact.count
  }

  private func compareCounters(
    _ result: JobResult, _ layer: LayerCase, _ job: Job, _ outcome: inout Outcome
  ) throws {
    let expected = try expectedCounts(layer, job)
    let found = job.countingLanes(result.counts, weights: layer.layer.weights, on: architecture)
    for event in Event.allCases where comparison >= .cycles || !event.dependsOnTiming {
      guard expected[event] == found[event] else {
        throw ScenarioFailure.result(
          "counter \(event.name): expected \(expected[event]) \(event.unit), found \(found[event])")
      }
      outcome.counters += 1
    }
  }

  /// Counts by the closed form or, where that does not reach, by a run of the model.
  private func expectedCounts(_ layer: LayerCase, _ job: Job) throws -> EventCounts {
    let weights = layer.layer.weights
    let place = Testbench<Machine>.Placement(job)
    let descriptor = Descriptor(
      job, xAddress: place.x, wAddress: place.w, yAddress: place.y, mAddress: place.m)
    if let closedForm = try? ClosedForm(architecture), !closedForm.mayOverflow(descriptor) {
      return try closedForm.counts(of: job, weights: weights.counts)
    }
    let memory = ExternalMemory(architecture, byteCount: place.end)
    let bench = try Testbench(Machine(architecture), architecture: architecture, memory: memory)
    let counts = try bench.run(job, weights: weights, activations: layer.activations).counts
    return job.countingLanes(counts, weights: weights, on: architecture)
  }
}

extension LayerCase {
  /// Outputs whose rows have a million weights together, spread evenly; all where there are fewer.
  fileprivate var outputsForOracle: [Int] {
    let (rows, columns) = (layer.weights.rows, layer.weights.columns)
    return Array(stride(from: 0, to: rows, by: max(1, (rows * columns) >> 20)))
  }

  /// The oracle's sums of some outputs, token by token.
  fileprivate func exactSums(of outputs: [Int]) throws -> [Int32] {
    let weights = layer.weights
    // Decoded once: the layer holds its weights as the kernels read them.
    let (bytes, size) = (weights.bytes, weights.rowBytes)
    let rows = try TritMatrix(
      rows: outputs.count, columns: weights.columns,
      packed: outputs.flatMap { bytes[$0 * size..<($0 + 1) * size] })
    return try Oracle.multiply(weights: rows, activations: activations, tokens: tokens)
  }
}

extension Architecture {
  /// What the hardware makes of exact sums: they wrap to the accumulator's width and, where results
  /// are int8, are requantised.
  ///
  /// - Parameter requantise: The value of a sum, and its index among all.
  func results(
    _ sums: [Int32], requantisation: Requantisation?,
    _ requantise: (Int32, Requantisation, Int) -> Int8
  ) -> [Int32] {
    let unused = Int32(32 - accumulatorBits)
    let wrapped = sums.map { ($0 &<< unused) &>> unused }
    guard let requantisation else { return wrapped }
    return wrapped.enumerated().map { Int32(requantise($1, requantisation, $0)) }
  }
}
