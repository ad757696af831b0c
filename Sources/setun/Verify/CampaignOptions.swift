import ArgumentParser
import Foundation

/// Which architectures a campaign draws, and on how many threads it runs.
struct CampaignOptions: ParsableArguments {
  @Option(help: "The seed of all that is drawn.")
  var seed = 1

  @Option(help: ArgumentHelp("The number of the first architecture.", valueName: "n"))
  var first = 0

  @Option(help: ArgumentHelp("Threads. Default: one for each core.", valueName: "n"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard first >= 0 else { throw ValidationError("--first: expected 0 or more, found \(first)") }
    guard threads >= 1 else {
      throw ValidationError("--threads: expected 1 or more, found \(threads)")
    }
  }

  /// Runs `body` on `count` architectures and adds up what comes of them.
  ///
  /// - Parameter progress: Receives the sum so far and the number of architectures that are done.
  /// - Throws: What `body` throws; `ExitCode` 130 when interrupted.
  func total<Outcome: Sendable>(
    of count: Int, from zero: Outcome, adding: @escaping @Sendable (inout Outcome, Outcome) -> Void,
    _ body: @escaping @Sendable (Int) throws -> Outcome,
    progress: @escaping @Sendable (Outcome, _ done: Int) -> Void
  ) async throws -> Outcome {
    // Small shares, so that threads end together and progress is seen.
    let (first, end, share) = (first, first + count, min(256, count / (64 * threads) + 1))
    let threads = threads
    return try await interruptible {
      try await withThrowingTaskGroup(of: (Outcome, Int).self) { group in
        var (total, next, done) = (zero, first, 0)
        func add() {
          let numbers = next..<min(next + share, end)
          guard !numbers.isEmpty else { return }
          next = numbers.upperBound
          group.addTask {
            var sum = zero
            for number in numbers {
              try Task.checkCancellation()
              adding(&sum, try body(number))
            }
            return (sum, numbers.count)
          }
        }
        for _ in 0..<threads { add() }
        while let (sum, count) = try await group.next() {
          adding(&total, sum)
          done += count
          progress(total, done)
          add()
        }
        return total
      }
    }
  }
}
