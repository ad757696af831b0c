public import Architecture
import Foundation
public import LockStep

/// Runs scenarios on mutants of the RTL until each is caught: how good is the checker?
public struct MutationCampaign: Sendable {
  public var architectures: [Architecture]
  public var mutants: [RTLMutator.Mutant]
  public var seed: Int
  /// Scenarios that a mutant has to survive on each architecture.
  public var scenarios: Int

  public init(
    architectures: [Architecture], mutants: [RTLMutator.Mutant], seed: Int, scenarios: Int
  ) {
    self.architectures = architectures
    self.mutants = mutants
    self.seed = seed
    self.scenarios = scenarios
  }

  /// What became of a mutant.
  public struct Result: Sendable {
    public var mutant: RTLMutator.Mutant
    /// The scenario that caught it, and how; `nil` for a survivor.
    public var caught: (id: ScenarioID, failure: ScenarioFailure)?
  }

  /// Builds all mutants at once for each architecture and runs those that are still alive.
  ///
  /// - Parameters:
  ///   - source: The RTL with the mutants in it, of an architecture.
  ///   - progress: Called with the mutants that are done and all.
  /// - Throws: ``LockStepError`` for a build that fails; ``MutationError`` when the RTL with all
  ///   mutants switched off does not agree with the model.
  public func run(
    _ builder: RTLBuilder, source: @Sendable (Architecture) -> RTLSource,
    progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) async throws -> [Result] {
    var builder = builder
    // What assertions find is not found by the comparison, which is to be measured.
    builder.checksAssertions = false
    var results = mutants.map { Result(mutant: $0) }
    for (number, architecture) in architectures.enumerated() {
      let library = try await builder.library(for: source(architecture))
      let verifier = Verifier(architecture, library, comparison: .state)
      for index in 0..<scenarios {
        let id = ScenarioID(seed: seed, architecture: number, index: index)
        if let failure = verifier.run(verifier.scenario(id)).failure {
          throw MutationError(scenario: id, failure: failure)
        }
      }
      let alive = results.indices.filter {
        results[$0].caught == nil && architecture.mayInstantiate(results[$0].mutant.file)
      }
      let caught = try await run(alive, number, verifier, progress)
      for (index, result) in caught { results[index].caught = result }
    }
    return results
  }

  private typealias Caught = (id: ScenarioID, failure: ScenarioFailure)

  private func run(
    _ indices: [Int], _ architecture: Int, _ verifier: Verifier,
    _ progress: @Sendable (Int, Int) -> Void
  ) async throws -> [(Int, Caught?)] {
    try await withThrowingTaskGroup(of: (Int, Caught?).self) { group in
      var waiting = indices.makeIterator()
      func startNext() {
        guard let index = waiting.next() else { return }
        group.addTask {
          guard !Task.isCancelled else { throw LockStepError.cancelled }
          return (index, firstFailure(of: index + 1, architecture, verifier))
        }
      }
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount { startNext() }
      var results: [(Int, Caught?)] = []
      while let result = try await group.next() {
        results.append(result)
        progress(results.count, indices.count)
        startNext()
      }
      return results
    }
  }

  private func firstFailure(
    of number: Int, _ architecture: Int, _ verifier: Verifier
  ) -> Caught? {
    var verifier = verifier
    verifier.mutant = number
    for index in 0..<scenarios {
      let id = ScenarioID(seed: seed, architecture: architecture, index: index)
      if let failure = verifier.run(verifier.scenario(id)).failure { return (id, failure) }
    }
    return nil
  }
}

extension Architecture {
  /// Whether the module of a file can be in the design: there is one tree of many.
  fileprivate func mayInstantiate(_ file: String) -> Bool {
    guard let range = file.range(of: "setun_tree_"), file.hasSuffix(".sv") else { return true }
    let tree = file[range.upperBound...].dropLast(3)
    let isDatapath = Parameters.Datapath.allCases.contains { $0.rawValue.hasPrefix(tree) }
    return !isDatapath || parameters.datapath.rawValue.hasPrefix(tree)
  }
}

/// The RTL with mutants in it, all switched off, is not what it was.
public struct MutationError: Error, CustomStringConvertible {
  public var scenario: ScenarioID
  public var failure: ScenarioFailure

  public var description: String {
    "the RTL without any mutant fails scenario \(scenario): \(failure)"
  }
}
