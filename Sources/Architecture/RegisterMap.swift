/// A 32-bit register behind the AXI4-Lite port.
///
/// This list is the only place where offsets are written: the SystemVerilog package, the driver
/// and the documentation are generated from it. Event counters follow at ``counterBase``.
public enum Register: String, CaseIterable, Sendable {
  case id, version
  case configurationHashLow = "configuration_hash_low"
  case configurationHashHigh = "configuration_hash_high"
  case rows, lanes
  case weightCoding = "weight_coding"
  case datapath
  case treeRegisterEvery = "tree_register_every"
  case dataflow
  case zeroGating = "zero_gating"
  case laneCounters = "lane_counters"
  case weightBufferWords = "weight_buffer_words"
  case activationBufferWords = "activation_buffer_words"
  case accumulatorDepth = "accumulator_depth"
  case accumulatorBits = "accumulator_bits"
  case output
  case outputQueueDepth = "output_queue_depth"
  case busBytes = "bus_bytes"
  case outstandingReads = "outstanding_reads"
  case events
  case tokensPerWeight = "tokens_per_weight"
  case multiplierBufferWords = "multiplier_buffer_words"
  case jobQueueDepth = "job_queue_depth"
  case activationBits = "activation_bits"

  case control, status
  case interruptEnable = "interrupt_enable"
  case jobsDone = "jobs_done"

  case xAddressLow = "x_address_low"
  case xAddressHigh = "x_address_high"
  case wAddressLow = "w_address_low"
  case wAddressHigh = "w_address_high"
  case yAddressLow = "y_address_low"
  case yAddressHigh = "y_address_high"
  case yStride = "y_stride"
  case tokens
  case nTiles = "n_tiles"
  case kTiles = "k_tiles"
  case lastRows = "last_rows"
  case tokenBlock = "token_block"
  case activationSlice = "activation_slice"
  case mAddressLow = "m_address_low"
  case mAddressHigh = "m_address_high"
  case requantisation
  case dependence

  /// `SETN` in ASCII.
  public static let idValue: UInt32 = 0x5345_544E
  /// The version of the register map and of the memory layouts.
  public static let versionValue: UInt32 = 3
  /// Byte offset of the first event counter; counter `i` is 64 bits at `counterBase + 8 * i`.
  public static let counterBase: UInt32 = 0x400
  /// Bit of `control` that appends the job in the descriptor to the queue.
  public static let startBit: UInt32 = 1
  /// Bit of `control` that clears `done`, the error code, `jobs_done` and the interrupt.
  public static let clearBit: UInt32 = 2
  /// Bit of `control` that ends all jobs without a result.
  public static let softResetBit: UInt32 = 4
  /// The lowest bits of the fields of `requantisation`: the multiplier of all rows (16 bits), the
  /// shift (6 bits), and whether there is a multiplier per row in memory instead (1 bit).
  public static let requantisationShift: UInt32 = 16
  public static let requantisationPerRow: UInt32 = 31

  /// The byte offset: read-only identity and capabilities from 0, control from 0x100, the
  /// descriptor from 0x140.
  public var offset: UInt32 {
    func index(_ base: Register) -> UInt32 {
      let all = Register.allCases
      return UInt32(all.firstIndex(of: self)! - all.firstIndex(of: base)!)
    }
    switch self {
    case .control, .status, .interruptEnable, .jobsDone: return 0x100 + 4 * index(.control)
    case .xAddressLow, .xAddressHigh, .wAddressLow, .wAddressHigh, .yAddressLow, .yAddressHigh,
      .mAddressLow, .mAddressHigh, .yStride, .tokens, .nTiles, .kTiles, .lastRows, .tokenBlock,
      .activationSlice, .requantisation, .dependence:
      return 0x140 + 4 * index(.xAddressLow)
    default: return 4 * index(.id)
    }
  }

  /// Bits that hold a value when written; 0 for read-only registers.
  public var writableBits: Int {
    switch self {
    case .interruptEnable, .dependence: 1
    case .xAddressLow, .wAddressLow, .yAddressLow, .mAddressLow, .yStride, .requantisation: 32
    case .xAddressHigh, .wAddressHigh, .yAddressHigh, .mAddressHigh: Architecture.addressBits - 32
    case .tokens, .nTiles, .kTiles, .lastRows, .tokenBlock, .activationSlice: 16
    default: 0
    }
  }

  /// The registers of the job descriptor.
  public static let descriptor = Register.allCases.filter { $0.offset >= 0x140 }

  /// The value of an identity or capability register, or `nil` for the others.
  public func capability(of architecture: Architecture, events: Int) -> UInt32? {
    let parameters = architecture.parameters
    func index<Choice: CaseIterable & Equatable>(_ choice: Choice) -> Int {
      Array(Choice.allCases).firstIndex(of: choice)!
    }
    let value: Int
    switch self {
    case .id: return Register.idValue
    case .version: return Register.versionValue
    case .configurationHashLow:
      return UInt32(truncatingIfNeeded: architecture.configurationHash)
    case .configurationHashHigh:
      return UInt32(truncatingIfNeeded: architecture.configurationHash >> 32)
    case .rows: value = parameters.rows
    case .lanes: value = parameters.lanes
    case .tokensPerWeight: value = parameters.tokensPerWeight
    case .weightCoding: value = index(parameters.weightCoding)
    case .datapath: value = index(parameters.datapath)
    case .treeRegisterEvery: value = parameters.treeRegisterEvery
    case .dataflow: value = index(parameters.dataflow)
    case .zeroGating: value = parameters.zeroGating ? 1 : 0
    case .laneCounters: value = parameters.laneCounters ? 1 : 0
    case .weightBufferWords: value = parameters.weightBufferWords
    case .activationBufferWords: value = parameters.activationBufferWords
    case .accumulatorDepth: value = parameters.accumulatorDepth
    case .accumulatorBits: value = architecture.accumulatorBits
    case .output: value = index(parameters.output)
    case .multiplierBufferWords: value = parameters.multiplierBufferWords
    case .outputQueueDepth: value = parameters.outputQueueDepth
    case .jobQueueDepth: value = parameters.jobQueueDepth
    case .activationBits: value = parameters.activationBits
    case .busBytes: value = parameters.busBytes
    case .outstandingReads: value = parameters.outstandingReads
    case .events: value = events
    default: return nil
    }
    return UInt32(value)
  }
}

/// Why a job ended early: bits 15:8 of the status register.
public enum JobError: UInt8, CaseIterable, Error, Sendable, BitwiseCopyable {
  /// A size in the descriptor is zero or larger than the hardware can hold.
  case size = 1
  /// `token_block` is zero, deeper than the accumulators, or too large for the activation buffer.
  case tokenBlock = 2
  /// `last_rows` is zero or more than `rows`.
  case lastRows = 3
  /// An address or the stride is no multiple of `bus_bytes`, or the stride makes rows overlap.
  case address = 4
  /// A read was answered with SLVERR or DECERR.
  case read = 5
  /// A write was answered with SLVERR or DECERR.
  case write = 6
  /// A weight was coded as `10`, or five of them as 243 to 255.
  case weightCode = 7
  /// The shift is more than 47, or there are multipliers per row for more n-tiles than fit their
  /// buffer.
  case requantisation = 8

  /// The constant's name in SystemVerilog and reports.
  public var name: String {
    switch self {
    case .size: "size"
    case .tokenBlock: "token_block"
    case .lastRows: "last_rows"
    case .address: "address"
    case .read: "read"
    case .write: "write"
    case .weightCode: "weight_code"
    case .requantisation: "requantisation"
    }
  }
}

extension Architecture {
  /// Bits of an AXI4 address.
  public static let addressBits = 40
}
