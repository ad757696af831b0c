import ArgumentParser
import Foundation
import LockStep
import Verification

/// `setun verify-simulator`: the simulator of jobs against the stepped cycle-level model.
struct VerifySimulatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-simulator",
    abstract:
      "Hold the fast simulator of jobs against the cycle-level model, in all that it returns.",
    discussion: """
      Architectures, memories (ideal, stalling at random, DRAM), jobs and operands are drawn from \
      the seed: on each architecture four jobs, one by one and as a list. Every output, every \
      event and the cycles have to be equal, with values and without.

        setun verify-simulator --architectures 10000 --seed 1

      Exit status: 0 when everything agrees, 1 when something differs, 64 when the arguments are \
      wrong, 130 when interrupted.
      """)

  @Option(help: ArgumentHelp("Compare on this many architectures.", valueName: "n"))
  var architectures = 1000

  @OptionGroup var options: CampaignOptions

  func validate() throws {
    guard architectures >= 1 else {
      throw ValidationError("--architectures: expected 1 or more, found \(architectures)")
    }
  }

  func run() async throws {
    let campaign = SimulatorCampaign(seed: options.seed)
    let progress = Progress()
    defer { progress.finish() }
    let architectures = architectures
    let total = try await options.total(
      of: architectures, from: SimulatorCampaign.Outcome(), adding: +=,
      { try campaign.run(architecture: $0) },
      progress: { progress.update("\($1) of \(architectures) architectures") })
    progress.finish()
    for difference in total.differences.prefix(20) {
      print(
        "FAILED \(difference)\nRepeat with: setun verify-simulator --architectures 1 --seed "
          + "\(options.seed) --first \(difference.architecture)\n")
    }
    print(
      "\(total.runs) runs on \(architectures) architectures, \(total.cycles) cycles, "
        + "\(total.outputs) outputs, \(total.overflows) overflows: \(total.differences.count) differ"
    )
    if !total.differences.isEmpty { throw ExitCode.failure }
  }
}
