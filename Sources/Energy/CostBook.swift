package import Architecture

/// The energies and areas of ``EnergyModel`` as plain numbers, for sweeps: a million architectures a
/// second instead of a few thousand.
///
/// It adds the same prices and areas in another order, and without their sources: totals agree with
/// the model's to the last digits. What recurs from point to point, memories and trees, is kept.
package final class CostBook {
  package let technology: Technology
  private let table: SRAMTable
  private var origins = Origins()
  private var memories: [MemoryKey: MemoryFigures] = [:]
  private var trees: [TreeKey: Tree] = [:]
  private let cells: CellFigures

  /// - Parameter table: SRAM figures, or `nil` for the table that comes with the module.
  /// - Throws: ``EnergyError`` when the table cannot be read.
  package init(_ technology: Technology, table: SRAMTable? = nil) throws(EnergyError) {
    self.technology = technology
    if let table { self.table = table } else { self.table = try SRAMTable.standard() }
    cells = CellFigures(technology, &origins)
  }

  /// What `architecture` costs.
  ///
  /// - Throws: ``EnergyError`` when the SRAM table lacks the node and flavour.
  package func costs(of architecture: Architecture) throws(EnergyError) -> PointCosts {
    let structure = Structure(architecture)
    let flavour = architecture.parameters.sramFlavour
    let tree = tree(architecture)
    var costs = PointCosts(
      structure, tree, cells,
      weightBuffer: try figures(structure.weightBuffer, flavour),
      activationBuffer: try figures(structure.activationBuffer, flavour),
      accumulators: try figures(structure.accumulatorMemory, flavour),
      multiplierBuffer: try multiplierFigures(structure, flavour))
    costs.addAreas(structure, tree)
    return costs
  }

  private func multiplierFigures(
    _ structure: Structure, _ flavour: Architecture.Parameters.SRAMFlavour
  ) throws(EnergyError) -> MemoryFigures? {
    guard let memory = structure.multiplierBuffer else { return nil }
    return try figures(memory, flavour)
  }

  private struct MemoryKey: Hashable {
    let bits: Int
    let words: Int
    let flavour: Architecture.Parameters.SRAMFlavour
  }

  private func figures(
    _ memory: Memory, _ flavour: Architecture.Parameters.SRAMFlavour
  ) throws(EnergyError) -> MemoryFigures {
    let key = MemoryKey(bits: memory.bits, words: memory.words, flavour: flavour)
    if var known = memories[key] {
      known.banks = Double(memory.banks)
      return known
    }
    let cost = try MemoryCost(memory, flavour: flavour, technology: technology, table: table)
    let figures = MemoryFigures(cost, banks: memory.banks, number: memories.count, &origins)
    memories[key] = figures
    return figures
  }

  private struct TreeKey: Hashable {
    let lanes: Int
    let datapath: Architecture.Parameters.Datapath
    let registerEvery: Int
  }

  private func tree(_ architecture: Architecture) -> Tree {
    let parameters = architecture.parameters
    let key = TreeKey(
      lanes: parameters.lanes, datapath: parameters.datapath,
      registerEvery: parameters.treeRegisterEvery)
    if let known = trees[key] { return known }
    let tree = Tree(architecture)
    trees[key] = tree
    return tree
  }
}

/// A number for each origin that moves figures.
struct Origins {
  /// The most origins of one technology and its memories.
  static let most = 16
  private var numbers: [String: Int] = [:]

  mutating func number(of origin: String) -> Int {
    if let known = numbers[origin] { return known }
    let number = numbers.count
    precondition(number < Self.most, "more than \(Self.most) origins: \(numbers.keys.sorted())")
    numbers[origin] = number
    return number
  }
}

/// An estimate as plain numbers.
struct PlainFigure {
  var typical = 0.0
  /// Up to four origins, and how far each moves the figure.
  private(set) var origins = SIMD4<Int32>(repeating: -1)
  private(set) var below = SIMD4<Double>()
  private(set) var above = SIMD4<Double>()

  init<U: Unit>(_ estimate: Estimate<U>, _ known: inout Origins) {
    typical = estimate.typical
    let parts = estimate.deviations.parts
    precondition(parts.count <= 4, "\(parts.count) origins of \(estimate.source)")
    for (index, part) in parts.enumerated() {
      origins[index] = Int32(known.number(of: part.origin))
      (below[index], above[index]) = (part.below, part.above)
    }
  }
}

/// A sum of figures, with its deviation by origin.
struct PlainSum {
  var typical = 0.0
  private(set) var below = SIMD16<Double>()
  private(set) var above = SIMD16<Double>()

  mutating func add(_ count: Double, _ figure: PlainFigure) {
    typical += count * figure.typical
    for index in 0..<4 where figure.origins[index] >= 0 {
      let origin = Int(figure.origins[index])
      below[origin] += count * figure.below[index]
      above[origin] += count * figure.above[index]
    }
  }

  /// Adds as much again as `share` says.
  mutating func grow(by share: PlainFigure) {
    let typical = typical
    self.typical += typical * share.typical
    below *= 1 + share.typical
    above *= 1 + share.typical
    var deviation = share
    deviation.typical = 0
    add(typical, deviation)
  }

  /// The squares of the deviations.
  var squares: (below: Double, above: Double) { ((below * below).sum(), (above * above).sum()) }
}

/// What one bank of a memory costs.
struct MemoryFigures {
  var banks: Double
  /// Which memory this is: equal ones leak alike.
  let number: Int
  let read: PlainFigure
  let write: PlainFigure
  let area: PlainFigure
  /// In W: low, typical and high.
  let leakage: SIMD4<Double>

  init(_ cost: MemoryCost, banks: Int, number: Int, _ origins: inout Origins) {
    self.banks = Double(banks)
    self.number = number
    read = PlainFigure(cost.readEnergy, &origins)
    write = PlainFigure(cost.writeEnergy, &origins)
    area = PlainFigure(cost.area, &origins)
    leakage = SIMD4(cost.leakage.low, cost.leakage.typical, cost.leakage.high, 0)
  }
}

/// What the cells of a technology cost.
struct CellFigures {
  let adder: PlainFigure
  let select: PlainFigure
  let clock: PlainFigure
  let toggle: PlainFigure
  let adderArea: PlainFigure
  let selectArea: PlainFigure
  let registerArea: PlainFigure
  let gateArea: PlainFigure
  let leakage: Estimate<WattsPerSquareMicrometre>
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
    leakage = technology.logicLeakage
    clockTreeAndWires = PlainFigure(technology.clockTreeAndWires, &origins)
  }
}
