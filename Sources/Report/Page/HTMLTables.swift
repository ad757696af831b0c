import Activity
import Energy

extension RunReport.Phase {
  /// The charts of the phase, to be drawn by the script, and its table.
  func html(index: Int) -> String {
    guard !layers.isEmpty else { return "" }
    let heading = "\(name), \(tokens) token\(tokens == 1 ? "" : "s")".htmlEscaped
    return """
      <h3>\(heading)</h3>
      <div class="charts" data-charts="phase" data-phase="\(index)" data-name="\(name.htmlEscaped)">\
      </div>
      \(scroll(name + ", layers", tableHTML))
      """
  }

  private var fields: [LayerField] {
    let present = EnergyComponent.allCases.filter { component in
      layers.contains { $0.figures.energy[component] != nil }
    }
    // The table scrolls sideways, so what readers look for first comes before the components.
    let first: [LayerField] = [
      .layer, .shape, .cycles, .utilisation, .bound, .checks, .time, .cpuTime, .timeRatio, .energy,
      .cpuEnergy, .energyRatio,
    ]
    return first + present.map(LayerField.component)
  }

  private var tableHTML: String {
    let columns = fields.map { (field: $0, scale: scale($0)) }
    let heads = columns.map { headHTML($0.field, $0.scale) }
    let rows = layers.map { layer in
      "<tr>"
        + columns.map { field, scale in
          layer.htmlCell(field, scale).html(field == .layer ? "th" : "td")
        }.joined() + "</tr>\n"
    }
    let foot = total.map { total in
      "<tfoot><tr>"
        + columns.map { totalHTML($0.field, $0.scale, total) }.joined() + "</tr></tfoot>"
    }
    return "<table class=\"layers\"><thead><tr>\(heads.joined())</tr></thead>\n<tbody>\n"
      + rows.joined() + "</tbody>\n\(foot ?? "")</table>"
  }

  /// Name, unit and provenance of a column.
  private func headHTML(_ field: LayerField, _ scale: Scale?) -> String {
    let estimates = layers.compactMap { field.estimate($0.figures) }
    let kinds = Set(estimates.map(\.provenance)).sorted().map(\.rawValue)
    let unit = unit(field, scale)
    let provenance: String =
      switch field {
      case .cycles, .utilisation, .bound: "counted"
      case .checks: "compared"
      default: kinds.joined(separator: ", ")
      }
    return "<th scope=\"col\" class=\"\(field.isText ? "text" : "")\" "
      + "title=\"\(field.explanation.htmlEscaped)\"><span>\(field.header.htmlEscaped)</span>"
      + "<small>\(unit.isEmpty ? "&nbsp;" : unit.htmlEscaped)</small>"
      + "<small>\(provenance.isEmpty ? "&nbsp;" : provenance)</small></th>"
  }

  private func totalHTML(
    _ field: LayerField, _ scale: Scale?, _ total: RunReport.Figures
  ) -> String {
    switch field {
    case .layer: HTMLCell("total").html("th")
    case .shape, .bound: HTMLCell("").html()
    case .checks: HTMLCell(totalCheckCell(total).text, style: total.checkClass).html()
    default: total.htmlCell(field, scale).html()
    }
  }
}

extension RunReport.Layer {
  fileprivate func htmlCell(_ field: LayerField, _ scale: Scale?) -> HTMLCell {
    switch field {
    case .layer:
      var cell = HTMLCell(RunReport.shortName(name), value: name)
      cell.title = name
      return cell
    case .shape: return HTMLCell("\(m)×\(n)×\(k)", value: String(macs))
    case .bound: return HTMLCell(bound.rawValue, style: "text")
    default: return figures.htmlCell(field, scale)
    }
  }
}

extension RunReport.Figures {
  fileprivate func htmlCell(_ field: LayerField, _ scale: Scale?) -> HTMLCell {
    switch field {
    case .cycles:
      var cell = HTMLCell(Scale.grouped(counts[.cycles]), value: String(counts[.cycles]))
      let shares = ([.busy] + Event.stalls).map { "\($0.name) \(Scale.grouped(counts[$0]))" }
      cell.title = shares.joined(separator: ", ")
      cell.origin = "counted"
      return cell
    case .utilisation:
      let percent = 100 * counts.utilisation
      var cell = HTMLCell(
        Scale(fitting: [100], unit: "%").text(percent), value: JSONValue.shortest(percent))
      cell.origin = "counted"
      return cell
    case .checks: return HTMLCell(checkLetters.joined(), style: checkClass)
    default: break
    }
    guard let scale, let estimate = field.estimate(self) else { return HTMLCell("–", value: "") }
    return HTMLCell(estimate, scale, showsRange: field == .cpuEnergy)
  }

  fileprivate var checkClass: String { checkStyle == .bad ? "text bad" : "text good" }
}

extension LayerField {
  fileprivate var isText: Bool { [.layer, .bound, .checks].contains(self) }

  /// What the header stands for.
  fileprivate var explanation: String {
    switch self {
    case .layer: "The BitLinear layer; rest on a name to see it in full"
    case .shape: "Tokens × outputs × inputs"
    case .cycles: "Clock cycles of the job"
    case .utilisation: "Cycles in which the tree array took an operand"
    case .bound:
      "The busiest part: the array (compute), or the external memory and what it mostly moves"
    case .time: "Time on the accelerator"
    case .energy: "Energy of the accelerator, all components"
    case .component(let component): "Energy: \(component.words)"
    case .other(let components): "Energy: " + components.map(\.words).joined(separator: ", ")
    case .cpuTime: "Time of the CPU runtime"
    case .cpuEnergy: "Energy of the CPU, lowest to highest"
    case .timeRatio: "CPU time divided by the accelerator's"
    case .energyRatio: "CPU energy divided by the accelerator's"
    case .checks:
      "R: sums equal to the CPU reference runtime; O: to the exact oracle; L: every cycle equal in "
        + "the RTL; in brackets: some layers only"
    }
  }
}

extension RunReport {
  /// The areas of the blocks.
  var areasHTML: String {
    guard let whole = totalArea else { return "<p>No area was estimated.</p>" }
    let estimates = Block.allCases.compactMap { block in areas[block].map { (block, $0) } }
    let scale = Scale(
      fitting: estimates.map(\.1.typical), digits: 3, unit: SquareMicrometres.symbol)
    func row(_ name: String, _ area: Estimate<SquareMicrometres>) -> String {
      let share = whole.typical > 0 ? 100 * area.typical / whole.typical : 0
      return "<tr>" + HTMLCell(name).html("th") + HTMLCell(area, scale).html()
        + HTMLCell(scale.range(area)).html()
        + HTMLCell(Scale(fitting: [100], unit: "%").text(share)).html()
        + HTMLCell("\(area.provenance.rawValue): \(area.source)", style: "text long").html()
        + "</tr>\n"
    }
    let heads = [("area", scale.symbol), ("low–high", scale.symbol), ("share", "%")]
      .map { "<th scope=\"col\">\($0)<small>\($1)</small></th>" }.joined()
    return scroll(
      "Area by block",
      "<table><thead><tr><th scope=\"col\" class=\"text\">block</th>\(heads)"
        + "<th scope=\"col\" class=\"text\">provenance</th></tr></thead>"
        + "\n<tbody>\n" + estimates.map { row($0.rawValue.replacing("_", with: " "), $1) }.joined()
        + "</tbody>\n<tfoot>\(row("total", whole))</tfoot></table>")
  }
}
