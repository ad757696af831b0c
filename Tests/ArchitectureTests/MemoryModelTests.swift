import Testing

@testable import Architecture

@Suite("The memory behind the port")
struct MemoryModelTests {
  private func file(_ keys: String) -> String {
    fixture.replacing("\n  kind: ", with: "\n" + keys + "  kind: ")
  }

  private func architecture(_ keys: String) throws -> Architecture {
    try Architecture(yaml: file(keys), file: "a.yaml")
  }

  private func refusal(_ keys: String) -> String? { ArchitectureTests.refusal(ofFile: file(keys)) }

  @Test("Without keys of its own, or as ideal, it has no DRAM")
  func ideal() throws {
    #expect(try architecture("").parameters.memory.dram == nil)
    #expect(try architecture("  model: ideal\n").parameters.memory.dram == nil)
  }

  @Test(
    "Every DRAM is read, written back and leaves the hardware as it is",
    arguments: Architecture.Parameters.Memory.DRAM.Standard.allCases)
  func dram(standard: Architecture.Parameters.Memory.DRAM.Standard) throws {
    let one = try architecture(
      "  model: dram\n  dram: \(standard.rawValue)\n  channels: 3\n")
    #expect(one.parameters.memory.dram == .init(standard: standard, channels: 3))
    #expect(try Architecture(yaml: one.yaml, file: "b.yaml") == one)
    #expect(try one.configurationHash == architecture("").configurationHash)
  }

  @Test("What does not go together is refused with its place")
  func refusals() {
    #expect(
      refusal("  model: sram\n")
        == #"a.yaml:23:10: memory.model: expected ideal or dram, found "sram""#)
    #expect(
      refusal("  model: dram\n  channels: 1\n")
        == "a.yaml:23:10: memory.dram: expected ddr4_3200 or lpddr5_6400 or hbm2, found nothing")
    #expect(
      refusal("  model: dram\n  dram: hbm2\n")
        == "a.yaml:23:10: memory.channels: expected an integer from 1 to 64, found nothing")
    #expect(
      refusal("  dram: hbm2\n")
        == #"a.yaml:23:9: memory.dram: expected no such key with the model ideal, found "hbm2""#)
    #expect(
      refusal("  model: dram\n  dram: hbm2\n  channels: 65\n")
        == "a.yaml:25:13: memory.channels: expected an integer from 1 to 64, found 65")
    #expect(
      refusal("  model: dram\n  dram: ddr5\n  channels: 1\n")
        == "a.yaml:24:9: memory.dram: expected ddr4_3200 or lpddr5_6400 or hbm2, found \"ddr5\"")
  }
}
