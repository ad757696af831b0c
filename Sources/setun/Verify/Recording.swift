import Activity
import Architecture
import LockStep
import Machine
import Report
import Verification

/// Writes down all cycles of one scenario.
///
/// The observer is called from the one task that runs the scenario, and `finish` after its end.
final class Recording: @unchecked Sendable {
  private let architecture: Architecture
  private let names: [String]
  private let clockPeriodPicoseconds: Int
  private var vcd: (encoder: VCDEncoder, path: String)?
  private var fst: FSTWriter?
  private var timeline: (recorder: TimelineRecorder, path: String)?

  /// The two sides, as waveforms name them.
  private static let sides = ["model", "rtl"]

  init(_ architecture: Architecture) {
    self.architecture = architecture
    let layout = ProbeLayout(architecture)
    names = (0..<layout.words).map(layout.signalName(ofWord:))
    clockPeriodPicoseconds = Int((1e6 / architecture.parameters.clockMHz).rounded())
  }

  func writeVCD(to path: String) {
    let signals = names.map { VCD.Signal(name: $0, width: 32, values: [[UInt32]]()) }
    let encoder = VCDEncoder(
      scopes: Self.sides.map { VCD.Scope(name: $0, signals: signals) }, firstCycle: 0,
      clockPeriodPicoseconds: clockPeriodPicoseconds)
    vcd = (encoder, path)
  }

  func writeFST(to path: String, library: String) throws {
    fst = try FSTWriter(
      library: library, path: path, scopes: Self.sides, names: names,
      clockPeriodPicoseconds: clockPeriodPicoseconds)
  }

  func writeTimeline(to path: String) { timeline = (TimelineRecorder(architecture), path) }

  var observer: Verifier.Observer {
    { _, model, rtl in
      self.timeline?.recorder.observe(model)
      guard self.vcd != nil || self.fst != nil else { return }
      let words =
        Array(UnsafeBufferPointer(start: model, count: self.names.count))
        + UnsafeBufferPointer(start: rtl, count: self.names.count)
      self.vcd?.encoder.append(words)
      self.fst?.append(words)
    }
  }

  /// Writes the files.
  func finish() throws {
    if let vcd { try OutputFile.write(vcd.encoder.finished(), to: vcd.path) }
    // Its end closes the file.
    fst = nil
    guard let timeline else { return }
    let part = PerfettoTrace.Part(
      name: "scenario", timeline: timeline.recorder.timeline, cycles: timeline.recorder.cycles)
    let trace = PerfettoTrace(
      groups: [.init(name: architecture.parameters.name, parts: [part])],
      clockMHz: architecture.parameters.clockMHz)
    try OutputFile.write(trace.json, to: timeline.path)
  }
}
