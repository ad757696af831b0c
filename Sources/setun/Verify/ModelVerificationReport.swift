import Architecture
import Foundation
import LockStep
import Report
import Verification
import Workload

/// What whole layers in RTL came to, for the terminal, JSON and JUnit.
struct ModelVerificationReport: VerificationReport {
  let model: String
  let tokens: Int
  let architecture: Architecture
  let comparison: Verifier.Comparison
  let outcomes: [LayerVerifier.Outcome]
  /// From the loading of the model to the last comparison.
  let seconds: Double
  let repeating: (LayerVerifier.Outcome) -> String

  var failures: Int { outcomes.count { $0.failure != nil } }

  var firstDivergence: (divergence: Divergence, clockMHz: Double)? {
    for outcome in outcomes {
      if case .divergence(let divergence)? = outcome.failure {
        return (divergence, architecture.parameters.clockMHz)
      }
    }
    return nil
  }

  /// Every failure, then the summary.
  var text: String {
    let texts = outcomes.compactMap { outcome in
      outcome.failure.map {
        "FAILED \(outcome.layer) (\(outcome.shape)): \($0)\nRepeat with: \(repeating(outcome))"
      }
    }
    return (texts + [summary]).joined(separator: "\n\n")
  }

  private var summary: String {
    let cycles = outcomes.reduce(0) { $0 + $1.cycles }
    let ran = outcomes.reduce(0) { $0 + $1.seconds }
    let parameters = architecture.parameters
    let rows = [
      ("model", "\(model), \(outcomes.count) layers, tokens at once: \(tokens)"),
      ("architecture", "\(parameters.name), \(parameters.rows) × \(parameters.lanes)"),
      (
        "compared",
        "\(outcomes.reduce(0) { $0 + $1.sums }.grouped) sums with the reference runtime, "
          + "\(outcomes.reduce(0) { $0 + $1.exactSums }.grouped) with the oracle, \(outcomes.reduce(0) { $0 + $1.counters }.grouped) counters "
          + "(\(comparison.rawValue))"
      ),
      (
        "cycles",
        Int(cycles).grouped
          + (ran > 0 ? ", \(Int(Double(cycles) / ran).grouped) a second of CPU time" : "")
      ),
      ("differences", failures == 0 ? "0" : "in \(failures) of \(outcomes.count) layers"),
      ("time", String(format: "%.1f s; CPU time of the RTL: %.1f s", seconds, ran)),
    ]
    return rows.map { $0.0.padding(toLength: 15, withPad: " ", startingAt: 0) + $0.1 }
      .joined(separator: "\n")
  }

  var junit: JUnit {
    JUnit(suites: [
      JUnit.Suite(
        name: "\(model) on \(architecture.parameters.name)",
        cases: outcomes.map { outcome in
          JUnit.Case(
            name: outcome.layer, seconds: outcome.seconds,
            failure: outcome.failure.map { "\($0)\nRepeat with: \(repeating(outcome))" })
        })
    ])
  }

  private struct Document: Encodable {
    struct Layer: Encodable {
      let name: String
      let m: Int
      let n: Int
      let k: Int
      let cycles: UInt64
      let sums: Int
      let exactSums: Int
      let counters: Int
      let seconds: Double
      let failure: String?
    }
    let model: String
    let configurationHash: String
    let comparison: String
    let failures: Int
    let layers: [Layer]
  }

  var json: String {
    get throws {
      let document = Document(
        model: model, configurationHash: architecture.configurationHashHex,
        comparison: comparison.rawValue, failures: failures,
        layers: outcomes.map {
          Document.Layer(
            name: $0.layer, m: $0.shape.m, n: $0.shape.n, k: $0.shape.k, cycles: $0.cycles,
            sums: $0.sums, exactSums: $0.exactSums, counters: $0.counters, seconds: $0.seconds,
            failure: $0.failure.map { "\($0)" })
        })
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }
  }
}
