/// What a coefficient of an FPGA model is multiplied with: a count of the structure of a block.
///
/// The raw value is its name in the file.
public enum FPGATerm: String, CaseIterable, Codable, Sendable {
  /// 1: what is there once, whatever the size.
  case one
  /// Flip-flops of the block as the RTL declares them, memories left out.
  case flipFlops = "flip_flops"

  // The tree array.

  /// Products of eight bits; of a lookup the bits of all entries that a row selects from.
  case products
  /// … of trees with a register after each level: their additions are not merged.
  case productsEachLevel = "products_each_level"
  /// … of trees without registers.
  case productsUnregistered = "products_unregistered"
  /// Bits of adders that carry, when the additions between two registers are one sum.
  case adderBits = "adder_bits"
  /// Bits of the 3:2 compressors before these adders.
  case compressorBits = "compressor_bits"
  /// Bits of the adders of tables that all rows share.
  case tableBits = "table_bits"
  /// Lanes whose bits are taken one by one, once for all rows.
  case planes
  /// Bits of the sums of all trees.
  case sumBits = "sum_bits"

  // Other blocks.

  /// Banks of a memory: each has a write enable.
  case banks
  /// Bits of the partial sums that are added to at once.
  case resultBits = "result_bits"
  /// Bits of an entry of the block's queue; of the job queue where it is a memory, with more than two
  /// entries.
  case entryBits = "entry_bits"
  /// … times the entries.
  case queueBits = "queue_bits"
  /// Sums that are multiplied at once.
  case requantisedSums = "requantised_sums"
  /// Bits that are shifted and rounded.
  case shiftBits = "shift_bits"
  /// Bits of the activations of all tokens, where several share a weight word and may be missing.
  case maskedBits = "masked_bits"
  /// Bits of a beat of results, times the beats that each chooses from.
  case beatBits = "beat_bits"
  /// Bytes of five trits that are taken apart at once.
  case decodedBytes = "decoded_bytes"
  /// 1 where several tokens share a weight word, and the block multiplies by how many there are.
  case severalTokens = "several_tokens"
  /// Lanes that are counted, twice.
  case laneCounterInputs = "lane_counter_inputs"
  /// Bits of the adders that count lanes.
  case laneCounterBits = "lane_counter_bits"
}

/// A part of an accelerator that FPGA models are fitted to. The raw value is that of ``Block``, or
/// `side_band`: what travels beside the operands, which is counted with the tree array.
public enum FPGAPart: RawRepresentable, Hashable, Sendable {
  case block(Block)
  case sideBand

  public init?(rawValue: String) {
    if rawValue == "side_band" {
      self = .sideBand
    } else if let block = Block(rawValue: rawValue) {
      self = .block(block)
    } else {
      return nil
    }
  }

  public var rawValue: String {
    switch self {
    case .block(let block): block.rawValue
    case .sideBand: "side_band"
    }
  }

  /// Every part.
  public static let all = Block.allCases.map(FPGAPart.block) + [.sideBand]

  /// The terms of its model for a resource.
  ///
  /// - Parameter designs: How many designs it is fitted to: of few, pipelinings are not told apart.
  public func terms(of resource: FPGAResource, designs: Int) -> [FPGATerm] {
    switch self {
    case .block(.treeArray) where resource == .ff: [.flipFlops]
    case .block(.treeArray):
      [.products, .adderBits, .compressorBits, .sumBits, .tableBits, .planes]
        + (designs < 9 ? [] : [.productsEachLevel, .productsUnregistered])
    case _ where resource == .ff && hasDeclaredRegisters: [.one, .flipFlops]
    case .block(.weightBuffer), .block(.activationBuffer): [.one, .flipFlops, .banks]
    case .block(.accumulators): [.one, .resultBits]
    case .block(.outputStage):
      [.one, .flipFlops, .entryBits, .queueBits, .requantisedSums, .shiftBits]
    case .block(.loadUnit): [.one, .flipFlops, .decodedBytes]
    case .block(.storeUnit): [.one, .flipFlops, .beatBits, .severalTokens]
    case .block(.controller): [.one, .flipFlops, .severalTokens]
    case .block(.jobQueue): [.one, .flipFlops, .entryBits, .queueBits]
    case .sideBand: [.one, .flipFlops, .maskedBits]
    case .block(.controlRegisters): [.one]
    case .block(.eventCounters):
      [
        .one, .flipFlops, .severalTokens, .laneCounterInputs, .laneCounterBits,
      ]
    }
  }
  /// Whether its flip-flops are those that the RTL declares, and nothing else.
  private var hasDeclaredRegisters: Bool {
    switch self {
    case .block(.weightBuffer), .block(.activationBuffer), .block(.loadUnit), .block(.storeUnit),
      .block(.controller), .block(.eventCounters), .sideBand:
      true
    default: false
    }
  }
}
