/// What a coefficient of an FPGA model is multiplied with: a count of the structure of a block.
///
/// The raw value is its name in the file.
public enum FPGATerm: String, CaseIterable, Codable, Sendable {
  /// 1: what is there once, whatever the size.
  case one
  /// Flip-flops of the block as the RTL declares them, memories left out.
  case flipFlops = "flip_flops"

  // The tree array.

  /// Products, or tables of a lookup, of trees with a register after each level.
  case productsEachLevel = "products_each_level"
  /// … with several levels between registers, whose additions synthesis merges.
  case productsGrouped = "products_grouped"
  /// … without registers.
  case productsUnregistered = "products_unregistered"
  /// Bits of adders that carry, when the additions between two registers are one sum.
  case adderBits = "adder_bits"
  /// Bits of the 3:2 compressors before these adders.
  case compressorBits = "compressor_bits"
  /// Bits of the adders of tables that all rows share.
  case tableBits = "table_bits"
  /// Lanes whose bits are taken one by one, once for all rows.
  case planes

  // Other blocks.

  /// Banks of a memory: each has a write enable.
  case banks
  /// Bits of the partial sums that are added to at once.
  case resultBits = "result_bits"
  /// Of these, where a sum may be too large and is counted.
  case overflowBits = "overflow_bits"
  /// Bits of an entry of the output queue.
  case entryBits = "entry_bits"
  /// … times its entries.
  case queueBits = "queue_bits"
  /// Sums that are multiplied at once.
  case requantisedSums = "requantised_sums"
  /// Bits that are shifted and rounded.
  case shiftBits = "shift_bits"
  /// Bits of a beat of results, times the beats that each chooses from.
  case beatBits = "beat_bits"
  /// Bytes of five trits that are taken apart at once.
  case decodedBytes = "decoded_bytes"
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

  /// The terms of its models, for whatever resource.
  public var terms: [FPGATerm] {
    switch self {
    case .block(.treeArray):
      [
        .flipFlops, .productsEachLevel, .productsGrouped, .productsUnregistered, .adderBits,
        .compressorBits, .tableBits, .planes,
      ]
    case .block(.weightBuffer), .block(.activationBuffer): [.one, .flipFlops, .banks]
    case .block(.accumulators): [.one, .resultBits, .overflowBits]
    case .block(.outputStage):
      [.one, .flipFlops, .entryBits, .queueBits, .requantisedSums, .shiftBits]
    case .block(.loadUnit): [.one, .flipFlops, .decodedBytes]
    case .block(.storeUnit): [.one, .flipFlops, .beatBits]
    case .block(.controller), .block(.jobQueue), .sideBand: [.one, .flipFlops]
    case .block(.controlRegisters): [.one]
    case .block(.eventCounters): [.one, .flipFlops, .laneCounterBits]
    }
  }
}
