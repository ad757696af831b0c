import Energy
import Foundation

extension RunReport {
  /// The report as one HTML page that loads nothing: data, style, charts and scripts are inside.
  ///
  /// About 1 MB, nearly all of it the charting library.
  ///
  /// - Throws: ``ReportError/missingAsset(name:folder:)`` when the files of this module are not
  ///   beside the program.
  public func html() throws(ReportError) -> String {
    try html(chartLibrary: Self.asset("vega-bundle.js"))
  }

  /// The page with `chartLibrary` as the text of its first module.
  func html(chartLibrary: String) throws(ReportError) -> String {
    let peaks = [
      "Peak throughput \(describe(architecture.peakThroughput)): "
        + architecture.peakThroughput.source,
      "memory bandwidth \(describe(architecture.peakBandwidth)): "
        + architecture.peakBandwidth.source,
    ]
    return try Self.asset("page.html").filled(with: [
      "title": "\(model.name) on \(architecture.name)".htmlEscaped,
      "model_description": model.description.htmlEscaped,
      "architecture_description": architecture.description.htmlEscaped,
      "style": Self.asset("page.css"),
      "facts": factsHTML,
      "command": commandLine.htmlEscaped,
      "cards": phases.map(\.cardHTML).joined(separator: "\n") + "\n" + checkCardHTML,
      "csv": csv.percentEncoded,
      "phases": phases.enumerated().map { $1.html(index: $0) }.joined(separator: "\n"),
      "peaks": (peaks.joined(separator: "; ") + ".").htmlEscaped,
      "areas": areasHTML,
      "origins": originsHTML,
      "inputs": inputsHTML,
      "notes": "<ul>\n" + notes.map { "<li>\($0.htmlEscaped)</li>\n" }.joined() + "</ul>",
      "json": jsonValue.text,
      "license": Self.asset("vega-bundle.LICENSE"),
      "vega": chartLibrary,
      "script": Self.asset("page.js"),
    ])
  }

  /// The text of a file in `Assets`.
  static func asset(_ name: String) throws(ReportError) -> String {
    let folder = Bundle.module.bundleURL.appendingPathComponent("Assets")
    guard let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    else { throw .missingAsset(name: name, folder: folder.path) }
    return text
  }

  private var factsHTML: String {
    let facts = [
      ("date", date), ("setun", toolVersion), ("configuration", architecture.configurationHash),
      ("technology", architecture.technology), ("prompt", "\(prompt.tokens) tokens"),
    ]
    return "<dl class=\"facts\">"
      + facts.map { "<div><dt>\($0)</dt><dd>\($1.htmlEscaped)</dd></div>" }.joined() + "</dl>"
  }

  /// Whether everything that was compared was equal.
  private var checkCardHTML: String {
    let totals = phases.compactMap(\.total)
    let cycles = totals.compactMap(\.lockStepCycles).reduce(0, +)
    let lines =
      [
        ("sums, reference runtime", totals.map(\.reference).reduce(.none, +).html),
        ("sums, exact oracle", totals.map(\.oracle).reduce(.none, +).html),
        (
          "cycles, RTL in lock-step",
          cycles == 0
            ? "<b>not run</b>" : "<b class=\"good\">\(Scale.grouped(cycles)) equal</b>"
        ),
      ]
      + [("model speed", modelSpeed), ("RTL speed", rtlSpeed)].compactMap { name, speed in
        speed.map { (name, $0.html) }
      }
      + (totalArea.map { [("area", $0.html)] } ?? [])
    return card("Checks, speed, area", lines)
  }

  private var originsHTML: String {
    let rows = origins.map { origin in
      let sources = origin.sources.map { "\($0.provenance.rawValue): \($0.text)".htmlEscaped }
      return "<tr><th scope=\"row\">\(origin.name.htmlEscaped)</th>"
        + "<td class=\"text long\">\(sources.joined(separator: "<br>"))</td></tr>\n"
    }
    let counted =
      "<tr><th scope=\"row\">cycles, utilisation, bound</th><td class=\"text long\">counted: the "
      + "model; where the RTL ran beside it, equal in every cycle</td></tr>\n"
    return scroll("Origins", "<table><tbody>\n\(counted)\(rows.joined())</tbody></table>")
  }

  private var inputsHTML: String {
    func table(_ caption: String, _ parameters: [Parameter]) -> String {
      let rows = parameters.map {
        "<tr><th scope=\"row\">\($0.name.htmlEscaped)</th>"
          + "<td class=\"text long\">\($0.value.htmlEscaped)</td></tr>\n"
      }
      return "<div><h3>\(caption.htmlEscaped)</h3>"
        + scroll(caption, "<table><tbody>\n\(rows.joined())</tbody></table>") + "</div>"
    }
    let quoted = prompt.text.htmlEscaped
    let technology = Parameter("technology", architecture.technology)
    return "<h3>Prompt</h3>\n<blockquote>\(quoted)</blockquote>\n<div class=\"columns\">"
      + table("Architecture", [technology] + architecture.parameters)
      + table("Model", [Parameter("path", model.path)] + model.parameters) + "</div>"
  }
}

extension RunReport.Phase {
  fileprivate var cardHTML: String {
    guard let total else { return "" }
    let estimates: [(String, (any AnyEstimate)?)] = [
      ("rate", total.time.rate(tokens: tokens)), ("time", total.time),
      ("energy", total.totalEnergy),
      ("CPU time", total.cpuTime), ("CPU energy", total.cpuEnergy),
      ("CPU time ÷ time", total.timeRatio), ("CPU energy ÷ energy", total.energyRatio),
    ]
    let heading = "\(name), \(tokens) token\(tokens == 1 ? "" : "s")"
    return card(heading, estimates.compactMap { name, value in value.map { (name, $0.html) } })
  }
}

extension RunReport.Comparison {
  fileprivate var html: String {
    if compared == 0 { return "<b>not compared</b>" }
    return different == 0
      ? "<b class=\"good\">\(Scale.grouped(UInt64(compared))) equal</b>"
      : "<b class=\"bad\">\(different) of \(compared) different</b>"
  }
}

extension AnyEstimate {
  /// The figure, its range and provenance below, its source on hover.
  fileprivate var html: String {
    let scale = Scale(fitting: [typical], digits: isRange ? 3 : 4, unit: unit)
    let space = unit == Times.symbol ? "" : " "
    let range = isRange ? "\(scale.range(self)), " : ""
    return "<b title=\"\(source.htmlEscaped)\">\(scale.text(typical))\(space)\(scale.symbol)</b>"
      + "<span class=\"origin\">\(range)\(provenance.rawValue)</span>"
  }
}

private func card(_ heading: String, _ lines: [(name: String, html: String)]) -> String {
  "<div class=\"card\"><h3>\(heading.htmlEscaped)</h3><dl>\n"
    + lines.map { "<dt>\($0.name)</dt><dd>\($0.html)</dd>\n" }.joined() + "</dl></div>"
}

/// A box in which a wide table scrolls, with the keyboard too, while the page keeps its width.
func scroll(_ label: String, _ table: String) -> String {
  "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(label.htmlEscaped)\">"
    + table + "</div>"
}
