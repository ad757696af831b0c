import Energy
import Foundation
import ReportSamples
import Testing

@testable import Report

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("HTML page")
struct HTMLTests {
  /// The page without the charting library, whose own strings are not ours to judge.
  private func html(_ page: ReportPage) throws -> String { try page.html(chartLibrary: "") }

  @Test("the charting library is inside, and nothing in it ends the script")
  func library() throws {
    let library = try ReportPage.asset("vega-bundle.js")
    let html = try sampleReport(blocks: 0).html()
    #expect(NSString(string: html).contains("<script type=\"module\">\n" + library))
    #expect(!NSString(string: library).contains("</script"))
    #expect(!NSString(string: library).contains("<!--"))
  }

  @Test("a file that is not there is named")
  func missingAsset() throws {
    let error = #expect(throws: ReportError.self) { try ReportPage.asset("absent.css") }
    #expect(
      error?.description.hasPrefix("cannot read absent.css in /") == true
        && error?.description.hasSuffix("the installation is incomplete; build setun again") == true
    )
  }

  @Test("nothing in it refers to another place", arguments: HTMLTests.samplePages)
  func isSelfContained(page: ReportPage) throws {
    let html = try html(page)
    #expect(!html.contains("src=") && !html.contains("@import"))
    #expect(!html.contains(/url\((?!#)/))
    for match in html.matches(of: /href="([^"]*)"/) {
      #expect(match.output.1.hasPrefix("#"))
    }
    #expect(html.contains("Content-Security-Policy\" content=\"default-src 'none';"))
    #expect(!html.contains("{{"))
  }

  @Test("the markup is well-formed", arguments: HTMLTests.samplePages)
  func isWellFormed(page: ReportPage) throws {
    // As XML, which is stricter: the elements that HTML leaves open are closed, scripts emptied.
    let markup = try html(page).replacing(/(?s)(<(script|style)[^>]*>).*?<\/\2>/) {
      "\($0.output.1)</\($0.output.2)>"
    }
    .replacing(/(?s)<!--.*?-->/, with: "").replacing("<!doctype html>", with: "")
    .replacing(/<(meta|input|br)([^>]*)>/) { "<\($0.output.1)\($0.output.2)/>" }
    let parser = XMLParser(data: Data(markup.utf8))
    #expect(
      parser.parse(), "\(parser.parserError.map { "\($0)" } ?? ""), line \(parser.lineNumber)")
  }

  @Test("the data inside is the JSON report", arguments: HTMLTests.samplePages)
  func data(page: ReportPage) throws {
    let found = try JSONSerialization.jsonObject(with: Data(script("report", in: page).utf8))
    let expected = try JSONSerialization.jsonObject(with: Data(page.json.utf8))
    #expect(found as? NSDictionary == expected as? NSDictionary)
  }

  @Test(
    "no text of data can end its script element, or begin another", arguments: HTMLTests.samplePages
  )
  func dataEscape(page: ReportPage) throws {
    #expect(try !script("report", in: page).contains("<"))
  }

  @Test("every chart is valid JSON and asks only for what the script gives")
  func charts() throws {
    let inside = try JSONSerialization.jsonObject(
      with: Data(script("charts", in: ReportPage(sampleReport(blocks: 0))).utf8))
    let charts = try #require(inside as? [String: [String: Any]])
    #expect(Set(charts.keys) == Set(ReportPage.chartNames))
    let code = try ReportPage.scriptNames.map { try ReportPage.asset("scripts/\($0).js") }.joined()
    for (name, chart) in charts {
      #expect(chart["$schema"] as? String == "https://vega.github.io/schema/vega-lite/v6.json")
      #expect(code.contains("specification(\"\(name)\""), "nothing draws \(name)")
      for key in placeholders(in: chart) {
        #expect(code.contains(try Regex("\\b\(key)\\b")), "\(name): nobody gives $\(key)")
      }
    }
  }

  @Test("scripts and charts in the folder are those that the page takes")
  func assets() throws {
    for (folder, ending, names) in [
      ("scripts", ".js", ReportPage.scriptNames), ("charts", ".json", ReportPage.chartNames),
    ] {
      let files = try FileManager.default.contentsOfDirectory(
        atPath: ReportPage.assets.appending(path: folder).path)
      #expect(Set(files) == Set(names.map { $0 + ending }))
    }
  }

  @Test("text from files and users never becomes markup")
  func escaping() throws {
    var report = sampleReport(blocks: 1, prompt: hostileText)
    let calm = try html(ReportPage(report)).count(of: "<")
    report.model.name = hostileText
    report.model.path = hostileText
    report.model.parameters[0].value = hostileText
    report.architecture.name = hostileText
    report.architecture.parameters[0].name = hostileText
    report.phases[0].name = hostileText
    report.phases[0].layers[0].name = hostileText
    report.phases[0].layers[0].figures.cpuEnergy?.source = hostileText
    report.command = [hostileText]
    report.notes[0] = hostileText
    #expect(try html(ReportPage(report)).count(of: "<") == calm)
    #expect(
      "<a href='x'>\"&\u{1}".htmlEscaped == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;\u{FFFD}")
  }

  @Test("the licences of the charting library travel with it")
  func licences() throws {
    let page = try html(ReportPage(sampleReport(blocks: 0)))
    let comment = try #require(page.firstMatch(of: /(?s)<!--\n(.*?)-->/)).output.1
    #expect(comment.contains("University of Washington Interactive Data Lab"))
    #expect(comment.contains("Redistributions of source code must retain"))
    #expect(comment.contains("Mike Bostock"))
  }

  @Test("commands and inputs are text on the page, without any script")
  func inputs() throws {
    let html = try html(samplePage(points: 3))
    #expect(html.contains("<code>setun explore &#39;my space.yaml&#39;</code>"))
    #expect(html.contains("<summary>my space.yaml</summary>"))
    #expect(html.contains("rows: [1, 2]\n&lt;/script&gt;&lt;b&gt;&amp;\n"))
    #expect(html.contains("<dt>evaluated</dt><dd>6 points</dd>"))
  }

  @Test("values are put into the frame as they are")
  func template() {
    let text = "a {{x}} b {{y}}{{x}}".filled(with: ["x": "{{y}}", "y": "2"])
    #expect(text == "a {{y}} b 2{{y}}")
  }

  // MARK: Helpers

  static let samplePages: [ReportPage] = {
    var bare = sampleReport(blocks: 0)
    bare.areas = [:]
    bare.notes = []
    return [
      ReportPage(sampleReport(blocks: 1, prompt: hostileText)), ReportPage(bare),
      ReportPage(comparing: [sampleReport(blocks: 1), sampleReport(blocks: 2)], command: ["x"]),
      samplePage(points: 30, name: hostileText),
    ]
  }()

  /// What stands in the script element with this identifier.
  private func script(_ identifier: String, in page: ReportPage) throws -> Substring {
    let html = try html(page)
    let start = try #require(html.firstRange(of: "id=\"\(identifier)\">\n"))
    let end = try #require(html[start.upperBound...].firstRange(of: "\n</script>"))
    return html[start.upperBound..<end.lowerBound]
  }

  /// The strings `$name`.
  private func placeholders(in value: Any) -> [String] {
    switch value {
    case let object as [String: Any]: object.values.flatMap(placeholders)
    case let array as [Any]: array.flatMap(placeholders)
    case let text as String where text.hasPrefix("$"): [String(text.dropFirst())]
    default: []
    }
  }
}

extension String {
  fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}
