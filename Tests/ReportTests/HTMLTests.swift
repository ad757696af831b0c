import Energy
import Foundation
import Testing

@testable import Report

@Suite("HTML page")
struct HTMLTests {
  /// The page without the charting library, whose own strings are not ours to judge.
  private func page(_ report: RunReport) throws -> String { try report.html(chartLibrary: "") }

  @Test("the charting library is inside, and nothing in it ends the script")
  func library() throws {
    let library = try RunReport.asset("vega-bundle.js")
    let html = try sampleReport(blocks: 0).html()
    #expect(NSString(string: html).contains("<script type=\"module\">\n" + library))
    #expect(!NSString(string: library).contains("</script"))
    #expect(!NSString(string: library).contains("<!--"))
  }

  @Test("nothing in it refers to another place")
  func isSelfContained() throws {
    let page = try page(sampleReport())
    #expect(!page.contains("src="))
    #expect(!page.contains("@import") && !page.contains("url("))
    for match in page.matches(of: /href="([^"]*)"/) {
      #expect(match.output.1.hasPrefix("#") || match.output.1.hasPrefix("data:text/csv"))
    }
    #expect(page.contains("Content-Security-Policy\" content=\"default-src 'none';"))
    #expect(!page.contains("{{"))
  }

  @Test("the data inside is the JSON report")
  func data() throws {
    let report = sampleReport(prompt: hostileText)
    let page = try page(report)
    let start = try #require(page.firstRange(of: "id=\"report\">"))
    let end = try #require(page[start.upperBound...].firstRange(of: "</script>"))
    let inside = Data(page[start.upperBound..<end.lowerBound].utf8)
    let expected = try JSONSerialization.jsonObject(with: Data(report.json.utf8))
    let found = try JSONSerialization.jsonObject(with: inside)
    #expect(found as? NSDictionary == expected as? NSDictionary)
  }

  @Test("text from files and users never becomes markup")
  func escaping() throws {
    var report = sampleReport(blocks: 1, prompt: hostileText)
    let calm = try page(report).count(of: "<")
    report.model.name = hostileText
    report.model.path = hostileText
    report.model.parameters[0].value = hostileText
    report.architecture.name = hostileText
    report.architecture.parameters[0].name = hostileText
    report.phases[0].name = hostileText
    report.phases[0].layers[0].name = hostileText
    report.phases[0].layers[0].figures.cpuEnergy.source = hostileText
    report.command = [hostileText]
    report.notes[0] = hostileText
    // The odd source adds one `<br>` to the table of origins; nothing else may add a tag.
    #expect(try page(report).count(of: "<") == calm + 1)
    #expect(
      "<a href='x'>\"&\u{1}".htmlEscaped == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;\u{FFFD}")
  }

  @Test("every layer is a row with its figures, their range and origin on hover")
  func tables() throws {
    let report = sampleReport()
    let page = try page(report)
    #expect(page.count(of: "<th data-value=\"layers.") == 56)
    for layer in report.phases.flatMap(\.layers) {
      #expect(page.contains("data-value=\"\(layer.figures.time.typical)\""))
      #expect(page.contains("data-value=\"\(layer.figures.totalEnergy.typical)\""))
    }
    // 256 × 256 products at 1.2 pJ and half and twice as much.
    #expect(
      page.contains("title=\"78.6 nJ (39.3–157.3, literature): DDR4 data sheets\""))
    #expect(page.contains("<span class=\"origin\">39–157, literature</span>"))
  }

  @Test("the CSV link holds the CSV report")
  func csvLink() throws {
    let report = sampleReport(blocks: 1)
    let match = try #require(
      try page(report).firstMatch(of: /href="data:text\/csv;charset=utf-8,([^"]*)"/))
    #expect(String(match.output.1).removingPercentEncoding == report.csv)
  }

  @Test("the licences of the charting library travel with it")
  func licences() throws {
    let page = try page(sampleReport(blocks: 0))
    let comment = try #require(page.firstMatch(of: /(?s)<!--\n(.*?)-->/)).output.1
    #expect(comment.contains("University of Washington Interactive Data Lab"))
    #expect(comment.contains("Redistributions of source code must retain"))
    #expect(comment.contains("Mike Bostock"))
  }

  @Test("a report without layers, areas or notes is still a page")
  func empty() throws {
    var report = sampleReport(blocks: 0)
    report.areas = [:]
    report.notes = []
    let page = try page(report)
    #expect(page.contains("No area was estimated."))
    #expect(page.hasSuffix("</html>\n"))
  }

  @Test("values are put into the frame as they are")
  func template() {
    let text = "a {{x}} b {{y}}{{x}}".filled(with: ["x": "{{y}}", "y": "2"])
    #expect(text == "a {{y}} b 2{{y}}")
    #expect("é/ü\n".percentEncoded == "%C3%A9%2F%C3%BC%0A")
  }
}

extension String {
  fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}
