import Activity
import Energy

extension RunReport {
  /// What a column means and where its numbers come from.
  struct Origin {
    var name: String
    /// Provenance and source; those of a sum with their shares, the largest first, others with the
    /// strongest first.
    var sources: [(provenance: Provenance, text: String, share: Double?)]

    /// One line; sources beyond the third, and those that do not show in a sum, are only counted.
    fileprivate var text: String {
      let shown = sources.prefix { $0.share ?? 1 >= Self.leastShare }.prefix(3).map { source in
        (source.share.map { Scale.percent($0) + " " } ?? "")
          + "\(source.provenance.rawValue), \(source.text)"
      }
      let rest = sources.count - shown.count
      return name + ": "
        + (shown + (rest > 0 ? ["and \(rest) more, listed in JSON"] : [])).joined(separator: "; ")
    }

    private static let leastShare = 0.005
  }

  /// The origin of every column that holds estimates, over all layers of all phases. Components of
  /// the energy with the same origin share a line.
  var origins: [Origin] {
    let totals = phases.compactMap(\.total)
    let energies = Contribution.merged(totals.flatMap(\.energySources))
    var origins = [origin("time", .time)]
    for component in EnergyComponent.allCases {
      let parts = energies.filter { $0.part == component }
      let new =
        parts.isEmpty
        ? origin(component.legendName, .component(component))
        : Origin(name: component.legendName, sources: Self.shares(parts))
      let same = origins.firstIndex {
        $0.sources.elementsEqual(new.sources) {
          $0.provenance == $1.provenance && $0.text == $1.text
            && ($0.share ?? 1) == ($1.share ?? 1)
        }
      }
      if let same, same > 0 {
        origins[same].name += ", " + new.name
      } else {
        origins.append(new)
      }
    }
    origins += [origin("CPU time", .cpuTime), origin("CPU energy", .cpuEnergy)]
    origins.append(
      Origin(
        name: "area",
        sources: areaSources.isEmpty
          ? Self.distinct(areas.values.map { $0 }) : Self.shares(areaSources)))
    let peaks: [any AnyEstimate] = [architecture.peakThroughput, architecture.peakBandwidth]
    origins.append(Origin(name: "peaks", sources: Self.distinct(peaks)))
    return origins.filter { !$0.sources.isEmpty }
  }

  /// The sources of a sum with their shares; figures of one calibration or table together. A single
  /// source has no share.
  private static func shares<Part>(
    _ contributions: [Contribution<Part>]
  ) -> [(provenance: Provenance, text: String, share: Double?)] {
    let whole = contributions.reduce(0) { $0 + $1.amount }
    let families = Dictionary(grouping: contributions) {
      Family(provenance: $0.provenance, head: String($0.source.prefix { $0 != ":" }))
    }
    var sources = families.map { family, members in
      let texts = Set(members.map(\.source))
      return (
        provenance: family.provenance,
        text: texts.count == 1 ? members[0].source : "\(family.head), \(texts.count) figures",
        share: members.reduce(0) { $0 + $1.amount } / whole as Double?
      )
    }
    if sources.count == 1 { sources[0].share = nil }
    return sources.sorted { ($0.share ?? 1, $1.text) > ($1.share ?? 1, $0.text) }
  }

  /// Figures that a legend names together.
  private struct Family: Hashable {
    let provenance: Provenance
    let head: String
  }

  private func origin(_ name: String, _ field: LayerField) -> Origin {
    let estimates = phases.flatMap(\.layers).compactMap { field.estimate($0.figures) }
    return Origin(name: name, sources: Self.distinct(estimates))
  }

  private static func distinct(
    _ estimates: [any AnyEstimate]
  ) -> [(provenance: Provenance, text: String, share: Double?)] {
    var sources: [(provenance: Provenance, text: String, share: Double?)] = []
    for estimate in estimates
    where !sources.contains(where: {
      $0.provenance == estimate.provenance && $0.text == estimate.source
    }) {
      sources.append((estimate.provenance, estimate.source, nil))
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
    ] + origins.map(\.text) + alternativeLegend + [
      "t.ratio, E.ratio: the CPU's time and energy divided by the accelerator's; ranges are the "
        + "widest that both allow", checkLegend,
    ] + speeds
  }

  /// What the rows of the table of alternatives are.
  private var alternativeLegend: [String] {
    guard let all = phases.compactMap(\.total).first?.alternatives, all.count > 1 else { return [] }
    return [
      "energy by: " + all.map { "\($0.name): \($0.description)" }.joined(separator: "; ")
        + ". The first is that of all other tables; 'differs' is the array's energy beside it"
    ]
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
      + "in brackets: some layers only"
  }
}

extension EnergyComponent {
  /// The short name of the column and, where that differs, what it stands for.
  fileprivate var legendName: String {
    let short = shortName
    return short == words ? words : "\(short) = \(words)"
  }
}
