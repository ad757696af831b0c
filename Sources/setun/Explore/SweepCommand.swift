import ArgumentParser
import Exploration
import Foundation
import LockStep

/// `setun explore sweep`: evaluates the points of a space into a store.
struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Evaluate the points of a space, and find those on the front.",
    discussion: """
      Results go to a store, an SQLite file. A sweep that was interrupted or killed continues when \
      the command is given again. Results do not depend on the number of threads.

      A sample of the points is run again on the cycle-level model, layer by layer, and must come to \
      the same counts.

      --shard runs one part of several, for machines that share no memory: 3/16, or 'slurm' for what \
      the variables of a Slurm job array say. 'setun explore submit' writes such jobs, 'setun \
      explore merge' puts their results together.

      Exit status: 0 when all is evaluated and the sample agrees, 1 when something differs or cannot \
      be used, 64 when the arguments are wrong, 130 when interrupted.
      """)

  @OptionGroup var options: SweepOptions

  @Option(help: ArgumentHelp("Run one part of several: 3/16, or slurm.", valueName: "i/n"))
  var shard: ShardArgument?

  @Option(help: ArgumentHelp("Threads. Default: one for each core.", valueName: "n"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help: ArgumentHelp(
      "Run this share of the points again on the cycle-level model; 0 for none.",
      valueName: "share"))
  var sample = 0.01

  @Option(
    help: ArgumentHelp(
      "Leave points of the sample out that would bring it to more cycles than this.",
      valueName: "cycles"))
  var sampleCycles = 20_000_000

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads: expected 1 to 1024, found \(threads)")
    }
    guard (0...1).contains(sample) else {
      throw ValidationError("--sample: expected a number from 0 to 1, found \(sample)")
    }
    guard sampleCycles > 0 else {
      throw ValidationError("--sample-cycles: expected 1 or more, found \(sampleCycles)")
    }
  }

  func run() async throws {
    let command = self
    try await interruptible(hint: "the same command continues the sweep") {
      try await command.explore()
    }
  }

  private func explore() async throws {
    let progress = Progress()
    defer { progress.finish() }
    let (whole, perplexities) = try options.loaded { numerics, share in
      // Few steps, because each is a line of its own where nobody watches a terminal.
      progress.update("perplexity in \(numerics): \(Int(share * 20) * 5)%")
    }
    let shard = try shard?.shard() ?? .whole
    let sweep = whole.with(shard)
    let path = try storePath(whole, shard)
    let evaluators = try sweep.evaluators(perplexities)
    let runner = try SweepRunner(sweep, evaluators: evaluators, threads: threads)
    let store = try await runner.run(into: path) { state in
      // In steps, for where every one of them is a line in a log.
      progress.update("\(20 * state.blocks / state.allBlocks * 5)% of \(sweep.space.name)")
    }
    let sample = try await runSample(of: store, evaluators, progress)
    progress.finish()
    try Terminal.write(try SweepSummary(store, sample: sample).text)
    if try store.verifications().contains(where: { $0.difference != nil }) {
      throw Failure("points differ on the cycle-level model")
    }
  }

  private func storePath(_ sweep: Sweep, _ shard: Shard) throws -> String {
    let path = options.path(of: sweep)
    guard shard.count > 1 else { return path }
    try FileManager.default.createDirectory(
      atPath: Shard.folder(ofStore: path), withIntermediateDirectories: true)
    return shard.file(ofStore: path)
  }

  /// Runs what of the sample has not run in an earlier go.
  private func runSample(
    of store: ExplorationStore, _ evaluators: [Evaluator], _ progress: Progress
  ) async throws -> VerificationSample? {
    guard sample > 0 else { return nil }
    progress.update("choosing points to run again")
    let sample = try VerificationSample(
      of: store, share: sample, mostCycles: sampleCycles, evaluators: evaluators)
    _ = try await sample.run(into: store, threads: threads) { done in
      progress.update("\(done) of \(sample.replays.count) points run again on the model")
    }
    return sample
  }
}

/// The value of `--shard`.
struct ShardArgument: ExpressibleByArgument {
  private let text: String

  init?(argument: String) { text = argument }

  /// The part that is meant.
  ///
  /// - Throws: `ValidationError` when the text, or Slurm's variables, do not say.
  func shard(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Shard {
    guard text != "slurm" else { return try Self.slurmShard(environment) }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], count <= 100_000,
      index >= 1, index <= count
    else {
      throw ValidationError("--shard: expected i/n with i from 1 to n, or slurm, found \(text)")
    }
    return Shard(index, of: count)
  }

  /// Source: sbatch(1), job arrays.
  private static func slurmShard(_ environment: [String: String]) throws -> Shard {
    func variable(_ name: String) throws -> Int {
      guard let value = environment["SLURM_ARRAY_TASK_\(name)"].flatMap({ Int($0) }) else {
        throw ValidationError(
          "--shard slurm: expected SLURM_ARRAY_TASK_\(name) in the environment of a job array")
      }
      return value
    }
    let (id, first, last) = (try variable("ID"), try variable("MIN"), try variable("MAX"))
    guard try variable("COUNT") == last - first + 1, (first...max(first, last)).contains(id) else {
      throw ValidationError(
        "--shard slurm: expected an array without gaps, as in --array=1-16; with gaps, say "
          + "--shard $SLURM_ARRAY_TASK_ID/16")
    }
    return Shard(id - first + 1, of: last - first + 1)
  }
}
