import Activity
import Energy

extension RunReport {
  /// What a column means and where its numbers come from.
  struct Origin {
    var name: String
    /// Provenance and source, the strongest first.
    var sources: [(provenance: Provenance, text: String)]

    /// One line; sources beyond the third are only counted.
    fileprivate var text: String {
      let shown = sources.prefix(3).map { "\($0.provenance.rawValue), \($0.text)" }
      let more = sources.count > 3 ? ["and \(sources.count - 3) more, listed in JSON"] : []
      return name + ": " + (shown + more).joined(separator: "; ")
    }
  }

  /// The origin of every column that holds estimates, over all layers of all phases. Components of
  /// the energy with the same origin share a line.
  var origins: [Origin] {
    var origins = [origin("time", .time)]
    for component in EnergyComponent.allCases {
      let new = origin(component.legendName, .component(component))
      if let same = origins.firstIndex(where: { $0.sources.elementsEqual(new.sources, by: ==) }),
        same > 0
      {
        origins[same].name += ", " + new.name
      } else {
        origins.append(new)
      }
    }
    origins += [origin("CPU time", .cpuTime), origin("CPU energy", .cpuEnergy)]
    origins.append(Origin(name: "area", sources: Self.distinct(areas.values.map { $0 })))
    let peaks: [any AnyEstimate] = [architecture.peakThroughput, architecture.peakBandwidth]
    origins.append(Origin(name: "peaks", sources: Self.distinct(peaks)))
    return origins.filter { !$0.sources.isEmpty }
  }

  private func origin(_ name: String, _ field: LayerField) -> Origin {
    let estimates = phases.flatMap(\.layers).compactMap { field.estimate($0.figures) }
    return Origin(name: name, sources: Self.distinct(estimates))
  }

  private static func distinct(
    _ estimates: [any AnyEstimate]
  ) -> [(provenance: Provenance, text: String)] {
    var sources: [(provenance: Provenance, text: String)] = []
    for estimate in estimates
    where !sources.contains(where: { $0 == (estimate.provenance, estimate.source) }) {
      sources.append((estimate.provenance, estimate.source))
    }
    return sources.sorted { ($0.provenance, $0.text) < ($1.provenance, $1.text) }
  }

  /// The legend below the tables.
  func legend(width: Int, color: Bool) -> [String] {
    [Style.bold.applied(to: "where the numbers come from", color: color)]
      + legendItems.flatMap { Self.item("- ", $0.printable, width: width) }
  }

  private var legendItems: [String] {
    let speeds = [("model", modelSpeed), ("RTL", rtlSpeed)].compactMap { name, speed in
      speed.map { "simulation speed of the \(name): \(describe($0)), \($0.source)" }
    }
    return [
      "cycles, utilisation, bound: counted by the model; where the RTL ran beside it (L), equal in "
        + "every cycle"
    ] + origins.map(\.text) + [
      "t.ratio, E.ratio: the CPU's time and energy divided by the accelerator's; ranges are the "
        + "widest that both allow", checkLegend,
    ] + speeds
  }

  /// How many sums and cycles stand behind the letters of the column `check`.
  private var checkLegend: String {
    let totals = phases.compactMap(\.total)
    func sums(_ comparison: (Figures) -> Comparison) -> String {
      let all = totals.map(comparison).reduce(.none, +)
      let different = all.different == 0 ? "all equal" : "\(all.different) DIFFERENT"
      return all.compared == 0
        ? "not compared" : "\(Scale.grouped(UInt64(all.compared))) sums, \(different)"
    }
    let cycles = totals.compactMap(\.lockStepCycles).reduce(0, +)
    let rtl = cycles == 0 ? "not run" : "\(Scale.grouped(cycles)) cycles compared, all equal"
    return "check: R against the CPU reference runtime (\(sums(\.reference))), O against the "
      + "exact oracle (\(sums(\.oracle))), L in lock-step with the RTL (\(rtl)); "
      + "a small letter: some layers only"
  }
}

extension EnergyComponent {
  /// The short name of the column and, where that differs, what it stands for.
  fileprivate var legendName: String {
    let short = shortName
    return short == words ? words : "\(short) = \(words)"
  }
}
