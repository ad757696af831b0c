import Activity
import Architecture

/// Works out the prices of each component from the structure.
struct PriceList {
  let structure: Structure
  let technology: Technology
  let memories: MemoryCosts
  let area: AreaModel

  private var parameters: Architecture.Parameters { structure.architecture.parameters }
  private var cell: Technology.Energies { technology.energy }

  func prices(of component: EnergyComponent) -> [EnergyPrice] {
    switch component {
    case .array: products + trees
    case .weightBuffer:
      buffer(
        component, structure.weightBuffer, memories.weightBuffer, read: .weightBufferRead,
        write: .weightBufferWrite)
    case .activationBuffer:
      buffer(
        component, structure.activationBuffer, memories.activationBuffer,
        read: .activationBufferRead, write: .activationBufferWrite)
    case .accumulators: accumulators
    case .output: output
    case .control: control
    // A share of the others: the model adds it.
    case .clockTreeAndWires: []
    case .externalMemory: externalMemory
    case .leakage: leakage
    }
  }

  // MARK: Tree array

  /// The parts that one product moves: its select bits, its half of a first-level adder, and its
  /// multiplier. In `bit_serial` they move once for each bit.
  private var products: [EnergyPrice] {
    let tree = structure.tree
    let each = Double(structure.architecture.operandInterval) / Double(parameters.lanes)
    let shares = [(Event.laneAdd, 1), (.laneSubtract, 1), (.laneSkip, Structure.gatedProductShare)]
    return shares.flatMap { event, share in
      [
        price(.array, event, "select bits", tree.selectBits * each * share, cell.selectBit),
        price(
          .array, event, "multiplier bits", tree.multiplierAdderBits * each * share,
          cell.adderBit),
        price(
          .array, event, "first-level adder bits",
          Double(tree.firstLevelAdderBits) * each * share, cell.adderBit),
      ]
    }
  }

  /// The levels above the first move whenever any lane does.
  private var trees: [EnergyPrice] {
    let tree = structure.tree
    let steps = Double(structure.architecture.operandInterval)
    let tokens = Double(parameters.tokensPerWeight) * steps
    let trees = Double(structure.trees) * steps
    let registers = Double(structure.arrayRegisters)
    return [
      price(
        .array, .busy, "adder bits above the first level", trees * Double(tree.upperAdderBits),
        cell.adderBit),
      price(
        .array, .busy, "popcount adder bits", trees * Double(tree.popcountAdderBits),
        cell.adderBit),
      price(
        .array, .busy, "compressor bits",
        trees * Tree.compressorBitShare * Double(tree.compressorBits), cell.adderBit),
      price(
        .array, .busy, "table adder bits", tokens * Double(tree.tableAdderBits), cell.adderBit),
      price(.array, .busy, "bit plane select bits", tokens * tree.planeSelectBits, cell.selectBit),
      price(
        .array, .busy, "flip-flop changes", registers * Structure.togglesPerBit * steps,
        cell.registerToggle),
      price(.array, .cycles, "flip-flop clocks", registers, cell.registerClock),
    ]
  }

  // MARK: Buffers and partial sums

  /// A read takes a word from every bank, a write one beat into one bank.
  private func buffer(
    _ component: EnergyComponent, _ memory: Memory, _ cost: MemoryCost, read: Event, write: Event
  ) -> [EnergyPrice] {
    [
      price(component, read, "bank reads", Double(memory.banks), cost.readEnergy),
      price(component, write, "bank writes", 1, cost.writeEnergy),
    ]
  }

  private var accumulators: [EnergyPrice] {
    // Once for each operand.
    let bits = Double(structure.resultBits) / Double(structure.architecture.operandInterval)
    let registers = Double(structure.accumulatorRegisters)
    let banks = Double(structure.accumulatorMemory.banks)
    return [
      price(.accumulators, .busy, "adder bits", bits, cell.adderBit),
      price(
        .accumulators, .busy, "flip-flop changes", bits * Structure.togglesPerBit,
        cell.registerToggle),
      price(.accumulators, .cycles, "flip-flop clocks", registers, cell.registerClock),
      price(
        .accumulators, .accumulatorRead, "bank reads", banks, memories.accumulators.readEnergy),
      price(
        .accumulators, .accumulatorWrite, "bank writes", banks, memories.accumulators.writeEnergy),
    ]
  }

  // MARK: Output and control

  private var output: [EnergyPrice] {
    let entry = Double(structure.outputEntryBits) / Double(parameters.tokensPerWeight)
    let registers =
      structure.outputQueueRegisters + structure.requantiserRegisters
      + structure.registers(of: .storeUnit)
    let writeBits = Double(structure.writeDataRegisters) / Double(parameters.busBytes)
    return [
      price(
        .output, .outputResult, "queue flip-flop changes", entry * Structure.togglesPerBit,
        cell.registerToggle),
      price(
        .output, .outputBytesWritten, "store unit flip-flop changes",
        writeBits * Structure.togglesPerBit, cell.registerToggle),
      price(.output, .cycles, "flip-flop clocks", Double(registers), cell.registerClock),
    ] + requantiser
  }

  private var requantiser: [EnergyPrice] {
    let sums = Double(structure.partialSums)
    let adders = Double(structure.requantiserAdderBits) / sums
    let flipFlops = Double(structure.requantiserRegisters) / sums
    let banks = Double(structure.multiplierBuffer?.banks ?? 0)
    let none = 0 * cell.registerClock
    return [
      price(.output, .requantisation, "adder bits", adders, cell.adderBit),
      price(
        .output, .requantisation, "flip-flop changes", flipFlops * Structure.togglesPerBit,
        cell.registerToggle),
      price(
        .output, .multiplierBufferRead, "bank reads", banks,
        memories.multiplierBuffer?.readEnergy ?? none),
      price(
        .output, .multiplierBufferWrite, "bank writes", banks == 0 ? 0 : 1,
        memories.multiplierBuffer?.writeEnergy ?? none),
    ]
  }

  private var control: [EnergyPrice] {
    let registers = Double(Block.control.reduce(0) { $0 + structure.registers(of: $1) })
    return [
      price(.control, .cycles, "flip-flop clocks", registers, cell.registerClock),
      price(
        .control, .cycles, "flip-flop changes", registers * Structure.togglesPerControlBit,
        cell.registerToggle.assuming("\(Structure.togglesPerControlBit) changes a cycle")),
      price(
        .control, .busy, "lane counter adder bits", Double(structure.laneCounterAdderBits),
        cell.adderBit),
    ]
  }

  // MARK: Outside and always

  private var externalMemory: [EnergyPrice] {
    let memory = parameters.memory
    let bit = memory.energyPerBit
    let events: [Event] = [
      .weightBytesRead, .activationBytesRead, .outputBytesWritten, .multiplierBytesRead,
    ]
    return events.map { price(.externalMemory, $0, "bits", 8, bit) }
  }

  /// What the leakage of all standard cells together is called.
  static let standardCells = "standard cells"
  /// How leakages of memories end.
  static let banks = " banks"

  /// The power of a part over one clock period, for all standard cells together and each memory.
  private var leakage: [EnergyPrice] {
    let period = 1 / (parameters.clockMHz * 1e6)
    var banks = [
      ("weight buffer" + Self.banks, structure.weightBuffer, memories.weightBuffer),
      ("activation buffer" + Self.banks, structure.activationBuffer, memories.activationBuffer),
      ("accumulator" + Self.banks, structure.accumulatorMemory, memories.accumulators),
    ]
    if let memory = structure.multiplierBuffer, let cost = memories.multiplierBuffer {
      banks.append(("multiplier buffer" + Self.banks, memory, cost))
    }
    return [
      price(
        .leakage, .cycles, Self.standardCells, 1,
        area.logicLeakage(technology).over(seconds: period))
    ]
      + banks.map { what, memory, cost in
        price(
          .leakage, .cycles, what, Double(memory.banks), cost.leakage.over(seconds: period))
      }
  }

  private func price(
    _ component: EnergyComponent, _ event: Event, _ what: String, _ quantity: Double,
    _ each: Estimate<Joules>
  ) -> EnergyPrice {
    EnergyPrice(component: component, event: event, what: what, quantity: quantity, each: each)
  }
}
