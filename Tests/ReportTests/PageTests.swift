import Activity
import Energy
import Foundation
import ReportSamples
import Testing

@testable import Report

@Suite("Report page")
struct PageTests {
  @Test("a run has the metrics of its phases, by token")
  func metricsOfRuns() throws {
    let run = sampleReport(blocks: 1)
    let metrics = run.metrics
    #expect(Set(metrics.keys) == Set(MetricDescription.ofRuns.map(\.key)))
    let prefill = try #require(run.phases.last?.total)
    let prefillEnergy = try #require(prefill.totalEnergy)
    let energy = try #require(metrics["prefill_j_per_token"])
    #expect(abs(energy.typical * 33 / prefillEnergy.typical - 1) < 1e-12)
    #expect(abs(energy.high * 33 / prefillEnergy.high - 1) < 1e-12)
    let bytes = run.phases[0].layers.reduce(0) { sum, layer in
      let weights = ((layer.n + 15) / 16) * ((layer.k + 63) / 64) * 256
      return sum + weights + layer.k + 4 * layer.n
    }
    #expect(metrics["decode_dram_bytes_per_token"]?.typical == Double(bytes))
    let area = try #require(metrics["area_mm2"])
    #expect(abs(area.typical - (run.totalArea?.typical ?? 0) / 1e6) < 1e-12)
    #expect(energy.provenance == prefillEnergy.provenance)
  }

  @Test("runs of one architecture are told apart, and the CPU is a baseline")
  func comparison() {
    let run = sampleReport(blocks: 1)
    let page = ReportPage(comparing: [run, run, run], command: ["setun", "report"])
    #expect(
      page.designs.map(\.name)
        == ["default-16x64", "default-16x64 (2)", "default-16x64 (3)"])
    #expect(page.baselines.map(\.name) == ["int8 array", "CPU"])
    #expect(page.commands.count == 4)
    #expect(page.notes == run.notes)
  }

  @Test("without a CPU the page says that there is none")
  func absence() {
    var run = sampleReport(blocks: 1)
    for phase in run.phases.indices {
      for layer in run.phases[phase].layers.indices {
        run.phases[phase].layers[layer].figures.cpuTime = nil
      }
    }
    let text = ReportPage(run).text()
    #expect(text.contains("- CPU: This run did not measure it."))
    #expect(run.phases[0].total?.timeRatio == nil)
  }

  @Test("layers of one kind and shape are added up, in the order of the first")
  func grouping() throws {
    let phase = sampleReport(blocks: 30).phases[1]
    let grouped = phase.groupedByKind
    #expect(
      grouped.layers.map(\.name) == [
        "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
      ])
    #expect(grouped.layers.allSatisfy { $0.count == 30 })
    #expect(grouped.layers.reduce(0) { $0 + $1.macs } == phase.layers.reduce(0) { $0 + $1.macs })
    #expect(grouped.total?.counts == phase.total?.counts)
    let single = sampleReport(blocks: 1).phases[0].groupedByKind
    #expect(single.layers.map(\.name).first == "layers.0.self_attn.q_proj")
  }

  @Test("no line of the table is wider than the terminal", arguments: [60, 80, 120, 200])
  func fits(width: Int) {
    for page in [samplePage(points: 9), samplePage(points: 9, name: hostileText)] {
      for line in page.text(width: width).split(separator: "\n") {
        #expect(String(line).displayWidth <= width, "\(line)")
      }
    }
  }

  @Test("the table has a row per metric, with ranges, and a column per design and baseline")
  func table() throws {
    let page = samplePage(points: 9)
    let text = page.text(width: 200)
    let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("area ") })
    // Two designs and one baseline, each with a range.
    #expect(row.split(separator: "(").count == 4 && row.contains(" mm² "))
    #expect(text.contains("int8 array") && text.contains("- FP16 array: No figures"))
    #expect(!text.contains("\u{1B}"))
    #expect(page.text(color: true).replacing(/\u{1B}\[[0-9;]*m/, with: "") == page.text())
  }

  @Test("counts are whole numbers, however small or large")
  func counts() throws {
    var page = samplePage(points: 9)
    page.metrics.append(
      .init(
        key: "luts", title: "LUTs", unit: "", format: .count, preference: .lower,
        explanation: "Of an FPGA"))
    for index in page.designs.indices {
      page.designs[index].metrics["luts"] = .init(
        low: 0.8, typical: 27_501.4, high: 28_000.6, provenance: .synthesised, source: "a fit")
    }
    let row = try #require(
      page.text(width: 200).split(separator: "\n").first { $0.hasPrefix("LUTs ") })
    #expect(row.contains(" 27,501 (1–28,001)"), "\(row)")
  }

  @Test("CSV has a row for every metric of every design and baseline")
  func csv() {
    let page = samplePage(points: 9)
    let lines = page.csv.split(separator: "\n")
    #expect(lines[0] == "name,metric,unit,low,typical,high,provenance,source")
    let expected =
      page.designs.reduce(0) { $0 + $1.metrics.count } + page.baselines[0].metrics.count
    #expect(lines.count == 1 + expected)
    #expect(lines.contains { $0.hasPrefix("int8 array,area_mm2,mm²,") })
  }

  @Test("the sweep in JSON has every point, and null where a value is not known")
  func sweepJSON() throws {
    let page = samplePage(points: 50)
    let root = try #require(
      JSONSerialization.jsonObject(with: Data(page.json.utf8)) as? [String: Any])
    let sweep = try #require(root["sweep"] as? [String: Any])
    let values = try #require(sweep["values"] as? [String: [String: Any]])
    let points = (0..<50).map(SamplePoint.init)
    #expect(sweep["hashes"] as? [String] == points.map(\.hash))
    for (key, factor) in [("low", 0.8), ("typical", 1), ("high", 1.3)] {
      let areas = try #require(values["area_mm2"]?[key] as? [Double])
      #expect(areas.count == 50)
      #expect(zip(areas, points).allSatisfy { abs($0 / ($1.area * factor) - 1) < 1e-12 })
    }
    #expect(values["decode_latency_s"]?["low"] is NSNull)
    let utilisation = try #require(values["decode_utilisation"]?["typical"] as? [Any])
    #expect(
      utilisation.indices.filter { utilisation[$0] is NSNull }
        == Array(stride(from: 0, to: 50, by: 7)))
    #expect(sweep["front"] as? [Int] == SamplePoint.front(of: points))
  }

  @Test("a share is written in percent and small values keep their digits")
  func formats() {
    let scale = Scale(fitting: [81.2, 0.0442], digits: 3, unit: "mm²")
    #expect(scale.significant(81.2) == "81.2" && scale.significant(0.0442) == "0.0442")
    #expect(Scale(fitting: [2e-6], unit: "J/token", takesPrefix: false).symbol == "J/token")
    #expect(Scale(fitting: [2e-6], unit: "J/token").symbol == "µJ/token")
  }
}
