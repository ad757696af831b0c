import Foundation
import Testing

/// Few points, and a constraint that rules one of them out.
private let space = """
  name: small
  description: Four points and one that is too large.
  base: default
  workloads:
    - {name: chat, model: built-in, prompt_tokens: 2, generated_tokens: 2}
  parameters:
    rows: [4, 8]
    lanes: [32, 64]
    zero_gating: [true]
  constraints:
    - rows * lanes <= 500
  objectives: [decode_latency_s, area_mm2]

  """

extension CommandTests {
  @Suite("report") struct ReportCommandTests {
    @Test("a store becomes a page, a table, JSON and CSV that agree")
    func store() async throws {
      let folder = try WorkFolder()
      try folder.write("space.yaml", space)
      let sweep = try await setun(
        "explore", "sweep", "space.yaml", "--store", "sweep.sqlite", in: folder)
      try #require(sweep.status == 0, "\(sweep.errors)")
      let outcome = try await setun(
        "report", "sweep.sqlite", "--json", "page.json", "--csv", "page.csv", in: folder)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(
        outcome.output.hasSuffix("\nHTML setun-report.html\nJSON page.json\nCSV page.csv\n"))
      #expect(outcome.output.contains("\nspace: 4 points\n"))
      #expect(outcome.output.contains("int8 array") && outcome.output.contains("FP16 array"))
      let html = folder.read("setun-report.html")
      #expect(html.contains("setun explore sweep space.yaml --store sweep.sqlite"))
      #expect(
        html.contains("1 point was ruled out before it was evaluated: rows * lanes &lt;= 500"))
      let page = try #require(
        JSONSerialization.jsonObject(with: Data(folder.read("page.json").utf8)) as? [String: Any])
      let points = try #require(page["sweep"] as? [String: Any])
      let hashes = try #require(points["hashes"] as? [String])
      #expect(hashes.count == 3 && points["total"] as? Int == 3)
      let parameters = try #require(points["parameters"] as? [[String: Any]])
      #expect(parameters.compactMap { $0["name"] as? String } == ["rows", "lanes"])
      for design in try #require(page["designs"] as? [[String: Any]]) {
        let index = try #require(design["point"] as? Int)
        let name = try #require(design["name"] as? String)
        #expect(hashes[index].hasPrefix(name))
        #expect(folder.read("page.csv").contains("\n\(name),area_mm2,mm²,"))
      }
    }

    @Test("points can be named, and only so many are taken")
    func choice() async throws {
      let folder = try WorkFolder()
      try folder.write("space.yaml", space)
      _ = try await setun("explore", "sweep", "space.yaml", "--store", "s.sqlite", in: folder)
      let all = try await setun("report", "s.sqlite", "--json", "all.json", in: folder)
      try #require(all.status == 0, "\(all.errors)")
      let page = try #require(
        JSONSerialization.jsonObject(with: Data(folder.read("all.json").utf8)) as? [String: Any])
      let hash = try #require(((page["sweep"] as? [String: Any])?["hashes"] as? [String])?.last)
      let one = try await setun(
        "report", "s.sqlite", "--design", String(hash.prefix(6)), "--points", "1", "--output",
        "one.html", in: folder)
      #expect(one.status == 0 && one.output.contains("- \(hash.prefix(8)): named by --design"))
      #expect(folder.read("one.html").contains("Of 3 points the page has"))
    }

    @Test("runs stand side by side, with the command of each")
    func runs() async throws {
      let folder = try WorkFolder()
      for (name, architecture) in [("a", "tiny"), ("b", "default")] {
        let run = try await Command(
          quickRun + ["--architecture", architecture, "--json", "\(name).json"], in: folder
        ).outcome()
        try #require(run.status == 0, "\(run.errors)")
      }
      let outcome = try await setun("report", "a.json", "b.json", "--output", "r.html", in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      for text in ["tiny", "default", "CPU", "int8 array", "W4A16 traffic"] {
        #expect(outcome.output.contains(text), "\(text)")
      }
      let html = folder.read("r.html")
      #expect(html.contains("--architecture tiny") && html.contains("--architecture default"))
      let single = try await setun("report", "a.json", "--output", "a.html", in: folder)
      #expect(single.status == 0 && single.output.hasSuffix("\nHTML a.html\n"))
    }

    @Test("what cannot be a report is refused")
    func refusals() async throws {
      let folder = try WorkFolder()
      try folder.write("empty.json", "{}")
      try folder.write("other.sqlite", "SQLite format 3\0 and nothing else")
      try await expectRefusal(
        ["report", "absent.json"], in: folder,
        .exactly("cannot read absent.json: No such file or directory"))
      try await expectRefusal(
        ["report", "empty.json"], in: folder,
        .exactly(
          "empty.json: the document: expected the key \"schema\", found an object"))
      try await expectRefusal(
        ["report", "empty.json", "--design", "12"], in: folder,
        .exactly("--design: expected a store to take it from, found empty.json"))
      try await expectRefusal(
        ["report", "other.sqlite", "empty.json"], in: folder,
        .exactly("other.sqlite: expected one store alone, found 2 files"))
      try await expectRefusal(
        ["report", "other.sqlite"], in: folder, .prefix("other.sqlite: "))
      try await expectRefusal(
        ["report", "empty.json", "--output", "missing/page.html"], in: folder,
        .exactly(
          "cannot write missing/page.html: creating a temporary file beside it: "
            + "No such file or directory"))
      try await expectRefusal(
        ["report", "a", "b", "c", "d", "e", "f"], in: folder,
        .usage("expected up to 5 JSON reports, found 6", of: "setun report"))
      try await expectRefusal(
        ["report", "a", "--points", "0"], in: folder,
        .usage("--points: expected 1 or more, found 0", of: "setun report"))
      try await expectRefusal(
        ["report", "a"] + (0..<6).flatMap { ["--design", "\($0)"] }, in: folder,
        .usage("--design: expected up to 5, found 6", of: "setun report"))
    }
  }
}
