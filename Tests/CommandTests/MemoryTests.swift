import Testing

extension CommandTests {
  @Suite("another memory") struct MemoryTests {
    /// The cycles of the only layer, and the sums that were compared.
    private func run(_ arguments: String...) async throws -> (cycles: Double, compared: Int) {
      let folder = try WorkFolder()
      let outcome = try await Command(quickRun + arguments, in: folder).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      let layer = try #require(ReportFile(folder).phases.first?.layers.first)
      #expect(layer.figures.reference.different == 0 && layer.figures.oracle.different == 0)
      return (try layer.figures["cycles"], layer.figures.oracle.compared)
    }

    @Test("a memory that is named takes other cycles, and every sum is right all the same")
    func memories() async throws {
      let own = try await run()
      #expect(own.compared == 64)
      // The sample's memory is ideal already.
      #expect(try await run("--memory", "ideal") == own)
      let dram = try await run("--memory", "lpddr5_6400:2")
      #expect(dram.cycles > own.cycles && dram.compared == 64)
      let stalling = try await run("--stalls", "30", "--stall-seed", "5")
      #expect(stalling.cycles > own.cycles && stalling.compared == 64)
      #expect(try await run("--memory", "server").cycles < own.cycles)
    }

    @Test("timing alone has the same cycles and compares nothing")
    func timingOnly() async throws {
      let full = try await run()
      let timing = try await run("--values", "timing_only")
      #expect(timing.cycles == full.cycles && timing.compared == 0)
    }

    @Test(
      "a memory that is none is a usage error",
      arguments: [
        (
          ["--memory", "sram"],
          "--memory: expected ideal, ddr4_3200, lpddr5_6400, hbm2, an architecture file or one of "
            + "default, tiny, edge, server, found 'sram'"
        ),
        (["--memory", "hbm2:none"], "--memory: expected a number of channels, found 'none'"),
        (["--stalls", "100"], "--stalls: expected 0 to 99, found 100"),
      ])
    func refusals(arguments: [String], message: String) async throws {
      try await expectRefusal(
        quickRun + arguments, in: WorkFolder(), .usage(message, of: "setun run"))
    }
  }
}
