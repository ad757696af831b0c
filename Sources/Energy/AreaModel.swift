import Activity
public import Architecture

/// The area of each block of an accelerator, from counts of its parts.
///
/// Cells before placement: no wires, no clock tree, no unused sites.
public struct AreaModel: Sendable {
  /// One kind of part in a block.
  public struct Term: Sendable {
    public let block: Block
    /// What the part is: `flip-flops`, `SRAM 64 × 128 bits`.
    public let part: String
    /// How many of them.
    public let count: Double
    /// The area of one, with its source.
    public let each: Estimate<SquareMicrometres>
    /// Whether its leakage follows from its area; an SRAM macro has a figure of its own.
    let isLogic: Bool

    public var area: Estimate<SquareMicrometres> { count * each }
  }

  /// One block and what it consists of.
  public struct BlockArea: Sendable {
    public let block: Block
    /// The sum of ``terms``.
    public let area: Estimate<SquareMicrometres>
    public let terms: [Term]
  }

  /// Every ``Block``, in order.
  public let areas: [BlockArea]

  /// The area of each block.
  public var byBlock: [Block: Estimate<SquareMicrometres>] {
    Dictionary(uniqueKeysWithValues: areas.map { ($0.block, $0.area) })
  }

  /// The whole accelerator.
  public var total: Estimate<SquareMicrometres> { .sum(areas.map(\.area)) }

  /// - Throws: ``EnergyError`` when the SRAM table lacks the node and flavour, or cannot be read.
  public init(
    architecture: Architecture, technology: Technology, table: SRAMTable? = nil
  ) throws(EnergyError) {
    let memories = try MemoryCosts(
      architecture: architecture, technology: technology, table: table)
    self.init(structure: Structure(architecture), technology: technology, memories: memories)
  }

  init(structure: Structure, technology: Technology, memories: MemoryCosts) {
    let builder = AreaBuilder(structure: structure, technology: technology, memories: memories)
    areas = Block.allCases.map { block in
      let terms = builder.terms(of: block).filter { $0.count > 0 }
      return BlockArea(block: block, area: .sum(terms.map(\.area)), terms: terms)
    }
  }
}

/// Counts the parts of each block.
private struct AreaBuilder {
  let structure: Structure
  let technology: Technology
  let memories: MemoryCosts

  private var parameters: Architecture.Parameters { structure.architecture.parameters }

  func terms(of block: Block) -> [AreaModel.Term] {
    switch block {
    case .treeArray: treeArray
    case .weightBuffer: [memory(block, structure.weightBuffer, memories.weightBuffer)]
    case .activationBuffer: [memory(block, structure.activationBuffer, memories.activationBuffer)]
    case .accumulators:
      [
        memory(block, structure.accumulatorMemory, memories.accumulators),
        logic(block, "adder bits", structure.resultBits, technology.area.adderBit),
        logic(block, "flip-flops", structure.resultBits, technology.area.registerBit),
      ]
    case .outputStage: outputStage
    case .loadUnit: control(block, registers: Structure.loadUnitRegisters)
    case .storeUnit: control(block, registers: structure.storeUnitRegisters)
    case .controller: control(block, registers: Structure.controllerRegisters)
    case .controlRegisters: control(block, registers: structure.controlRegisters)
    case .eventCounters:
      control(block, registers: Event.allCases.count * Structure.eventCounterBits) + [
        logic(
          block, "adder bits of the lane counters", structure.laneCounterAdderBits,
          technology.area.adderBit)
      ]
    }
  }

  private var treeArray: [AreaModel.Term] {
    let (rows, lanes) = (parameters.rows, parameters.lanes)
    return [
      logic(.treeArray, "select bits", 8 * rows * lanes, technology.area.selectBit),
      logic(.treeArray, "adder bits", rows * structure.tree.adderBits, technology.area.adderBit),
      logic(.treeArray, "flip-flops", structure.arrayRegisters, technology.area.registerBit),
    ]
  }

  private var outputStage: [AreaModel.Term] {
    let registers = structure.outputQueueRegisters
    let choices = Double(registers - registers / parameters.outputQueueDepth)
    return [
      logic(.outputStage, "flip-flops", registers, technology.area.registerBit),
      logic(
        .outputStage, "NAND gates of the read multiplexer",
        choices * Structure.gatesPerMultiplexer, technology.area.gate),
    ]
  }

  private func control(_ block: Block, registers: Int) -> [AreaModel.Term] {
    [
      logic(block, "flip-flops", registers, technology.area.registerBit),
      logic(
        block, "NAND gates", Double(registers) * Structure.gatesPerControlRegister,
        technology.area.gate.assuming("\(Structure.gatesPerControlRegister) gates a flip-flop")),
    ]
  }

  private func logic(
    _ block: Block, _ part: String, _ count: Int, _ each: Estimate<SquareMicrometres>
  ) -> AreaModel.Term {
    logic(block, part, Double(count), each)
  }

  private func logic(
    _ block: Block, _ part: String, _ count: Double, _ each: Estimate<SquareMicrometres>
  ) -> AreaModel.Term {
    AreaModel.Term(block: block, part: part, count: count, each: each, isLogic: true)
  }

  private func memory(_ block: Block, _ memory: Memory, _ cost: MemoryCost) -> AreaModel.Term {
    AreaModel.Term(
      block: block, part: memory.description, count: Double(memory.banks), each: cost.area,
      isLogic: false)
  }
}
