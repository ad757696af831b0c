import Architecture

/// The counts that FPGA models are multiplied with, and the memories, of an architecture.
struct FPGAStructure {
  private let structure: Structure
  private var architecture: Architecture { structure.architecture }
  private var parameters: Architecture.Parameters { architecture.parameters }

  init(_ architecture: Architecture) { structure = Structure(architecture) }

  /// The terms of a part; those that are missing are 0.
  func terms(of part: FPGAPart) -> [FPGATerm: Double] {
    switch part {
    case .block(.treeArray): treeArray
    case .block(let block): terms(of: block).mapValues(Double.init)
    case .sideBand:
      [.one: 1, .flipFlops: Double(Structure.sideBandBits * (architecture.treeLatency + 1))]
    }
  }

  private func terms(of block: Block) -> [FPGATerm: Int] {
    let registers = structure.registers(of: block)
    let sums = structure.partialSums
    let requantises = parameters.output == .int8
    switch block {
    case .treeArray, .controlRegisters: return [.one: 1]
    case .weightBuffer: return [.one: 1, .flipFlops: registers, .banks: architecture.weightBeats]
    case .activationBuffer:
      return [
        .one: 1, .flipFlops: registers,
        .banks: architecture.activationBeats * parameters.tokensPerWeight,
      ]
    case .accumulators:
      let mayOverflow = architecture.accumulatorBits < architecture.derivedAccumulatorBits
      return [
        .one: 1, .resultBits: structure.resultBits,
        .overflowBits: mayOverflow ? structure.resultBits : 0,
      ]
    case .outputStage:
      return [
        .one: 1, .flipFlops: structure.requantiserRegisters,
        .entryBits: structure.outputEntryBits,
        .queueBits: structure.outputEntryBits * parameters.outputQueueDepth,
        .requantisedSums: requantises ? sums : 0, .shiftBits: structure.requantiserShiftBits,
      ]
    case .loadUnit:
      let decodes = parameters.weightCoding == .fiveInEight
      return [
        .one: 1, .flipFlops: registers, .decodedBytes: decodes ? parameters.busBytes : 0,
      ]
    case .storeUnit:
      return [
        .one: 1, .flipFlops: registers,
        .beatBits: structure.writeDataRegisters * architecture.outputBeats,
      ]
    case .controller, .jobQueue: return [.one: 1, .flipFlops: registers]
    case .eventCounters:
      return [.one: 1, .flipFlops: registers, .laneCounterBits: structure.laneCounterAdderBits]
    }
  }

  /// The memories of a block, equal ones together. Bits that pad the last beat of a word are not built.
  func memories(of block: Block) -> [(count: Int, words: Int, bits: Int)] {
    func banks(_ memory: Memory, of wordBits: Int) -> [(count: Int, words: Int, bits: Int)] {
      let last = wordBits - (ceilDivide(wordBits, memory.bits) - 1) * memory.bits
      let words = wordBits == 0 ? 0 : ceilDivide(wordBits, memory.bits)
      // Each of the tokens that share a weight word has such banks.
      let copies = memory.banks / words
      return [
        (copies * (words - 1), memory.words, memory.bits), (copies, memory.words, last),
      ].filter { $0.count > 0 }
    }
    switch block {
    case .weightBuffer: return banks(structure.weightBuffer, of: architecture.weightWordBits)
    case .activationBuffer: return banks(structure.activationBuffer, of: 8 * parameters.lanes)
    case .accumulators:
      let words = parameters.accumulatorDepth / parameters.tokensPerWeight
      return [(1, words, structure.resultBits)]
    case .outputStage:
      return structure.multiplierBuffer.map { banks($0, of: 16 * parameters.rows) } ?? []
    default: return []
    }
  }
}

// MARK: - Trees

extension FPGAStructure {
  private var treeArray: [FPGATerm: Double] {
    let tree = structure.tree
    let (trees, tokens) = (Double(structure.trees), Double(parameters.tokensPerWeight))
    let products = Double(ceilDivide(parameters.lanes, parameters.datapath.group))
    let sum = sumBits
    let pipelining: FPGATerm =
      switch parameters.treeRegisterEvery {
      case 0: .productsUnregistered
      case 1: .productsEachLevel
      default: .productsGrouped
      }
    return [
      .flipFlops: Double(structure.treeRegisters), pipelining: trees * products,
      .adderBits: trees * sum.adder, .compressorBits: trees * sum.compressor,
      .tableBits: tokens * Double(tree.tableAdderBits),
      .planes: parameters.datapath == .bitSerial ? tokens * Double(parameters.lanes) : 0,
    ]
  }

  /// Bits of the carrying adders and of the compressors of one tree.
  private var sumBits: (adder: Double, compressor: Double) {
    let lanes = parameters.lanes
    switch parameters.datapath {
    case .xorPopcount: return merged(lanes, bits: 8)
    case .negate: return merged(lanes, bits: 9)
    case .int8MAC: return merged(lanes, bits: 16)
    case .lookup2, .lookup3, .lookup4:
      let group = parameters.datapath.group
      return merged(ceilDivide(lanes, group), bits: 8 + ceilLog2(group))
    case .splitSign:
      let one = merged(lanes, bits: 8)
      return (2 * one.adder, 2 * one.compressor)
    case .bitSerial:
      let one = merged(lanes, bits: 1)
      return (2 * one.adder, 2 * one.compressor)
    case .carryIn:
      let tree = structure.tree
      return (Double(tree.firstLevelAdderBits + tree.upperAdderBits), 0)
    case .carrySave: return (Double(architecture.sumBits), Double(structure.tree.compressorBits))
    }
  }

  /// A tree whose additions between two registers are merged: into rows of compressors as many as
  /// there are operands above two, and one adder.
  private func merged(_ operands: Int, bits: Int) -> (adder: Double, compressor: Double) {
    let levels = ceilLog2(operands)
    let every = parameters.treeRegisterEvery
    var (left, width, adder, compressor) = (operands, bits, 0, 0)
    func add(_ operands: Int, to sum: Int) {
      guard operands > 1 else { return }
      adder += sum
      compressor += (operands - 2) * (width + 1)
    }
    for _ in 0..<(every == 0 ? 0 : levels / every) {
      let fanin = 1 << every
      let whole = left / fanin
      for _ in 0..<whole { add(fanin, to: width + every) }
      add(left % fanin, to: width + every)
      (left, width) = (ceilDivide(left, fanin), width + every)
    }
    add(left, to: bits + levels)
    return (Double(adder), Double(compressor))
  }
}
