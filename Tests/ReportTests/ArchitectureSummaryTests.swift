import Architecture
import Energy
import Testing

@testable import Report

@Suite("Architecture summary")
struct ArchitectureSummaryTests {
  @Test("peaks and parameters are those of the architecture")
  func summary() throws {
    let architecture = try Architecture(
      parameters: .init(
        name: "edge", description: "An edge device.", rows: 16, lanes: 64, treeRegisterEvery: 2,
        weightBufferWords: 128, activationBufferWords: 256, accumulatorDepth: 64,
        outputQueueDepth: 4, busBytes: 16, outstandingReads: 4, clockMHz: 812.5,
        technology: "literature-7nm", sramFlavour: .lowStandbyPower,
        memory: .init(
          kind: "LPDDR5", latencyCycles: 60, milliBytesPerCycle: 12_800,
          picojoulesPerBit: .init(low: 3.5, typical: 4, high: 6))))
    let summary = RunReport.ArchitectureSummary(architecture, configurationHash: "00ff")
    #expect(summary.peakThroughput.typical == 832e9)
    #expect(summary.peakBandwidth.typical == 10.4e9)
    #expect(summary.peakBandwidth.source.hasPrefix("LPDDR5: "))
    let values = Dictionary(uniqueKeysWithValues: summary.parameters.map { ($0.name, $0.value) })
    #expect(values["clock_mhz"] == "812.5")
    #expect(values["accumulator_bits"] == "derived")
    #expect(values["memory.bytes_per_cycle"] == "12.8")
    #expect(values["memory.picojoules_per_bit"] == "3.5 / 4 / 6")
    #expect(values["sram_flavour"] == "lstp")
    // Name, description and technology have places of their own; memory counts with its four.
    let own = Mirror(reflecting: architecture.parameters).children.count
    #expect(summary.parameters.count == own - 3 - 1 + 4)
  }
}
