import ArgumentParser
import Exploration
import Foundation

/// `setun explore merge`: the shards of a sweep in one store.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put the shards of a sweep together, and say which are missing.",
    discussion: """
        setun explore merge sweep.sqlite
        setun explore merge sweep.sqlite from-here/*.sqlite from-there/*.sqlite

      Merging again does no harm; shards that were not there yet, or have grown, are added.

      Exit status: 0 when the sweep is complete, 1 when shards are missing or cannot be used.
      """)

  @Argument(help: "The store that all go into.", completion: .file(extensions: ["sqlite"]))
  var store: String

  @Argument(
    help: "Stores of shards. Default: those in the folder that --shard writes to.",
    completion: .file(extensions: ["sqlite"]))
  var shards: [String] = []

  func run() throws {
    let files = try shards.isEmpty ? Self.files(inFolderOf: store) : shards
    let merged = try ExplorationStore.merging(files, into: store)
    try Terminal.write(try SweepSummary(merged).text)
    let progress = try merged.progress()
    guard !progress.isComplete else { return }
    let missing = try merged.unfinishedShards().map { "\($0.index)" }
    throw Failure(
      "\(missing.count) of \(merged.sweep.shard.count) shards are missing or unfinished: "
        + missing.joined(separator: ", "))
  }

  private static func files(inFolderOf store: String) throws -> [String] {
    let folder = Shard.folder(ofStore: store)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let files = names.filter { $0.hasSuffix(".sqlite") }
    guard !files.isEmpty else {
      throw Failure("\(folder): expected the stores of shards, found none")
    }
    // Of 1-of-16 and 10-of-16 the first is first.
    return files.sorted { ($0.count, $0) < ($1.count, $1) }.map { "\(folder)/\($0)" }
  }
}
