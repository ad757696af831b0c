import Architecture
import ArgumentParser
import Calibration
import Energy
import Foundation
import LockStep
import RTLSources
import Report

/// `setun calibrate`: energies, areas and delays of a cell library, measured on the project's own RTL.
struct CalibrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Measure what the RTL costs in a cell library, and write a technology file.",
    discussion: """
      Takes the tree array of every datapath, in many sizes and pipelinings, through Yosys to the \
      cells of a Liberty file; runs each netlist gate by gate, with delays, on activations and \
      weights of the built-in model; compares every sum; and fits energy to Hamming distances, area \
      and leakage to counts of parts. The other blocks are measured in whole accelerators that run \
      jobs, and fitted to what happens in them. Layers and a text that no fit has seen are held out, in \
      the sizes of the fit and in others: they are what the printed errors are of.

      Netlists and measurements are kept: an interrupted run goes on where it stopped.

        setun calibrate                                         # OSU 0.18 µm
        setun calibrate --liberty cells.lib --name mine --output mine.json
        setun calibrate --report mine.json

      With --fpga it counts LUTs, flip-flops, carries, memories and multipliers of arrays and whole \
      accelerators in a family of FPGAs instead, and fits them to counts of parts:

        setun calibrate --fpga ecp5 --output ecp5.json
      """)

  @Option(
    help: """
      A Liberty file, plain or .gz; several times for a library in parts. Default: OSU 0.18 µm of \
      Debian's package qflow-tech-osu018.
      """,
    completion: .file(extensions: ["lib", "gz"]))
  var liberty: [String] = []

  @Option(help: "What the technology is called. Default: the name of the first Liberty file.")
  var name: String?

  @Option(
    name: [.short, .long], help: "The technology file to write. Default: NAME.json.",
    completion: .file(extensions: ["json"]))
  var output: String?

  @Option(
    name: .customLong("datapath"), parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only these datapaths: "
        + Architecture.Parameters.Datapath.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "datapath"))
  var datapaths: [String] = []

  @Flag(inversion: .prefixedNo, help: "Measure the blocks around the array too.")
  var blocks = true

  @Option(
    help: ArgumentHelp(
      "Calibrate a family of FPGAs: \(FPGAFamily.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "family"), transform: CalibrateCommand.family)
  var fpga: FPGAFamily?

  @Option(help: "Designs at work at once. Default: all processors.")
  var jobs: Int?

  @Option(
    help: """
      The folder where Yosys, netlists and measurements are kept. Default: in the user's cache folder.
      """,
    completion: .directory)
  var cache: String?

  @Flag(help: "Only print the held-out errors of technology files: those named, or the built-in.")
  var report = false

  @Argument(help: "Technology files for --report.", completion: .file(extensions: ["json"]))
  var files: [String] = []

  private static let defaultLiberty = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib"

  func validate() throws {
    guard report || files.isEmpty else {
      throw ValidationError("Files go with --report; a library to calibrate with --liberty.")
    }
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs: expected 1 to 1024, found \(jobs)")
    }
    if fpga != nil, !liberty.isEmpty || name != nil {
      throw ValidationError("--fpga: expected no --liberty or --name beside it")
    }
    _ = try chosen()
  }

  private func chosen() throws -> [Architecture.Parameters.Datapath] {
    guard !datapaths.isEmpty else { return Architecture.Parameters.Datapath.allCases }
    return try datapaths.map { name in
      guard let datapath = Architecture.Parameters.Datapath(rawValue: name) else {
        throw ValidationError("--datapath: there is no “\(name)”")
      }
      return datapath
    }
  }

  private static func family(_ text: String) throws -> FPGAFamily {
    guard let family = FPGAFamily(rawValue: text) else {
      let families = FPGAFamily.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("expected one of \(families), found “\(text)”")
    }
    return family
  }

  func run() async throws {
    if report { return try printReport() }
    if let fpga { return try await calibrate(fpga) }
    let paths = try libraries()
    let name = name ?? Self.stem(paths[0])
    try await calibrate(to: output ?? "\(name).json") { progress in
      progress.update("running the built-in model for operands")
      let recordings = try RecordedLayers.builtIn()
      let calibrator = try await Calibrator(
        name: name, liberty: paths.map { URL(filePath: $0) }, cache: folder,
        rtl: URL(filePath: RTLSources.folder), plan: .standard(chosen(), blocks: blocks),
        training: recordings.training, heldOut: recordings.heldOut, jobs: workers)
      let technology = try await calibrator.run(progress: Self.shown(on: progress))
      return (try technology.json(), CalibrationReport(technology).text)
    }
  }

  private func calibrate(_ family: FPGAFamily) async throws {
    try await calibrate(to: output ?? "\(family.technology).json") { progress in
      progress.update("preparing Yosys")
      let calibrator = try FPGACalibrator(
        family: family, plan: .standard(chosen()), cache: folder,
        rtl: URL(filePath: RTLSources.folder), jobs: workers)
      let technology = try await calibrator.run(progress: Self.shown(on: progress))
      return (try technology.json(), FPGACalibrationReport(technology).text)
    }
  }

  /// Writes the file that `work` brings, and prints the report on it.
  private func calibrate(
    to output: String, work: (Progress) async throws -> (json: String, report: String)
  ) async throws {
    try OutputFile.checkWritable(output)
    let progress = Progress()
    defer { progress.finish() }
    let (json, report) = try await work(progress)
    try OutputFile.write(json, to: output)
    progress.finish()
    try Terminal.write(report + "\n\nwrote \(output)")
  }

  private static func shown(
    on progress: Progress
  ) -> @Sendable (Calibrator.Progress) -> Void {
    let start = ContinuousClock.now
    return { step in
      let seconds = (ContinuousClock.now - start).components.seconds
      progress.update("\(step.done)/\(step.total)  \(step.design)  \(seconds) s")
    }
  }

  private var folder: URL {
    URL(filePath: cache ?? RTLCache.defaultFolder() + "/calibration")
  }

  private var workers: Int { jobs ?? ProcessInfo.processInfo.activeProcessorCount }

  private func libraries() throws -> [String] {
    guard liberty.isEmpty else { return liberty }
    guard FileManager.default.fileExists(atPath: Self.defaultLiberty) else {
      throw Failure(
        "\(Self.defaultLiberty) is not there: apt-get install qflow-tech-osu018, or name a Liberty "
          + "file with --liberty")
    }
    return [Self.defaultLiberty]
  }

  /// `cells` of `folder/cells.lib.gz`.
  private static func stem(_ path: String) -> String {
    var url = URL(filePath: path)
    while ["gz", "lib"].contains(url.pathExtension) { url.deletePathExtension() }
    return url.lastPathComponent
  }

  private func printReport() throws {
    if let fpga, files.isEmpty {
      return try Terminal.write(FPGACalibrationReport(try FPGATechnology(fpga)).text)
    }
    let texts =
      files.isEmpty
      ? try CalibratedTechnology.builtIn().map { CalibrationReport($0).text }
      : try files.map(Self.report(on:))
    guard !texts.isEmpty else { throw Failure("no technology file to report on") }
    try Terminal.write(texts.joined(separator: "\n\n"))
  }

  /// The report on a file of either kind.
  private static func report(on file: String) throws -> String {
    let json: Data
    do {
      json = try Data(contentsOf: URL(filePath: file))
    } catch {
      throw Failure("\(file): cannot be read: \(error.localizedDescription)")
    }
    if let technology = try? FPGATechnology(json: json, file: file) {
      return FPGACalibrationReport(technology).text
    }
    return CalibrationReport(try CalibratedTechnology(json: json, file: file)).text
  }
}
