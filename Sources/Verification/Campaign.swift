public import Architecture
import Foundation
public import LockStep
internal import Workload

/// Scenarios on many architectures, several at a time: building one while others run.
public struct Campaign: Sendable {
  /// An architecture with its number in the campaign.
  public struct Target: Sendable {
    public var number: Int
    public var architecture: Architecture
    /// The draw that it came from, if it did.
    public var drawn: DrawnArchitecture?

    public init(number: Int, architecture: Architecture, drawn: DrawnArchitecture? = nil) {
      self.number = number
      self.architecture = architecture
      self.drawn = drawn
    }

    /// The drawn architecture `number` of `seed`; of 25 one is large and four are of medium size.
    public init(drawing number: Int, seed: Int) throws {
      var random = SplitMix64(seed: seed, number)
      let size: DrawnArchitecture.Size =
        number % 25 == 24 ? .large : number % 5 == 4 ? .medium : .small
      let drawn = try DrawnArchitecture(
        named: "drawn-\(seed)-\(number)", size: size, using: &random)
      self.init(number: number, architecture: drawn.architecture, drawn: drawn)
    }
  }

  public var targets: [Target]
  /// The seed of all scenarios.
  public var seed: Int
  /// The numbers of the scenarios on each target.
  public var scenarios: Range<Int>
  /// What is compared; `nil` for the state where the RTL has a probe, else the outputs.
  public var comparison: Verifier.Comparison?
  /// Cycles without a handshake that mean deadlock; `nil` for those of `Testbench`.
  public var patience: UInt64?
  /// Targets at work at once.
  public var width = ProcessInfo.processInfo.activeProcessorCount
  /// Whether a library is removed from the cache when its target agreed.
  public var discardsLibraries = false

  public init(targets: [Target], seed: Int, scenarios: Range<Int>) {
    self.targets = targets
    self.seed = seed
    self.scenarios = scenarios
  }

  /// One scenario with its outcome.
  public struct Run: Sendable {
    public var id: ScenarioID
    public var outcome: Verifier.Outcome
  }

  /// What became of a target.
  public struct TargetResult: Sendable {
    public var target: Target
    /// What was compared; `nil` when there is no RTL.
    public var comparison: Verifier.Comparison?
    /// Why there is no RTL.
    public var buildFailure: LockStepError?
    public var runs: [Run] = []
    public var coverage = RTLCoverage()
    /// How long the build took, waiting for others included.
    public var buildSeconds = 0.0

    /// The scenarios that failed; a failed build counts once.
    public var failures: Int {
      runs.count { $0.outcome.failure != nil } + (buildFailure == nil ? 0 : 1)
    }
  }

  /// Builds and runs everything.
  ///
  /// - Parameters:
  ///   - source: The RTL of an architecture.
  ///   - finished: Called with each result, in any order.
  /// - Throws: ``LockStepError/cancelled``; all else is in the results.
  public func run(
    _ builder: RTLBuilder, source: @escaping @Sendable (Architecture) -> RTLSource,
    observer: (@Sendable (Target) -> Verifier.Observer?)? = nil,
    finished: @Sendable (TargetResult) -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: TargetResult.self) { group in
      var waiting = targets.makeIterator()
      func startNext() {
        guard let target = waiting.next() else { return }
        group.addTask { try await run(target, builder, source, observer?(target)) }
      }
      for _ in 0..<width { startNext() }
      while let result = try await group.next() {
        finished(result)
        startNext()
      }
    }
  }

  private func run(
    _ target: Target, _ builder: RTLBuilder, _ source: @Sendable (Architecture) -> RTLSource,
    _ observer: Verifier.Observer?
  ) async throws -> TargetResult {
    let rtl = source(target.architecture)
    var result = TargetResult(target: target)
    let library: RTLLibrary
    let begin = ContinuousClock.now
    do {
      library = try await builder.library(for: rtl)
      result.buildSeconds = (ContinuousClock.now - begin) / .seconds(1)
    } catch LockStepError.cancelled {
      throw LockStepError.cancelled
    } catch {
      result.buildFailure = error
      return result
    }
    let comparison = comparison ?? (library.hasProbe ? .state : .outputs)
    guard comparison != .state || library.hasProbe else {
      result.buildFailure = .portsRefused(
        top: rtl.top, problems: ["probe_o: expected, to compare the state; found none"])
      return result
    }
    result.comparison = comparison
    var verifier = Verifier(target.architecture, library, comparison: comparison)
    verifier.patience = patience
    let coverageFile = NSTemporaryDirectory() + "setun-coverage-\(UUID().uuidString)"
    if builder.countsCoverage { verifier.coverageFile = coverageFile }
    defer { try? FileManager.default.removeItem(atPath: coverageFile) }
    for index in scenarios {
      // Long runs without a pause would keep other builds from going on.
      await Task.yield()
      guard !Task.isCancelled else { throw LockStepError.cancelled }
      let id = ScenarioID(seed: seed, architecture: target.number, index: index)
      let outcome = verifier.run(verifier.scenario(id), observer: observer)
      result.runs.append(Run(id: id, outcome: outcome))
      if builder.countsCoverage { try result.coverage.add(contentsOf: coverageFile) }
    }
    if discardsLibraries && result.failures == 0 { try builder.discard(rtl) }
    return result
  }
}
