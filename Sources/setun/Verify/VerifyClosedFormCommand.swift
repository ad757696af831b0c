import ArgumentParser
import Foundation
import LockStep
import Verification

/// `setun verify-closed-form`: the closed form against the cycle-level model.
struct VerifyClosedFormCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-closed-form",
    abstract: "Hold the closed form against the cycle-level model, in every event.",
    discussion: """
      Architectures, memories and descriptors are drawn from the seed, eight jobs for each \
      architecture. Every event of every job has to be equal.

        setun verify-closed-form --pairs 1000000 --seed 1

      Exit status: 0 when everything agrees, 1 when something differs, 64 when the arguments are \
      wrong, 130 when interrupted.
      """)

  @Option(help: ArgumentHelp("Compare at least this many jobs.", valueName: "n"))
  var pairs = 10_000

  @OptionGroup var options: CampaignOptions

  func validate() throws {
    guard pairs >= 1 else { throw ValidationError("--pairs: expected 1 or more, found \(pairs)") }
  }

  func run() async throws {
    let campaign = ClosedFormCampaign(seed: options.seed)
    let progress = Progress()
    defer { progress.finish() }
    let jobs = ClosedFormCampaign.jobsPerArchitecture
    let architectures = (pairs + jobs - 1) / jobs
    let total = try await options.total(
      of: architectures, from: ClosedFormCampaign.Outcome(), adding: +=,
      { try campaign.run(architecture: $0) },
      progress: { total, _ in progress.update("\(total.pairs) of \(architectures * jobs) jobs") })
    progress.finish()
    for difference in total.differences.prefix(20) {
      print("FAILED \(difference)\nRepeat with: \(repeatCommand(difference))\n")
    }
    print(
      "\(total.pairs) jobs on \(architectures) architectures, \(total.cycles) cycles: "
        + "\(total.differences.count) differ")
    if !total.differences.isEmpty { throw ExitCode.failure }
  }

  private func repeatCommand(_ difference: ClosedFormCampaign.Difference) -> String {
    "setun verify-closed-form --pairs 1 --seed \(options.seed) --first \(difference.architecture)"
  }
}
