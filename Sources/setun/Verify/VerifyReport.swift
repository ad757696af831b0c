import Architecture
import Foundation
import LockStep
import Report
import Verification

/// What a verification found, for the files that it writes.
protocol VerificationReport {
  /// The first difference, for a waveform around it.
  var firstDivergence: (divergence: Divergence, clockMHz: Double)? { get }
  var junit: JUnit { get }
  var json: String { get throws }
}

/// What a campaign found, for the terminal, JSON and JUnit.
struct VerifyReport: VerificationReport {
  let results: [Campaign.TargetResult]
  private let campaign: Campaign
  private let repeating: (ScenarioID) -> String

  init(
    _ results: [Campaign.TargetResult], campaign: Campaign,
    repeating: @escaping (ScenarioID) -> String
  ) {
    self.results = results
    self.campaign = campaign
    self.repeating = repeating
  }

  /// Scenarios and builds that failed.
  var failures: Int { results.reduce(0) { $0 + $1.failures } }

  private var outcomes: [Verifier.Outcome] { results.flatMap { $0.runs.map(\.outcome) } }

  var firstDivergence: (divergence: Divergence, clockMHz: Double)? {
    for result in results {
      for run in result.runs {
        if case .divergence(let divergence)? = run.outcome.failure {
          return (divergence, result.target.architecture.parameters.clockMHz)
        }
      }
    }
    return nil
  }

  // MARK: Text

  /// Every failure.
  var failureTexts: [String] {
    results.flatMap { result in
      let name = result.target.architecture.parameters.name
      let build = result.buildFailure.map { ["FAILED \(name): \($0)"] } ?? []
      return build
        + result.runs.compactMap { run in
          run.outcome.failure.map { failure in
            """
            FAILED \(name), scenario \(run.id) (\(run.outcome.kind.rawValue)): \(failure)
            Repeat with: \(repeating(run.id))
            """
          }
        }
    }
  }

  /// What was compared, and how many differences there are.
  var summary: String {
    let outcomes = outcomes
    let kinds = Scenario.Kind.allCases.compactMap { kind in
      let count = outcomes.count { $0.kind == kind }
      return count == 0 ? nil : "\(count) \(kind.rawValue)"
    }
    let comparisons = Verifier.Comparison.allCases.filter { comparison in
      results.contains { $0.comparison == comparison }
    }
    var rows = [
      ("architectures", "\(results.count)"),
      ("scenarios", "\(outcomes.count): \(kinds.joined(separator: ", "))"),
      ("jobs", outcomes.reduce(0) { $0 + $1.jobs }.grouped),
      (
        "compared",
        "\(Int(outcomes.reduce(0) { $0 + $1.cycles }).grouped) cycles, "
          + "\(Int(outcomes.reduce(0) { $0 + $1.words }).grouped) words "
          + "(\(comparisons.map(\.rawValue).joined(separator: ", ")))"
      ),
      ("differences", differences),
      (
        "time",
        String(
          format: "%.0f s of builds, %.0f s of runs",
          results.reduce(0) { $0 + $1.buildSeconds }, outcomes.reduce(0) { $0 + $1.seconds })
      ),
    ]
    if let parameters {
      let seen = parameters.parameters.reduce(0) { $0 + $1.seen.count }
      let missing = parameters.parameters.reduce(0) { $0 + $1.missing.count }
      rows.append(
        (
          "parameters",
          "\(seen) of \(seen + missing) values, \(parameters.seenPairs.grouped) of "
            + "\(parameters.legalPairs.grouped) pairs of values"
        ))
    }
    return rows.map { $0.0.padding(toLength: 15, withPad: " ", startingAt: 0) + $0.1 }
      .joined(separator: "\n")
  }

  private var differences: String {
    let builds = results.count { $0.buildFailure != nil }
    let scenarios = failures - builds
    let texts =
      (scenarios > 0 ? ["in \(scenarios) of \(outcomes.count) scenarios"] : [])
      + (builds > 0 ? ["\(builds) of \(results.count) architectures not built"] : [])
    return texts.isEmpty ? "0" : texts.joined(separator: ", ")
  }

  /// How much of the parameter space was drawn, if it was.
  private var parameters: ParameterCoverage? {
    let drawn = results.compactMap(\.target.drawn)
    guard !drawn.isEmpty else { return nil }
    var coverage = ParameterCoverage()
    for one in drawn { coverage.add(one) }
    return coverage
  }

  // MARK: JUnit

  /// One suite for each architecture, one case for each scenario.
  var junit: JUnit {
    JUnit(
      suites: results.map { result in
        let build = result.buildFailure.map {
          [JUnit.Case(name: "build", seconds: 0, failure: "\($0)")]
        }
        return JUnit.Suite(
          name: result.target.architecture.parameters.name,
          cases: (build ?? [])
            + result.runs.map { run in
              JUnit.Case(
                name: "\(run.id) \(run.outcome.kind.rawValue)", seconds: run.outcome.seconds,
                failure: run.outcome.failure.map { "\($0)\nRepeat with: \(repeating(run.id))" })
            })
      })
  }

  // MARK: JSON

  private struct Document: Encodable {
    struct Target: Encodable {
      let name: String
      let configurationHash: String
      let comparison: String?
      let buildFailure: String?
      let scenarios: [ScenarioResult]
    }
    struct ScenarioResult: Encodable {
      let id: String
      let kind: String
      let jobs: Int
      let cycles: UInt64
      let words: UInt64
      let failure: String?
      let repeated: String?

      enum CodingKeys: String, CodingKey {
        case id, kind, jobs, cycles, words, failure
        case repeated = "repeat"
      }
    }
    struct Parameter: Encodable {
      let name: String
      let seen: [String]
      let missing: [String]
    }
    let seed: Int
    let failures: Int
    let architectures: [Target]
    let parameters: [Parameter]?
    let seenPairs: Int?
    let legalPairs: Int?
  }

  var json: String {
    get throws {
      let parameters = parameters
      let document = Document(
        seed: campaign.seed, failures: failures,
        architectures: results.map { result in
          Document.Target(
            name: result.target.architecture.parameters.name,
            configurationHash: result.target.architecture.configurationHashHex,
            comparison: result.comparison?.rawValue,
            buildFailure: result.buildFailure.map { "\($0)" },
            scenarios: result.runs.map { run in
              Document.ScenarioResult(
                id: "\(run.id)", kind: run.outcome.kind.rawValue, jobs: run.outcome.jobs,
                cycles: run.outcome.cycles, words: run.outcome.words,
                failure: run.outcome.failure.map { "\($0)" },
                repeated: run.outcome.failure.map { _ in repeating(run.id) })
            })
        },
        parameters: parameters?.parameters.map {
          Document.Parameter(name: $0.name, seen: $0.seen, missing: $0.missing)
        },
        seenPairs: parameters?.seenPairs, legalPairs: parameters?.legalPairs)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }
  }
}
