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

    init(_ block: Block, _ terms: [Term]) {
      self.block = block
      self.terms = terms
      area = .sum(terms.map { ($0.each.source, $0.area) })
    }
  }

  /// Every ``Block``, in order.
  public internal(set) var areas: [BlockArea]

  /// The area of each block.
  public var byBlock: [Block: Estimate<SquareMicrometres>] {
    Dictionary(uniqueKeysWithValues: areas.map { ($0.block, $0.area) })
  }

  /// The whole accelerator.
  public var total: Estimate<SquareMicrometres> {
    .sum(areas.map(\.area)).from("sum of the blocks")
  }

  /// What each block takes from each source, in the order of the terms.
  public var contributions: [Contribution<Block>] {
    Contribution.merged(
      areas.flatMap(\.terms).map {
        Contribution(
          part: $0.block, provenance: $0.each.provenance, source: $0.each.source,
          amount: $0.area.typical)
      })
  }

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
      return BlockArea(block, terms)
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
    case .weightBuffer:
      [memory(block, structure.weightBuffer, memories.weightBuffer)] + control(block)
    case .activationBuffer:
      [memory(block, structure.activationBuffer, memories.activationBuffer)] + control(block)
    case .accumulators:
      [
        memory(block, structure.accumulatorMemory, memories.accumulators),
        logic(block, "adder bits", structure.resultBits, technology.area.adderBit),
        logic(block, "flip-flops", structure.accumulatorRegisters, technology.area.registerBit),
        // One holds a sum; two choose between it, the stored one and zero.
        multiplexers(block, "", 3 * structure.resultBits),
      ]
    case .outputStage: outputStage
    case .loadUnit:
      control(block) + [
        logic(
          block, "NAND gates of the trit decoder", structure.decoderGates, technology.area.gate)
      ]
    case .controller, .jobQueue, .controlRegisters: control(block)
    case .storeUnit:
      // The registers of a beat choose among the beats of a result, and hold.
      control(block, data: structure.writeDataRegisters) + [
        multiplexers(
          block, " of a beat",
          structure.writeDataRegisters * structure.architecture.outputBeats)
      ]
    case .eventCounters:
      control(block) + [
        logic(
          block, "adder bits of the lane counters",
          structure.laneCounterAdderBits - structure.laneCounterHalfAdders,
          technology.area.adderBit),
        // An AND and an XOR, like a select bit.
        logic(
          block, "half adders of the lane counters", structure.laneCounterHalfAdders,
          technology.area.selectBit),
      ]
    }
  }

  private var treeArray: [AreaModel.Term] {
    let (tree, trees) = (structure.tree, Double(structure.trees))
    let tokens = Double(parameters.tokensPerWeight)
    let cell = technology.area
    return [
      logic(.treeArray, "select bits", trees * tree.selectBits, cell.selectBit),
      logic(.treeArray, "adder bits", trees * tree.adderBits, cell.adderBit),
      logic(
        .treeArray, "adder bits of tables", tokens * Double(tree.tableAdderBits), cell.adderBit),
      logic(.treeArray, "select bits of bit planes", tokens * tree.planeSelectBits, cell.selectBit),
      logic(
        .treeArray, "adder bits of multipliers", trees * tree.multiplierAdderBits,
        cell.adderBit),
      logic(.treeArray, "gates of multipliers", trees * Double(tree.multiplierBits), cell.gate),
      logic(.treeArray, "flip-flops", structure.arrayRegisters, technology.area.registerBit),
      multiplexers(.treeArray, " that hold", structure.treeRegisters),
    ]
  }

  private var outputStage: [AreaModel.Term] {
    let (depth, entry) = (parameters.outputQueueDepth, structure.outputEntryBits)
    let queue = [
      logic(
        .outputStage, "flip-flops",
        structure.outputQueueRegisters + structure.requantiserRegisters,
        technology.area.registerBit),
      multiplexers(.outputStage, " that hold", depth * entry),
      multiplexers(.outputStage, " that read", (depth - 1) * entry),
    ]
    let requantiser = [
      logic(
        .outputStage, "adder bits of the requantiser", structure.requantiserAdderBits,
        technology.area.adderBit),
      multiplexers(.outputStage, " that shift", structure.requantiserShiftBits),
    ]
    guard let buffer = structure.multiplierBuffer, let cost = memories.multiplierBuffer else {
      return structure.requantiserRegisters == 0 ? queue : queue + requantiser
    }
    return queue + requantiser + [memory(.outputStage, buffer, cost)]
  }

  /// - Parameter data: Flip-flops whose logic is counted elsewhere.
  private func control(_ block: Block, data: Int = 0) -> [AreaModel.Term] {
    let registers = structure.registers(of: block)
    let gates = Structure.gatesPerRegister(of: block)
    return [
      logic(block, "flip-flops", registers, technology.area.registerBit),
      logic(
        block, "NAND gates", Double(registers - data) * gates,
        technology.area.gate.assuming("\(gates) gates a flip-flop")),
    ]
  }

  private func multiplexers(_ block: Block, _ use: String, _ count: Int) -> AreaModel.Term {
    logic(
      block, "NAND gates of multiplexers\(use)", Double(count) * Structure.gatesPerMultiplexer,
      technology.area.gate)
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

extension AreaModel {
  /// The power of the cells whose leakage follows from their area.
  func logicLeakage(_ technology: Technology) -> Estimate<Watts> {
    Estimate.sum(areas.flatMap(\.terms).filter(\.isLogic).map(\.area))
      .from("area of standard cells").times(technology.logicLeakage)
  }
}
