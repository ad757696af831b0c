import Activity
import Architecture
import LockStep
import Machine
import Mapping
import Oracle
import Reference
import Report
import Workload

/// What the accelerator made of every layer.
struct LayerResults {
  /// One layer in one phase.
  struct Layer {
    let call: LinearCall
    let job: Job
    let counts: EventCounts
    let reference: RunReport.Comparison
    let oracle: RunReport.Comparison
    var lockStepCycles: UInt64?

    init(
      _ call: LinearCall, _ job: Job, _ result: JobResult, on architecture: Architecture,
      reference: RunReport.Comparison, oracle: RunReport.Comparison
    ) {
      self.call = call
      self.job = job
      counts = job.countingLanes(
        result.counts, weights: call.layer.weights, on: architecture)
      self.reference = reference
      self.oracle = oracle
    }
  }

  /// As the phases of the trace.
  private(set) var phases: [[Layer]]
  /// Simulated cycles a second of each run of the model.
  private(set) var modelRates: [Double] = []
  /// Simulated cycles a second of each run of the RTL alone.
  private(set) var rtlRates: [Double] = []
  private let simulator: Simulator
  private var architecture: Architecture { simulator.architecture }

  /// Runs every layer on the simulator and compares its sums, where it has them.
  init(
    _ trace: [PhaseTrace], on simulator: Simulator, values: SimulatedValues, _ progress: Progress
  ) throws {
    self.simulator = simulator
    let architecture = simulator.architecture
    // What does not fit is said before the first layer runs.
    let jobs = try trace.map { phase in
      try phase.calls.map { call in
        try naming(call) {
          try Job(call, on: architecture)
        }
      }
    }
    phases = []
    for (phase, jobs) in zip(trace, jobs) {
      var layers: [Layer] = []
      for (call, job) in zip(phase.calls, jobs) {
        try Task.checkCancellation()
        progress.update("\(phase.name) of \(call.layer.name) on the model")
        let begin = ContinuousClock.now
        let result = try naming(call) {
          try simulator.run(
            job, weights: call.layer.weights, activations: call.activations.values, values: values)
        }
        modelRates.append(
          Double(result.simulatedCycles) / (ContinuousClock.now - begin).seconds)
        layers.append(
          values == .full
            ? try Self.compared(call, job, result, architecture)
            : Layer(call, job, result, on: architecture, reference: .none, oracle: .none))
      }
      phases.append(layers)
    }
  }

  /// No sum differed anywhere.
  var agree: Bool {
    phases.allSatisfy { $0.allSatisfy { $0.reference.different + $0.oracle.different == 0 } }
  }

  /// Runs the first layer of each shape of each phase, or all layers, again: in lock-step with the
  /// RTL, and on the RTL alone.
  func lockStepped(
    with library: RTLLibrary, all: Bool, command: [String], _ progress: Progress
  ) throws -> LayerResults {
    var results = self
    for phase in phases.indices {
      var seen: Set<MatmulShape> = []
      for index in phases[phase].indices {
        let layer = phases[phase][index]
        guard seen.insert(layer.job.shape).inserted || all else { continue }
        try Task.checkCancellation()
        progress.update("\(layer.call.layer.name) in RTL")
        results.phases[phase][index].lockStepCycles = try lockStep(layer, library, command)
        results.rtlRates.append(try runAlone(layer, library))
      }
    }
    return results
  }

  // MARK: Runs

  /// Runs `call` on `device`; returns the result and the simulated cycles a second.
  private func run<Target: Device>(
    _ call: LinearCall, _ job: Job, on device: Target
  ) throws -> (JobResult, rate: Double) {
    try naming(call) {
      let memory = ExternalMemory(
        architecture, byteCount: Testbench<Target>.Placement(job).end,
        behaviour: simulator.behaviour)
      let bench = try Testbench(device, architecture: architecture, memory: memory)
      let descriptor = bench.load(
        job, weights: call.layer.weights, activations: call.activations.values)
      let begin = ContinuousClock.now
      let result = try bench.run(descriptor, of: job)
      let rate = Double(result.simulatedCycles) / (ContinuousClock.now - begin).seconds
      if let error = result.error { throw Failure("the job ended with error '\(error.name)'") }
      return (result, rate)
    }
  }

  private static func compared(
    _ call: LinearCall, _ job: Job, _ result: JobResult, _ architecture: Architecture
  ) throws -> Layer {
    let exact = try naming(call) {
      try Oracle.multiply(
        weights: call.layer.weights, activations: call.activations.values,
        tokens: call.activations.tokens)
    }
    func comparison(
      _ sums: [Int32], _ requantise: (Int32, Requantisation, Int) -> Int8
    ) -> RunReport.Comparison {
      let expected = architecture.results(sums, of: job, requantise)
      return RunReport.Comparison(
        compared: expected.count,
        different: zip(expected, result.outputs).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) })
    }
    return Layer(
      call, job, result, on: architecture,
      reference: comparison(call.accumulators) { $1.value($0, row: $2) },
      oracle: comparison(exact) {
        Oracle.requantise($0, multiplier: $1.multiplier(row: $2), shift: $1.shift)
      })
  }

  /// Runs a layer on model and RTL at once; returns the cycles that were compared.
  private func lockStep(
    _ layer: Layer, _ library: RTLLibrary, _ command: [String]
  ) throws -> UInt64 {
    let pair = LockStepPair(
      Machine(architecture), try RTLDevice(library, architecture: architecture))
    do {
      let (result, _) = try run(layer.call, layer.job, on: pair)
      try pair.check()
      try require(result, of: layer, "in lock-step")
    } catch let failure as LayerFailure {
      throw DivergenceReport(failure, architecture: architecture, command: command).written()
    }
    return pair.cyclesCompared
  }

  /// Runs a layer on the RTL alone; returns its simulated cycles a second.
  private func runAlone(_ layer: Layer, _ library: RTLLibrary) throws -> Double {
    let device = try RTLDevice(library, architecture: architecture)
    let (result, rate) = try run(layer.call, layer.job, on: device)
    try require(result, of: layer, "in RTL")
    return rate
  }

  private func require(_ result: JobResult, of layer: Layer, _ place: String) throws {
    let counts = layer.job.countingLanes(
      result.counts, weights: layer.call.layer.weights, on: architecture)
    let expected = architecture.results(of: layer.call, layer.job)
    guard result.outputs == expected && counts == layer.counts else {
      throw Failure("\(layer.call.layer.name): sums or counters \(place) differ from the model's")
    }
  }
}

extension Job {
  /// The job that computes `call`. Where results are int8 its largest sum becomes ±127.
  init(_ call: LinearCall, on architecture: Architecture) throws(MappingError) {
    try self.init(
      call.shape, on: architecture,
      requantisation: architecture.parameters.output == .int8
        ? Requantisation(largest: call.accumulators.map(\.magnitude).max() ?? 0) : nil)
  }
}

extension Architecture {
  /// What the hardware makes of the sums of the reference runtime.
  func results(of call: LinearCall, _ job: Job) -> [Int32] {
    results(call.accumulators, of: job) { $1.value($0, row: $2) }
  }

  /// What the hardware makes of exact sums: they wrap to the accumulator's width and, where results
  /// are int8, are requantised.
  fileprivate func results(
    _ sums: [Int32], of job: Job, _ requantise: (Int32, Requantisation, Int) -> Int8
  ) -> [Int32] {
    let unused = Int32(32 - accumulatorBits)
    let wrapped = sums.map { ($0 &<< unused) &>> unused }
    guard let requantisation = job.requantisation else { return wrapped }
    return wrapped.enumerated().map { Int32(requantise($1, requantisation, $0 % job.shape.n)) }
  }
}

/// An error with the layer in which it happened.
struct LayerFailure: Error, CustomStringConvertible {
  let layer: String
  let underlying: any Error

  var description: String { "\(layer): \(underlying)" }
}

/// Runs `body`; its errors say that they happened in `call`.
private func naming<Result>(_ call: LinearCall, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch {
    throw LayerFailure(layer: call.layer.name, underlying: error)
  }
}
