import Architecture
import ArgumentParser
import Foundation
import LockStep
import Report
import Verification

/// The files that a verification writes.
struct VerifyOutputs: ParsableArguments {
  @Option(help: "Write a test case for every scenario to this path.", completion: .file())
  var junit: String?

  @Option(help: "Write everything as JSON to this path.", completion: .file())
  var json: String?

  @Option(help: "Record all signals of both sides as VCD; with --repeat.", completion: .file())
  var vcd: String?

  @Option(help: "The same as FST, a tenth of the size; needs zlib.", completion: .file())
  var fst: String?

  @Option(
    help: "Write what the accelerator did when, for ui.perfetto.dev; with --repeat.",
    completion: .file(extensions: ["json"]))
  var perfetto: String?

  @Option(
    help: "Count lines and toggles of the RTL, and write them to this folder.",
    completion: .directory)
  var coverage: String?

  /// Whether a file holds all cycles of one scenario.
  var recordsCycles: Bool { vcd != nil || fst != nil || perfetto != nil }

  /// A complaint before the work and not after it.
  func checkWritable() throws {
    for path in [junit, json, vcd, fst, perfetto].compactMap({ $0 }) {
      try OutputFile.checkWritable(path)
    }
  }

  /// What sees every cycle for the files that need it.
  func recording(_ architecture: Architecture, _ rtl: RTLBuild) async throws -> Recording? {
    guard recordsCycles else { return nil }
    let recording = Recording(architecture)
    if let vcd { recording.writeVCD(to: vcd) }
    if let fst {
      try await recording.writeFST(
        to: fst, library: rtl.builder.waveformLibrary(for: rtl.source(of: architecture)))
    }
    if let perfetto { recording.writeTimeline(to: perfetto) }
    return recording
  }

  /// Writes what was asked for, and the waveform of the first difference; the sentence that says so.
  func write(_ report: any VerificationReport) throws -> String? {
    if let junit { try OutputFile.write(report.junit.text, to: junit) }
    if let json { try OutputFile.write(report.json, to: json) }
    return try report.firstDivergence.map { first in
      try first.divergence.writeWaveform(clockMHz: first.clockMHz)
    }
  }
}
