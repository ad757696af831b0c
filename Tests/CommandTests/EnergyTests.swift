import Foundation
import Testing

/// What a layer's traffic costs, worked out from the counts of the report and the figures that the
/// tiny architecture and the SRAM table state; the other components are worked out by hand in
/// `EnergyTests`.
///
/// Tiny: 8-byte bus, words of 12 activations in two banks of 130 × 64 bits, 8 pJ a bit outside.
private struct HandCalculation {
  /// One bank of the activation buffer, in nJ.
  let bankRead, bankWrite: Double
  let counts: ReportFile.Figures

  init(_ counts: ReportFile.Figures) throws {
    let file = Project.folder + "/Sources/Energy/Technologies/sram-cacti7.csv"
    let table = try String(contentsOfFile: file, encoding: .utf8)
    func row(bytes: Int) throws -> [Double] {
      let line = table.split(separator: "\n").first {
        $0.hasPrefix("45,itrs-lstp,330,\(bytes),64,")
      }
      return try #require(line).split(separator: ",").map { Double($0) ?? .nan }
    }
    // 1,040 bytes lie between the rows of 1 and 2 KB, on straight lines of logarithms.
    let (smaller, larger) = (try row(bytes: 1024), try row(bytes: 2048))
    let part = log2(1040.0 / 1024)
    func between(_ column: Int) -> Double {
      pow(smaller[column], 1 - part) * pow(larger[column], part)
    }
    bankRead = between(7)
    bankWrite = between(8)
    self.counts = counts
  }

  func activationBuffer() throws -> Double {
    let reads = try counts["activation_buffer_read"] * 2 * bankRead
    return try (reads + counts["activation_buffer_write"] * bankWrite) * 1e-9
  }

  func externalMemory() throws -> Double {
    let bytes = ["weight_bytes_read", "activation_bytes_read", "output_bytes_written"]
    return try bytes.reduce(0) { try $0 + counts[$1] } * 8 * 8e-12
  }
}

extension CommandTests {
  @Suite("energy") struct EnergyTests {
    @Test(
      "the energy of a layer's traffic equals the hand calculation, and the parts add up",
      arguments: ["decode", "prefill"])
    func handCalculation(phase: String) async throws {
      let report = try await SharedRun.tiny.value.report
      let layers = try #require(report.phases.first { $0.name == phase }).layers
      let layer = try #require(layers.first { $0.name == "layers.2.mlp.down_proj" })
      #expect(layer.figures.counts.count == 27)
      let energy = layer.figures.energy.mapValues(\.typical)
      let hand = try HandCalculation(layer.figures)
      for (component, expected) in [
        "activation_buffer": try hand.activationBuffer(),
        "external_memory": try hand.externalMemory(),
      ] {
        let found = try #require(energy[component])
        #expect(found > 0 && close(found, expected), "\(component): \(found), by hand \(expected)")
      }
      let parts = [
        "array", "weight_buffer", "activation_buffer", "accumulators", "output", "control",
        "clock_tree_and_wires", "external_memory", "leakage",
      ]
      #expect(Set(energy.keys) == Set(parts + ["total"]))
      #expect(parts.allSatisfy { energy[$0]! > 0 })
      #expect(close(try #require(energy["total"]), parts.reduce(0) { $0 + energy[$1]! }))
    }
  }
}
