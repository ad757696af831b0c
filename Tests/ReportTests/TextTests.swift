import Activity
import Energy
import ReportSamples
import Testing

@testable import Report

@Suite("Terminal text")
struct TextTests {
  @Test("no line is wider than the terminal", arguments: [76, 80, 100, 120, 140, 200])
  func fits(width: Int) {
    let text = sampleReport(blocks: 2, prompt: hostileText).text(width: width)
    for line in text.split(separator: "\n") {
      #expect(String(line).displayWidth <= width, "\(line)")
    }
  }

  @Test("every layer has a row and the total is theirs")
  func layerRows() throws {
    let report = sampleReport()
    let text = report.text()
    for phase in report.phases {
      for layer in phase.layers {
        let shape = "\(layer.m)×\(layer.n)×\(layer.k)"
        let name = layer.name.split(separator: ".")
        let row = try #require(
          text.split(separator: "\n").first {
            $0.hasPrefix("\(name[1]) \(name[3]) ") && $0.contains(" \(shape) ")
          })
        #expect(row.contains(" \(layer.bound.rawValue) "))
        #expect(row.hasSuffix(name[1] == "0" ? "ROL" : "RO–"))
      }
    }
    // Seven layers of 1133, 341, 341, 1133 and three times 3245 cycles, four times.
    #expect(text.contains("50,732"))
    #expect(text.split(separator: "\n").filter { $0.hasPrefix("total") }.count == 3)
  }

  @Test("a wide terminal gets every component, a narrow one two tables")
  func layouts() {
    let wide = sampleReport(blocks: 1).text(width: 200)
    let medium = sampleReport(blocks: 1).text(width: 140)
    let narrow = sampleReport(blocks: 1).text(width: 80)
    for component in EnergyComponent.allCases where component != .clockTreeAndWires {
      #expect(wide.contains(" \(component.shortName) "))
    }
    #expect(!wide.contains("other:"))
    #expect(medium.contains("other: output"))
    #expect(medium.components("\nlayer ") == 2)
    #expect(narrow.components("\nlayer ") == 4)
  }

  @Test("escape sequences appear only in colour, and removing them gives the plain text")
  func colours() {
    let report = sampleReport(blocks: 1, prompt: hostileText)
    let plain = report.text(color: false)
    let coloured = report.text(color: true)
    #expect(!plain.contains("\u{1B}"))
    #expect(coloured.contains("\u{1B}[1m"))
    #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
  }

  @Test("a difference is shown in red, in its row, in the total and in the legend")
  func difference() {
    var report = sampleReport(blocks: 1)
    report.phases[0].layers[2].figures.oracle = .init(compared: 64, different: 3)
    report.phases[0].layers[3].figures.reference = .none
    let text = report.text()
    #expect(text.contains(/0 v_proj .* RO!L/))
    #expect(text.contains(/0 o_proj .* –OL/))
    #expect(text.contains(/total .* \(R\)O!L/))
    #expect(text.contains("sums, 3 DIFFERENT"))
    #expect(report.text(color: true).contains("\u{1B}[1;31mRO!L"))
  }

  @Test("the legend names provenance and source of every column")
  func legend() {
    let text = sampleReport(blocks: 1).text(width: 400)
    for line in [
      "- time: counted, cycles at 1000 MHz",
      "- array, w.buf = weight buffer, a.buf = activation buffer, accum. = accumulators, output, "
        + "control, leakage: modelled, Horowitz, ISSCC 2014",
      "- memory = external memory: literature, DDR4 data sheets",
      "- CPU energy: assumed, 5–20 W a core × measured time",
      "- area: modelled, structural counts × cell areas",
      "- Attention, norms and the output head are not included.",
    ] {
      #expect(text.contains("\n\(line)\n"))
    }
  }

  @Test("a sum says which part of it is of which provenance, and the legend which of which source")
  func shares() throws {
    var report = sampleReport(blocks: 1)
    for phase in report.phases.indices {
      for layer in report.phases[phase].layers.indices {
        report.phases[phase].layers[layer].figures.energySources = [
          .init(part: .array, provenance: .synthesised, source: "cells: clock", amount: 60),
          .init(part: .array, provenance: .synthesised, source: "cells: terms", amount: 14),
          .init(part: .array, provenance: .literature, source: "a paper", amount: 25.7),
          .init(part: .array, provenance: .assumed, source: "a guess", amount: 0.3),
        ]
      }
    }
    report.areaSources = [
      .init(part: .treeArray, provenance: .synthesised, source: "netlists", amount: 9),
      .init(part: .treeArray, provenance: .assumed, source: "a guess", amount: 1),
    ]
    let text = report.text(width: 400)
    #expect(text.contains(", 74% synthesised, 26% literature, <1% assumed)"))
    #expect(
      text.contains(
        "\n- array: 74% synthesised, cells, 2 figures; 26% literature, a paper; "
          + "and 1 more, listed in JSON\n"))
    #expect(text.contains("\n- area: 90% synthesised, netlists; 10% assumed, a guess\n"))
    #expect(text.contains(/\ntree array .* 90% synthesised, 10% assumed\n/))
  }

  @Test("energies by other sources stand beside the own, with the layer that differs most")
  func alternatives() throws {
    var report = sampleReport(blocks: 1)
    let lines = report.text().split(separator: "\n")
    let row = try #require(lines.first { $0.hasPrefix("density") })
    // 1.1 times in every layer.
    #expect(row.split(separator: " ").filter { $0 == "+10.0" }.count == 2, "\(row)")
    #expect(lines.contains { $0.hasPrefix("exact ") && $0.contains("–") })
    let legend =
      "- energy by: exact: exact, as a sample; density: density, as a sample; literature:"
    #expect(report.text(width: 400).contains(legend))
    // One layer without them leaves the phase without a comparison.
    report.phases[0].layers[2].figures.alternatives = []
    #expect(report.text().ranges(of: "\nenergy by ").count == 1)
  }

  @Test("a clock that the cells do not reach is said before all figures")
  func warning() throws {
    let lines = sampleReport().text().split(separator: "\n")
    let place = try #require(
      lines.firstIndex(of: "warning: clock_mhz is 1000, but the tree array reaches 800 MHz"))
    #expect(place < (try #require(lines.firstIndex { $0.hasPrefix("decode") })))
  }

  @Test("a report without layers, areas and notes is still a text")
  func empty() {
    var report = sampleReport(blocks: 0)
    report.areas = [:]
    report.notes = []
    report.phases.append(.init(name: "none", tokens: 1, layers: []))
    #expect(report.text().contains("kjv-bitnet-3m on default-16x64"))
  }

  @Test("layer names lose what every layer shares")
  func shortNames() {
    let names = [
      "layers.0.self_attn.q_proj": "0 q_proj",
      "model.layers.12.mlp.down_proj.weight": "12 down_proj",
      "layers.3": "layers.3", "lm_head": "lm_head", "layers.x.mlp": "layers.x.mlp", "": "",
    ]
    for (name, short) in names { #expect(RunReport.shortName(name) == short) }
  }

  @Test("the command reads back in a shell")
  func shellQuoting() {
    var report = sampleReport(blocks: 0)
    report.command = ["setun", "run", "--x=1", "", "a b", "it's", "$HOME", "é"]
    #expect(report.commandLine == "setun run --x=1 '' 'a b' 'it'\\''s' '$HOME' 'é'")
  }

  @Test("what binds a layer is the busiest of array and memory, or latency when both mostly wait")
  func bounds() {
    // Of 100 cycles at 16 bytes a cycle: busy cycles, then beats of weights, activations, results.
    let cases: [(busy: Int, beats: [Int], bound: RunReport.Bound)] = [
      (50, [20, 20, 9], .compute), (50, [40, 5, 5], .compute), (49, [50, 0, 0], .weights),
      (49, [24, 26, 0], .activations), (10, [20, 20, 40], .outputs), (90, [80, 5, 6], .weights),
      (49, [20, 20, 9], .latency), (0, [0, 0, 0], .latency),
    ]
    for (busy, beats, bound) in cases {
      var counts = EventCounts()
      counts[.cycles] = 100
      counts[.busy] = UInt64(busy)
      for (event, beats) in zip(
        [Event.weightBytesRead, .activationBytesRead, .outputBytesWritten], beats)
      {
        counts[event] = UInt64(16 * beats)
      }
      #expect(RunReport.Bound(counts, bytesPerCycle: 16) == bound, "\(busy), \(beats)")
    }
    #expect(RunReport.Bound(EventCounts(), bytesPerCycle: 16) == .latency)
  }
}

extension String {
  /// How many times `part` occurs.
  fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}
