import Architecture
import ArgumentParser
import Energy
import Foundation

/// Where the energies and areas of a command come from, besides the architecture file.
struct EnergyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A technology file, one of \(Technology.names.joined(separator: ", ")), or an FPGA: \
      \(FPGATarget.names.joined(separator: ", ")). Default: the architecture's.
      """, valueName: "name|file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var technology: String?

  @Option(
    name: .customLong("at-node"),
    help: ArgumentHelp(
      """
      Scale cells and memories to another node, such as 16@0.8 for 16 nm at 0.8 V (Stillmaker and \
      Baas): good to a factor of 2.5 only.
      """, valueName: "nm@volts"),
    transform: EnergyOptions.point)
  var node: NodeScaling.Point?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      SRAM figures: a CSV table, or macros from CSV lists and Liberty files. Default: CACTI 7.
      """, valueName: "files"),
    completion: .file(extensions: ["csv", "lib"]))
  var sram: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Price external memory as another kind: \
      \(DRAMEnergy.published.map(\.kind).joined(separator: ", ")). Default: the architecture's.
      """, valueName: "kind"),
    transform: EnergyOptions.kind)
  var dram: DRAMEnergy?

  @Option(
    help: ArgumentHelp(
      """
      What clock tree and wires add to the dynamic energy on the chip, in %. Default: the \
      technology's, 6 to 15.
      """, valueName: "percent"))
  var clockTreeAndWires: Double?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Energies and areas of components from Accelergy's ERT and ART.", valueName: "files"),
    completion: .file(extensions: ["yaml", "yml"]))
  var accelergy: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Price the tree array, and the blocks around it where all of them are in it, by a calibration of \
      'setun calibrate': a file, the name of one that comes along, or none. Default: that of the \
      technology's cells, where there is one.
      """, valueName: "name|file|none"),
    completion: .file(extensions: ["json"]))
  var calibration: String?

  func validate() throws {
    if let clockTreeAndWires, !(0...1000 ~= clockTreeAndWires) {
      throw ValidationError(
        "--clock-tree-and-wires: expected 0 to 1000 %, found \(clockTreeAndWires)")
    }
  }

  /// The model of an architecture with these sources.
  ///
  /// - Parameter name: How the user calls the architecture, for messages.
  func model(of architecture: Architecture, named name: String) throws -> EnergyModel {
    do throws(EnergyError) {
      let table = sram.isEmpty ? nil : try SRAMTable(contentsOfFiles: sram)
      var model = try EnergyModel(
        architecture: dram.map(architecture.pricingMemory) ?? architecture,
        technology: technology(of: architecture), table: table)
      if let technology = try calibratedTechnology(for: model) {
        model = try model.calibrated(by: technology)
      }
      if accelergy.isEmpty { return model }
      return try model.replacing(with: AccelergyTables(contentsOfFiles: accelergy))
    } catch {
      throw Failure("\(name): \(error)")
    }
  }

  /// What an architecture takes of the FPGA that it or `--technology` names; `nil` where that is none.
  ///
  /// - Parameter name: How the user calls the architecture, for messages.
  func fpga(of architecture: Architecture, named name: String) throws -> FPGAUse? {
    do throws(EnergyError) {
      let technology = technology ?? architecture.parameters.technology
      guard let target = try FPGATarget(named: technology) else { return nil }
      if let option = optionsOfCells.first {
        throw EnergyError(
          "\(option): expected cells, whose energy is known, found the FPGA \(target.name)")
      }
      return try FPGAUse(architecture, on: target)
    } catch {
      throw Failure("\(name): \(error)")
    }
  }

  /// The options given that make no sense without energies.
  private var optionsOfCells: [String] {
    [
      node.map { _ in "--at-node" }, sram.isEmpty ? nil : "--sram", dram.map { _ in "--dram" },
      clockTreeAndWires.map { _ in "--clock-tree-and-wires" },
      accelergy.isEmpty ? nil : "--accelergy", calibration.map { _ in "--calibration" },
    ].compactMap { $0 }
  }

  /// The calibration that was asked for, or that of the technology's cells if it covers the array.
  private func calibratedTechnology(
    for model: EnergyModel
  ) throws(EnergyError) -> CalibratedTechnology? {
    if calibration == "none" { return nil }
    if let calibration { return try CalibratedTechnology(nameOrFile: calibration) }
    // Scaled cells are no longer those that were calibrated.
    guard node == nil, let cells = try model.technology.calibratedCells(),
      cells.model(of: .treeArray, in: model.architecture) != nil
    else { return nil }
    return cells
  }

  /// What a reader has to know of where the array's figures come from.
  func notes(on model: EnergyModel) -> [String] {
    let parameters = model.architecture.parameters
    let technology = model.technology
    if let cells = model.calibration {
      guard let calibration, cells.name != technology.calibration else { return [] }
      return [
        "Calibrated cells are of \(calibration), all else of \(technology.name): two processes in one "
          + "design."
      ]
    }
    guard let name = technology.calibration, calibration == nil, node == nil else { return [] }
    return [
      technology.missingCalibration == nil
        ? "\(name) was not calibrated for \(parameters.datapath.rawValue) with tree_register_every "
          + "\(parameters.treeRegisterEvery): the array is priced with the cells of \(technology.name)."
        : "There is no calibration \(name) yet: the array is priced with the cells of "
          + "\(technology.name). 'setun calibrate --name \(name)' makes one."
    ]
  }

  private func technology(of architecture: Architecture) throws(EnergyError) -> Technology {
    var technology = try Technology(
      nameOrFile: self.technology ?? architecture.parameters.technology)
    if let node { technology = try technology.scaled(to: node) }
    if let clockTreeAndWires {
      technology.clockTreeAndWires = Estimate(
        clockTreeAndWires / 100, provenance: .assumed,
        source: "clock tree and wires: \(clockTreeAndWires)% as asked for")
    }
    return technology
  }

  /// `16@0.8`: a node and its supply.
  private static func point(_ text: String) throws -> NodeScaling.Point {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let node = Int(parts[0]), let volts = Double(parts[1]) else {
      throw ValidationError("expected a node and a voltage such as 16@0.8, found “\(text)”")
    }
    return NodeScaling.Point(node: node, volts: volts)
  }

  private static func kind(_ text: String) throws -> DRAMEnergy {
    guard let energy = DRAMEnergy(kind: text) else {
      let kinds = DRAMEnergy.published.map(\.kind).joined(separator: ", ")
      throw ValidationError("expected one of \(kinds), found “\(text)”")
    }
    return energy
  }
}
