import Foundation
import Testing

extension CommandTests {
  /// An FPGA as technology: resources in place of energies and areas.
  @Suite("FPGA") struct FPGATests {
    private typealias Object = [String: Any]

    @Test("a run on a device states its resources and shares, and no energy of the accelerator")
    func run() async throws {
      let folder = try WorkFolder()
      let outcome = try await Command(
        quickRun + ["--architecture", "tiny", "--technology", "xck26"], in: folder
      ).outcome()
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("resources in Kria K26, AMD UltraScale+"))
      #expect(!outcome.output.contains("energy ratio"))
      let json = try JSONSerialization.jsonObject(
        with: Data(folder.read("setun-run.json").utf8))
      let report = try #require(json as? Object)
      let fpga = try #require(report["fpga"] as? Object)
      let lut = try #require((fpga["resources"] as? Object)?["lut"] as? Object)
      #expect(lut["available"] as? Int == 117_120)
      let used = try #require((lut["used"] as? Object)?["typical"] as? Double)
      #expect(used > 1000 && used < 20_000)
      let phases = try #require(report["phases"] as? [Object])
      for phase in phases {
        let energy = try #require((phase["total"] as? Object)?["energy"] as? Object)
        #expect(energy.keys.sorted() == ["total"])
        #expect(energy["total"] is NSNull)
      }
      // What was written reads back, and makes a page.
      let page = try await Command(["report", "setun-run.json"], in: folder).outcome()
      #expect(page.status == 0, "\(page.errors)")
      #expect(folder.read("setun-report.html").contains("Kria K26"))
    }

    @Test("a sweep over devices is explored, asked, shown, verified and made a page of")
    func explore() async throws {
      let folder = try WorkFolder()
      try folder.write(
        "space.yaml",
        """
        name: boards
        base: tiny
        workloads: [{name: text, model: built-in, prompt_tokens: 2, generated_tokens: 1}]
        parameters:
          technology: [xck26, lfe5u-25f]
          rows: [2, 5, 8]
          lanes: [12, 24]
        constraints: [device_share <= 0.4]
        objectives: [request_latency_s, luts]
        """)
      func output(_ arguments: [String]) async throws -> String {
        let outcome = try await Command(arguments, in: folder).outcome()
        try #require(outcome.status == 0, "\(arguments): \(outcome.errors)")
        return outcome.output
      }
      let summary = try await output(["explore", "space.yaml", "--store", "a.sqlite"])
      #expect(summary.contains("all counts equal") && summary.contains("by device_share <= 0.4"))
      let query = ["explore", "query", "a.sqlite"]
      let rows = try await output(
        query + ["--where", "technology == xck26", "--sort", "luts", "--csv"]
      ).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
      let luts = try #require(rows[0].firstIndex(of: "luts"))
      #expect(rows[0].contains("device_share_high") && !rows[0].contains("area_mm2"))
      #expect(rows.dropFirst().allSatisfy { $0[3] == "xck26" })
      let counts = rows.dropFirst().compactMap { Double($0[luts]) }
      #expect(counts.count == rows.count - 1 && counts == counts.sorted())
      let shown = try await output(["explore", "show", "a.sqlite", rows[1][0]])
      #expect(shown.contains("flip_flops") && !shown.contains("µJ"))
      let refused = try await Command(query + ["--sort", "area_mm2"], in: folder).outcome()
      #expect(refused.status == 1 && refused.errors.contains("expected a metric of the store"))
      _ = try await output(["report", "a.sqlite", "--no-cpu", "--output", "a.html"])
      #expect(folder.read("a.html").contains("Kria K26"))
    }

    @Test("a page of cells and of an FPGA says what holds of each")
    func mixed() async throws {
      let folder = try WorkFolder()
      try folder.write(
        "space.yaml",
        """
        name: mixed
        base: tiny
        workloads: [{name: text, model: built-in, generated_tokens: 1}]
        parameters:
          technology: [cmos-7nm, xck26]
        objectives: [decode_latency_s]
        """)
      let sweep = try await setun("explore", "space.yaml", "--sample", "0", in: folder)
      try #require(sweep.status == 0, "\(sweep.errors)")
      let csv = try await setun("explore", "query", "mixed.sqlite", "--csv", in: folder).output
      let hashes = csv.split(separator: "\n").dropFirst().map { String($0.prefix(16)) }
      try #require(hashes.count == 2)
      for (designs, hasBaselines) in [(hashes, true), (hashes.reversed(), false)] {
        let report = try await setun(
          "report", "mixed.sqlite", "--no-cpu", "--design", designs[0], "--design", designs[1],
          in: folder)
        try #require(report.status == 0, "\(report.errors)")
        let html = folder.read("setun-report.html")
        #expect(html.contains("Baselines are those of the first design.") == hasBaselines)
        #expect(html.contains("attention, norms and the output head are in no figure"))
        #expect(html.contains("Kria K26"))
      }
    }

    @Test("what does not fit is said first")
    func excess() async throws {
      let outcome = try await Command(
        ["energy", "--architecture", "server", "--technology", "lfe5u-25f"], in: WorkFolder()
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("does not fit LFE5U-25F, Lattice ECP5: LUT "))
      #expect(!outcome.output.contains(" pJ"))
    }

    @Test("families that nobody knows, and libraries beside a family, are refused")
    func calibration() async throws {
      for (options, message) in [
        (["virtex"], "expected one of xilinx_up, ecp5, ice40, found “virtex”"),
        (
          ["ecp5", "--liberty", "cells.lib"], "--fpga: expected no --liberty or --name beside it"
        ),
      ] {
        let outcome = try await Command(["calibrate", "--fpga"] + options, in: WorkFolder())
          .outcome()
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
      }
    }

    @Test(
      "options of cells beside an FPGA are refused",
      arguments: [
        (["--at-node", "16@0.8"], "--at-node"), (["--calibration", "osu018"], "--calibration"),
        (["--clock-tree-and-wires", "20"], "--clock-tree-and-wires"),
        (["--dram", "HBM2"], "--dram"),
      ])
    func mixed(options: [String], name: String) async throws {
      let outcome = try await Command(
        ["energy", "--architecture", "tiny", "--technology", "xck26"] + options,
        in: WorkFolder()
      ).outcome()
      #expect(outcome.status == 1)
      #expect(
        outcome.errors.contains(
          "tiny: \(name): expected cells, whose energy is known, found the FPGA xck26"))
    }
  }
}
