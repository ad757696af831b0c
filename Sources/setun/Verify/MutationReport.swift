import Foundation
import Verification

/// How many mutants were caught, and which were not.
struct MutationReport {
  private let results: [MutationCampaign.Result]
  private let candidates: Int
  private let seed: Int
  private let excusals: ExcusalList

  init(
    _ results: [MutationCampaign.Result], candidates: Int, seed: Int, excusals: ExcusalList
  ) {
    self.results = results
    self.candidates = candidates
    self.seed = seed
    self.excusals = excusals
  }

  private var survivors: [RTLMutator.Mutant] {
    results.filter { $0.caught == nil }.map(\.mutant)
  }

  private func reason(_ mutant: RTLMutator.Mutant) -> String? {
    excusals.reason([mutant.file, mutant.original, mutant.mutated])
      ?? excusals.reason([mutant.file, mutant.original, "*"])
  }

  /// Survivors without an excuse.
  var missed: Int { survivors.count { reason($0) == nil } }

  /// The summary, and every survivor.
  var text: String {
    let caught = results.count - survivors.count
    let excused = survivors.count - missed
    let relevant = results.count - excused
    let score = relevant == 0 ? 100 : 100 * Double(caught) / Double(relevant)
    let lines = [
      "mutants   \(results.count) of \(candidates), seed \(seed)",
      "caught    \(caught): \(ways)",
      "survived  \(survivors.count), of which \(excused) are excused",
      String(format: "score     %.1f%% of %d that are not excused", score, relevant),
    ]
    let list = survivors.map { mutant in
      "\(mutant.file):\(mutant.line)\n  original  \(mutant.original)\n  mutant    \(mutant.mutated)\n"
        + "  " + (reason(mutant).map { "excused   \($0)" } ?? "NOT CAUGHT")
    }
    return (lines + list).joined(separator: "\n")
  }

  private var ways: String {
    var counts: [String: Int] = [:]
    for result in results {
      guard let failure = result.caught?.failure else { continue }
      counts[failure.kind, default: 0] += 1
    }
    return counts.sorted { $0.value > $1.value }.map { "\($0.value) \($0.key)" }
      .joined(separator: ", ")
  }

  /// Every mutant in a line: what, where, and what caught it.
  var table: String {
    var text = "# file | line | original | mutant | scenario | caught by\n"
    for result in results {
      let mutant = result.mutant
      let end =
        result.caught.map { "\($0.id) | \($0.failure.kind)" }
        ?? "- | \(reason(mutant).map { "excused: \($0)" } ?? "nothing")"
      text +=
        "\(mutant.file) | \(mutant.line) | \(mutant.original) | \(mutant.mutated) | \(end)\n"
    }
    return text
  }
}

extension ScenarioFailure {
  /// The failure in two words.
  fileprivate var kind: String {
    switch self {
    case .divergence: "state differs"
    case .result: "wrong result"
    case .stopped: "stopped"
    case .deadlock: "deadlock"
    }
  }
}

/// Reasons why something found is no fault, in lines of fields that ` | ` separates, the last one
/// being the reason. Lines that begin with # are comments; there need not be such a file.
struct ExcusalList {
  private var reasons: [[String]: String] = [:]

  /// - Parameter fields: How many fields say what is excused.
  init(_ path: String, fields: Int) throws {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return }
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.hasPrefix("#") && !line.allSatisfy(\.isWhitespace) {
      var parts = line.components(separatedBy: " | ")
        .map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == fields + 1, let reason = parts.popLast(), !reason.isEmpty else {
        throw Failure(
          "\(path):\(number + 1): expected \(fields) fields and a reason with ' | ' between, "
            + "found '\(line)'")
      }
      reasons[parts] = reason
    }
  }

  /// Why `fields` is excused, or `nil`.
  func reason(_ fields: [String]) -> String? { reasons[fields] }
}
