import Activity
import Energy

/// The columns of the table of layers.
enum LayerField: Equatable {
  case layer, shape, cycles, utilisation, bound, time, energy
  case component(EnergyComponent)
  /// The sum of the components that have no column of their own.
  case other([EnergyComponent])
  case cpuTime, cpuEnergy, timeRatio, energyRatio, checks

  /// Heads the column; short, since the legend explains it.
  var header: String {
    switch self {
    case .layer: "layer"
    case .shape: "M×N×K"
    case .cycles: "cycles"
    case .utilisation: "util."
    case .bound: "bound"
    case .time: "time"
    case .energy: "energy"
    case .component(let component): component.shortName
    case .other: "other"
    case .cpuTime: "CPU"
    case .cpuEnergy: "CPU energy"
    case .timeRatio: "t.ratio"
    case .energyRatio: "E.ratio"
    case .checks: "check"
    }
  }

  /// The estimate that the column shows, of one layer or of the total.
  func estimate(_ figures: RunReport.Figures) -> (any AnyEstimate)? {
    switch self {
    case .time: figures.time
    case .energy: figures.totalEnergy
    case .component(let component): figures.energy[component]
    case .other(let components): components.compactMap { figures.energy[$0] }.sum
    case .cpuTime: figures.cpuTime
    case .cpuEnergy: figures.cpuEnergy
    case .timeRatio: figures.timeRatio
    case .energyRatio: figures.energyRatio
    case .layer, .shape, .cycles, .utilisation, .bound, .checks: nil
    }
  }

  /// Columns with the same key share a unit, so that they can be compared.
  fileprivate var scaleGroup: LayerField {
    switch self {
    case .component, .other: .energy
    default: self
    }
  }
}

extension EnergyComponent {
  /// At most seven letters.
  var shortName: String {
    switch self {
    case .array: "array"
    case .weightBuffer: "w.buf"
    case .activationBuffer: "a.buf"
    case .accumulators: "accum."
    case .output: "output"
    case .control: "control"
    case .clockTreeAndWires: "clk+wir"
    case .externalMemory: "memory"
    case .leakage: "leakage"
    }
  }

  /// The raw value as words.
  var words: String { rawValue.replacing("_", with: " ") }
}

extension RunReport.Phase {
  /// The table with these columns; cells of what does not exist show a dash.
  func table(_ fields: [LayerField], gap: Int) -> Table {
    var table = Table(columns: [], gap: gap)
    var rows = [[Table.Cell]](repeating: [], count: layers.count)
    var totals: [Table.Cell] = []
    let total = total
    for field in fields {
      let scale = scale(field)
      let alignment: Table.Alignment =
        [.layer, .bound, .checks].contains(field) ? .left : .right
      table.columns.append(
        .init(header: field.header, unit: unit(field, scale), alignment: alignment))
      for (index, layer) in layers.enumerated() {
        rows[index].append(layer.cell(field, scale))
      }
      if let total { totals.append(totalCell(field, scale, total)) }
      if case .other(let components) = field {
        table.note = "other: " + components.map(\.words).joined(separator: ", ")
      }
    }
    table.rows = rows
    if layers.count > 1 { table.total = totals.map { Table.Cell($0.text, $0.style.bolder) } }
    return table
  }

  /// The scale of a column: three digits where there is a range, four where the figure is sharp.
  func scale(_ field: LayerField) -> Scale? {
    func values(_ field: LayerField) -> [Double] {
      layers.compactMap { field.estimate($0.figures) }
        .map { field == .cpuEnergy ? $0.high : $0.typical }
    }
    let estimates = layers.compactMap { field.estimate($0.figures) }
    guard let unit = estimates.first?.unit else { return nil }
    return Scale(
      fitting: values(field), digits: estimates.contains { $0.isRange } ? 3 : 4,
      neighbours: values(field.scaleGroup), unit: unit)
  }

  func unit(_ field: LayerField, _ scale: Scale?) -> String {
    switch field {
    case .utilisation: "%"
    default: scale?.symbol ?? ""
    }
  }

  private func totalCell(
    _ field: LayerField, _ scale: Scale?, _ total: RunReport.Figures
  ) -> Table.Cell {
    switch field {
    case .layer: "total"
    case .shape, .bound: ""
    case .checks: totalCheckCell(total)
    default: total.cell(field, scale)
    }
  }

  /// As for a layer, but in brackets where only some of the layers were compared.
  func totalCheckCell(_ total: RunReport.Figures) -> Table.Cell {
    let cells = layers.map(\.figures.checkLetters)
    let letters = total.checkLetters.indices.map { index in
      let letter = total.checkLetters[index]
      let isPartial = letter != "–" && cells.contains { $0[index] == "–" }
      return isPartial ? "(\(letter))" : letter
    }
    return Table.Cell(letters.joined(), total.checkStyle)
  }
}

extension RunReport.Layer {
  fileprivate func cell(_ field: LayerField, _ scale: Scale?) -> Table.Cell {
    switch field {
    case .layer:
      Table.Cell(
        RunReport.shortName(name).printable.abbreviated(to: 24) + (count > 1 ? " ×\(count)" : ""))
    case .shape: Table.Cell("\(m)×\(n)×\(k)")
    case .bound: Table.Cell(bound.rawValue)
    default: figures.cell(field, scale)
    }
  }
}

extension RunReport.Figures {
  fileprivate func cell(_ field: LayerField, _ scale: Scale?) -> Table.Cell {
    switch field {
    case .cycles: return Table.Cell(Scale.grouped(counts[.cycles]))
    case .utilisation:
      return Table.Cell(Scale(fitting: [100], unit: "%").text(100 * counts.utilisation))
    case .checks: return Table.Cell(checkLetters.joined(), checkStyle)
    default: break
    }
    guard let scale, let estimate = field.estimate(self) else { return "–" }
    return Table.Cell(field == .cpuEnergy ? scale.range(estimate) : scale.text(estimate.typical))
  }

  /// `R`, `O`, `L`: equal to the reference, to the oracle and, in every cycle, to the RTL.
  var checkLetters: [String] {
    [reference.sign("R"), oracle.sign("O"), lockStepCycles == nil ? "–" : "L"]
  }

  var checkStyle: Style {
    reference.different + oracle.different > 0 ? .bad : .good
  }
}

extension RunReport.Comparison {
  /// The letter when all sums were equal, with `!` when some differed, a dash when none was compared.
  fileprivate func sign(_ letter: String) -> String {
    compared == 0 ? "–" : different == 0 ? letter : letter + "!"
  }
}

extension Style {
  fileprivate var bolder: Style { self == .plain ? .bold : self }
}

extension RunReport {
  /// `layers.0.self_attn.q_proj` as `0 q_proj`; other names unchanged.
  static func shortName(_ name: String) -> String {
    var parts = name.split(separator: ".")
    if parts.last == "weight" { parts.removeLast() }
    guard let index = parts.firstIndex(of: "layers"), index + 2 < parts.count,
      let number = Int(parts[index + 1]), let last = parts.last
    else { return name }
    return "\(number) \(last)"
  }
}
