import Architecture
import LockStep
import Report

/// What the user gets when model and RTL differ: the difference in words, a waveform around it,
/// and the command that repeats it.
struct DivergenceReport {
  private let failure: LayerFailure
  private let architecture: Architecture
  private let command: [String]

  init(_ failure: LayerFailure, architecture: Architecture, command: [String]) {
    self.failure = failure
    self.architecture = architecture
    self.command = command
  }

  /// The error to show, after the waveform was written; `failure` itself when it is no difference.
  func written() -> any Error {
    guard case .divergence(let divergence)? = failure.underlying as? LockStepFailure else {
      return failure
    }
    let waveform: String
    do throws(ReportError) {
      waveform = try divergence.writeWaveform(clockMHz: architecture.parameters.clockMHz)
    } catch {
      waveform = "No waveform: \(error)"
    }
    let repeated = (command + ["--layers", failure.layer]).shellCommandLine
    return Failure("\(failure.layer): \(divergence)\n\(waveform)\nRepeat with: \(repeated)")
  }
}

extension Divergence {
  /// Writes the cycles around it into the current folder; the sentence that says so.
  func writeWaveform(clockMHz: Double) throws(ReportError) -> String {
    let path = "setun-divergence.vcd"
    try OutputFile.write(vcd(clockMHz: clockMHz).text, to: path)
    return "Waveform of both sides: \(path)"
  }

  /// The cycles around it, of both sides, with the same names.
  private func vcd(clockMHz: Double) -> VCD {
    func scope(_ name: String, _ words: (Divergence.Snapshot) -> [UInt32]) -> VCD.Scope {
      VCD.Scope(
        name: name,
        signals: (0..<layout.words).map { word in
          VCD.Signal(
            name: self.name(ofWord: word), width: 32,
            values: history.map { UInt64(words($0)[word]) })
        })
    }
    return VCD(
      scopes: [scope("model") { $0.model }, scope("rtl") { $0.rtl }],
      firstCycle: Int(history.first?.cycle ?? 0), clockPeriodPicoseconds: Int(1e6 / clockMHz))
  }
}
