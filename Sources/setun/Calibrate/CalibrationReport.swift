import Calibration
import Energy
import Foundation

/// The held-out errors of a technology file as a table.
struct CalibrationReport {
  private let technology: CalibratedTechnology

  init(_ technology: CalibratedTechnology) { self.technology = technology }

  var text: String {
    var lines = [
      "\(technology.name): \(technology.library.files.joined(separator: ", ")), "
        + "\(technology.library.voltageVolts) V, \(technology.library.temperatureCelsius) °C; "
        + technology.tools.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        .joined(separator: ", "),
      "errors of designs and layers that the fits have not seen, in percent of gate level",
      "",
      Self.line(
        ["model", "energy", "", "", "area", "", "leakage", "slowest", "MHz"]),
      Self.line(["", "mean", "p95", "max", "mean", "max", "mean", "lanes", "unsized"]),
    ]
    for model in technology.models {
      let (energy, area) = (model.energy.heldOut, model.area.heldOut)
      let slowest = model.periods.max { $0.nanoseconds < $1.nanoseconds }
      lines.append(
        Self.line([
          Self.name(model), Self.percent(CalibratedFit.mean(energy)),
          Self.percent(CalibratedFit.percentile95(energy)), Self.percent(Self.worst(energy)),
          Self.percent(CalibratedFit.mean(area)), Self.percent(Self.worst(area)),
          Self.percent(CalibratedFit.mean(model.leakage.heldOut)),
          slowest.map { "\($0.lanes)" } ?? "",
          slowest.map { String(format: "%.0f", 1000 / $0.nanoseconds) } ?? "",
        ]))
    }
    let all = technology.models.flatMap(\.energy.heldOut)
    let areas = technology.models.flatMap(\.area.heldOut)
    lines.append(
      Self.line([
        "all", Self.percent(CalibratedFit.mean(all)),
        Self.percent(CalibratedFit.percentile95(all)), Self.percent(Self.worst(all)),
        Self.percent(CalibratedFit.mean(areas)), Self.percent(Self.worst(areas)), "", "", "",
      ]))
    return lines.joined(separator: "\n")
  }

  private static func name(_ model: CalibratedModel) -> String {
    let every = model.registerEvery?.map(String.init).joined(separator: ",") ?? ""
    let lanes = model.lanesArePowerOfTwo.map { $0 ? ", 2^n lanes" : ", other lanes" } ?? ""
    return (model.datapath ?? model.block) + (every.isEmpty ? "" : " /\(every)") + lanes
  }

  private static func worst(_ samples: [CalibratedFit.Sample]) -> Double {
    samples.map { abs($0.error) }.max() ?? 0
  }

  private static func percent(_ share: Double) -> String { String(format: "%.1f", 100 * share) }

  private static func line(_ cells: [String]) -> String {
    let widths = [30] + Array(repeating: 8, count: cells.count - 1)
    let padded = zip(cells, widths).enumerated().map { index, cell in
      let space = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
      return index == 0 ? cell.0 + space : space + cell.0
    }.joined()
    return String(padded.reversed().drop { $0 == " " }.reversed())
  }
}
