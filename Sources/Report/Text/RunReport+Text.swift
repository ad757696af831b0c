import Activity
import Energy

extension RunReport {
  /// The report for a terminal: a table per phase, the areas, and where the numbers come from.
  ///
  /// - Parameters:
  ///   - width: Columns of the terminal. Components of the energy are joined until the table
  ///     fits; where even that is too wide, time and energy become two tables.
  ///   - color: Whether escape sequences may be used; only when the text goes to a terminal.
  /// - Returns: Lines, each ending in a newline.
  public func text(width: Int = 140, color: Bool = false) -> String {
    var lines = heading(width: width, color: color)
    for phase in phases where !phase.layers.isEmpty {
      lines += [""] + phase.heading(width: width, color: color) + [""]
      for (index, table) in phase.tables(width: width).enumerated() {
        lines += (index == 0 ? [] : [""]) + table.lines(color: color)
      }
      for table in [phase.alternativeTable, phase.baselineTable].compactMap({ $0 }) {
        lines += [""] + table.lines(color: color)
      }
    }
    if !areas.isEmpty { lines += [""] + areaTable.lines(color: color) }
    if let fpga { lines += [""] + fpga.lines(color: color) }
    if !baselines.isEmpty {
      for table in ReportPage(self).tables(width: width) {
        lines += [""] + table.lines(color: color)
      }
    }
    lines += [""] + legend(width: width, color: color)
    if !notes.isEmpty {
      lines += ["", Style.bold.applied(to: "not included, or to keep in mind", color: color)]
      lines += notes.flatMap { Self.item("- ", $0.printable, width: width) }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func heading(width: Int, color: Bool) -> [String] {
    let title = "\(model.name) on \(architecture.name)".printable
    let details = "setun \(toolVersion), \(date), configuration \(architecture.configurationHash)"
    let opening = prompt.text.printable.abbreviated(to: max(20, width - 20))
    return [Style.bold.applied(to: title, color: color), details.printable]
      + Self.item("$ ", commandLine.printable, width: width)
      + ["“\(opening)” (\(prompt.tokens) tokens)"]
      + warnings.flatMap { warning in
        Self.item("warning: ", warning.printable, width: width)
          .map { Style.bad.applied(to: $0, color: color) }
      }
  }

  private var areaTable: Table {
    let estimates = Block.allCases.compactMap { block in areas[block].map { (block, $0) } }
    let scale = Scale(
      fitting: estimates.map(\.1.typical), digits: 3, unit: SquareMicrometres.symbol)
    let percent = Scale(fitting: [100], unit: "%")
    let whole = totalArea?.typical ?? 0
    func cells(
      _ name: String, _ area: Estimate<SquareMicrometres>, _ sources: [Contribution<Block>]
    ) -> [Table.Cell] {
      [
        Table.Cell(name), Table.Cell(scale.text(area.typical)),
        Table.Cell(area.isRange ? scale.range(area) : "–"),
        Table.Cell(whole > 0 ? percent.text(100 * area.typical / whole) : "–"),
        Table.Cell(Provenance.shares(in: sources) ?? area.provenance.rawValue),
      ]
    }
    var table = Table(columns: [
      .init(header: "block", alignment: .left), .init(header: "area", unit: scale.symbol),
      .init(header: "low–high", unit: scale.symbol), .init(header: "share", unit: "%"),
      .init(header: "provenance", alignment: .left),
    ])
    table.rows = estimates.map { block, area in
      cells(
        block.rawValue.replacing("_", with: " "), area, areaSources.filter { $0.part == block })
    }
    table.total = totalArea.map {
      cells("total", $0, areaSources).map { Table.Cell($0.text, .bold) }
    }
    return table
  }

  /// Lines with `bullet` before the first and the others indented under it.
  static func item(_ bullet: String, _ text: String, width: Int) -> [String] {
    let indentation = String(repeating: " ", count: bullet.displayWidth)
    return text.wrapped(to: max(20, width - bullet.displayWidth)).enumerated().map {
      ($0 == 0 ? bullet : indentation) + $1
    }
  }
}

extension RunReport.Phase {
  /// What the phase comes to: time, rate, energy, and the CPU beside it, with ranges.
  fileprivate func heading(width: Int, color: Bool) -> [String] {
    guard let total else { return [] }
    var facts = ["time " + describe(total.time)]
    if let energy = total.energyText { facts.append("energy " + energy) }
    if let time = total.cpuTime { facts.append("CPU time " + describe(time)) }
    if let energy = total.cpuEnergy { facts.append("CPU energy " + describe(energy)) }
    if let rate = total.time.rate(tokens: tokens) { facts.insert(describe(rate), at: 1) }
    if let ratio = total.timeRatio { facts.append("time ratio " + describe(ratio)) }
    if let ratio = total.energyRatio { facts.append("energy ratio " + describe(ratio)) }
    let title = "\(name), \(tokens) token\(tokens == 1 ? "" : "s")".printable
    return [Style.bold.applied(to: title, color: color)]
      + RunReport.item("", facts.joined(separator: "; "), width: width)
  }

  /// One table, or where that is too wide two; the first layout that fits, or the narrowest.
  fileprivate func tables(width: Int) -> [Table] {
    let layouts =
      energyFields.flatMap { [wide($0, gap: 2), wide($0, gap: 1)] }
      + energyFields.flatMap { [narrow($0, gap: 2), narrow($0, gap: 1)] }
    return layouts.lazy.map { $0() }.first { $0.allSatisfy { $0.width <= width } }
      ?? layouts.last!()
  }

  private func wide(_ energy: [LayerField], gap: Int) -> () -> [Table] {
    {
      let fields: [LayerField] =
        [.layer, .shape, .cycles, .utilisation, .bound, .time, .energy] + energy
        + [.cpuTime, .cpuEnergy, .timeRatio, .energyRatio, .checks]
      return [table(known(fields), gap: gap)]
    }
  }

  private func narrow(_ energy: [LayerField], gap: Int) -> () -> [Table] {
    {
      [
        table(
          [
            .layer, .shape, .cycles, .utilisation, .bound, .time, .cpuTime, .timeRatio, .checks,
          ], gap: gap),
        table(known([.layer, .energy] + energy + [.cpuEnergy, .energyRatio]), gap: gap),
      ]
    }
  }

  /// Without the accelerator's energy where none is known.
  private func known(_ fields: [LayerField]) -> [LayerField] {
    total?.totalEnergy != nil ? fields : fields.filter { $0 != .energy && $0 != .energyRatio }
  }

  /// The columns of the components: all, then ever more of the smallest joined, down to three.
  private var energyFields: [[LayerField]] {
    let energy = total?.energy ?? [:]
    let present = EnergyComponent.allCases.filter { energy[$0] != nil }
    let smallest = present.sorted { energy[$0]!.typical < energy[$1]!.typical }
    // One component alone under another name would save nothing.
    let joined = present.count < 4 ? [0] : [0] + Array(2...(present.count - 2))
    return joined.map { count in
      let other = smallest.prefix(count)
      let own = present.filter { !other.contains($0) }.map(LayerField.component)
      return other.isEmpty ? own : own + [.other(present.filter(other.contains))]
    }
  }
}

extension RunReport.Figures {
  /// The energy with its range, and of which provenance which part of it is.
  fileprivate var energyText: String? {
    totalEnergy.map { describe($0, origin: Provenance.shares(in: energySources)) }
  }
}

extension Provenance {
  /// Which part of a sum is of which provenance, the largest first: `93% synthesised, 7% literature`;
  /// `nil` where the sum has no more than one.
  static func shares<Part>(in contributions: [Contribution<Part>]) -> String? {
    let total = contributions.reduce(0) { $0 + $1.amount }
    let shares = allCases.map { provenance in
      let part = contributions.filter { $0.provenance == provenance }.reduce(0) { $0 + $1.amount }
      return (provenance: provenance, share: total > 0 ? part / total : 0)
    }
    let present = shares.filter { $0.share > 0 }
    guard present.count > 1 else { return nil }
    return present.sorted { $0.share > $1.share }
      .map { "\(Scale.percent($0.share)) \($0.provenance.rawValue)" }.joined(separator: ", ")
  }
}

/// The figure with unit, range and provenance: `3.21 µJ (2.1–5.6, modelled)`.
///
/// - Parameter origin: What is said in place of the provenance.
func describe(_ estimate: any AnyEstimate, origin: String? = nil) -> String {
  let scale = Scale(
    fitting: [estimate.typical], digits: estimate.isRange ? 3 : 4, unit: estimate.unit)
  let range = estimate.isRange ? "\(scale.range(estimate)), " : ""
  let space = estimate.unit == Times.symbol ? "" : " "
  return "\(scale.text(estimate.typical))\(space)\(scale.symbol) "
    + "(\(range)\(origin ?? estimate.provenance.rawValue))"
}
