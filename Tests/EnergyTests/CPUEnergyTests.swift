import Foundation
import Testing

@testable import Energy

@Suite struct CPUEnergyTests {
  @Test("without a counter the energy is a labelled range of thread shares")
  func range() {
    let energy = CPUEnergy.range(seconds: 2, threads: 3)
    #expect(close(energy.low, 6 * 1.875))
    #expect(close(energy.typical, 6 * 125 / 24))
    #expect(close(energy.high, 6 * 253 / 24))
    #expect(energy.provenance == .assumed)
    #expect(energy.source.contains("TDP"))
    #expect(CPUEnergy.range(seconds: 0, threads: 1).high == 0)
  }

  @Test("published figures name model, CPU and runtime")
  func published() throws {
    let found = try #require(
      CPUEnergy.published.first { $0.cpu == "Intel i7-13700H" && $0.runtime == "bitnet.cpp" })
    #expect(found.joulesPerToken.typical == 0.384)
    #expect(found.joulesPerToken.provenance == .literature)
    #expect(CPUEnergy.published.count == 4)
  }

  @Test(
    "a counter that started again went the rest of the way",
    arguments: [
      (5, 9, 10, 4), (9, 5, 10, 6), (5, 5, 10, 0), (9, 0, 10, 1), (0, 9, 10, 9),
      (262_143_328_849, 1, 262_143_328_850, 2),
    ] as [(UInt64, UInt64, UInt64, UInt64)])
  func wrap(start: UInt64, end: UInt64, range: UInt64, expected: UInt64) {
    #expect(RAPL.difference(from: start, to: end, range: range) == expected)
  }

  /// Runs `body` with a counter folder of its own that is gone afterwards.
  private func withCounter(
    _ files: [String: String], _ body: (String) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files {
      try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    try body(folder.path)
  }

  @Test("a counter folder is read, and the energy between two readings is measured")
  func counter() throws {
    try withCounter(["energy_uj": "900\n", "max_energy_range_uj": "999\n"]) { folder in
      let rapl = try #require(try RAPL(folder: folder))
      #expect(rapl.range == 1000)
      let start = try rapl.read()
      #expect(start == 900)
      try "150\n".write(toFile: folder + "/energy_uj", atomically: true, encoding: .utf8)
      let energy = rapl.energy(from: start, to: try rapl.read())
      #expect(close(energy.typical, 250e-6))
      #expect(energy.provenance == .measured)
      try FileManager.default.removeItem(atPath: folder + "/energy_uj")
      let error = #expect(throws: EnergyError.self) { try rapl.read() }
      #expect(error?.message == "\(folder)/energy_uj: cannot be read")
    }
  }

  @Test("where there is no counter there is none")
  func absent() throws {
    #expect(try RAPL(folder: "/nowhere") == nil)
    try withCounter(["max_energy_range_uj": "999\n"]) { folder in
      let rapl = try RAPL(folder: folder)
      #expect(rapl == nil)
    }
  }

  @Test(
    "a counter file with anything but a counter in it is refused",
    arguments: [
      ("x\n", "999\n", "energy_uj:1: expected a number of µJ, found “x”"),
      ("", "999\n", "energy_uj:1: expected a number of µJ, found “”"),
      ("1\n", "-1\n", "max_energy_range_uj:1: expected a number of µJ, found “-1”"),
      ("1\n", "0\n", "max_energy_range_uj:1: expected the largest value of a counter, found 0"),
      ("1000\n", "999\n", "energy_uj:1: expected less than 1000 µJ, found 1000"),
    ])
  func malformed(energy: String, range: String, expected: String) throws {
    try withCounter(["energy_uj": energy, "max_energy_range_uj": range]) { folder in
      let error = #expect(throws: EnergyError.self) { try RAPL(folder: folder) }
      #expect(error?.message == "\(folder)/\(expected)")
    }
  }
}
