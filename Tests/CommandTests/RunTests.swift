import Foundation
import Testing

/// The layers of the built-in model, as its `config.json` has them: M is the tokens.
private let expectedLayers: [(name: String, n: Int, k: Int)] = (0..<4).flatMap { block in
  [
    ("self_attn.q_proj", 256, 256), ("self_attn.k_proj", 64, 256), ("self_attn.v_proj", 64, 256),
    ("self_attn.o_proj", 256, 256), ("mlp.gate_proj", 768, 256), ("mlp.up_proj", 768, 256),
    ("mlp.down_proj", 256, 768),
  ].map { ("layers.\(block).\($0.0)", $0.1, $0.2) }
}

extension CommandTests {
  @Suite("run") struct RunTests {
    @Test("the table has a row for each layer in both phases, and two totals")
    func table() async throws {
      let run = try await SharedRun.tiny.value
      let lines = run.outcome.output.split(separator: "\n").map {
        $0.split(separator: " ").map(String.init)
      }
      for (name, n, k) in expectedLayers {
        let parts = name.split(separator: ".")
        for tokens in [1, 2] {
          let opening = [String(parts[1]), String(parts[3]), "\(tokens)×\(n)×\(k)"]
          #expect(lines.count { $0.starts(with: opening) } == 1, "\(opening)")
        }
      }
      // Two for the phases, one for the areas.
      #expect(lines.count { $0.first == "total" } == 3)
      #expect(run.outcome.output.hasSuffix("\nJSON setun-run.json\nHTML setun-run.html\n"))
    }

    @Test("away from a terminal there are no escape sequences, and one line a step")
    func plainText() async throws {
      let run = try await SharedRun.tiny.value
      #expect(!(run.outcome.output + run.outcome.errors).contains { "\u{1B}\r".contains($0) })
      #expect(run.outcome.message == "")
      #expect(run.outcome.errors.contains(" in RTL\n"))
    }

    @Test("every sum of every layer is compared with both references, and equal")
    func sums() async throws {
      let report = try await SharedRun.tiny.value.report
      #expect(report.schema == "setun_run_report_1")
      #expect(report.prompt.text == "In" && report.prompt.tokens == 2)
      #expect(report.phases.map(\.name) == ["decode", "prefill"])
      #expect(report.phases.map(\.tokens) == [1, 2])
      for phase in report.phases {
        #expect(phase.layers.map(\.name) == expectedLayers.map(\.name))
        for (layer, expected) in zip(phase.layers, expectedLayers) {
          #expect(layer.m == phase.tokens && layer.n == expected.n && layer.k == expected.k)
          let all = ReportFile.Comparison(compared: layer.m * layer.n, different: 0)
          #expect(layer.figures.reference == all && layer.figures.oracle == all, "\(layer.name)")
        }
      }
    }

    @Test("the first layer of each shape ran in lock-step from reset to its end")
    func lockStep() async throws {
      let report = try await SharedRun.tiny.value.report
      for phase in report.phases {
        var seen: Set<[Int]> = []
        for layer in phase.layers {
          let cycles = layer.figures.lockStepCycles
          if seen.insert([layer.n, layer.k]).inserted {
            #expect(try #require(cycles) > layer.figures.counts["cycles"]!, "\(layer.name)")
          } else {
            #expect(cycles == nil, "\(layer.name)")
          }
        }
        #expect(seen.count == 4)
      }
    }

    @Test("the counters of every layer keep the laws of the accelerator")
    func counters() async throws {
      for layer in try await SharedRun.tiny.value.report.layers {
        let figures = layer.figures
        let stalls = figures.counts.filter { $0.key.hasPrefix("stall_") }
        #expect(stalls.count == 5)
        let accounted = stalls.values.reduce(0, +) + (figures.counts["busy"] ?? 0)
        #expect(accounted == figures.counts["cycles"], "\(layer.name)")
        // 100 MHz.
        #expect(close(figures.time.typical, try figures["cycles"] / 100e6), "\(layer.name)")
        // Lanes include the padding to whole tiles of 5 × 12.
        let tiles = ((layer.n + 4) / 5) * ((layer.k + 11) / 12)
        let lanes = try figures["lane_add"] + figures["lane_subtract"] + figures["lane_skip"]
        #expect(Int(lanes) == layer.m * tiles * 60, "\(layer.name)")
      }
    }

    @Test("totals are the sums of the rows")
    func totals() async throws {
      for phase in try await SharedRun.tiny.value.report.phases {
        let rows = phase.layers.map(\.figures)
        for (event, count) in phase.total.counts {
          #expect(count == rows.reduce(0) { $0 + ($1.counts[event] ?? 0) }, "\(event)")
        }
        func isSum(_ figure: (ReportFile.Figures) -> ReportFile.Estimate?) -> Bool {
          func adds(_ bound: KeyPath<ReportFile.Estimate, Double>) -> Bool {
            guard let total = figure(phase.total) else { return false }
            let sum = rows.reduce(0) { $0 + (figure($1)?[keyPath: bound] ?? .nan) }
            return close(total[keyPath: bound], sum)
          }
          return adds(\.low) && adds(\.typical) && adds(\.high)
        }
        #expect(isSum(\.time) && isSum(\.cpuTime) && isSum(\.cpuEnergy))
        // Eight components, clock tree and wires, the total.
        #expect(phase.total.energy.count == 10)
        for (component, total) in phase.total.energy {
          let parts = try rows.map { try #require($0.energy[component]) }
          #expect(close(total.typical, parts.reduce(0) { $0 + $1.typical }), "\(component)")
          // Origins that are independent of each other move the sum by less than by their sum.
          let (low, high) = (parts.reduce(0) { $0 + $1.low }, parts.reduce(0) { $0 + $1.high })
          #expect(total.low >= low * (1 - 1e-9) && total.low <= total.typical, "\(component)")
          #expect(total.high <= high * (1 + 1e-9) && total.high >= total.typical, "\(component)")
        }
        for row in rows {
          let components = row.energy.filter { $0.key != "total" }.values
          let sum = components.reduce(0) { $0 + $1.typical }
          #expect(close(try #require(row.energy["total"]).typical, sum))
        }
      }
    }

    @Test("the page is whole and refers to nothing outside")
    func page() async throws {
      let html = try await SharedRun.tiny.value.folder.read("setun-run.html")
      #expect(html.hasPrefix("<!doctype html>") && html.hasSuffix("</html>\n"))
      #expect(html.contains("layers.3.mlp.down_proj"))
      // What is in no script is markup or style.
      let markup = html.replacing(/(?s)<script.*?<\/script>/, with: "")
      #expect(markup.count < html.count)
      #expect(!markup.contains("src=") && !markup.contains("<link") && !markup.contains("url("))
      #expect(!markup.contains("@import"))
      for match in markup.matches(of: /href="([^"]*)"/) {
        #expect(match.output.1.hasPrefix("#") || match.output.1.hasPrefix("data:"))
      }
      for match in html.matches(of: /<script([^>]*)>/) {
        #expect(!match.output.1.contains("src"))
      }
      #expect(html.contains("default-src 'none'"))
    }

    @Test("a second run takes the RTL from the cache; --lock-step all runs every layer in it")
    func cached() async throws {
      _ = try await SharedRun.tiny.value
      let folder = try WorkFolder()
      let outcome = try await setun(
        "run", "--architecture", "tiny", "--tokens", "1", "--cache", SharedCache.path,
        "--lock-step", "all", "--layers", "0.self_attn.k_proj", "0.self_attn.v_proj", in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      for step in ["elaborating", "compiling", "linking", "waiting"] {
        #expect(!outcome.errors.contains(step))
      }
      let layers = try ReportFile(folder).layers
      #expect(
        layers.map(\.name) == [
          "layers.0.self_attn.k_proj", "layers.0.self_attn.v_proj", "layers.0.self_attn.k_proj",
          "layers.0.self_attn.v_proj",
        ])
      #expect(layers.allSatisfy { ($0.figures.lockStepCycles ?? 0) > 0 })
    }

    @Test("without RTL the default architecture runs every layer, and writes where it is told")
    func withoutRTL() async throws {
      let folder = try WorkFolder()
      try folder.write("existing.json", "old")
      let outcome = try await setun(
        "run", "--no-rtl", "--tokens", "3", "--json", "existing.json", "--html",
        folder.path + "/page.html", in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(folder.names() == ["existing.json", "page.html"])
      let report = try ReportFile(folder, "existing.json")
      #expect(report.phases.map(\.tokens) == [1, 3])
      #expect(report.layers.map(\.name) == expectedLayers.map(\.name) + expectedLayers.map(\.name))
      for layer in report.layers {
        #expect(layer.figures.lockStepCycles == nil)
        let all = ReportFile.Comparison(compared: layer.m * layer.n, different: 0)
        #expect(layer.figures.reference == all && layer.figures.oracle == all, "\(layer.name)")
      }
      #expect(outcome.output.hasSuffix("\nJSON existing.json\nHTML \(folder.path)/page.html\n"))
    }

    @Test("RTL and model of another folder can be named")
    func otherFolders() async throws {
      _ = try await SharedRun.tiny.value
      let folder = try WorkFolder()
      try folder.copy(Project.folder + "/rtl", as: "rtl")
      try folder.copy(Project.model, as: "my model")
      let outcome = try await setun(
        "run", "--architecture", "tiny", "--tokens", "1", "--cache", SharedCache.path,
        "--rtl", "rtl", "--model", "my model", "--layers", "0.self_attn.k_proj", in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      // The same bytes are the same RTL, wherever they lie.
      #expect(!outcome.errors.contains("linking"))
      #expect(try ReportFile(folder).layers.allSatisfy { $0.figures.lockStepCycles != nil })
      #expect(outcome.output.contains("my model on tiny"))
    }
  }
}
