package import Architecture

/// The energies and areas of ``EnergyModel`` as plain numbers, for sweeps: a million architectures a
/// second instead of a few thousand. Where the technology names a calibration, they are those of
/// ``EnergyModel/calibrated(by:)``.
///
/// It adds the same prices and areas in another order, and without their sources: totals agree with
/// the model's to the last digits. What recurs from point to point, memories and trees, is kept.
package final class CostBook {
  package let technology: Technology
  private let table: SRAMTable
  private var origins = Origins()
  private var memories: [MemoryKey: MemoryFigures] = [:]
  private var latest = [MemoryFigures?](repeating: nil, count: 4)
  private var trees: [TreeKey: Tree] = [:]
  private let cells: CellFigures
  private var calibration: CalibratedBook?
  private var latestParts = PartsCache<PartCosts>()

  /// - Parameter table: SRAM figures, or `nil` for the table that comes with the module.
  /// - Throws: ``EnergyError`` when the table or the calibration cannot be read.
  package init(_ technology: Technology, table: SRAMTable? = nil) throws(EnergyError) {
    self.technology = technology
    if let table { self.table = table } else { self.table = try SRAMTable.standard() }
    cells = CellFigures(technology, &origins)
    calibration = try technology.calibratedCells().map { CalibratedBook($0, &origins) }
    // Origins are numbered in an order of their own, whatever memories come first: the order in which
    // squares are added decides on last bits.
    for flavour in Architecture.Parameters.SRAMFlavour.allCases {
      for (bits, words) in [(61, 1009), (2, 2)] {
        let memory = Memory(banks: 1, bits: bits, words: words)
        let key = MemoryKey(bits: bits, words: words, flavour: flavour)
        guard
          let cost = try? MemoryCost(
            memory, flavour: flavour, technology: technology, table: self.table)
        else { continue }
        _ = MemoryFigures(cost, key, &origins)
      }
    }
  }

  /// What `architecture` costs.
  ///
  /// - Throws: ``EnergyError`` when the SRAM table lacks the node and flavour, or the calibration the
  ///   tree array.
  package func costs(of architecture: Architecture) throws(EnergyError) -> PointCosts {
    let parts = try latestParts.value(for: architecture) { () throws(EnergyError) in
      try partCosts(of: architecture)
    }
    return PointCosts(parts, architecture)
  }

  private func partCosts(of architecture: Architecture) throws(EnergyError) -> PartCosts {
    let structure = Structure(architecture)
    let flavour = architecture.parameters.sramFlavour
    let memories = MemorySet(
      weightBuffer: try figures(structure.weightBuffer, flavour, slot: 0),
      activationBuffer: try figures(structure.activationBuffer, flavour, slot: 1),
      accumulators: try figures(structure.accumulatorMemory, flavour, slot: 2),
      multiplierBuffer: try multiplierFigures(structure, flavour))
    let tree = tree(architecture)
    let calibrated = try calibration?.costs(of: structure, tree, &origins)
    return PartCosts(structure, tree, cells, memories, calibrated)
  }

  private func multiplierFigures(
    _ structure: Structure, _ flavour: Architecture.Parameters.SRAMFlavour
  ) throws(EnergyError) -> MemorySet.Banks? {
    guard let memory = structure.multiplierBuffer else { return nil }
    return try figures(memory, flavour, slot: 3)
  }

  /// - Parameter slot: Where the figures are that were asked for before, in all likelihood the same.
  private func figures(
    _ memory: Memory, _ flavour: Architecture.Parameters.SRAMFlavour, slot: Int
  ) throws(EnergyError) -> MemorySet.Banks {
    let key = MemoryKey(bits: memory.bits, words: memory.words, flavour: flavour)
    if let figures = latest[slot], figures.key == key {
      return MemorySet.Banks(count: Double(memory.banks), figures: figures)
    }
    let figures: MemoryFigures
    if let known = memories[key] {
      figures = known
    } else {
      let cost = try MemoryCost(memory, flavour: flavour, technology: technology, table: table)
      figures = MemoryFigures(cost, key, &origins)
      memories[key] = figures
    }
    latest[slot] = figures
    return MemorySet.Banks(count: Double(memory.banks), figures: figures)
  }

  private struct TreeKey: Hashable {
    let lanes: Int
    let activationBits: Int
    let datapath: Architecture.Parameters.Datapath
    let registerEvery: Int
  }

  private func tree(_ architecture: Architecture) -> Tree {
    let parameters = architecture.parameters
    let key = TreeKey(
      lanes: parameters.lanes, activationBits: parameters.activationBits,
      datapath: parameters.datapath, registerEvery: parameters.treeRegisterEvery)
    if let known = trees[key] { return known }
    let tree = Tree(architecture)
    trees[key] = tree
    return tree
  }
}

/// What decides the figures of a bank.
struct MemoryKey: Hashable {
  let bits: Int
  let words: Int
  let flavour: Architecture.Parameters.SRAMFlavour
}

/// What one bank of a memory costs.
final class MemoryFigures {
  let key: MemoryKey
  let read: PlainFigure
  let write: PlainFigure
  let area: PlainFigure
  let leakage: PlainFigure

  init(_ cost: MemoryCost, _ key: MemoryKey, _ origins: inout Origins) {
    self.key = key
    read = PlainFigure(cost.readEnergy, &origins)
    write = PlainFigure(cost.writeEnergy, &origins)
    area = PlainFigure(cost.area, &origins)
    leakage = PlainFigure(cost.leakage, &origins)
  }
}

/// The memories of one architecture.
struct MemorySet {
  struct Banks {
    let count: Double
    let figures: MemoryFigures
  }

  let weightBuffer: Banks
  let activationBuffer: Banks
  let accumulators: Banks
  let multiplierBuffer: Banks?

  var all: [Banks] {
    [weightBuffer, activationBuffer, accumulators] + (multiplierBuffer.map { [$0] } ?? [])
  }
}

/// What the cells of a technology cost.
final class CellFigures {
  let adder: PlainFigure
  let select: PlainFigure
  let clock: PlainFigure
  let toggle: PlainFigure
  let adderArea: PlainFigure
  let selectArea: PlainFigure
  let registerArea: PlainFigure
  let gateArea: PlainFigure
  let leakage: PlainFigure
  let clockTreeAndWires: PlainFigure

  init(_ technology: Technology, _ origins: inout Origins) {
    adder = PlainFigure(technology.energy.adderBit, &origins)
    select = PlainFigure(technology.energy.selectBit, &origins)
    clock = PlainFigure(technology.energy.registerClock, &origins)
    toggle = PlainFigure(technology.energy.registerToggle, &origins)
    adderArea = PlainFigure(technology.area.adderBit, &origins)
    selectArea = PlainFigure(technology.area.selectBit, &origins)
    registerArea = PlainFigure(technology.area.registerBit, &origins)
    gateArea = PlainFigure(technology.area.gate, &origins)
    leakage = PlainFigure(technology.logicLeakage, &origins)
    clockTreeAndWires = PlainFigure(technology.clockTreeAndWires, &origins)
  }
}
