import Activity
import Energy
import Foundation
import ReportSamples
import Testing

@testable import Report

@Suite("JSON")
struct JSONTests {
  typealias Object = [String: Any]

  private func parse(_ report: RunReport) throws -> Object {
    try #require(
      try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? Object)
  }

  @Test("every estimate has its range, unit, provenance and source")
  func estimatesAreComplete() throws {
    let estimates = allObjects(in: try parse(sampleReport())).filter { $0["typical"] != nil }
    // 56 layers and 2 totals with time, 9 energies, 2 CPU figures and 2 ratios, two figures of each of
    // 3 alternatives, three of each of 4 baselines; 2 rates; 12 areas; 2 peaks; 2 speeds; a baseline's
    // energy.
    #expect(estimates.count == 58 * (14 + 2 * 3 + 3 * 4) + 2 + 12 + 2 + 2 + 1)
    for estimate in estimates {
      #expect(
        Set(estimate.keys) == ["low", "typical", "high", "unit", "provenance", "source"])
      let provenance = try #require(estimate["provenance"] as? String)
      #expect(Provenance(rawValue: provenance) != nil)
    }
  }

  @Test("no number stands outside an estimate but sizes and counts")
  func bareNumbersAreCounts() throws {
    let sizes: Set<String> = [
      "tokens", "count", "m", "n", "k", "macs", "compared", "different", "lock_step_cycles",
      "utilisation", "memory_bytes", "is_traffic_only",
      "low", "typical", "high", "amount",
    ]
    let allowed = sizes.union(Event.allCases.map(\.name))
    for object in allObjects(in: try parse(sampleReport())) {
      for (key, value) in object where value is NSNumber { #expect(allowed.contains(key)) }
    }
  }

  @Test("figures, sums and ratios are those of the layers")
  func figures() throws {
    let phases = try #require(parse(sampleReport(blocks: 1))["phases"] as? [Object])
    let decode = try #require(phases.first)
    let layers = try #require(decode["layers"] as? [Object])
    #expect(layers.map { $0["name"] as? String }.first == "layers.0.self_attn.q_proj")
    let cycles = layers.compactMap { ($0["counts"] as? Object)?["cycles"] as? Int }
    let total = try #require(decode["total"] as? Object)
    let time = try #require(total["time"] as? Object)
    #expect((total["counts"] as? Object)?["cycles"] as? Int == cycles.reduce(0, +))
    expectClose(time["typical"], Double(cycles.reduce(0, +)) * 1e-9)
    #expect(time["unit"] as? String == "s")

    // q and o, k and v, then gate, up and down of one block.
    let macs = Double(2 * 256 * 256 + 2 * 64 * 256 + 3 * 768 * 256)
    let energy = try #require((total["energy"] as? Object)?["total"] as? Object)
    // On chip 0.05 + 0.02 + 0.004 + 0.003 + 0.001 + 0.002 pJ, and 1 aJ of leakage.
    let perMAC = 1.2e-12 + 0.08e-12 + 1e-18
    // Two origins, each from half to twice its figure, independent of one another.
    let deviation = (1.2e-12 * 1.2e-12 + (0.08e-12 + 1e-18) * (0.08e-12 + 1e-18)).squareRoot()
    expectClose(energy["typical"], macs * perMAC)
    expectClose(energy["high"], macs * (perMAC + deviation))
    #expect(energy["provenance"] as? String == "literature")
    let ratio = try #require(total["energy_ratio"] as? Object)
    expectClose(ratio["typical"], 2.7e-10 / perMAC)
    expectClose(ratio["low"], 1.5e-10 / (perMAC + deviation))
    expectClose(ratio["high"], 6e-10 / (perMAC - deviation / 2))
    #expect(ratio["unit"] as? String == "×")
    let rate = try #require(total["tokens_per_second"] as? Object)
    expectClose(rate["typical"], 1e9 / Double(cycles.reduce(0, +)))
  }

  @Test("sources add up to what they are the sources of, and name a provenance")
  func sources() throws {
    let root = try parse(sampleReport(blocks: 2))
    func check(_ sources: Any?, _ sums: Any?, unit: String) throws {
      let (sources, sums) = (try #require(sources as? [Object]), try #require(sums as? Object))
      for (part, sum) in sums where part != "total" {
        let own = sources.filter { $0["part"] as? String == part }
        #expect(!own.isEmpty, "\(part)")
        expectClose(
          own.compactMap { $0["amount"] as? Double }.reduce(0, +),
          try #require((sum as? Object)?["typical"] as? Double))
        for source in own {
          #expect(source["unit"] as? String == unit)
          #expect((source["source"] as? String)?.isEmpty == false)
          #expect(Provenance(rawValue: source["provenance"] as? String ?? "") != nil)
        }
      }
    }
    try check(root["area_sources"], root["areas"], unit: "µm²")
    for phase in try #require(root["phases"] as? [Object]) {
      let total = try #require(phase["total"] as? Object)
      try check(total["energy_sources"], total["energy"], unit: "J")
    }
  }

  @Test("what was not done is null, and a ratio to zero does not exist")
  func nulls() throws {
    var report = sampleReport(blocks: 1)
    report.rtlSpeed = nil
    report.areas = [:]
    report.phases[0].layers[0].figures.lockStepCycles = nil
    report.phases[0].layers[0].figures.time = .init(0, provenance: .counted, source: "none")
    report.phases[1].layers = []
    let root = try parse(report)
    #expect((root["speeds"] as? Object)?["rtl"] is NSNull)
    #expect((root["areas"] as? Object)?["total"] is NSNull)
    let phases = try #require(root["phases"] as? [Object])
    #expect(phases[1]["total"] is NSNull)
    let layer = try #require((phases[0]["layers"] as? [Object])?.first)
    #expect(layer["lock_step_cycles"] is NSNull)
    #expect(layer["time_ratio"] is NSNull)
    #expect(layer["energy_ratio"] is Object)
  }

  @Test("any text survives, and none can close a script element")
  func hostileStrings() throws {
    var report = sampleReport(blocks: 1, prompt: hostileText)
    report.phases[0].layers[0].name = hostileText
    report.command = ["setun", hostileText]
    let root = try parse(report)
    #expect((root["prompt"] as? Object)?["text"] as? String == hostileText)
    #expect(root["command"] as? [String] == ["setun", hostileText])
    #expect(!report.json.contains("<"))
  }

  @Test("numbers keep every bit and special values become null")
  func numbers() throws {
    let values = [
      0, -0.0, 0.1, 1.0 / 3, 1e15, 123_456_789, -2.5, Double.leastNonzeroMagnitude,
      Double.greatestFiniteMagnitude,
    ]
    for value in values {
      let text = JSONValue.number(value).text
      #expect(Double(text)?.bitPattern == value.bitPattern, "\(value) as \(text)")
    }
    #expect(JSONValue.number(.infinity).text == "null")
    #expect(JSONValue.number(.nan).text == "null")
    #expect(JSONValue.unsigned(.max).text == "18446744073709551615")
    #expect(JSONValue.array([]).text == "[]")
    #expect(
      JSONValue.object([("a", .array([.bool(true), .null]))]).text
        == "{\n  \"a\": [\n    true,\n    null\n  ]\n}")
  }

  private func allObjects(in value: Any) -> [Object] {
    if let object = value as? Object { return [object] + object.values.flatMap(allObjects) }
    if let array = value as? [Any] { return array.flatMap(allObjects) }
    return []
  }

  private func expectClose(
    _ value: Any?, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let value = value as? Double ?? .nan
    #expect(
      abs(value - expected) <= 1e-12 * abs(expected), "\(value), expected \(expected)",
      sourceLocation: sourceLocation)
  }
}
