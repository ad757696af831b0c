import ArgumentParser
import Exploration
import Foundation

/// `setun explore submit`: a sweep as a Slurm job array.
struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Run a sweep as a Slurm job array: one task for each shard, then a merge.",
    discussion: """
        setun explore submit space.yaml --slurm --shards 16
        setun explore submit space.yaml --slurm --shards 16 --sbatch=--partition=long

      Writes sweep.sh and merge.sh into the folder of the shards, beside the store, and submits both; \
      the merge waits until every task has ended, however it ended. Given again, it lists what there \
      is of each shard and submits those that are missing or unfinished and not in the queue; an \
      unfinished shard continues where it was killed.

      The folder, the space and the models must be visible under the same paths on every node.
      """)

  @OptionGroup var options: SweepOptions

  @Flag(help: "Submit to Slurm. The only batch system that is known.")
  var slurm = false

  @Option(help: ArgumentHelp("The parts of the sweep.", valueName: "n"))
  var shards: Int

  @Option(
    help: ArgumentHelp("An option for sbatch; may be given several times.", valueName: "option"))
  var sbatch: [String] = []

  @Option(help: ArgumentHelp("Threads, and processors, of each task.", valueName: "n"))
  var threads = 1

  @Flag(help: "Write the scripts and list the shards, and submit nothing.")
  var dryRun = false

  func validate() throws {
    guard slurm else { throw ValidationError("expected --slurm, found no batch system") }
    guard (1...10_000).contains(shards) else {
      throw ValidationError("--shards: expected 1 to 10000, found \(shards)")
    }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads: expected 1 to 1024, found \(threads)")
    }
  }

  func run() throws {
    let sweep = try options.sweep()
    let array = SlurmArray(
      sweep: sweep, store: URL(filePath: options.path(of: sweep)).path, shards: shards,
      threads: threads, options: options, sbatch: sbatch)
    try array.writeScripts()
    let queued = dryRun ? [] : try array.queuedShards()
    let states = Shard.parts(shards).map { shard in
      (shard, sweep.with(shard).state(ofFile: shard.file(ofStore: array.store)))
    }
    try Terminal.write(Self.list(states, queued))
    if let (shard, problem) = Self.unusable(states) {
      throw Failure("shard \(shard): \(problem)")
    }
    let pending = states.filter { $0.1 != .complete && !queued.contains($0.0.index) }
      .map(\.0.index)
    guard !dryRun else {
      return try Terminal.write(
        "\(pending.count) shards would be submitted; scripts in \(array.folder)")
    }
    guard !pending.isEmpty || queued.isEmpty else {
      return try Terminal.write("All that is missing is in the queue.")
    }
    try Terminal.write(try array.submit(pending))
  }

  private static func unusable(_ states: [(Shard, ShardState)]) -> (Shard, String)? {
    for case (let shard, .unusable(let problem)) in states { return (shard, problem) }
    return nil
  }

  private static func list(_ states: [(Shard, ShardState)], _ queued: Set<Int>) -> String {
    let lines = states.map { shard, state in
      let text =
        switch state {
        case .missing: "missing"
        case .partial(let done, let all): "\(done) of \(all) blocks"
        case .complete: "complete"
        case .unusable: "unusable"
        }
      return "  \(shard): \(text)" + (queued.contains(shard.index) ? ", in the queue" : "")
    }
    let complete = states.count { $0.1 == .complete }
    return "\(complete) of \(states.count) shards are complete\n" + lines.joined(separator: "\n")
  }
}
