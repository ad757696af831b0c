import Architecture
import Foundation
import LockStep
import Verification

/// Notes what a campaign has done, from any thread, and says each failure when it is found.
final class CampaignLog: @unchecked Sendable {
  private let campaign: Campaign
  private let progress: Progress
  private let repeating: @Sendable (ScenarioID) -> String
  private let lock = NSLock()
  private var results: [Campaign.TargetResult] = []

  init(
    _ campaign: Campaign, _ progress: Progress,
    repeating: @escaping @Sendable (ScenarioID) -> String
  ) {
    self.campaign = campaign
    self.progress = progress
    self.repeating = repeating
  }

  /// Adds a result.
  func add(_ result: Campaign.TargetResult) {
    lock.withLock {
      results.append(result)
      let failures = VerifyReport([result], campaign: campaign, repeating: repeating).failureTexts
      if !failures.isEmpty {
        progress.finish()
        // A closed standard output ends the command when it writes the summary.
        try? Terminal.write(failures.map { $0 + "\n" }.joined(separator: "\n"))
      }
      let failed = results.count { $0.failures > 0 }
      progress.update(
        "\(results.count) of \(campaign.targets.count) architectures, \(result.target.name)"
          + (failed == 0 ? "" : ", \(failed) failed"))
    }
  }

  /// What is known, in the order of the targets.
  var report: VerifyReport {
    let results = lock.withLock { self.results.sorted { $0.target.number < $1.target.number } }
    return VerifyReport(results, campaign: campaign, repeating: repeating)
  }

  /// How many of the first targets are done: what comes after them has to be repeated.
  var completed: Int {
    let done = lock.withLock { Set(results.map(\.target.number)) }
    return campaign.targets.prefix { done.contains($0.number) }.count
  }
}

extension Campaign.Target {
  fileprivate var name: String { architecture.parameters.name }
}
