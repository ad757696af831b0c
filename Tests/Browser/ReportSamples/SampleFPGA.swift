import Architecture
import Energy
public import Report

/// The sample run on `device`: what the architecture `default` takes of it stands in place of energies
/// and areas.
///
/// - Throws: ``EnergyError`` for a device that is not known.
public func sampleFPGAReport(device: String) throws -> RunReport {
  let architecture = try Architecture.sample(named: "default")
  guard let target = try FPGATarget(named: device) else {
    throw EnergyError("\(device): expected a device, found none")
  }
  var report = sampleReport(blocks: 1)
  report.architecture.technology = device
  for phase in report.phases.indices {
    for layer in report.phases[phase].layers.indices {
      let figures = report.phases[phase].layers[layer].figures
      report.phases[phase].layers[layer].figures = .init(
        counts: figures.counts, time: figures.time, energy: [:], cpuTime: figures.cpuTime,
        cpuEnergy: figures.cpuEnergy, reference: figures.reference, oracle: figures.oracle,
        lockStepCycles: figures.lockStepCycles)
    }
  }
  (report.areas, report.areaSources, report.baselines) = ([:], [], [])
  let fpga = FPGAReport(try FPGAUse(architecture, on: target))
  report.fpga = fpga
  report.warnings = [fpga.warning].compactMap { $0 }
  report.notes += FPGAReport.notes
  return report
}
