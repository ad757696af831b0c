import Activity
import Architecture

/// The register map as a Markdown table.
enum RegisterTable {
  static var markdown: String {
    let titles = ["offset", "register", "access", "bits", "meaning"]
    var rows = [titles, titles.map { _ in "---" }]
    rows += Register.allCases.map {
      [hex($0.offset), "`\($0.rawValue)`", $0.access, $0.bits, $0.meaning]
    }
    rows += Event.allCases.map { event in
      [
        hex(Register.counterBase + 8 * UInt32(event.rawValue)), "`\(event.name)`", "R", "63:0",
        "Event counter \(event.rawValue), in \(event.unit).",
      ]
    }
    return rows.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  private static func hex(_ offset: UInt32) -> String {
    let digits = String(offset, radix: 16)
    return "0x" + String(repeating: "0", count: 3 - digits.count) + digits
  }
}

extension Register {
  /// Whether the register can be read (R), written (W) or both.
  fileprivate var access: String {
    switch self {
    case .control: "W"
    default: writableBits > 0 ? "RW" : "R"
    }
  }

  /// The bits that mean something; the others read as 0.
  fileprivate var bits: String {
    switch self {
    case .control: "2:0"
    case .requantisation: "31, 21:0"
    case .status: "15:0"
    default: writableBits == 1 ? "0" : "\((writableBits > 0 ? writableBits : 32) - 1):0"
    }
  }

  fileprivate var meaning: String {
    switch self {
    case .id: "`SETN` in ASCII."
    case .version: "Version of the register map and of the memory layouts."
    case .configurationHashLow: "Hash of the architecture, low word."
    case .configurationHashHigh: "Hash of the architecture, high word."
    case .rows: "Dot products side by side: outputs of an n-tile."
    case .tokensPerWeight: "Activation vectors that share a weight word."
    case .lanes: "Products in each dot product: inputs of a k-tile."
    case .weightCoding: choices(Architecture.Parameters.WeightCoding.self, "Coding of the weights")
    case .datapath: choices(Architecture.Parameters.Datapath.self, "Kind of tree array")
    case .treeRegisterEvery: "Tree levels between registers; 0 for none."
    case .dataflow: choices(Architecture.Parameters.Dataflow.self, "Order of the inner loops")
    case .zeroGating: "1 when operands of zero weights do not toggle."
    case .laneCounters: "1 when additions, subtractions and skips are counted."
    case .weightBufferWords: "Weight words in both halves of the weight buffer."
    case .activationBufferWords: "Activation words in both halves of the activation buffer."
    case .accumulatorDepth: "Partial sums per row: the largest token block."
    case .accumulatorBits: "Bits of a partial sum."
    case .output: choices(Architecture.Parameters.OutputFormat.self, "Format of results")
    case .multiplierBufferWords: "Words of multipliers in both halves of the multiplier buffer."
    case .outputQueueDepth: "Results that can wait for the store unit."
    case .jobQueueDepth: "Jobs that are known at once, the running one included."
    case .activationBits: "Bits of an activation; of each byte of X the lowest count."
    case .busBytes: "Bytes of a beat of the AXI4 port."
    case .outstandingReads: "Read bursts under way at once."
    case .events: "Number of event counters."
    case .control:
      "Bit 0 appends the job to the queue; bit 1 clears done, error code, `jobs_done` and interrupt; "
        + "bit 2 ends all jobs without a result."
    case .status: "Bit 0 busy, bit 1 done, bits 15:8 error code."
    case .interruptEnable: "1 raises `irq_o` when a job is done."
    case .jobsDone: "Jobs that have ended since the last clear; the failed one is the last."
    case .xAddressLow: "Byte address of X, low word."
    case .xAddressHigh: "Byte address of X, high bits."
    case .wAddressLow: "Byte address of W, low word."
    case .wAddressHigh: "Byte address of W, high bits."
    case .yAddressLow: "Byte address of Y, low word."
    case .yAddressHigh: "Byte address of Y, high bits."
    case .mAddressLow: "Byte address of the multipliers per row, low word."
    case .mAddressHigh: "Byte address of the multipliers per row, high bits."
    case .yStride: "Bytes from one token's results to the next one's."
    case .tokens: "Tokens of the job, M."
    case .nTiles: "n-tiles of the job: N / rows, rounded up."
    case .kTiles: "k-tiles of the job: K / lanes, rounded up."
    case .lastRows: "Outputs of the last n-tile that exist, 1 to rows."
    case .tokenBlock: "Tokens of a full token block."
    case .activationSlice:
      "Activation words of the next token block that are loaded after each chunk of weights."
    case .requantisation:
      "Bits 15:0 multiplier of all rows, 21:16 shift (0 to 47), 31 a multiplier per row in memory."
    case .dependence: "1 when X is what the job before writes."
    }
  }

  /// `Kind of tree array: 0 xor_popcount.`
  private func choices<Choice: CaseIterable & RawRepresentable<String>>(
    _: Choice.Type, _ what: String
  ) -> String {
    let list = Choice.allCases.enumerated().map { "\($0) \($1.rawValue)" }
    return "\(what): \(list.joined(separator: ", "))."
  }
}
