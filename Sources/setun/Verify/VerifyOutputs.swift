import Architecture
import ArgumentParser
import Foundation
import LockStep
import Machine
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

  @Option(
    help: "Count lines and toggles of the RTL, and write them to this folder.",
    completion: .directory)
  var coverage: String?

  /// The waveform around the first difference.
  private static let divergencePath = "setun-divergence.vcd"

  /// Whether a file holds all cycles of one scenario.
  var recordsCycles: Bool { vcd != nil }

  /// A complaint before the work and not after it.
  func checkWritable() throws {
    for path in [junit, json, vcd].compactMap({ $0 }) { try OutputFile.checkWritable(path) }
  }

  /// What sees every cycle for the files that need it.
  func recording(_ architecture: Architecture, _ rtl: RTLBuild) async throws -> Recording? {
    recordsCycles ? Recording(architecture, vcd: vcd) : nil
  }

  func write(
    _ report: VerifyReport, _ results: [Campaign.TargetResult], _ rtl: RTLBuild,
    _ recording: Recording?
  ) throws {
    if let junit { try OutputFile.write(report.junit.text, to: junit) }
    if let json { try OutputFile.write(report.json, to: json) }
    try recording?.finish()
    if let first = report.firstDivergence {
      try OutputFile.write(
        first.divergence.vcd(clockMHz: first.clockMHz).text, to: Self.divergencePath)
    }
    if let coverage { try CoverageFolder(coverage).write(results, rtl) }
  }
}

/// Writes down all cycles of one scenario.
final class Recording: @unchecked Sendable {
  // The observer is called from the one task that runs the scenario, and `finish` after its end.
  private var encoder: VCDEncoder
  private let vcd: String?
  private let words: Int

  init(_ architecture: Architecture, vcd: String?) {
    let layout = ProbeLayout(architecture)
    words = layout.words
    self.vcd = vcd
    let signals = (0..<layout.words).map { word in
      VCD.Signal(name: layout.signalName(ofWord: word), width: 32, values: [[UInt32]]())
    }
    encoder = VCDEncoder(
      scopes: ["model", "rtl"].map { VCD.Scope(name: $0, signals: signals) }, firstCycle: 0,
      clockPeriodPicoseconds: Int(1e6 / architecture.parameters.clockMHz))
  }

  var observer: Verifier.Observer {
    { _, model, rtl in
      self.encoder.append(
        Array(UnsafeBufferPointer(start: model, count: self.words))
          + UnsafeBufferPointer(start: rtl, count: self.words))
    }
  }

  func finish() throws {
    if let vcd { try OutputFile.write(encoder.finished(), to: vcd) }
  }
}
