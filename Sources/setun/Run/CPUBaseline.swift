import Energy
import Reference
import Workload

/// What the layers take on this machine's CPU, one core.
struct CPUBaseline {
  /// Time of each layer of each phase: the range and the median of several measurements.
  let times: [[Estimate<Seconds>]]
  /// The package's mean power while they were measured, or `nil` without a counter.
  private let power: Estimate<Watts>?

  init(_ phases: [PhaseTrace], _ progress: Progress) throws {
    let counter = try RAPL()
    let start = try counter?.read()
    let begin = ContinuousClock.now
    times = phases.map { phase in
      phase.calls.map { call in
        progress.update("measuring \(call.layer.name) on the CPU")
        let seconds = call.layer.measuredSeconds(for: call.activations, repetitions: 5)
        return Estimate(
          low: seconds[0], typical: seconds[seconds.count / 2], high: seconds[seconds.count - 1],
          provenance: .measured, source: "wall clock, one core, kernel \(kernelName)")
      }
    }
    if let counter, let start {
      let joules = counter.energy(from: start, to: try counter.read()).typical
      power = Estimate(
        joules / (ContinuousClock.now - begin).seconds, provenance: .measured,
        source: "RAPL, mean power of the whole package")
    } else {
      power = nil
    }
  }

  /// The energy of a layer that takes `time`.
  func energy(over time: Estimate<Seconds>) -> Estimate<Joules> {
    if let power { return power.over(seconds: time.typical) }
    return CPUEnergy.range(seconds: time.typical, threads: 1)
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
