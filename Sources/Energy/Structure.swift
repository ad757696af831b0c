public import Architecture

/// What the blocks of an accelerator are made of, counted from its parameters as `rtl/` builds them.
public struct Structure: Sendable {
  public let architecture: Architecture
  private var parameters: Architecture.Parameters { architecture.parameters }

  public init(_ architecture: Architecture) { self.architecture = architecture }

  // MARK: Facts of the RTL that are no parameter

  /// Address and flags beside each result in the output queue.
  static let outputAddressBits = 42
  /// Valid and control bits that travel with each stage of the tree array.
  static let sideBandBits = 10
  static let loadUnitRegisters = 400
  static let storeUnitRegisters = 120
  /// A write beat in flight: eight data bits and a strobe for each byte of the bus.
  static let storeUnitRegistersPerBusByte = 9
  static let controllerRegisters = 350
  static let controlRegisters = 500
  static let axiLiteRegisters = 120
  static let eventCounterBits = 64

  // MARK: Assumptions until synthesis says better

  /// NAND gates of next-state logic per flip-flop in blocks that are not datapath.
  static let gatesPerControlRegister = 6.0
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

  /// Adders and registers of the trees of one row.
  struct Tree: Equatable {
    /// Adder bits of the first level, which single lanes drive.
    var firstLevelAdderBits = 0
    /// Adder bits of the further levels.
    var upperAdderBits = 0
    /// Adder bits of the popcount of the negations, and of its addition to the sum.
    var popcountAdderBits = 0
    /// Pipeline and output registers of both trees.
    var registers = 0

    var adderBits: Int { firstLevelAdderBits + upperAdderBits + popcountAdderBits }
  }

  /// A tree over `lanes` values of 8 bits. A level has a sum for each pair, and passes an odd one on.
  var tree: Tree {
    var tree = Tree()
    var count = parameters.lanes
    for level in 0..<architecture.treeLevels {
      let (adders, sums, sumBits) = (count / 2, (count + 1) / 2, 9 + level)
      if level == 0 {
        tree.firstLevelAdderBits = adders * sumBits
      } else {
        tree.upperAdderBits += adders * sumBits
      }
      let every = parameters.treeRegisterEvery
      if every > 0 && (level + 1) % every == 0 {
        tree.registers += sums * (sumBits + level + 2)
      }
      count = sums
    }
    tree.popcountAdderBits = Self.popcountAdderBits(parameters.lanes) + architecture.sumBits
    tree.registers += architecture.sumBits
    return tree
  }

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

  /// Bits that leave the two buffers for the tree array.
  var operandBits: Int { architecture.weightWordBits + 8 * parameters.lanes }

  /// Flip-flops of the tree array: operands, pipeline, sums and side band.
  var arrayRegisters: Int {
    operandBits + parameters.rows * tree.registers + Self.sideBandBits * architecture.treeLatency
  }

  // MARK: Partial sums and results

  /// Bits of one result of an n-tile, and of one word of the accumulator memory.
  var resultBits: Int { parameters.rows * architecture.accumulatorBits }

  var outputQueueRegisters: Int {
    parameters.outputQueueDepth * (resultBits + Self.outputAddressBits)
  }

  // MARK: Blocks without a datapath

  var storeUnitRegisters: Int {
    Self.storeUnitRegisters + Self.storeUnitRegistersPerBusByte * parameters.busBytes
  }

  /// Two popcounts of the lanes of each row, or nothing.
  var laneCounterAdderBits: Int {
    parameters.laneCounters ? 2 * parameters.rows * Self.popcountAdderBits(parameters.lanes) : 0
  }

  var controlRegisters: Int { Self.controlRegisters + Self.axiLiteRegisters }

  // MARK: Memories

  /// A bank for each beat of a weight word, so that a beat is written whole.
  public var weightBuffer: Memory {
    Memory(
      banks: architecture.weightBeats, bits: 8 * parameters.busBytes,
      words: parameters.weightBufferWords)
  }

  /// A bank for each beat of an activation word.
  public var activationBuffer: Memory {
    Memory(
      banks: architecture.activationBeats, bits: 8 * parameters.busBytes,
      words: parameters.activationBufferWords)
  }

  /// One word of `rows` partial sums for each token of a block.
  public var accumulatorMemory: Memory {
    Memory(wordBits: resultBits, words: parameters.accumulatorDepth)
  }
}
