import Activity
import Architecture
import Energy
import Machine
import Reference
import Report
import Workload

/// Prices the layers of a run: by what toggled in them where the cells are calibrated, and beside that
/// by cheaper estimates of it and by the literature.
struct PricedWork {
  /// `nil` of an FPGA, of which no energy is known.
  let energy: EnergyModel?
  /// What the design takes of the FPGA; `nil` where the technology is none.
  let fpga: FPGAUse?
  /// The same without the calibration; `nil` where there is none.
  private let literature: EnergyModel?
  /// How toggles are found: for the figures of the run, then for those beside them.
  private let activities: [ActivityOption]
  private let simulator: Simulator

  init(_ fpga: FPGAUse, on architecture: Architecture, activity: ActivityOption?) throws {
    guard activity == nil else {
      throw Failure(
        "--activity: expected cells, whose energy follows from what toggles; found the FPGA "
          + fpga.target.name)
    }
    self.fpga = fpga
    (energy, literature, activities) = (nil, nil, [])
    simulator = Simulator(architecture)
  }

  /// - Parameter activity: What was asked for, or `nil` for exact counts where they matter.
  init(_ energy: EnergyModel, activity: ActivityOption?) throws {
    self.energy = energy
    fpga = nil
    simulator = Simulator(energy.architecture)
    guard energy.pricesToggles else {
      if activity != nil {
        throw Failure(
          "--activity: expected a calibrated tree array, whose energy follows from what toggles; "
            + "found none for \(energy.technology.name). Name one with --calibration.")
      }
      literature = nil
      activities = []
      return
    }
    literature = try energy.uncalibrated()
    let first = activity ?? .exact
    activities = [first] + first.estimates
  }

  /// The energy of one layer, and what other sources say of it.
  struct Layer {
    /// `nil` where it is not known.
    let energy: LayerEnergy?
    let alternatives: [RunReport.Alternative]
  }

  /// - Parameter phase: `decode` or `prefill`.
  func price(_ layer: LayerResults.Layer, in phase: String) -> Layer {
    let counts = layer.counts
    guard let energy else { return Layer(energy: nil, alternatives: []) }
    guard let literature else { return Layer(energy: energy.energy(of: counts), alternatives: []) }
    let (name, weights) = (layer.call.layer.name, layer.call.layer.weights)
    let found = activities.map { activity in
      let switching = simulator.switching(
        in: layer.job, weights: weights, activations: layer.call.activations.values,
        counting: activity.counting)
      return (
        activity, energy.energy(of: counts, switching: switching, in: "\(phase) of \(name)")
      )
    }
    let published = literature.energy(of: counts)
    return Layer(
      energy: found[0].1,
      alternatives: found.map { activity, energy in
        .init(energy, name: activity.name, description: activity.words)
      } + [
        .init(
          published, name: "literature",
          description: "the cells of \(literature.technology.name), a constant energy of a product")
      ])
  }
}

extension RunReport.Alternative {
  init(_ energy: LayerEnergy, name: String, description: String) {
    self.init(name: name, description: description, array: energy[.array], total: energy.total)
  }
}
