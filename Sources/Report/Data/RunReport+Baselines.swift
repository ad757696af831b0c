import Energy

extension RunReport.Figures {
  /// How many times the energy each baseline takes; of one that counts traffic alone, of the energy of
  /// external memory. What moves both alike, above all that memory, cancels.
  func energyRatio(to baseline: Baseline) -> Estimate<Ratio>? {
    guard baseline.kind.isTrafficOnly else {
      return totalEnergy.flatMap { baseline.total.quotient(by: $0) }
    }
    return energy[.externalMemory].flatMap { baseline.total.quotient(by: $0) }
  }

  /// By kind: time, energy, their ratio to this, and what they take for granted.
  var baselinesJSON: JSONValue {
    guard let baselines else { return statedBaselines ?? .null }
    return .object(
      baselines.all.map { baseline in
        (
          baseline.kind.rawValue,
          .object([
            ("time", .estimate(baseline.time)), ("energy", .estimate(baseline.total)),
            ("energy_ratio", .estimate(energyRatio(to: baseline))),
            ("memory_bytes", .number(baseline.memoryBytes)),
            ("is_traffic_only", .bool(baseline.kind.isTrafficOnly)),
            ("assumptions", .array(baseline.kind.assumptions.map(JSONValue.string))),
          ])
        )
      })
  }
}

extension RunReport.Phase {
  /// What the baselines come to beside the phase.
  var baselineTable: Table? {
    guard let total, let baselines = total.baselines, let own = total.totalEnergy else {
      return nil
    }
    let energies = baselines.all.map(\.total.typical) + [own.typical]
    let energy = Scale(fitting: energies, unit: Joules.symbol)
    let time = Scale(
      fitting: baselines.all.map(\.time.typical) + [total.time.typical], unit: Seconds.symbol)
    let ratio = Scale(fitting: [10], digits: 3, unit: Times.symbol)
    var table = Table(columns: [
      .init(header: "same work on", alignment: .left),
      .init(header: "time", unit: time.symbol), .init(header: "energy", unit: energy.symbol),
      .init(header: "low–high", unit: energy.symbol), .init(header: "E.ratio", unit: Times.symbol),
      .init(header: "low–high", unit: Times.symbol),
    ])
    table.rows = baselines.all.map { baseline in
      let times = total.energyRatio(to: baseline)
      return [
        Table.Cell(baseline.kind.title), Table.Cell(time.text(baseline.time.typical)),
        Table.Cell(energy.text(baseline.total.typical)), Table.Cell(energy.range(baseline.total)),
        Table.Cell(times.map { ratio.text($0.typical) } ?? "–"),
        Table.Cell(times.map { ratio.range($0) } ?? "–"),
      ]
    }
    return table
  }
}

extension Baseline.Kind {
  /// What tables call it.
  var title: String {
    switch self {
    case .int8Array: "int8 array"
    case .fp16Array: "FP16 array"
    case .w8a8: "W8A8, memory alone"
    case .w4a16: "W4A16, memory alone"
    }
  }
}
