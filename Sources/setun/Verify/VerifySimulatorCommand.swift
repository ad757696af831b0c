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

  @Option(help: "The seed of all that is drawn.")
  var seed = 1

  @Option(help: ArgumentHelp("The number of the first architecture.", valueName: "n"))
  var first = 0

  @Option(help: ArgumentHelp("Threads. Default: one for each core.", valueName: "n"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard architectures >= 1 else {
      throw ValidationError("--architectures: expected 1 or more, found \(architectures)")
    }
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
    let campaign = SimulatorCampaign(seed: seed)
    let progress = Progress()
    defer { progress.finish() }
    var total = SimulatorCampaign.Outcome()
    var done = 0
    try await withThrowingTaskGroup(of: SimulatorCampaign.Outcome.self) { group in
      var numbers = (first..<first + architectures).makeIterator()
      func add() {
        guard let number = numbers.next() else { return }
        group.addTask {
          try Task.checkCancellation()
          return try campaign.run(architecture: number)
        }
      }
      for _ in 0..<threads { add() }
      while let outcome = try await group.next() {
        total += outcome
        done += 1
        progress.update("\(done) of \(architectures) architectures")
        add()
      }
    }
    progress.finish()
    for difference in total.differences.prefix(20) {
      print(
        "FAILED \(difference)\nRepeat with: setun verify-simulator --architectures 1 --seed "
          + "\(seed) --first \(difference.architecture)\n")
    }
    print(
      "\(total.runs) runs on \(architectures) architectures, \(total.cycles) cycles, "
        + "\(total.outputs) outputs, \(total.overflows) overflows: \(total.differences.count) differ"
    )
    if !total.differences.isEmpty { throw ExitCode.failure }
  }
}
