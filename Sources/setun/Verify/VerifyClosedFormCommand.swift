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

  @Option(help: "The seed of all that is drawn.")
  var seed = 1

  @Option(help: ArgumentHelp("The number of the first architecture.", valueName: "n"))
  var first = 0

  @Option(help: ArgumentHelp("Threads. Default: one for each core.", valueName: "n"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard pairs >= 1 else { throw ValidationError("--pairs: expected 1 or more, found \(pairs)") }
    guard first >= 0 else { throw ValidationError("--first: expected 0 or more, found \(first)") }
    guard threads >= 1 else {
      throw ValidationError("--threads: expected 1 or more, found \(threads)")
    }
  }

  func run() async throws {
    let options = self
    do {
      try await cancellingOnInterrupt { try await options.verify() }
    } catch let error where RunCommand.isInterruption(error) {
      FileHandle.standardError.write(Data("setun: interrupted\n".utf8))
      throw ExitCode(130)
    }
  }

  private func verify() async throws {
    let campaign = ClosedFormCampaign(seed: seed)
    let jobs = ClosedFormCampaign.jobsPerArchitecture
    let end = first + (pairs + jobs - 1) / jobs
    let progress = Progress()
    defer { progress.finish() }
    var total = ClosedFormCampaign.Outcome()
    // Small shares, so that threads end together and progress is seen.
    let share = 256
    try await withThrowingTaskGroup(of: ClosedFormCampaign.Outcome.self) { group in
      var next = first
      func add() {
        let numbers = next..<min(next + share, end)
        guard !numbers.isEmpty else { return }
        next = numbers.upperBound
        group.addTask {
          var outcome = ClosedFormCampaign.Outcome()
          for number in numbers {
            try Task.checkCancellation()
            outcome += try campaign.run(architecture: number)
          }
          return outcome
        }
      }
      for _ in 0..<threads { add() }
      while let outcome = try await group.next() {
        total += outcome
        progress.update("\(total.pairs) of \((end - first) * jobs) jobs")
        add()
      }
    }
    progress.finish()
    for difference in total.differences.prefix(20) {
      print("FAILED \(difference)\nRepeat with: \(repeatCommand(difference))\n")
    }
    print(
      "\(total.pairs) jobs on \(end - first) architectures, \(total.cycles) cycles: "
        + "\(total.differences.count) differ")
    if !total.differences.isEmpty { throw ExitCode.failure }
  }

  private func repeatCommand(_ difference: ClosedFormCampaign.Difference) -> String {
    "setun verify-closed-form --pairs 1 --seed \(seed) --first \(difference.architecture)"
  }
}
