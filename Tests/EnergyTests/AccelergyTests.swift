import Activity
import Architecture
import Testing
import Yams

@testable import Energy

@Suite struct AccelergyTests {
  /// As Accelergy 0.3 and 0.4 write it: lists, paths with ranges, actions with arguments.
  static let ert = """
    ERT:
      version: 0.4
      tables:
      - name: soc.weight_buffer[0..3]
        actions:
        - name: read
          arguments: {address_delta: 0, data_delta: 0}
          energy: 4
        - name: read
          arguments: {address_delta: 1, data_delta: 1}
          energy: 8.5
        - name: read
          arguments: {address_delta: 1, data_delta: 0}
          energy: 6
        - name: write
          arguments: {address_delta: 1, data_delta: 1}
          energy: 7
        - name: leak
          arguments: null
          energy: 0.1
      - name: soc.pe.mac
        actions:
        - name: compute
          arguments: null
          energy: 1
    """

  static let art = """
    ART:
      version: 0.3
      tables:
      - name: soc.weight_buffer[0..3]
        area: 250.5
      - name: soc.tree_array
        area: 4000
    """

  private func tables(_ files: String...) throws -> AccelergyTables {
    var tables = AccelergyTables()
    for (index, file) in files.enumerated() { try tables.add(yaml: file, file: "t\(index).yaml") }
    return tables
  }

  private func model() throws -> EnergyModel {
    try EnergyModel(architecture: architecture(), technology: Technology(named: "cmos-45nm"))
  }

  @Test("tables of either version give J and µm² by the last name of a path")
  func reading() throws {
    let tables = try tables(Self.ert, Self.art)
    let buffer = try #require(tables.energies["weight_buffer"])
    #expect(close(try #require(buffer["read"]), 8.5e-12))
    #expect(close(try #require(buffer["write"]), 7e-12))
    #expect(tables.areas == ["weight_buffer": 4 * 250.5, "tree_array": 4000])
    let old = """
      ERT:
        version: 0.2
        tables:
          soc.weight_buffer:
            idle: {arguments: null, energy: 0}
            read:
            - {arguments: {data_delta: 0}, energy: 1}
            - {arguments: {data_delta: 1}, energy: 3}
      """
    #expect(
      try self.tables(old).energies == ["weight_buffer": ["idle": 0, "read": 3 * 1e-12]])
    #expect(EnergyModel.unused(in: tables) == ["mac"])
  }

  @Test("stated components take the place of the model's own; the others stay")
  func replacing() throws {
    let (own, replaced) = (try model(), try model().replacing(with: tables(Self.ert, Self.art)))
    let (before, after) = (
      own.energy(of: sampleCounts()), replaced.energy(of: sampleCounts())
    )
    #expect(close(after[.weightBuffer].typical, (61 * 8.5 + 62 * 7) * 1e-12))
    #expect(after[.weightBuffer].source == "Accelergy ERT, t0.yaml, t1.yaml: weight_buffer")
    for component in EnergyComponent.allCases
    where component != .weightBuffer && component != .clockTreeAndWires {
      #expect(after[component] == before[component], "\(component.rawValue)")
    }
    let change = after[.weightBuffer].typical - before[.weightBuffer].typical
    let share = after[.clockTreeAndWires].typical - before[.clockTreeAndWires].typical
    #expect(close(share, 0.1 * change))
    #expect(replaced.area.byBlock[.weightBuffer]?.typical == 1002)
    #expect(replaced.area.byBlock[.treeArray]?.typical == 4000)
    #expect(replaced.area.byBlock[.controller] == own.area.byBlock[.controller])
  }

  @Test("what is stated holds on other architectures, but not for another array")
  func repriced() throws {
    let replaced = try model().replacing(with: tables(Self.ert, Self.art))
    let larger = try replaced.repriced(for: architecture { $0.weightBufferWords = 1024 })
    #expect(close(larger.energy(of: sampleCounts())[.weightBuffer].typical, 952.5e-12))
    let baseline = try BaselineModel(replaced).baselines(products: 450, counts: sampleCounts())
    #expect(
      close(
        try #require(baseline[.int8Array].energy[.weightBuffer]).typical,
        4 * (61 * 8.5 + 62 * 7) * 1e-12))
  }

  static let faults = [
    Fault("ERT:", "TRE:", "t0.yaml:1: expected the key ERT or ART, found neither"),
    Fault("  tables:\n", "  table:\n", "t0.yaml:2: ERT: tables: missing"),
    Fault("energy: 8.5", "energy: -8.5", "t0.yaml:11: ERT: read: energy: expected a number from 0"),
    Fault("      energy: 4\n", "", "t0.yaml:6: ERT: energy: missing"),
    Fault("- name: soc.pe.mac", "- label: mac", "t0.yaml:21: ERT: name: missing"),
    Fault("soc.pe.mac", "other.weight_buffer", "t0.yaml: ERT: weight_buffer: stated twice"),
    Fault("ERT:\n", "ERT: {\n", "t0.yaml:1: not YAML:"),
  ]

  @Test("each fault of a table is named", arguments: faults)
  func fault(_ fault: Fault) throws {
    let pieces = Self.ert.split(
      separator: fault.find, maxSplits: 1, omittingEmptySubsequences: false)
    try #require(pieces.count == 2)
    let error = #expect(throws: EnergyError.self) {
      try tables(pieces.joined(separator: fault.replace))
    }
    #expect(try #require(error).message.hasPrefix(fault.expected), "\(error!.message)")
  }

  @Test("a table without a component of the accelerator, or without one of its actions, is refused")
  func unfit() throws {
    let stranger = "ERT:\n  tables:\n  - name: mac\n    actions: []\n"
    let first = #expect(throws: EnergyError.self) { try model().replacing(with: tables(stranger)) }
    #expect(
      try #require(first).message.hasPrefix("t0.yaml: expected ERT components of array, weight_"))
    let partial = """
      ERT:
        tables:
        - name: weight_buffer
          actions: [{name: read, energy: 1}, {name: fill, energy: 2}]
      """
    let second = #expect(throws: EnergyError.self) { try model().replacing(with: tables(partial)) }
    #expect(
      second?.message
        == "t0.yaml: ERT: weight_buffer: expected the action weight_buffer_write, found fill, read")
  }

  /// What Accelergy does with a table and counts: Σ counts × energy, by component.
  private func accelergy(ert: String, counts: String) throws -> [String: Double] {
    let tables = try #require(try compose(yaml: ert)?.mapping?["ERT"]?.mapping?["tables"]?.sequence)
    var energies: [String: Double] = [:]
    for entry in tables {
      let name = try #require(entry["name"]?.string)
      for action in try #require(entry["actions"]?.sequence) {
        energies["\(name)/\(try #require(action["name"]?.string))"] =
          try #require(action["energy"]?.float)
      }
    }
    let root = try #require(try compose(yaml: counts)?.mapping?["action_counts"])
    #expect(root["version"]?.float == 0.3)
    let design = try #require(root["subtree"]?.sequence?.first)
    var sums: [String: Double] = [:]
    for component in try #require(design["local"]?.sequence) {
      let name = try #require(component["name"]?.string)
      for action in try #require(component["action_counts"]?.sequence) {
        let key =
          "\(try #require(design["name"]?.string)).\(name)/\(try #require(action["name"]?.string))"
        sums[name, default: 0] +=
          try #require(energies[key]) * Double(try #require(action["counts"]?.int))
      }
    }
    return sums
  }

  @Test("written counts times written energies are the energy of the layer, in pJ")
  func writing() throws {
    let model = try model()
    let output = AccelergyOutput(model)
    let sums = try accelergy(
      ert: output.energyReferenceTable, counts: output.actionCounts(sampleCounts()))
    let layer = model.energy(of: sampleCounts())
    #expect(sums.count == EnergyComponent.allCases.count)
    for component in EnergyComponent.allCases {
      let sum = try #require(sums[component.rawValue])
      #expect(close(sum, 1e12 * layer[component].typical), "\(component.rawValue)")
    }
  }

  @Test("what was written is read back: the same energies and areas")
  func roundTrip() throws {
    let model = try model()
    let output = AccelergyOutput(model)
    let back = try model.replacing(
      with: tables(output.energyReferenceTable, output.areaReferenceTable))
    let (before, after) = (
      model.energy(of: sampleCounts()), back.energy(of: sampleCounts())
    )
    for component in EnergyComponent.allCases {
      #expect(close(after[component].typical, before[component].typical))
    }
    #expect(close(back.area.total.typical, model.area.total.typical))
    #expect(EnergyModel.unused(in: try tables(output.energyReferenceTable)).isEmpty)
  }
}
