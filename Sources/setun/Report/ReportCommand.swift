import ArgumentParser
import Exploration
import Foundation
import Report

/// `setun report`: results as one page to look at, and as a table.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make a page of an exploration, or of up to five runs beside each other.",
    discussion: """
      Takes the store of 'setun explore', or JSON files of 'setun run'. Writes one HTML page that \
      opens without a network: the points of a sweep in a chart and a table that belong together, \
      designs side by side and with baselines, and of each design its blocks, layers, roofline and \
      utilisation over time. The comparison is printed as a table too.

        setun report sweep.sqlite
        setun report sweep.sqlite --design 3f2a --design 91c0
        setun report default.json edge.json --output both.html

      Exit status: 0 when the page was written, 1 when an input cannot be used, 64 when the arguments \
      are wrong.
      """)

  /// As many as can be told apart at a glance.
  static let mostDesigns = 5

  @Argument(
    help: "The store of a sweep, or up to five JSON reports of runs.",
    completion: .file(extensions: ["sqlite", "json"]))
  var inputs: [String]

  @Option(name: [.short, .long], help: "Write the page to this path.", completion: .file())
  var output = "setun-report.html"

  @Option(help: "Write what the page shows as JSON to this path.", completion: .file())
  var json: String?

  @Option(help: "Write the comparison as CSV to this path.", completion: .file())
  var csv: String?

  @Option(
    name: .customLong("design"),
    help: ArgumentHelp(
      """
      Show this point of the store in detail, up to five times. Default: the best in each objective, \
      and a compromise.
      """, valueName: "hash"))
  var designs: [String] = []

  @Option(
    help: ArgumentHelp(
      "Show at most so many points of the store: the front first, then a sample.",
      valueName: "n"))
  var points = 10_000

  @Flag(
    name: .customLong("no-cpu"),
    help: "Of a store: do not time the layers of its workloads on this machine's CPU.")
  var noCPU = false

  func validate() throws {
    if inputs.isEmpty { throw ValidationError("expected a store or a JSON report, found nothing") }
    if inputs.count > Self.mostDesigns {
      throw ValidationError(
        "expected up to \(Self.mostDesigns) JSON reports, found \(inputs.count)")
    }
    if designs.count > Self.mostDesigns {
      throw ValidationError("--design: expected up to \(Self.mostDesigns), found \(designs.count)")
    }
    if points < 1 { throw ValidationError("--points: expected 1 or more, found \(points)") }
  }

  func run() throws {
    for path in [output, json, csv].compactMap({ $0 }) { try OutputFile.checkWritable(path) }
    let page = try page()
    try OutputFile.write(page.html(), to: output)
    if let json { try OutputFile.write(page.json, to: json) }
    if let csv { try OutputFile.write(page.csv, to: csv) }
    let terminal = Terminal()
    let files = [("HTML", output), ("JSON", json), ("CSV", csv)]
      .compactMap { name, path in path.map { "\(name) \($0)" } }
    try Terminal.write(
      "\(page.text(width: terminal.width, color: terminal.hasColor))\n"
        + files.joined(separator: "\n"))
  }

  private func page() throws -> ReportPage {
    let command = ["setun"] + CommandLine.arguments.dropFirst()
    let stores = try inputs.filter(Self.isDatabase)
    if let store = stores.first {
      guard inputs.count == 1 else {
        throw Failure("\(store): expected one store alone, found \(inputs.count) files")
      }
      let progress = Progress()
      defer { progress.finish() }
      return try StoreReport(
        ExplorationStore(readingFrom: store), designs: designs, mostPoints: points,
        measuresCPU: !noCPU, progress
      ).page(command: command)
    }
    guard designs.isEmpty else {
      throw Failure("--design: expected a store to take it from, found \(inputs[0])")
    }
    let runs = try inputs.map { try RunReport(json: Self.text(of: $0), file: $0) }
    return runs.count == 1
      ? ReportPage(runs[0]) : ReportPage(comparing: runs, command: command)
  }

  /// Whether the file begins as every SQLite database does.
  private static func isDatabase(_ path: String) throws -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Failure("cannot read \(path): \(String(cString: strerror(errno)))")
    }
    defer { try? file.close() }
    return try file.read(upToCount: 16) == Data("SQLite format 3\0".utf8)
  }

  private static func text(of path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(data: data, encoding: .utf8)
    else { throw Failure("\(path): expected text in UTF-8, or the store of a sweep") }
    return text
  }
}
