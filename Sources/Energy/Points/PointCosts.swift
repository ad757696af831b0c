import Activity
import Architecture

/// What one architecture costs, as plain numbers.
package struct PointCosts {
  /// A sum as low, typical and high.
  package typealias Bounds = (low: Double, typical: Double, high: Double)

  let parts: PartCosts
  private let memoryBit: Architecture.Parameters.Memory.Range
  /// Of the clock, in s.
  private let period: Double

  init(_ parts: PartCosts, _ architecture: Architecture) {
    self.parts = parts
    memoryBit = architecture.parameters.memory.picojoulesPerBit
    period = 1 / (architecture.parameters.clockMHz * 1e6)
  }

  /// In µm².
  package var area: Bounds { parts.area }

  /// The energy in J of work that was counted.
  ///
  /// - Parameter counts: By the raw value of ``Event``, products included.
  package func energy(of counts: SIMD32<Int>) -> Bounds {
    var sum = parts.energies.total(counts)
    sum.add(Double(counts[Event.cycles.rawValue]) * period, parts.leakage)
    func count(_ event: Event) -> Int { counts[event.rawValue] }
    let bytes =
      count(.weightBytesRead) + count(.activationBytesRead) + count(.outputBytesWritten)
      + count(.multiplierBytesRead)
    let bits = 8e-12 * Double(bytes)
    let typical = sum.typical + bits * memoryBit.typical
    let low = bits * (memoryBit.typical - memoryBit.low)
    let high = bits * (memoryBit.high - memoryBit.typical)
    let (below, above) = sum.squares
    return (
      typical - (below + low * low).squareRoot(), typical,
      typical + (above + high * high).squareRoot()
    )
  }
}

/// What the parts of an architecture cost, whatever its clock and the memory behind its port.
final class PartCosts {
  /// In J, for one of each event, but for leakage.
  let energies: EventSums
  /// In µm².
  let area: PointCosts.Bounds
  /// In W.
  let leakage: PlainSum

  init(
    _ structure: Structure, _ tree: Tree, _ cells: CellFigures, _ memories: MemorySet,
    _ calibrated: CalibratedCosts?
  ) {
    var sums = PartSums(cells, energies: calibrated?.energies ?? EventSums())
    var registers = structure.registersOutsideTrees
    if calibrated == nil {
      sums.addTrees(structure, tree)
      registers += structure.trees * tree.registers
    }
    sums.addRegisters(registers)
    sums.addToggles(
      Double(registers) * Double(structure.architecture.operandInterval), of: .busy)
    if calibrated?.coversBlocks != true { sums.addBlocks(structure) }
    var leakage = sums.area.times(cells.leakage)
    var area = sums.area
    if let calibrated {
      area.add(1, calibrated.area)
      leakage.add(1, calibrated.leakage)
    }
    sums.addAccesses(memories)
    for banks in memories.all {
      area.add(banks.count, banks.figures.area)
      leakage.add(banks.count, banks.figures.leakage)
    }
    sums.energies.grow(by: cells.clockTreeAndWires)
    (energies, self.area, self.leakage) = (sums.energies, area.bounds, leakage)
  }
}

/// What the parts of one architecture add up to, part by part as `PriceList` and `AreaModel` have them.
private struct PartSums {
  private let cells: CellFigures
  /// In J, for one of each event.
  var energies: EventSums
  /// In µm², of cells whose leakage follows from their area.
  private(set) var area = PlainSum()

  init(_ cells: CellFigures, energies: EventSums) {
    (self.cells, self.energies) = (cells, energies)
  }

  mutating func addRegisters(_ count: Int) {
    energies.add(Double(count), cells.clock, of: .cycles)
    area.add(Double(count), cells.registerArea)
  }

  /// Adds bits of random data, which an event brings.
  mutating func addToggles(_ bits: Double, of event: Event) {
    energies.add(Structure.togglesPerBit * bits, cells.toggle, of: event)
  }

  mutating func addTrees(_ structure: Structure, _ tree: Tree) {
    let parameters = structure.architecture.parameters
    let steps = Double(structure.architecture.operandInterval)
    let (trees, tokens) = (Double(structure.trees), Double(parameters.tokensPerWeight))
    let products: [(Event, Double)] = [
      (.laneAdd, 1), (.laneSubtract, 1), (.laneSkip, Structure.gatedProductShare),
    ]
    for (event, share) in products {
      let each = share * steps / Double(parameters.lanes)
      energies.add(
        each * (tree.multiplierAdderBits + Double(tree.firstLevelAdderBits)), cells.adder,
        of: event)
      energies.add(each * tree.selectBits, cells.select, of: event)
    }
    let upper =
      Double(tree.upperAdderBits + tree.popcountAdderBits)
      + Tree.compressorBitShare * Double(tree.compressorBits)
    let tableAdders = tokens * Double(tree.tableAdderBits)
    let planeSelects = tokens * tree.planeSelectBits
    energies.add(steps * (trees * upper + tableAdders), cells.adder, of: .busy)
    energies.add(steps * planeSelects, cells.select, of: .busy)
    area.add(
      trees * (tree.adderBits + tree.multiplierAdderBits) + tableAdders, cells.adderArea)
    area.add(trees * tree.selectBits + planeSelects, cells.selectArea)
    area.add(
      Double(structure.trees * tree.registers) * Structure.gatesPerMultiplexer
        + trees * Double(tree.multiplierBits),
      cells.gateArea)
  }

  mutating func addBlocks(_ structure: Structure) {
    addResultEnergies(structure)
    addBlockAreas(structure)
    let control = Block.control.reduce(0) { $0 + structure.registers(of: $1) }
    addRegisters(
      structure.accumulatorRegisters + structure.outputQueueRegisters
        + structure.requantiserRegisters + structure.registers(of: .storeUnit) + control)
    energies.add(
      Structure.togglesPerControlBit * Double(control), cells.toggle, of: .cycles)
  }

  /// Adds what sums and results on their way out move.
  private mutating func addResultEnergies(_ structure: Structure) {
    let parameters = structure.architecture.parameters
    let resultBits =
      Double(structure.resultBits) / Double(structure.architecture.operandInterval)
    energies.add(
      resultBits + Double(structure.laneCounterAdderBits), cells.adder, of: .busy)
    addToggles(resultBits, of: .busy)
    addToggles(
      Double(structure.outputEntryBits) / Double(parameters.tokensPerWeight), of: .outputResult)
    addToggles(
      Double(structure.writeDataRegisters) / Double(parameters.busBytes), of: .outputBytesWritten)
    let sums = Double(structure.partialSums)
    energies.add(
      Double(structure.requantiserAdderBits) / sums, cells.adder, of: .requantisation)
    addToggles(Double(structure.requantiserRegisters) / sums, of: .requantisation)
  }

  private mutating func addBlockAreas(_ structure: Structure) {
    let parameters = structure.architecture.parameters
    area.add(
      Double(
        structure.resultBits + structure.requantiserAdderBits + structure.laneCounterAdderBits
          - structure.laneCounterHalfAdders),
      cells.adderArea)
    area.add(Double(structure.laneCounterHalfAdders), cells.selectArea)
    let multiplexers =
      3 * structure.resultBits
      + (2 * parameters.outputQueueDepth - 1) * structure.outputEntryBits
      + structure.requantiserShiftBits
      + structure.writeDataRegisters * structure.architecture.outputBeats
    var gates = Double(multiplexers) * Structure.gatesPerMultiplexer + structure.decoderGates
    let store = structure.registers(of: .storeUnit)
    gates +=
      Double(store - structure.writeDataRegisters) * Structure.gatesPerRegister(of: .storeUnit)
    for block in Block.control {
      gates += Double(structure.registers(of: block)) * Structure.gatesPerRegister(of: block)
    }
    area.add(gates, cells.gateArea)
  }

  /// Adds reads, which take a word from every bank, and writes: into a buffer one beat into one bank.
  mutating func addAccesses(_ memories: MemorySet) {
    func add(_ banks: MemorySet.Banks, _ read: Event, _ write: Event, banksWritten: Double = 1) {
      energies.add(banks.count, banks.figures.read, of: read)
      energies.add(banksWritten, banks.figures.write, of: write)
    }
    add(memories.weightBuffer, .weightBufferRead, .weightBufferWrite)
    add(memories.activationBuffer, .activationBufferRead, .activationBufferWrite)
    add(
      memories.accumulators, .accumulatorRead, .accumulatorWrite,
      banksWritten: memories.accumulators.count)
    if let multipliers = memories.multiplierBuffer {
      add(multipliers, .multiplierBufferRead, .multiplierBufferWrite)
    }
  }
}
