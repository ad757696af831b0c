import Activity
public import Architecture

/// What the blocks of an accelerator are made of, counted from its parameters as `rtl/` builds them.
public struct Structure: Sendable {
  public let architecture: Architecture
  private var parameters: Architecture.Parameters { architecture.parameters }

  public init(_ architecture: Architecture) { self.architecture = architecture }

  // MARK: Facts of the RTL that are no parameter

  /// Address and last-tile flag beside each result in the output queue.
  static let outputAddressBits = 41
  /// Bits of `op_t`, which travels beside each operand.
  static let sideBandBits = 21
  static let eventCounterBits = 64

  // MARK: Logic that is no datapath, and assumptions

  /// NAND gates of logic per flip-flop in a block that ``registers(of:)`` knows.
  ///
  /// Areas of `make synth` in Nangate45 (pyosys 0.70), mean of the architectures tiny and default,
  /// less 4.522 µm² a flip-flop, over the 0.798 µm² of a NAND2_X1. The means are within 7% of both.
  /// The store unit's are those of its control, beside the registers of a beat.
  static func gatesPerRegister(of block: Block) -> Double {
    switch block {
    case .loadUnit, .storeUnit: 11.4
    case .controller: 13.3
    case .jobQueue: 4.6
    case .controlRegisters: 11.2
    case .eventCounters: 6.0
    default: 7.3
    }
  }
  /// NAND gates of a two-input multiplexer bit.
  static let gatesPerMultiplexer = 7.0 / 3
  /// Changes of a datapath bit per new operand: random data.
  static let togglesPerBit = 0.5
  /// Changes of a flip-flop of a control block per cycle.
  static let togglesPerControlBit = 0.05
  /// Energy of a gated product relative to one that adds.
  ///
  /// A lane at rest among zeros is free, but a zero between two values moves the lane to 0 and back.
  /// With a share z of zeros, independent from cycle to cycle, 1 − z² of the cycles move it, so that
  /// a zero costs 1 − z of a product: 0.58 at the 42% zeros of BitNet b1.58 2B-4T.
  static let gatedProductShare = 0.58

  // MARK: Tree array

  /// Full adders that count the ones among `inputs` bits in a balanced tree.
  static func popcountAdderBits(_ inputs: Int) -> Int {
    var (count, width, bits) = (inputs, 1, 0)
    while count > 1 {
      bits += count / 2 * width
      count = (count + 1) / 2
      width += 1
    }
    return bits
  }

  /// The tree of one row.
  var tree: Tree { Tree(architecture) }

  /// Trees of the array: one for each row and each of the tokens that share a weight word.
  var trees: Int { parameters.rows * parameters.tokensPerWeight }

  /// Flip-flops of the trees, which hold their value without an operand.
  var treeRegisters: Int { trees * tree.registers }

  /// Flip-flops that hold the operands: an SRAM holds what was read, a memory of flip-flops does not.
  var operandRegisters: Int {
    (weightBuffer.isSRAM ? 0 : architecture.weightWordBits)
      + (activationBuffer.isSRAM ? 0 : activationWordBits * parameters.tokensPerWeight)
  }

  /// Bits of the activations of one operand of one token.
  private var activationWordBits: Int { parameters.activationBits * parameters.lanes }

  /// Flip-flops of the tree array outside its trees: operands, and a side band of as many stages as
  /// trees have and one.
  var registersOutsideTrees: Int {
    operandRegisters + Self.sideBandBits * (architecture.treeLatency + 1)
  }

  /// Flip-flops of the tree array.
  var arrayRegisters: Int { registersOutsideTrees + treeRegisters }

  // MARK: Partial sums and results

  /// Partial sums that are added to at once: of all rows, and all tokens that share a weight word.
  var partialSums: Int { parameters.rows * parameters.tokensPerWeight }

  /// Bits of these partial sums, and of one word of the accumulator memory.
  var resultBits: Int { partialSums * architecture.accumulatorBits }

  /// Flip-flops of the accumulators: running sums, a flag, and what was read from flip-flops.
  var accumulatorRegisters: Int {
    resultBits + 1 + (accumulatorMemory.isSRAM ? 0 : resultBits)
  }

  /// Bits of an entry of the output queue: values, an address, and the number of tokens.
  var outputEntryBits: Int {
    partialSums * (requantises ? 8 : architecture.accumulatorBits) + Self.outputAddressBits
      + parameters.tokensPerWeight.trailingZeroBitCount
  }

  private var requantises: Bool { parameters.output == .int8 }

  /// Bits of the product of a partial sum and a multiplier.
  private var productBits: Int { architecture.accumulatorBits + 16 }

  /// Adder bits of the requantiser: a row for each bit of a multiplier, and one that rounds.
  var requantiserAdderBits: Int {
    requantises ? partialSums * (16 * architecture.accumulatorBits + productBits) : 0
  }

  /// Multiplexer bits of the requantiser: a shift by up to 47.
  var requantiserShiftBits: Int { requantises ? partialSums * 6 * productBits : 0 }

  /// Flip-flops of the requantiser: products, values, and whether they are there.
  var requantiserRegisters: Int { requantises ? partialSums * (productBits + 8) + 2 : 0 }

  /// Entries, two pointers for sums and for addresses, and one count.
  var outputQueueRegisters: Int {
    let depth = parameters.outputQueueDepth
    return depth * outputEntryBits + 4 * ceilLog2(depth) + ceilLog2(depth + 1)
  }

  // MARK: Blocks without a datapath

  /// Flip-flops of a beat on its way to memory: of each value as many bits as differ, and a strobe.
  var writeDataRegisters: Int {
    parameters.busBytes / architecture.resultBytes
      * ((requantises ? 8 : architecture.accumulatorBits) + 1)
  }

  /// NAND gates that take a byte of five trits apart.
  ///
  /// Two constant multiplications and a subtraction a digit; 184 µm² a byte in Nangate45, over the
  /// 0.798 µm² of a NAND2_X1 (a decoder of the same kind in Yosys 0.23, unsized).
  static let decoderGatesPerByte = 230.0

  /// NAND gates of the decoder of a beat of weights, if they come five in a byte.
  var decoderGates: Double {
    parameters.weightCoding == .fiveInEight
      ? Self.decoderGatesPerByte * Double(parameters.busBytes) : 0
  }

  /// Flip-flops of a block without a datapath, or of the control of a buffer; else 0.
  ///
  /// Counted from the registers that `rtl/` declares, less those that every synthesis removes because
  /// they are constant or unread. Equal to what `make synth` finds.
  func registers(of block: Block) -> Int {
    let bursts = parameters.outstandingReads
    let tokenBits = parameters.tokensPerWeight.trailingZeroBitCount
    let hasMultipliers = parameters.multiplierBufferWords > 0
    switch block {
    case .weightBuffer: return 22 + ceilLog2(parameters.weightBufferWords)
    case .activationBuffer:
      // With several tokens also the bank, and the first word of the run that is written.
      return 22 + ceilLog2(parameters.activationBufferWords / parameters.tokensPerWeight)
        + (tokenBits > 0 ? tokenBits + 16 : 0)
    case .loadUnit:
      // Program 71, beats 32, two addresses 80, read address channel 49, errors 4; burst queue. With
      // several tokens the k-tiles of two jobs, with multipliers their address.
      return 236 + 4 * bursts + 2 * ceilLog2(bursts) + ceilLog2(bursts + 1)
        + (tokenBits > 0 ? 32 : 0) + (hasMultipliers ? Architecture.addressBits : 0)
    case .storeUnit:
      // Progress 29, write address channel 49, three flags. With several tokens which, and where.
      return 81 + writeDataRegisters + (tokenBits > 0 ? tokenBits + Architecture.addressBits : 0)
    case .controller:
      // State 17, jobs that are done 16, seven loop counters 112, two addresses 80; cycles to wait.
      return 225 + ceilLog2(architecture.operandInterval)
        + ceilLog2(architecture.weightHalfWords + 1) + ceilLog2(parameters.activationBufferWords)
        + Architecture.addressBits - architecture.outputTileBytes.trailingZeroBitCount
        + ceilLog2(parameters.outputQueueDepth + 1)
    case .jobQueue:
      // Of a job 249 bits and the 4 of its finding, with int8 results 22 more, and with multipliers
      // in memory 41; two places, a count, three flags.
      let entry = 253 + (requantises ? 22 : 0) + (hasMultipliers ? 41 : 0)
      let depth = parameters.jobQueueDepth
      return depth * entry + 2 * ceilLog2(depth) + ceilLog2(depth + 1) + 3
    case .controlRegisters:
      // Descriptor 312, interrupt and commands 4, AXI4-Lite 86.
      return 402
    case .eventCounters:
      // Without narrow sums, int8 results or multipliers in memory their events never happen. Some
      // count bytes, whole beats at a time.
      let narrow = architecture.accumulatorBits < architecture.derivedAccumulatorBits
      let absent = (narrow ? 0 : 1) + (requantises ? 0 : 1) + (hasMultipliers ? 0 : 3)
      return (Event.allCases.count - absent) * Self.eventCounterBits
        - (hasMultipliers ? 4 : 3) * parameters.busBytes.trailingZeroBitCount
    case .treeArray, .accumulators, .outputStage: return 0
    }
  }

  /// Two popcounts of the lanes of each row, or nothing.
  var laneCounterAdderBits: Int {
    parameters.laneCounters ? 2 * parameters.rows * Self.popcountAdderBits(parameters.lanes) : 0
  }

  /// Of ``laneCounterAdderBits``, those that have no carry in: the lowest bit of each adder.
  var laneCounterHalfAdders: Int {
    parameters.laneCounters ? 2 * parameters.rows * (parameters.lanes - 1) : 0
  }

  // MARK: Memories

  /// A bank for each beat of a weight word, so that a beat is written whole.
  public var weightBuffer: Memory {
    Memory(
      banks: architecture.weightBeats, bits: 2 * architecture.weightBeatTrits,
      words: parameters.weightBufferWords)
  }

  /// A bank for each beat of the activation words of the tokens that share a weight word; of each byte
  /// of a beat it keeps the bits of an activation.
  public var activationBuffer: Memory {
    Memory(
      banks: architecture.activationBeats * parameters.tokensPerWeight,
      bits: parameters.activationBits * parameters.busBytes,
      words: parameters.activationBufferWords / parameters.tokensPerWeight)
  }

  /// One word of partial sums for each group of tokens of a block.
  public var accumulatorMemory: Memory {
    Memory(
      wordBits: resultBits, words: parameters.accumulatorDepth / parameters.tokensPerWeight)
  }

  /// A bank for each beat of the multipliers of an n-tile, or `nil` where rows have none.
  public var multiplierBuffer: Memory? {
    parameters.multiplierBufferWords == 0
      ? nil
      : Memory(
        banks: architecture.multiplierBeats, bits: 8 * parameters.busBytes,
        words: parameters.multiplierBufferWords)
  }
}
