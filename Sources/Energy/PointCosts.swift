import Activity
import Architecture

/// What one architecture costs, as plain numbers.
package struct PointCosts {
  /// A sum as low, typical and high.
  package typealias Bounds = (low: Double, typical: Double, high: Double)

  private let cells: CellFigures
  private let weightBuffer: MemoryFigures
  private let activationBuffer: MemoryFigures
  private let accumulators: MemoryFigures
  private let multiplierBuffer: MemoryFigures?

  // Quantities of primitives, as `PriceList` has them, by the event that moves them.
  private let productSelects: Double
  private let productAdders: Double
  private let busyAdders: Double
  private let busySelects: Double
  private let busyToggles: Double
  private let cycleClocks: Double
  private let cycleToggles: Double
  private let resultToggles: Double
  private let outputByteToggles: Double
  private let requantisedAdders: Double
  private let requantisedToggles: Double
  private let memoryBit: Architecture.Parameters.Memory.Range
  private let period: Double
  private var logicArea = PlainSum()
  private var memoryArea = PlainSum()
}

// MARK: - Energy

extension PointCosts {
  init(
    _ structure: Structure, _ tree: Tree, _ cells: CellFigures, weightBuffer: MemoryFigures,
    activationBuffer: MemoryFigures, accumulators: MemoryFigures, multiplierBuffer: MemoryFigures?
  ) {
    let architecture = structure.architecture
    let parameters = architecture.parameters
    self.cells = cells
    self.weightBuffer = weightBuffer
    self.activationBuffer = activationBuffer
    self.accumulators = accumulators
    self.multiplierBuffer = multiplierBuffer
    memoryBit = parameters.memory.picojoulesPerBit
    period = 1 / (parameters.clockMHz * 1e6)

    let steps = Double(architecture.operandInterval)
    let each = steps / Double(parameters.lanes)
    productSelects = tree.selectBits * each
    productAdders = (tree.multiplierAdderBits + Double(tree.firstLevelAdderBits)) * each
    let tokens = Double(parameters.tokensPerWeight) * steps
    let trees = Double(structure.trees) * steps
    let resultBits = Double(structure.resultBits) / steps
    busyAdders =
      trees
      * (Double(tree.upperAdderBits + tree.popcountAdderBits)
        + Tree.compressorBitShare * Double(tree.compressorBits))
      + tokens * Double(tree.tableAdderBits) + resultBits + Double(structure.laneCounterAdderBits)
    busySelects = tokens * tree.planeSelectBits
    let arrayRegisters = structure.arrayRegisters(tree)
    busyToggles = Structure.togglesPerBit * (Double(arrayRegisters) * steps + resultBits)

    let control = Self.controlBlocks.reduce(0) { $0 + structure.registers(of: $1) }
    cycleClocks = Double(
      arrayRegisters + structure.accumulatorRegisters + structure.outputQueueRegisters
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

  /// The energy in J of work that was counted.
  ///
  /// - Parameter counts: By the raw value of ``Event``, products included.
  package func energy(of counts: SIMD32<Int>) -> Bounds {
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
    sum.add(count(.weightBufferRead) * weightBuffer.banks, weightBuffer.read)
    sum.add(count(.weightBufferWrite), weightBuffer.write)
    sum.add(count(.activationBufferRead) * activationBuffer.banks, activationBuffer.read)
    sum.add(count(.activationBufferWrite), activationBuffer.write)
    sum.add(count(.accumulatorRead) * accumulators.banks, accumulators.read)
    sum.add(count(.accumulatorWrite) * accumulators.banks, accumulators.write)
    if let multiplierBuffer {
      sum.add(count(.multiplierBufferRead) * multiplierBuffer.banks, multiplierBuffer.read)
      sum.add(count(.multiplierBufferWrite), multiplierBuffer.write)
    }
    sum.grow(by: cells.clockTreeAndWires)
    let bytes =
      count(.weightBytesRead) + count(.activationBytesRead) + count(.outputBytesWritten)
      + count(.multiplierBytesRead)
    return total(sum, bits: 8 * bytes, cycles: cycles)
  }

  /// `onChip` with external memory and leakage.
  private func total(_ onChip: PlainSum, bits: Double, cycles: Double) -> Bounds {
    var typical = onChip.typical
    var (below, above) = onChip.squares
    func add(_ low: Double, _ middle: Double, _ high: Double, times count: Double) {
      typical += count * middle
      below += (count * (middle - low)) * (count * (middle - low))
      above += (count * (high - middle)) * (count * (high - middle))
    }
    add(memoryBit.low, memoryBit.typical, memoryBit.high, times: 1e-12 * bits)
    let logic = logicLeakage
    add(logic.low, logic.typical, logic.high, times: cycles * period)
    for leakage in memoryLeakages {
      add(leakage[0], leakage[1], leakage[2], times: cycles * period)
    }
    return (typical - below.squareRoot(), typical, typical + above.squareRoot())
  }
}

// MARK: - Area and leakage

extension PointCosts {
  /// Counts the parts as `AreaModel` does.
  mutating func addAreas(_ structure: Structure, _ tree: Tree) {
    let parameters = structure.architecture.parameters
    let trees = Double(structure.trees)
    let tokens = Double(parameters.tokensPerWeight)
    logicArea.add(
      trees * (tree.adderBits + tree.multiplierAdderBits) + tokens * Double(tree.tableAdderBits)
        + Double(
          structure.resultBits + structure.requantiserAdderBits + structure.laneCounterAdderBits
            - structure.laneCounterHalfAdders),
      cells.adderArea)
    logicArea.add(
      trees * tree.selectBits + tokens * tree.planeSelectBits
        + Double(structure.laneCounterHalfAdders),
      cells.selectArea)
    let treeRegisters = structure.trees * tree.registers
    let multiplexers =
      treeRegisters + 3 * structure.resultBits
      + (2 * parameters.outputQueueDepth - 1) * structure.outputEntryBits
      + structure.requantiserShiftBits
      + structure.writeDataRegisters * structure.architecture.outputBeats
    var gates =
      Double(multiplexers) * Structure.gatesPerMultiplexer + structure.decoderGates
      + trees * Double(tree.multiplierBits)
    let store = structure.registers(of: .storeUnit)
    gates +=
      Double(store - structure.writeDataRegisters) * Structure.gatesPerRegister(of: .storeUnit)
    for block in Self.controlBlocks {
      gates += Double(structure.registers(of: block)) * Structure.gatesPerRegister(of: block)
    }
    logicArea.add(gates, cells.gateArea)
    logicArea.add(cycleClocks, cells.registerArea)
    for memory in [weightBuffer, activationBuffer, accumulators] {
      memoryArea.add(memory.banks, memory.area)
    }
    if let multiplierBuffer { memoryArea.add(multiplierBuffer.banks, multiplierBuffer.area) }
  }

  /// In µm².
  package var area: Bounds {
    let typical = logicArea.typical + memoryArea.typical
    let below = logicArea.below + memoryArea.below
    let above = logicArea.above + memoryArea.above
    return (
      typical - (below * below).sum().squareRoot(), typical,
      typical + (above * above).sum().squareRoot()
    )
  }

  /// In W, of all standard cells.
  private var logicLeakage: Bounds {
    let (area, each) = (logicArea.typical, cells.leakage)
    let (below, above) = logicArea.squares
    let low = area - below.squareRoot()
    let high = area + above.squareRoot()
    func root(_ deviation: Double, _ other: Double) -> Double {
      let (left, right) = (deviation * each.typical, area * other)
      return (left * left + right * right).squareRoot()
    }
    let typical = area * each.typical
    return (
      max(low * each.low, typical - root(area - low, each.typical - each.low)), typical,
      min(high * each.high, typical + root(high - area, each.high - each.typical))
    )
  }

  /// In W, of each kind of memory.
  private var memoryLeakages: [SIMD4<Double>] {
    var sums: [SIMD4<Double>] = []
    var numbers: [Int] = []
    for memory in [weightBuffer, activationBuffer, accumulators] {
      if let index = numbers.firstIndex(of: memory.number) {
        sums[index] += memory.banks * memory.leakage
      } else {
        numbers.append(memory.number)
        sums.append(memory.banks * memory.leakage)
      }
    }
    return sums
  }
}

extension Structure {
  /// Flip-flops of the tree array with `tree` in each row.
  fileprivate func arrayRegisters(_ tree: Tree) -> Int {
    operandRegisters + trees * tree.registers
      + Self.sideBandBits * (architecture.treeLatency + 1)
  }
}
