import Architecture
import ArgumentParser
import Exploration
import Foundation
import Report

/// `setun explore export`: points of a store as architecture files.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write points of a store as architecture files, for run, verify and emit.",
    discussion: """
        setun explore export sweep.sqlite 1a2b3c --output mine.yaml
        setun run --architecture mine.yaml
      """)

  @Argument(help: "The store of a sweep.", completion: .file(extensions: ["sqlite"]))
  var store: String

  @Argument(help: ArgumentHelp("Hashes of points, or how they begin.", valueName: "hash"))
  var hashes: [String] = []

  @Flag(help: "Write all points of the front.")
  var front = false

  @Option(
    name: [.short, .long],
    help: """
      The folder to write to, with a file point-HASH.yaml for each; for one point also the name of \
      a file that ends in .yaml.
      """,
    completion: .directory)
  var output = "."

  func validate() throws {
    guard hashes.isEmpty == front else {
      throw ValidationError(
        "expected hashes of points or --front, found \(front ? "both" : "neither")")
    }
    if output.hasSuffix(".yaml") && hashes.count != 1 {
      throw ValidationError("--output: expected a folder for several points, found \(output)")
    }
  }

  func run() throws {
    let store = try ExplorationStore(readingFrom: store)
    let points =
      front
      ? try store.points(in: .front)
      : try hashes.map { hash throws(ExplorationError) in try store.point(hash: hash) }
    let isFile = output.hasSuffix(".yaml")
    if !isFile {
      try FileManager.default.createDirectory(
        atPath: output, withIntermediateDirectories: true)
    }
    for point in points {
      let design = try store.design(of: point)
      let path = isFile ? output : "\(output)/\(design.architecture.parameters.name).yaml"
      try OutputFile.write(design.architecture.yaml, to: path)
      try Terminal.write(path)
    }
  }
}
