import Activity
public import Architecture
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

/// Runs whole layers of a model on the RTL: every sum has to be that of the reference runtime and
/// of the oracle, every counter that of the closed form.
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
    /// Results that were compared with the reference runtime's, and with the oracle's.
    public var sums = 0
    /// Counters that were compared.
    public var counters = 0
    /// How long the RTL ran, with the model beside it where that ran too.
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
    let begin = ContinuousClock.now
    let result = try bench.run(descriptor, of: job)
    outcome.seconds = (ContinuousClock.now - begin) / .seconds(1)
    outcome.cycles = result.simulatedCycles
    return result
  }

  private func compareSums(
    _ result: JobResult, _ layer: LayerCase, _ job: Job, _ outcome: inout Outcome
  ) throws {
    let exact = try Oracle.multiply(
      weights: layer.layer.weights, activations: layer.activations, tokens: layer.tokens)
    func compare(
      _ sums: [Int32], _ name: String, _ requantise: (Int32, Requantisation, Int) -> Int8
    ) throws(ScenarioFailure) {
      let expected = architecture.results(sums, of: job, requantise)
      guard expected != result.outputs else { return }
      let index = expected.indices.first { expected[$0] != result.outputs[$0] }!
      let (token, output) = index.quotientAndRemainder(dividingBy: job.shape.n)
      throw .result(
        "output \(output) of token \(token): expected \(expected[index]) as \(name) has it, found "
          + "\(result.outputs[index])")
    }
    try compare(layer.sums, "the reference runtime") { $1.value($0, row: $2) }
    try compare(exact, "the oracle") {
      Oracle.requantise($0, multiplier: $1.multiplier(row: $2), shift: $1.shift)
    }
    outcome.sums = result.outputs.count
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

extension Architecture {
  /// What the hardware makes of exact sums: they wrap to the accumulator's width and, where results
  /// are int8, are requantised.
  ///
  /// - Parameter requantise: The value of a sum and the number of its output.
  func results(
    _ sums: [Int32], of job: Job, _ requantise: (Int32, Requantisation, Int) -> Int8
  ) -> [Int32] {
    let unused = Int32(32 - accumulatorBits)
    let wrapped = sums.map { ($0 &<< unused) &>> unused }
    guard let requantisation = job.requantisation else { return wrapped }
    return wrapped.enumerated().map { Int32(requantise($1, requantisation, $0 % job.shape.n)) }
  }
}
