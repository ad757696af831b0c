import Calibration
import Energy
import Foundation

/// The held-out errors of a technology file as a table.
struct CalibrationReport {
  private let technology: CalibratedTechnology

  init(_ technology: CalibratedTechnology) { self.technology = technology }

  var text: String {
    let arrays = technology.models.filter { $0.datapath != nil }
    let blocks = technology.models.filter { $0.datapath == nil }
    let pools = [("all arrays", arrays), ("all blocks", blocks)].filter { !$0.1.isEmpty }
    let rows = technology.models.map { ($0.title, [$0]) } + pools
    let errors = rows.map { Self.errors($0.1) }
    let slowest = rows.map { _, models in
      models.count == 1 ? models[0].periods.max { $0.nanoseconds < $1.nanoseconds } : nil
    }
    let heads = [
      ("energy", "mean"), ("", "p95"), ("", "max"), ("other sizes", "mean"), ("", "p95"),
      ("", "max"), ("area", "mean"), ("", "max"), ("leakage", "mean"),
    ]
    let table = ColumnText(
      columns: [.init(header: "model", cells: rows.map(\.0), isText: true)]
        + heads.enumerated().map { index, head in
          .init(header: head.0, unit: head.1, cells: errors.map { $0[index] })
        } + [
          .init(
            header: "slowest", unit: "lanes", cells: slowest.map { $0.map { "\($0.lanes)" } ?? "" }),
          .init(
            header: "unsized", unit: "MHz",
            cells: slowest.map {
              $0.map { String(format: "%.0f", 1000 / $0.nanoseconds) } ?? ""
            }),
        ])
    return """
      \(technology.name): \(technology.library.files.joined(separator: ", ")), \
      \(technology.library.voltageVolts) V, \(technology.library.temperatureCelsius) °C; \
      \(ToolVersions.text(technology.tools))
      errors in percent of gate level, on layers that no fit has seen: of arrays, in sizes of the training
      and in other sizes; of blocks, in another accelerator

      \(table.text)
      """
  }

  /// Errors of energy, in sizes of the training and others; of area and leakage, in others. The area of
  /// a size of the training is known.
  private static func errors(_ models: [CalibratedModel]) -> [String] {
    func others(_ fit: KeyPath<CalibratedModel, CalibratedFit>) -> [CalibratedFit.Sample] {
      models.flatMap { model in
        model.sizes.isEmpty ? model[keyPath: fit].heldOut : model[keyPath: fit].otherSizes
      }
    }
    let (area, leakage) = (others(\.area), others(\.leakage))
    return spread(models.flatMap(\.energy.heldOut)) + spread(models.flatMap(\.energy.otherSizes))
      + [percent(CalibratedFit.mean, area), percent(worst, area)]
      + [percent(CalibratedFit.mean, leakage)]
  }

  /// Mean, 95th percentile and maximum.
  private static func spread(_ samples: [CalibratedFit.Sample]) -> [String] {
    [CalibratedFit.mean, CalibratedFit.percentile95, worst].map { percent($0, samples) }
  }

  private static func worst(_ samples: [CalibratedFit.Sample]) -> Double {
    samples.map { abs($0.error) }.max() ?? 0
  }

  private static func percent(
    _ figure: ([CalibratedFit.Sample]) -> Double, _ samples: [CalibratedFit.Sample]
  ) -> String {
    samples.isEmpty ? "–" : String(format: "%.1f", 100 * figure(samples))
  }
}
