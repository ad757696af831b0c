import Activity
public import Architecture
public import LockStep
public import Machine

/// Runs scenarios on one architecture's model and RTL, and says whether they agree.
public struct Verifier: Sendable {
  /// What of a design has to be as the model says; each includes those before it.
  public enum Comparison: String, CaseIterable, Sendable {
    /// Results and error codes.
    case outputs
    /// The event counters, as the host reads them.
    case counters
    /// The number of cycles of every job.
    case cycles
    /// Every word of the architectural state, in every cycle.
    case state
  }

  public let architecture: Architecture
  public let library: RTLLibrary
  public let comparison: Comparison
  /// Which mutant of the RTL runs; 0 for the RTL as it is.
  public var mutant = 0
  /// Cycles without a handshake that mean deadlock; `nil` for those of `Testbench`.
  public var patience: UInt64?
  /// Where the coverage of a run is written, if it is counted.
  public var coverageFile: String?

  /// - Precondition: To compare ``Comparison/state`` the RTL has a probe.
  public init(_ architecture: Architecture, _ library: RTLLibrary, comparison: Comparison) {
    precondition(comparison != .state || library.hasProbe, "RTL without a probe")
    self.architecture = architecture
    self.library = library
    self.comparison = comparison
  }

  /// The scenario `id`, of a kind that can be compared.
  public func scenario(_ id: ScenarioID) -> Scenario {
    Scenario(
      id, on: architecture,
      kinds: comparison == .state ? Scenario.Kind.allCases : Scenario.Kind.independentOfTiming)
  }

  /// How a scenario went.
  public struct Outcome: Sendable {
    public var kind: Scenario.Kind
    public var jobs = 0
    /// Cycles of the RTL.
    public var cycles: UInt64 = 0
    /// Words of state, counters and results that were compared.
    public var words: UInt64 = 0
    public var seconds = 0.0
    /// The first disagreement, or `nil`.
    public var failure: ScenarioFailure?
  }

  /// What sees every cycle of a run: its number, the model's words and the RTL's.
  public typealias Observer = (UInt64, UnsafePointer<UInt32>, UnsafePointer<UInt32>) -> Void

  /// Runs a scenario on both sides.
  ///
  /// - Parameter observer: Called after every cycle where the ``Comparison/state`` is compared.
  public func run(_ scenario: Scenario, observer: Observer? = nil) -> Outcome {
    var outcome = Outcome(kind: scenario.kind)
    let begin = ContinuousClock.now
    do {
      let rtl = try RTLDevice(library, architecture: architecture, mutant: mutant)
      defer { if let coverageFile { rtl.model.writeCoverage(to: coverageFile) } }
      if comparison == .state {
        try runTogether(scenario, rtl, observer, &outcome)
      } else {
        try runApart(scenario, rtl, &outcome)
      }
    } catch {
      outcome.failure = ScenarioFailure(error)
    }
    outcome.seconds = (ContinuousClock.now - begin) / .seconds(1)
    return outcome
  }

  private func runTogether(
    _ scenario: Scenario, _ rtl: RTLDevice, _ observer: Observer?, _ outcome: inout Outcome
  ) throws {
    let pair = LockStepPair(Machine(architecture), rtl)
    pair.observer = observer
    defer {
      outcome.cycles = pair.cyclesCompared
      outcome.words = pair.cyclesCompared * UInt64(rtl.probe.count)
    }
    let records = try scenario.run(on: pair)
    try pair.check()
    outcome.jobs = records.count
    if let mistake = records.lazy.compactMap(\.mistake).first {
      throw ScenarioFailure.result(mistake)
    }
  }

  private func runApart(
    _ scenario: Scenario, _ rtl: RTLDevice, _ outcome: inout Outcome
  ) throws {
    let found = try scenario.run(on: rtl, patience: patience)
    let expected = try scenario.run(on: Machine(architecture))
    outcome.jobs = found.count
    for (number, (found, expected)) in zip(found, expected).enumerated() {
      outcome.cycles += found.result.simulatedCycles
      outcome.words += UInt64(found.expectedError == nil ? found.expectedOutputs.count : 1)
      try compare(found, expected, job: number + 1, &outcome)
    }
  }

  /// Compares one job of the RTL with the model's.
  private func compare(
    _ found: Scenario.Record, _ expected: Scenario.Record, job: Int, _ outcome: inout Outcome
  ) throws(ScenarioFailure) {
    if let mistake = found.mistake { throw .result("job \(job), \(mistake)") }
    if comparison >= .counters {
      outcome.words += UInt64(Event.allCases.count)
      for event in Event.allCases where comparison >= .cycles || !event.dependsOnTiming {
        let (expected, found) = (expected.result.counts[event], found.result.counts[event])
        guard expected == found else {
          throw .result(
            "job \(job): counter \(event.name): expected \(expected) \(event.unit), found \(found)")
        }
      }
    }
    if comparison >= .cycles, expected.result.simulatedCycles != found.result.simulatedCycles {
      throw .result(
        "job \(job): expected \(expected.result.simulatedCycles) cycles with the host's accesses, "
          + "found \(found.result.simulatedCycles)")
    }
  }
}

extension Verifier.Comparison: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
  }
}

/// Why a scenario failed.
public enum ScenarioFailure: Error, CustomStringConvertible {
  /// Model and RTL differ in a cycle.
  case divergence(Divergence)
  /// A job ended in another way than it has to.
  case result(String)
  /// An assertion of the RTL fired, or it could not be run.
  case stopped(String)
  case deadlock(Deadlock)

  /// What a run threw.
  init(_ error: any Error) {
    self =
      switch error {
      case let failure as ScenarioFailure: failure
      case LockStepFailure.divergence(let divergence): .divergence(divergence)
      case let deadlock as Deadlock: .deadlock(deadlock)
      default: .stopped("\(error)")
      }
  }

  public var description: String {
    switch self {
    case .divergence(let divergence): divergence.description
    case .result(let text), .stopped(let text): text
    case .deadlock(let deadlock): deadlock.description
    }
  }
}

extension Event {
  /// Whether how often it happens depends on when memory answers, and not on the job alone.
  var dependsOnTiming: Bool { self == .cycles || Event.stalls.contains(self) }
}
