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

  init(_ parts: PartCosts, _ parameters: Architecture.Parameters) {
    self.parts = parts
    memoryBit = parameters.memory.picojoulesPerBit
    period = 1 / (parameters.clockMHz * 1e6)
  }

  /// In µm².
  package var area: Bounds { parts.area }

  /// The energy in J of work that was counted.
  ///
  /// - Parameter counts: By the raw value of ``Event``, products included.
  package func energy(of counts: SIMD32<Int>) -> Bounds {
    let sum = parts.energy(of: counts, period: period)
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
  private let cells: CellFigures
  private let memories: MemorySet

  private let calibrated: CalibratedCosts?

  // Quantities of primitives, as `PriceList` has them, by the event that moves them. What is
  // calibrated has none.
  private var productSelects = 0.0
  private var productAdders = 0.0
  private var busyAdders = 0.0
  private var busySelects = 0.0
  private var busyToggles = 0.0
  private var cycleClocks = 0.0
  private var cycleToggles = 0.0
  private var resultToggles = 0.0
  private var outputByteToggles = 0.0
  private var requantisedAdders = 0.0
  private var requantisedToggles = 0.0
  /// In µm².
  private(set) var area: PointCosts.Bounds = (0, 0, 0)
  /// In W.
  private var leakage = PlainSum()

  init(
    _ structure: Structure, _ tree: Tree, _ cells: CellFigures, _ memories: MemorySet,
    _ calibrated: CalibratedCosts?
  ) {
    (self.cells, self.memories, self.calibrated) = (cells, memories, calibrated)
    let steps = Double(structure.architecture.operandInterval)
    var outside = structure.arrayRegisters(tree)
    if calibrated == nil {
      countTrees(structure, tree)
    } else {
      outside -= structure.trees * tree.registers
    }
    busyToggles += Structure.togglesPerBit * Double(outside) * steps
    cycleClocks += Double(outside)
    if calibrated?.coversBlocks != true { countBlocks(structure) }
    setAreas(structure, tree)
  }

  private func countTrees(_ structure: Structure, _ tree: Tree) {
    let parameters = structure.architecture.parameters
    let steps = Double(structure.architecture.operandInterval)
    let each = steps / Double(parameters.lanes)
    productSelects = tree.selectBits * each
    productAdders = (tree.multiplierAdderBits + Double(tree.firstLevelAdderBits)) * each
    let tokens = Double(parameters.tokensPerWeight) * steps
    let trees = Double(structure.trees) * steps
    busyAdders =
      trees
      * (Double(tree.upperAdderBits + tree.popcountAdderBits)
        + Tree.compressorBitShare * Double(tree.compressorBits))
      + tokens * Double(tree.tableAdderBits)
    busySelects = tokens * tree.planeSelectBits
  }

  private func countBlocks(_ structure: Structure) {
    let parameters = structure.architecture.parameters
    let resultBits =
      Double(structure.resultBits) / Double(structure.architecture.operandInterval)
    busyAdders += resultBits + Double(structure.laneCounterAdderBits)
    busyToggles += Structure.togglesPerBit * resultBits
    let control = Self.controlBlocks.reduce(0) { $0 + structure.registers(of: $1) }
    cycleClocks += Double(
      structure.accumulatorRegisters + structure.outputQueueRegisters
        + structure.requantiserRegisters + structure.registers(of: .storeUnit) + control)
    cycleToggles = Structure.togglesPerControlBit * Double(control)
    resultToggles =
      Structure.togglesPerBit * Double(structure.outputEntryBits)
      / Double(parameters.tokensPerWeight)
    outputByteToggles =
      Structure.togglesPerBit * Double(structure.writeDataRegisters) / Double(parameters.busBytes)
    let sums = Double(structure.partialSums)
    requantisedAdders = Double(structure.requantiserAdderBits) / sums
    requantisedToggles = Structure.togglesPerBit * Double(structure.requantiserRegisters) / sums
  }

  private static let controlBlocks: [Block] = [
    .weightBuffer, .activationBuffer, .loadUnit, .controller, .jobQueue, .controlRegisters,
    .eventCounters,
  ]
}

// MARK: - Energy

extension PartCosts {
  /// The energy in J of work that was counted, but of the memory behind the port.
  ///
  /// - Parameter period: Of the clock, in s.
  fileprivate func energy(of counts: SIMD32<Int>, period: Double) -> PlainSum {
    func count(_ event: Event) -> Double { Double(counts[event.rawValue]) }
    let products =
      count(.laneAdd) + count(.laneSubtract) + Structure.gatedProductShare * count(.laneSkip)
    let (busy, cycles) = (count(.busy), count(.cycles))
    var sum = PlainSum()
    sum.add(
      products * productAdders + busy * busyAdders + count(.requantisation) * requantisedAdders,
      cells.adder)
    sum.add(products * productSelects + busy * busySelects, cells.select)
    sum.add(cycles * cycleClocks, cells.clock)
    sum.add(
      busy * busyToggles + cycles * cycleToggles + count(.outputResult) * resultToggles
        + count(.outputBytesWritten) * outputByteToggles
        + count(.requantisation) * requantisedToggles,
      cells.toggle)
    func addBuffer(_ banks: MemorySet.Banks, reads: Double, writes: Double) {
      sum.add(reads, banks.figures.read)
      sum.add(writes, banks.figures.write)
    }
    // A read takes a word from every bank, a write one beat into one bank.
    addBuffer(
      memories.weightBuffer, reads: count(.weightBufferRead) * memories.weightBuffer.count,
      writes: count(.weightBufferWrite))
    addBuffer(
      memories.activationBuffer,
      reads: count(.activationBufferRead) * memories.activationBuffer.count,
      writes: count(.activationBufferWrite))
    let accumulators = memories.accumulators
    addBuffer(
      accumulators, reads: count(.accumulatorRead) * accumulators.count,
      writes: count(.accumulatorWrite) * accumulators.count)
    if let multipliers = memories.multiplierBuffer {
      addBuffer(
        multipliers, reads: count(.multiplierBufferRead) * multipliers.count,
        writes: count(.multiplierBufferWrite))
    }
    for (event, each) in calibrated?.energies.sums ?? [] { sum.add(Double(counts[event]), each) }
    sum.grow(by: cells.clockTreeAndWires)
    sum.add(cycles * period, leakage)
    return sum
  }
}

// MARK: - Area and leakage

extension PartCosts {
  /// Counts the parts as `AreaModel` does.
  private func setAreas(_ structure: Structure, _ tree: Tree) {
    var logicArea = PlainSum()
    if calibrated == nil { addTrees(structure, tree, to: &logicArea) }
    if calibrated?.coversBlocks != true { addBlocks(structure, to: &logicArea) }
    logicArea.add(cycleClocks, cells.registerArea)
    leakage = logicArea.times(cells.leakage)
    var whole = logicArea
    if let calibrated {
      whole.add(1, calibrated.area)
      leakage.add(1, calibrated.leakage)
    }
    var banks = [memories.weightBuffer, memories.activationBuffer, memories.accumulators]
    if let multiplierBuffer = memories.multiplierBuffer { banks.append(multiplierBuffer) }
    for bank in banks {
      whole.add(bank.count, bank.figures.area)
      leakage.add(bank.count, bank.figures.leakage)
    }
    area = whole.bounds
  }

  private func addTrees(_ structure: Structure, _ tree: Tree, to area: inout PlainSum) {
    let trees = Double(structure.trees)
    let tokens = Double(structure.architecture.parameters.tokensPerWeight)
    area.add(
      trees * (tree.adderBits + tree.multiplierAdderBits) + tokens * Double(tree.tableAdderBits),
      cells.adderArea)
    area.add(trees * tree.selectBits + tokens * tree.planeSelectBits, cells.selectArea)
    area.add(
      Double(structure.trees * tree.registers) * Structure.gatesPerMultiplexer
        + trees * Double(tree.multiplierBits),
      cells.gateArea)
  }

  private func addBlocks(_ structure: Structure, to area: inout PlainSum) {
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
    for block in Self.controlBlocks {
      gates += Double(structure.registers(of: block)) * Structure.gatesPerRegister(of: block)
    }
    area.add(gates, cells.gateArea)
  }
}

extension Structure {
  /// Flip-flops of the tree array with `tree` in each row.
  fileprivate func arrayRegisters(_ tree: Tree) -> Int {
    operandRegisters + trees * tree.registers
      + Self.sideBandBits * (architecture.treeLatency + 1)
  }
}
