import Architecture

/// The counts that FPGA models are multiplied with, and the memories, of an architecture.
struct FPGAStructure {
  private let structure: Structure
  private var architecture: Architecture { structure.architecture }
  private var parameters: Architecture.Parameters { architecture.parameters }

  init(_ architecture: Architecture) { structure = Structure(architecture) }

  private var activationWordBits: Int { parameters.activationBits * parameters.lanes }

  /// The terms of a part; those that are missing are 0.
  func terms(of part: FPGAPart) -> [FPGATerm: Double] {
    switch part {
    case .block(.treeArray): treeArray
    case .block(let block): terms(of: block).mapValues(Double.init)
    case .sideBand:
      [
        .one: 1, .flipFlops: Double(Structure.sideBandBits * (architecture.treeLatency + 1)),
        .maskedBits: parameters.tokensPerWeight > 1
          ? Double(activationWordBits * parameters.tokensPerWeight) : 0,
      ]
    }
  }

  private func terms(of block: Block) -> [FPGATerm: Int] {
    let registers = structure.registers(of: block)
    let sums = structure.partialSums
    let requantises = parameters.output == .int8
    let isShared = parameters.tokensPerWeight > 1
    switch block {
    case .treeArray, .controlRegisters: return [.one: 1]
    case .weightBuffer: return [.one: 1, .flipFlops: registers, .banks: architecture.weightBeats]
    case .activationBuffer:
      return [
        .one: 1, .flipFlops: registers,
        .banks: architecture.activationBeats * parameters.tokensPerWeight,
      ]
    case .accumulators: return [.one: 1, .resultBits: structure.resultBits]
    case .outputStage:
      let pointers =
        structure.outputQueueRegisters - parameters.outputQueueDepth * structure.outputEntryBits
      return [
        .one: 1, .flipFlops: structure.requantiserRegisters + pointers,
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
      // Of a beat with room for more results than there are rows the rest is constant.
      let perBeat = parameters.busBytes / architecture.resultBytes
      let data = structure.writeDataRegisters
      let used = data * min(perBeat, parameters.rows) / perBeat
      return [
        .one: 1, .flipFlops: registers - data + used,
        .beatBits: used * architecture.outputBeats * parameters.tokensPerWeight,
        .severalTokens: isShared ? 1 : 0,
      ]
    case .controller: return [.one: 1, .flipFlops: registers, .severalTokens: isShared ? 1 : 0]
    case .jobQueue:
      let depth = parameters.jobQueueDepth
      // A longer queue is a memory; places, a count and flags stay registers.
      guard depth > 2 else { return [.one: 1, .flipFlops: registers] }
      let places = 2 * ceilLog2(depth) + ceilLog2(depth + 1) + 3
      return [
        .one: 1, .flipFlops: places, .entryBits: (registers - places) / depth,
        .queueBits: registers - places,
      ]
    case .eventCounters:
      return [
        .one: 1, .flipFlops: registers,
        .severalTokens: isShared && parameters.laneCounters ? 1 : 0,
        .laneCounterInputs: parameters.laneCounters ? 2 * parameters.rows * parameters.lanes : 0,
        .laneCounterBits: structure.laneCounterAdderBits,
      ]
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
    case .activationBuffer: return banks(structure.activationBuffer, of: activationWordBits)
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
    let (trees, tokens) = (Double(structure.trees), Double(parameters.tokensPerWeight))
    let tables = self.tables
    let products = trees * (parameters.datapath.group > 1 ? tables.selected : self.products)
    let sum = sumBits
    var terms: [FPGATerm: Double] = [
      .flipFlops: Double(structure.treeRegisters), .products: products,
      .adderBits: trees * sum.adder, .compressorBits: trees * sum.compressor,
      .sumBits: trees * Double(architecture.sumBits), .tableBits: tokens * tables.built,
      .planes: parameters.datapath == .bitSerial ? tokens * self.products : 0,
    ]
    switch parameters.treeRegisterEvery {
    case 0: terms[.productsUnregistered] = products
    case 1: terms[.productsEachLevel] = products
    default: break
    }
    return terms
  }

  /// Products of one tree: narrower activations take as many parts less; a multiplier is one whatever its
  /// width.
  private var products: Double {
    let width =
      parameters.datapath == .int8MAC ? 1 : Double(parameters.activationBits) / 8
    return width * Double(parameters.lanes)
  }

  /// Bits of the entries of all tables of one token: those that a row selects from, and those that are
  /// added up. The last table may have fewer lanes.
  private var tables: (selected: Double, built: Double) {
    let (group, lanes) = (parameters.datapath.group, parameters.lanes)
    guard group > 1 else { return (0, 0) }
    var (selected, built) = (0, 0)
    for first in stride(from: 0, to: lanes, by: group) {
      let inputs = min(group, lanes - first)
      // Half of all signed sums, without 0; the inputs themselves are there already.
      let entries = [1, 4, 13, 40][inputs - 1]
      let bits = parameters.activationBits + ceilLog2(inputs)
      selected += entries * bits
      built += (entries - inputs) * bits
    }
    return (Double(selected), Double(built))
  }

  /// Bits of the carrying adders and of the compressors of one tree.
  private var sumBits: (adder: Double, compressor: Double) {
    let (lanes, bits) = (parameters.lanes, parameters.activationBits)
    switch parameters.datapath {
    case .xorPopcount: return merged(lanes, bits: bits)
    case .negate: return merged(lanes, bits: bits + 1)
    case .int8MAC: return merged(lanes, bits: bits + 8)
    case .lookup2, .lookup3, .lookup4:
      let group = parameters.datapath.group
      return merged(ceilDivide(lanes, group), bits: bits + ceilLog2(group))
    case .splitSign:
      let one = merged(lanes, bits: bits)
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
