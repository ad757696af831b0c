import Energy
import Foundation

/// The held-out errors of an FPGA technology as a table.
struct FPGACalibrationReport {
  private let technology: FPGATechnology

  init(_ technology: FPGATechnology) { self.technology = technology }

  private static let resources: [FPGAResource] = [.lut, .ff, .carry, .dsp]

  var text: String {
    let arrays = technology.models.filter { $0.datapath != nil }
    let others = technology.models.filter { $0.datapath == nil }
    let rows =
      technology.models.map { ($0.datapath ?? $0.part, [$0]) }
      + [("all arrays", arrays), ("all other parts", others)]
    let errors = rows.map { pooled($0.1) }
    let table = ColumnText(
      columns: [.init(header: "part", cells: rows.map(\.0), isText: true)]
        + Self.resources.enumerated().flatMap { index, resource -> [ColumnText.Column] in
          [
            .init(
              header: resource.title(in: technology.family), unit: "mean",
              cells: errors.map { $0[2 * index] }),
            .init(header: "", unit: "max", cells: errors.map { $0[2 * index + 1] }),
          ]
        })
    return """
      \(technology.name): \(ToolVersions.text(technology.tools))
      errors of designs that the fits have not seen, in percent of what synthesis counted; memories
      left out

      \(table.text)

      \(memories)
      """
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
}
