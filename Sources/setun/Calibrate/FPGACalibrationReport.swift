import Energy
import Foundation

/// The held-out errors of an FPGA technology as a table.
struct FPGACalibrationReport {
  private let technology: FPGATechnology

  init(_ technology: FPGATechnology) { self.technology = technology }

  private static let resources: [FPGAResource] = [.lut, .ff, .carry, .dsp]

  var text: String {
    var lines = [
      "\(technology.name): "
        + technology.tools.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        .joined(separator: ", "),
      "errors of designs that the fits have not seen, in percent of what synthesis counted; memories",
      "left out",
      "",
      Self.line(
        ["part"] + Self.resources.flatMap { [$0.title(in: technology.family), ""] }),
      Self.line([""] + Self.resources.flatMap { _ in ["mean", "max"] }),
    ]
    for model in technology.models {
      let samples = Self.resources.map { resource in
        model.fits.first { $0.resource == resource }?.heldOut ?? []
      }
      lines.append(Self.line([model.datapath ?? model.part] + samples.flatMap(Self.errors)))
    }
    let arrays = technology.models.filter { $0.datapath != nil }
    lines.append(Self.line(["all arrays"] + pooled(arrays)))
    lines.append(
      Self.line(["all other parts"] + pooled(technology.models.filter { $0.datapath == nil })))
    lines += ["", memories]
    return lines.joined(separator: "\n")
  }

  private func pooled(_ models: [FPGAModel]) -> [String] {
    Self.resources.flatMap { resource in
      Self.errors(
        models.flatMap(\.fits).filter { $0.resource == resource }.flatMap(\.heldOut))
    }
  }

  /// How many memories the rule gets right.
  private var memories: String {
    let wrong = technology.memories.filter { !technology.follows($0) }
    let names = wrong.map { "\($0.words) × \($0.bits)" }.joined(separator: ", ")
    return "memories by rule: \(technology.memories.count - wrong.count) of "
      + "\(technology.memories.count) as synthesised" + (wrong.isEmpty ? "" : ", all but \(names)")
  }

  private static func errors(_ samples: [CalibratedFit.Sample]) -> [String] {
    guard !samples.isEmpty else { return ["–", "–"] }
    let errors = FPGAFit.errors(of: samples)
    let mean = errors.reduce(0, +) / Double(errors.count)
    return [mean, errors.max()!].map { String(format: "%.1f", 100 * $0) }
  }

  private static func line(_ cells: [String]) -> String {
    let widths = [20] + Array(repeating: 8, count: cells.count - 1)
    let padded = zip(cells, widths).enumerated().map { index, cell in
      let space = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
      return index == 0 ? cell.0 + space : space + cell.0
    }.joined()
    return String(padded.reversed().drop { $0 == " " }.reversed())
  }
}
