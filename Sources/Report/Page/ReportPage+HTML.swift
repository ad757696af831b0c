import Foundation

extension RunReport {
  /// The report as one HTML page; see ``ReportPage/html()``.
  public func html() throws(ReportError) -> String { try ReportPage(self).html() }
}

extension ReportPage {
  /// One HTML page that loads nothing: data, style, charts and scripts are inside.
  ///
  /// About 1 MB of it is the charting library.
  ///
  /// - Throws: ``ReportError/missingAsset(name:folder:)`` when the files of this module are not
  ///   beside the program.
  public func html() throws(ReportError) -> String {
    try html(chartLibrary: Self.asset("vega-bundle.js"))
  }

  /// The page with `chartLibrary` as the text of its first module.
  func html(chartLibrary: String) throws(ReportError) -> String {
    try Self.asset("page.html").filled(with: [
      "kind": kind.htmlEscaped,
      "title": title.htmlEscaped,
      "lead": lead.htmlEscaped,
      "style": Self.asset("page.css"),
      "facts": factsHTML,
      "commands": commands.map(\.html).joined(separator: "\n"),
      "inputs": inputs.map(\.html).joined(separator: "\n"),
      "notes": notes.isEmpty
        ? "<p>Nothing.</p>"
        : "<ul>\n" + notes.map { "<li>\($0.htmlEscaped)</li>\n" }.joined() + "</ul>",
      "json": jsonValue.compactText,
      "charts": Self.charts(),
      "license": Self.asset("vega-bundle.LICENSE"),
      "vega": chartLibrary,
      "script": Self.script(),
    ])
  }

  /// The parts of the script, those that others use first.
  static let scriptNames = [
    "values", "elements", "table", "charts", "contenders", "space", "comparison", "diagram",
    "phases", "layers", "design", "main",
  ]

  /// The charts that the script draws.
  static let chartNames = ["blocks", "comparison", "roofline", "scatter", "stacked", "timeline"]

  private static func script() throws(ReportError) -> String {
    var parts: [String] = []
    for name in scriptNames { parts.append(try asset("scripts/\(name).js")) }
    return parts.joined(separator: "\n")
  }

  /// The specifications as one JSON object.
  private static func charts() throws(ReportError) -> String {
    var parts: [String] = []
    for name in chartNames { parts.append("\"\(name)\": " + (try asset("charts/\(name).json"))) }
    return "{" + parts.joined(separator: ",\n") + "}"
  }

  /// The folder of what pages are made of.
  static let assets = Bundle.module.bundleURL.appendingPathComponent("Assets")

  /// The text of a file in that folder.
  static func asset(_ name: String) throws(ReportError) -> String {
    guard let text = try? String(contentsOf: assets.appendingPathComponent(name), encoding: .utf8)
    else { throw .missingAsset(name: name, folder: assets.path) }
    return text
  }

  private var factsHTML: String {
    let all = [RunReport.Parameter("date", date), .init("setun", toolVersion)] + facts
    let items = all.map {
      "<div><dt>\($0.name.htmlEscaped)</dt><dd>\($0.value.htmlEscaped)</dd></div>"
    }
    return "<dl class=\"facts\">\(items.joined())</dl>"
  }
}

extension ReportPage.Command {
  fileprivate var html: String {
    "<div class=\"command\"><p>\(purpose.htmlEscaped)</p>"
      + "<pre tabindex=\"0\" aria-label=\"Command that \(purpose.htmlEscaped)\">"
      + "<code>\(arguments.shellCommandLine.htmlEscaped)</code></pre></div>"
  }
}

extension ReportPage.Input {
  fileprivate var html: String {
    let body: String
    switch content {
    case .text(let text):
      body =
        "<pre tabindex=\"0\" aria-label=\"\(name.htmlEscaped)\"><code>\(text.htmlEscaped)</code>"
        + "</pre>"
    case .parameters(let parameters):
      let rows = parameters.map {
        "<tr><th scope=\"row\"><code>\($0.name.htmlEscaped)</code></th>"
          + "<td class=\"text long\">\($0.value.htmlEscaped)</td></tr>\n"
      }
      body =
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"\(name.htmlEscaped)\">"
        + "<table><tbody>\n\(rows.joined())</tbody></table></div>"
    }
    return "<details><summary>\(name.htmlEscaped)</summary>\(body)</details>"
  }
}
