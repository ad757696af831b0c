import Foundation
import Testing

@testable import Energy

/// One fault in a good file, and what the message must say after `user.yaml:`.
struct Fault: Sendable, CustomTestStringConvertible {
  let find: String
  let replace: String
  let expected: String

  init(_ find: String, _ replace: String, _ expected: String) {
    self.find = find
    self.replace = replace
    self.expected = expected
  }

  var testDescription: String { "“\(replace)” for “\(find)”" }
}

@Suite struct TechnologyFileTests {
  /// A file without comments, one line per entry, so that line numbers are easy to count.
  static let good: String = {
    var lines = ["name: mine", "description: Mine.", "sram_node_nm: 45"]
    for key in Technology.Key.allCases {
      lines += [
        "\(key.rawValue):", "  low: 1", "  typical: 2", "  high: 4", "  provenance: assumed",
        "  source: a guess",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  static let faults = [
    Fault("name: mine", "name: [mine]", "1: name: expected text, found a list"),
    Fault("name: mine", "name:", "1: name: expected text, found nothing"),
    Fault("name: mine", "nam: mine", "1: nam: unknown key; known are name, description, calibrat"),
    Fault("description: Mine.\n", "", "1: description: missing"),
    Fault("name: mine", "name: mine\nname: yours", "1: name: stated twice"),
    Fault("name: mine", "name: mine\n[a]: b", "2: ?: unknown key; known are name"),
    Fault("_V:\n  low: 1", "_V:\n  low: 1\n  low: 1", "5: low: stated twice"),
    Fault("name: mine", "name: {", "3: not YAML: did not find expected ',' or '}'"),
    Fault("name: mine", "name: \"\\q\"", "1: not YAML: found unknown escape character"),
    Fault(
      "nm: 45", "nm: 45.5", "3: sram_node_nm: expected a positive whole number, found “45.5”"),
    Fault("nm: 45", "nm: 0", "3: sram_node_nm: expected a positive whole number, found “0”"),
    Fault(
      "nm: 45", "nm: {a: 1}", "3: sram_node_nm: expected a positive whole number, found a mapping"),
    Fault(
      "_V:\n  low: 1", "_V:\n  low: -1",
      "5: supply_voltage_V.low: expected a positive number, found “-1”"),
    Fault(
      "_V:\n  low: 1", "_V:\n  low: inf",
      "5: supply_voltage_V.low: expected a positive number, found “inf”"),
    Fault(
      "_V:\n  low: 1", "_V:\n  low: one",
      "5: supply_voltage_V.low: expected a positive number, found “one”"),
    Fault(
      "_V:\n  low: 1", "_V:\n  low: 3",
      "5: supply_voltage_V: expected low ≤ typical ≤ high, found “3”, “2”, “4”"),
    Fault("_V:\n  low: 1\n", "_V:\n", "5: supply_voltage_V.low: missing"),
    Fault(
      "_V:\n  low: 1", "_V:\n  value: 1",
      "6: supply_voltage_V.typical: unknown key; known are value, provenance, source"),
    Fault(
      "_V:\n  low: 1", "_V:\n  lowest: 1\n  low: 1",
      "5: supply_voltage_V.lowest: unknown key; known are low, typical, high, provenance, source"),
    Fault(
      "provenance: assumed", "provenance: believed",
      "8: supply_voltage_V.provenance: expected one of measured, counted, synthesised, modelled, "
        + "scaled, literature, assumed, found “believed”"),
    Fault(
      "source: a guess", "source: ''", "9: supply_voltage_V.source: expected text, found nothing"),
    Fault("  source: a guess\n", "", "5: supply_voltage_V.source: missing"),
  ]

  @Test(
    "each fault of a technology file is named with file, line, key, expected and found",
    arguments: faults)
  func fault(_ fault: Fault) throws {
    let range = try #require(Self.good.range(of: fault.find))
    let bad = Self.good.replacingCharacters(in: range, with: fault.replace)
    let error = #expect(throws: EnergyError.self) { try Technology(yaml: bad, file: "user.yaml") }
    let message = try #require(error).message
    #expect(message.hasPrefix("user.yaml:" + fault.expected), "\(message)")
  }

  @Test(
    "each missing figure is named",
    arguments: Technology.Key.allCases.filter(\.isRequired).map(\.rawValue))
  func missing(key: String) throws {
    let block =
      "\(key):\n  low: 1\n  typical: 2\n  high: 4\n  provenance: assumed\n  source: a guess\n"
    let bad = Self.good.replacingOccurrences(of: block, with: "")
    let error = #expect(throws: EnergyError.self) { try Technology(yaml: bad, file: "user.yaml") }
    #expect(error?.message == "user.yaml:1: \(key): missing")
  }

  @Test("a figure that is only a number asks for its parts")
  func bare() throws {
    let bad = Self.good.replacingOccurrences(
      of:
        "gate_area_um2:\n  low: 1\n  typical: 2\n  high: 4\n  provenance: assumed\n  source: a guess",
      with: "gate_area_um2: 3")
    let error = #expect(throws: EnergyError.self) { try Technology(yaml: bad, file: "user.yaml") }
    let expected = "expected value (or low, typical, high), provenance and source, found “3”"
    #expect(try #require(error).message.hasSuffix("gate_area_um2: \(expected)"))
  }

  @Test("text that is no mapping is refused", arguments: ["", "# nothing\n", "- a\n- b\n", "3"])
  func noMapping(text: String) throws {
    let error = #expect(throws: EnergyError.self) { try Technology(yaml: text, file: "user.yaml") }
    let found = text.hasPrefix("-") ? "a list" : text == "3" ? "“3”" : "nothing"
    let expected = "user.yaml:1: expected a technology file with keys, found \(found)"
    #expect(error?.message == expected)
  }

  @Test("a file with other figures is read with them")
  func good() throws {
    let technology = try Technology(yaml: Self.good, file: "user.yaml")
    #expect(technology.name == "mine")
    #expect(technology.sram.node == 45)
    let ratio = Estimate<Ratio>(
      low: 1, typical: 2, high: 4, provenance: .assumed, source: "a guess",
      origin: "sram_delay_ratio of mine")
    #expect(technology.sram.delay == ratio)
    #expect(close(technology.energy.adderBit.typical, 2e-15))
    #expect(close(technology.operations.fp16Add.high, 4e-12))
    #expect(close(technology.logicLeakage.low, 1e-9))
  }
}
