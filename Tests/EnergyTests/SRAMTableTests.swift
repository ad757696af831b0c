import Architecture
import Foundation
import Testing

@testable import Energy

@Suite struct SRAMTableTests {
  /// The file, taken apart without the reader under test: header to fields.
  static let records: [[String: String]] = {
    let text = try! Resources.text("sram-cacti7.csv")
    let lines = text.components(separatedBy: "\n").filter { !$0.isEmpty }
    let names = lines[0].components(separatedBy: ",")
    return lines.dropFirst().map { line in
      Dictionary(uniqueKeysWithValues: zip(names, line.components(separatedBy: ",")))
    }
  }()

  @Test("every row of the table comes back as it is, in SI units")
  func exact() throws {
    let table = try SRAMTable.standard()
    #expect(Self.records.count == 680)
    for record in Self.records {
      func value(_ key: String) -> Double { Double(record[key]!)! }
      let (bytes, bits) = (Int(record["size_bytes"]!)!, Int(record["width_bits"]!)!)
      let macro = try table.macro(
        bits: bits, words: 8 * bytes / bits,
        flavour: record["cell"] == "itrs-hp" ? .highPerformance : .lowStandbyPower,
        node: Int(record["node_nm"]!)!)
      let place: Comment = "\(record)"
      #expect(macro.basis == .exact, place)
      #expect(close(macro.readEnergy.typical * 1e9, value("read_nJ")), place)
      #expect(close(macro.writeEnergy.typical * 1e9, value("write_nJ")), place)
      #expect(
        close(macro.leakage.typical * 1e3, value("leak_mW") + value("gate_leak_mW")), place)
      #expect(close(macro.area.typical, value("h_mm") * value("w_mm") * 1e6), place)
      #expect(close(macro.accessTime!.typical * 1e9, value("access_ns")), place)
      #expect(macro.readEnergy.low == macro.readEnergy.high, place)
    }
  }

  @Test(
    "45 nm macros have the energies of the published summary, in pJ",
    arguments: [(8, 64, 4.3), (32, 64, 10.7), (64, 256, 26.7), (1024, 1024, 499)])
  func summary(kilobytes: Int, bits: Int, picojoules: Double) throws {
    let macro = try SRAMTable.standard().macro(
      bits: bits, words: kilobytes * 8192 / bits, flavour: .highPerformance, node: 45)
    #expect(abs(macro.readEnergy.typical * 1e12 - picojoules) < 0.005 * picojoules)
  }

  @Test("between four rows the logarithm is blended along both axes")
  func between() throws {
    let table = try SRAMTable.standard()
    let macro = try table.macro(bits: 48, words: 512, flavour: .highPerformance, node: 45)
    func read(_ bits: Int, _ bytes: Int) throws -> Double {
      try table.macro(
        bits: bits, words: 8 * bytes / bits, flavour: .highPerformance, node: 45
      ).readEnergy.typical
    }
    // 3 KB lies log2(1.5) of the way from 2 KB to 4 KB, and 48 bits as far from 32 to 64.
    let part = log2(1.5)
    let expected =
      (1 - part) * (1 - part) * log(try read(32, 2048)) + part * (1 - part)
      * log(try read(32, 4096)) + (1 - part) * part * log(try read(64, 2048)) + part * part
      * log(try read(64, 4096))
    #expect(close(log(macro.readEnergy.typical), expected))
    #expect(macro.basis == .interpolated)
    #expect(close(macro.readEnergy.high / macro.readEnergy.typical, 1.08))
    #expect(close(macro.readEnergy.typical / macro.readEnergy.low, 1.08))
  }

  @Test("between two neighbouring rows every figure is between theirs and moves one way")
  func monotone() throws {
    let table = try SRAMTable.standard()
    for flavour in Architecture.Parameters.SRAMFlavour.allCases {
      for node in table.nodes(flavour: flavour) {
        for bits in [32, 64, 128, 256, 512] {
          let depths = [64, 67, 71, 80, 95, 100, 111, 127, 128].map { $0 * 8192 / 64 / 8 }
          let reads = try depths.map {
            try table.macro(bits: bits, words: $0, flavour: flavour, node: node).readEnergy.typical
          }
          let isMonotone = reads == reads.sorted() || reads == reads.sorted(by: >)
          #expect(isMonotone, "\(node) nm, \(bits) bits: \(reads)")
        }
      }
    }
  }

  @Test(
    "32 words between two widths are interpolated although the smaller size lacks the wider row")
  func shallow() throws {
    let table = try SRAMTable.standard()
    func macro(_ bits: Int, _ words: Int) throws -> SRAMMacro {
      try table.macro(bits: bits, words: words, flavour: .highPerformance, node: 45)
    }
    // 368 × 32 bits lies on the line from 256 × 32 to 512 × 32.
    let part = log2(368.0 / 256)
    let expected =
      (1 - part) * log(try macro(256, 32).area.typical) + part
      * log(try macro(512, 32).area.typical)
    #expect(close(log(try macro(368, 32).area.typical), expected))
    #expect(try macro(368, 32).basis == .interpolated)
    #expect(try macro(368, 31).basis == .extrapolated)
  }

  @Test(
    "macros beyond the table are flagged and have wide bounds",
    arguments: [(32, 255), (31, 1024), (2048, 16), (2049, 64), (32, 1 << 20 | 1), (1, 1)])
  func extrapolated(bits: Int, words: Int) throws {
    let macro = try SRAMTable.standard().macro(
      bits: bits, words: words, flavour: .lowStandbyPower, node: 22)
    #expect(macro.basis == .extrapolated)
    #expect(macro.readEnergy.typical > 0)
    #expect(close(macro.area.high / macro.area.low, 4))
    #expect(macro.area.source.hasSuffix("\(words) × \(bits) bits, extrapolated"))
  }

  @Test("awkward sizes have finite figures that grow with the depth in area")
  func awkward() throws {
    let table = try SRAMTable.standard()
    let sizes = [17, 31, 33, 63, 65, 127, 129, 255, 1023]
    for bits in sizes {
      let areas = try sizes.map {
        try table.macro(bits: bits, words: 32 * $0, flavour: .lowStandbyPower, node: 32).area
          .typical
      }
      #expect(areas.allSatisfy { $0.isFinite && $0 > 0 }, "\(bits) bits")
      #expect(areas == areas.sorted(), "\(bits) bits: \(areas)")
    }
  }

  @Test("a node without rows of the flavour lists those that have some")
  func missingNode() throws {
    let error = #expect(throws: EnergyError.self) {
      try SRAMTable.standard().macro(bits: 32, words: 256, flavour: .lowStandbyPower, node: 65)
    }
    let expected = "SRAM table: lstp cells: expected a node of 22, 32, 45 nm, found 65 nm"
    #expect(error?.message == expected)
  }

  @Test("scaling to another technology multiplies the figures and says so")
  func scaled() throws {
    let scaling = try Technology(named: "cmos-7nm").sram
    let plain = try SRAMTable.standard().macro(
      bits: 64, words: 1024, flavour: .highPerformance, node: 22)
    let macro = plain.scaled(by: scaling)
    #expect(close(macro.readEnergy.typical, 0.312 * 0.00125869e-9))
    #expect(close(macro.writeEnergy.low, 0.125 * plain.writeEnergy.typical))
    #expect(close(macro.area.high, 0.35 * plain.area.typical))
    #expect(close(macro.leakage.typical, 0.28 * plain.leakage.typical))
    #expect(close(macro.accessTime!.typical, 0.7 * plain.accessTime!.typical))
    #expect(macro.readEnergy.provenance == .scaled)
    #expect(macro.readEnergy.source.contains("Stillmaker"))
    let same = plain.scaled(by: try Technology(named: "cmos-45nm").sram)
    #expect(same.area == plain.area && same.leakage == plain.leakage)
    #expect(same.readEnergy.typical == plain.readEnergy.typical)
    #expect(close(same.readEnergy.high, 2.3 * plain.readEnergy.high))
  }

  @Test("a wide and shallow bank is built of the parts that read a word for the least")
  func parts() throws {
    let technology = try Technology(named: "cmos-45nm")
    let table = try SRAMTable.standard()
    // 64 × 1024 bits are 8 KB, so 8 KB / n of 1024 / n bits, down to 1 KB.
    let reads = [1, 2, 4, 8].map { parts -> Double in
      let record = Self.records.first {
        $0["node_nm"] == "45" && $0["cell"] == "itrs-hp" && $0["size_bytes"] == "\(8192 / parts)"
          && $0["width_bits"] == "\(1024 / parts)"
      }!
      return Double(parts) * Double(record["read_nJ"]!)! * 1e-9
    }
    #expect(reads[3] == reads.min())
    let cost = try MemoryCost(
      Memory(banks: 1, bits: 1024, words: 64), flavour: .highPerformance, technology: technology,
      table: table)
    #expect(close(cost.readEnergy.typical, reads[3]))
    let part = try table.macro(bits: 128, words: 64, flavour: .highPerformance, node: 45)
    #expect(close(cost.area.typical, 8 * part.area.typical))
    #expect(close(cost.writeEnergy.typical, 8 * part.writeEnergy.typical))
    #expect(close(cost.leakage.typical, 8 * part.leakage.typical))
    #expect(cost.area.source == "8 of CACTI 7, 45 nm hp, 64 × 128 bits, exact")
  }

  @Test(
    "a bank that would fall below 1 KB or 32 bits stays whole",
    arguments: [(128, 64), (32, 4096), (368, 32), (63, 1024)])
  func whole(bits: Int, words: Int) throws {
    let table = try SRAMTable.standard()
    let cost = try MemoryCost(
      Memory(banks: 1, bits: bits, words: words), flavour: .highPerformance,
      technology: Technology(named: "cmos-45nm"), table: table)
    let macro = try table.macro(bits: bits, words: words, flavour: .highPerformance, node: 45)
    #expect(cost.area == macro.area)
  }

  // MARK: Diagnostics

  static let header =
    "node_nm,cell,temp_K,size_bytes,width_bits,access_ns,cycle_ns,read_nJ,write_nJ,leak_mW,"
    + "gate_leak_mW,h_mm,w_mm,ndwl,ndbl,nspd"
  static func row(_ size: Int, _ width: Int) -> String {
    "45,itrs-hp,330,\(size),\(width),1,1,1,1,1,1,1,1,2,2,1"
  }
  static let good =
    ([header] + [(1024, 32), (2048, 32), (2048, 64)].map(row)).joined(separator: "\n")

  static let faults = [
    Fault("node_nm,", "node,", "t.csv:1: expected the columns node_nm,cell,temp_K"),
    Fault(
      "itrs-hp,330,1024,32,1,", "itrs-hp,330,1024,32,", "t.csv:2: expected 16 fields, found 15"),
    Fault(
      "itrs-hp,330,1024", "itrs-lop,330,1024",
      "t.csv:2: cell: expected itrs-hp or itrs-lstp, found “itrs-lop”"),
    Fault(
      "45,itrs-hp,330,1024", "x,itrs-hp,330,1024",
      "t.csv:2: node_nm: expected a positive whole number, found “x”"),
    Fault(
      "1024,32,1,1,1", "1024,32,1,1,-1",
      "t.csv:2: read_nJ: expected a positive number, found “-1”"),
    Fault(
      "1024,32,1,1,1", "1024,32,1,1,nan",
      "t.csv:2: read_nJ: expected a positive number, found “nan”"),
    Fault(row(2048, 64), row(2048, 32), "t.csv:4: 45 nm itrs-hp, 2048 B × 32 bits: stated twice"),
    Fault(row(2048, 64), "", "t.csv: 45 nm hp: expected at least two sizes and two widths"),
    Fault(row(1024, 32), row(1024, 64), "t.csv: 45 nm hp, 1024 B: a width is missing"),
    Fault(
      row(2048, 64), row(1024, 64), "t.csv: 45 nm hp, 2048 B: a width is missing"),
  ]

  @Test("each fault of a table is named", arguments: faults)
  func fault(_ fault: Fault) throws {
    _ = try SRAMTable(csv: Self.good, file: "t.csv")
    let range = try #require(Self.good.range(of: fault.find))
    let bad = Self.good.replacingCharacters(in: range, with: fault.replace)
    let error = #expect(throws: EnergyError.self) { try SRAMTable(csv: bad, file: "t.csv") }
    let message = try #require(error).message
    #expect(message.hasPrefix(fault.expected), "\(message)")
  }

  @Test("a table without rows, or with Windows line ends, is told apart")
  func edges() throws {
    let error = #expect(throws: EnergyError.self) {
      try SRAMTable(csv: Self.header + "\n", file: "t.csv")
    }
    #expect(error?.message == "t.csv:1: expected rows after the header, found none")
    let windows = Self.good.replacingOccurrences(of: "\n", with: "\r\n")
    #expect(try SRAMTable(csv: windows, file: "t.csv").nodes(flavour: .highPerformance) == [45])
  }
}
