import Architecture
import Foundation
import Testing

@Suite("Built-in architectures")
struct SampleTests {
  @Test("Every sample is legal and bears its own name", arguments: Architecture.sampleNames)
  func legal(_ name: String) throws {
    let one = try Architecture.sample(named: name)
    #expect(one.parameters.name == name)
    #expect(one.parameters.description.count > 100)
    #expect(try Architecture(yaml: one.yaml, file: name) == one)
  }

  @Test("Their hardware differs")
  func distinct() throws {
    let hashes = try Architecture.sampleNames.map {
      try Architecture.sample(named: $0).configurationHash
    }
    #expect(Set(hashes).count == hashes.count)
  }

  @Test("The default is 16 rows of 64 lanes at 500 MHz on 8 GB/s of LPDDR4")
  func defaultSample() throws {
    let one = try Architecture.sample(named: "default").parameters
    #expect((one.rows, one.lanes, one.busBytes) == (16, 64, 16))
    #expect((one.clockMHz, one.technology) == (500, "cmos-7nm"))
    #expect((one.memory.kind, one.memory.latencyCycles) == ("LPDDR4", 40))
    #expect(one.memory.milliBytesPerCycle == 16_000)
  }

  /// The rate in GB/s, the latency in ns and the width in bits that a sample's comments state.
  @Test(
    "Cycles agree with the figures in their comments",
    arguments: [
      ("default", 8, 80, 23), ("tiny", 0.64, 80, 18), ("edge", 20.48, 90, 24),
      ("server", 115.2, 120, 27),
    ])
  func comments(_ name: String, _ gigabytes: Double, _ latency: Double, _ bits: Int) throws {
    let one = try Architecture.sample(named: name)
    let memory = one.parameters.memory
    let rate = Double(memory.milliBytesPerCycle) / 1000 * one.parameters.clockMHz / 1000
    #expect(abs(rate - gigabytes) < 1e-9)
    #expect(abs(Double(memory.latencyCycles) / one.parameters.clockMHz * 1000 - latency) < 1e-9)
    #expect(one.accumulatorBits == bits)
  }

  @Test("A name that is not built in gets the list of those that are")
  func unknown() {
    #expect {
      _ = try Architecture.sample(named: "../tiny")
    } throws: {
      "\($0)" == "expected a built-in architecture: default, tiny, edge, server, found \"../tiny\""
    }
  }

  @Test("A file that cannot be read, is too large or is not text is refused")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    func refusal(_ name: String, _ bytes: Data?) throws -> String? {
      let file = folder.appending(path: name)
      try bytes?.write(to: file)
      do throws(ArchitectureError) {
        _ = try Architecture(contentsOfFile: file.path)
        return nil
      } catch {
        #expect(error.position?.file == file.path)
        return error.description.replacing(folder.path, with: "…")
      }
    }
    #expect(try refusal("good", Data(fixture.utf8)) == nil)
    #expect(
      try refusal("bad", Data("rows: 1".utf8))
        == "…/bad:1:1: name: expected 1 to 40 lower-case letters, digits and hyphens, found nothing"
    )
    #expect(
      try refusal("large", Data(count: 1 << 20 + 1))
        == "…/large: expected an architecture file, found more than 1 MiB")
    #expect(
      try refusal("bytes", Data([0xff, 0xfe]))
        == "…/bytes: expected an architecture file, found bytes that are not UTF-8")
    #expect(
      try refusal("missing", nil)?
        .hasPrefix("…/missing: expected an architecture file, found a file that cannot be read (")
        == true)
    #expect(
      try refusal("", nil)?
        .hasPrefix("…: expected an architecture file, found a file that cannot be read (") == true)
  }
}
