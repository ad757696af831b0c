import Activity
import Architecture
import Foundation
import Testing

@testable import Energy

/// Memories of the user's: lists of macros, and Liberty files of memory compilers.
@Suite struct SRAMPartTests {
  static let list = """
    macro,words,bits,read_pJ,write_pJ,leakage_uW,area_um2
    small,64,32,2,3,10,1000
    large,256,32,3,4,30,3500
    wide,64,128,6,7,25,3000
    """

  private func table() throws -> SRAMTable {
    SRAMTable(parts: try SRAMTable.parts(csv: Self.list, file: "m.csv"))
  }

  @Test("a memory that is a macro has its figures, in SI units")
  func exact() throws {
    let macro = try table().built(bits: 32, words: 64)
    #expect(close(macro.readEnergy.typical, 2e-12) && close(macro.writeEnergy.typical, 3e-12))
    #expect(close(macro.leakage.typical, 10e-6) && macro.area.typical == 1000)
    #expect(macro.readEnergy.source == "m.csv: 1 × 1 of small for 64 × 32 bits")
  }

  @Test(
    "wider words take macros side by side, more words on top of each other, which only leak",
    arguments: [
      // bits, words, the cheapest macro, across, deep
      (33, 64, "small", 2, 1), (64, 65, "small", 2, 2), (31, 255, "small", 1, 4),
      (128, 63, "wide", 1, 1), (127, 64, "wide", 1, 1), (129, 1023, "small", 5, 16),
      (1, 1, "small", 1, 1),
    ] as [(Int, Int, String, Int, Int)])
  func tiled(bits: Int, words: Int, name: String, across: Int, deep: Int) throws {
    let macro = try table().built(bits: bits, words: words)
    let part = try #require(try table().parts.first { $0.name == name })
    #expect(close(macro.readEnergy.typical, Double(across) * part.readEnergy))
    #expect(close(macro.writeEnergy.typical, Double(across) * part.writeEnergy))
    #expect(close(macro.leakage.typical, Double(across * deep) * part.leakage))
    #expect(close(macro.area.typical, Double(across * deep) * part.area))
    #expect(macro.readEnergy.source.contains("\(across) × \(deep) of \(name)"))
  }

  @Test("a model of the user's macros has their energies, unscaled, in either technology")
  func model() throws {
    for name in Technology.names {
      let model = try EnergyModel(
        architecture: architecture(), technology: Technology(named: name), table: table())
      // 256 words of 32 bits: one large or four small ones; the small one reads for less.
      let read = try #require(model.prices.first { $0.event == .weightBufferRead })
      #expect(close(read.each.typical, 2e-12))
      #expect(
        close(
          try #require(model.prices.first { $0.event == .weightBufferWrite }).each.typical, 3e-12))
      let term = try #require(
        model.area.areas.first { $0.block == .weightBuffer }?.terms.first {
          $0.part.hasPrefix("SRAM")
        })
      #expect(term.area.typical == 4000)
    }
  }

  static let faults = [
    Fault("macro,", "name,", "m.csv:1: expected the columns macro,words,bits,read_pJ"),
    Fault("small,64,32,2", "small,64,32", "m.csv:2: expected a name and 6 numbers, found “small"),
    Fault("large,256", "large,25.5", "m.csv:3: words: expected a positive whole number, found “25"),
    Fault("2,3,10", "2,-3,10", "m.csv:2: write_pJ: expected a positive number, found “-3”"),
    Fault("wide,", "small,", "m.csv:4: small: stated twice"),
    Fault("\nsmall", "\n,small", "m.csv:2: expected a name and 6 numbers"),
  ]

  @Test("each fault of a list of macros is named", arguments: faults)
  func fault(_ fault: Fault) throws {
    let range = try #require(Self.list.range(of: fault.find))
    let bad = Self.list.replacingCharacters(in: range, with: fault.replace)
    let error = #expect(throws: EnergyError.self) {
      try SRAMTable.parts(csv: bad, file: "m.csv")
    }
    let message = try #require(error).message
    #expect(message.hasPrefix(fault.expected), "\(message)")
  }

  // MARK: Liberty

  /// With states, one port, a clock that has more than a write enable beside it.
  static let compiled = """
    library (ram_8x5_lib) {
      voltage_unit : "1V"; capacitive_load_unit (1, pF); leakage_power_unit : "1mW";
      cell (ram_5x8) {
        memory () { type : ram; address_width : 4; word_width : 5; }
        area : 120.5;
        leakage_power () { value : 0.002; }
        leakage_power () { value : 0.004; }
        pin (csb0) { direction : input; }
        pin (clk0) {
          clock : true; direction : input;
          internal_power () { when : "csb0 & web0"; rise_power (scalar) { values ("9"); } }
          internal_power () {
            when : "!csb0 & !web0";
            rise_power (scalar) { values ("2.5"); } fall_power (scalar) { values ("0.5"); }
          }
          internal_power () {
            when : "!csb0 & web0";
            rise_power (scalar) { values ("1.5"); } fall_power (scalar) { values ("0.25"); }
          }
        }
      }
    }
    """

  /// Without states, energies in fF · V².
  static let plain = """
    library(fake_64x7) {
      voltage_unit : "1V"; leakage_power_unit : "1nw"; capacitive_load_unit (1,ff);
      cell(fake_64x7) {
        area : 3225.312;
        memory() { type : ram; address_width : 6; word_width : 7; }
        pin(clk) {
          direction : input; clock : true;
          internal_power(){
            rise_power(t) { index_1 ("0.009, 0.1, 0.227"); values ("100, 1345, 1400") }
            fall_power(t) { index_1 ("0.009, 0.1, 0.227"); values ("100, 1345, 1400") }
          }
        }
        cell_leakage_power : 128900.000;
      }
      cell(INV) { area : 1; }
    }
    """

  private func parts(_ text: String) throws -> [SRAMPart] {
    try SRAMTable.parts(liberty: Array(text.utf8), file: "ram.lib")
  }

  @Test("states of a clock pin tell reads from writes, and the name how many words there are")
  func states() throws {
    let part = try #require(try parts(Self.compiled).first)
    #expect((part.words, part.bits) == (8, 5))
    #expect(close(part.readEnergy, 1.75e-12) && close(part.writeEnergy, 3e-12))
    #expect(close(part.leakage, 3e-6) && part.area == 120.5)
  }

  @Test("a figure without a state holds for both, and tables are read in the middle")
  func withoutStates() throws {
    let parts = try parts(Self.plain)
    #expect(parts.count == 1)
    #expect((parts[0].words, parts[0].bits) == (64, 7))
    #expect(close(parts[0].readEnergy, 2.69e-12) && close(parts[0].writeEnergy, 2.69e-12))
    #expect(close(parts[0].leakage, 128.9e-6))
  }

  static let libertyFaults = [
    Fault("library ", "cells ", "ram.lib:1: expected a library, found “cells”"),
    Fault("1, pF", "1, pX", "ram.lib:1: capacitive_load_unit: expected (1, pf) or (1, ff)"),
    Fault(
      "\"1mW\"", "\"mJ\"", "ram.lib:1: leakage_power_unit: expected a number and W, found “mJ”"),
    Fault("memory ()", "memories ()", "ram.lib:1: expected a cell with a memory group, found none"),
    Fault(
      "address_width : 4", "address_width : x",
      "ram.lib:4: ram_5x8: address_width: expected 1 to 32"),
    Fault(
      "word_width : 5;", "", "ram.lib:4: ram_5x8: word_width: expected 1 to 65536, found nothing"),
    Fault("area : 120.5;", "", "ram.lib:3: ram_5x8: area: missing"),
    Fault("\"!csb0 & web0\"", "\"!csb0 & other\"", "ram.lib:3: ram_5x8: expected a clock pin with"),
    Fault("(\"2.5\")", "(\"two\")", "ram.lib:14: rise_power: expected numbers, found “two”"),
  ]

  @Test(
    "each fault of a memory's Liberty file is named with file and line", arguments: libertyFaults)
  func libertyFault(_ fault: Fault) throws {
    let range = try #require(Self.compiled.range(of: fault.find))
    let bad = Self.compiled.replacingCharacters(in: range, with: fault.replace)
    let error = #expect(throws: EnergyError.self) { try parts(bad) }
    let message = try #require(error).message
    #expect(message.hasPrefix(fault.expected), "\(message)")
  }

  @Test("files are told apart by what is in them, and macros of several add up")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func file(_ name: String, _ text: String) throws -> String {
      let path = folder.appending(path: name).path
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    let macros = try file("m.csv", Self.list)
    let liberty = try file("ram.lib", Self.plain)
    let grid = try file("t.csv", SRAMTableTests.good)
    #expect(try SRAMTable(contentsOfFiles: [macros, liberty]).parts.count == 4)
    #expect(try SRAMTable(contentsOfFiles: [grid]).nodes(flavour: .highPerformance) == [45])
    let mixed = #expect(throws: EnergyError.self) {
      try SRAMTable(contentsOfFiles: [macros, grid])
    }
    #expect(try #require(mixed).message.hasSuffix("beside other files of macros"))
    let absent = #expect(throws: EnergyError.self) {
      try SRAMTable(contentsOfFiles: [folder.path + "/absent"])
    }
    #expect(try #require(absent).message.contains("absent: cannot be read"))
  }

  @Test("a user's table of the technology's own node is not scaled, one of another node is")
  func ownNode() throws {
    let csv = SRAMTableTests.good
    func read(_ name: String, _ csv: String) throws -> Double {
      let table = try SRAMTable(csv: csv, file: "t.csv")
      let model = try EnergyModel(
        architecture: architecture(), technology: Technology(named: name), table: table)
      return try #require(model.prices.first { $0.event == .weightBufferRead }).each.typical
    }
    #expect(close(try read("cmos-45nm", csv), 1e-9))
    let at7 = csv.replacingOccurrences(of: "\n45,", with: "\n7,")
    #expect(close(try read("cmos-7nm", at7), 1e-9))
    let at22 = csv.replacingOccurrences(of: "\n45,", with: "\n22,")
    #expect(close(try read("cmos-7nm", at22), 0.312e-9))
  }
}
