/// A piece of architectural state that lock-step compares in every cycle.
///
/// Raw values are the field names of the packed struct `probe_t` in SystemVerilog and of the
/// waveforms. Every signal takes whole 32-bit words; a signal of several words is an array
/// (`tree_sum[r]`), except for the 40-bit addresses, which are a low and a high word.
public enum ProbeSignal: String, CaseIterable, Sendable {
  // Controller
  case controllerState = "controller_state"
  case errorCode = "error_code"
  case done
  case tokensLeft = "tokens_left"
  case blockTokens = "block_tokens"
  case nTilesLeft = "n_tiles_left"
  case kTilesLeft = "k_tiles_left"
  case chunkWords = "chunk_words"
  case token
  case kTile = "k_tile"
  case kBase = "k_base"
  case activationRow = "activation_row"
  case yAddress = "y_address"
  case yTile = "y_tile"
  case credits
  case intervalLeft = "interval_left"
  case jobsDone = "jobs_done"
  case jobCount = "job_count"
  case jobAhead = "job_ahead"
  case jobLoaded = "job_loaded"
  // Load unit
  case loadPhase = "load_phase"
  case loadOpen = "load_open"
  case loadFirst = "load_first"
  case loadFinal = "load_final"
  case loadPending = "load_pending"
  case loadFresh = "load_fresh"
  case loadTokensLeft = "load_tokens_left"
  case loadNTilesLeft = "load_n_tiles_left"
  case loadKTilesLeft = "load_k_tiles_left"
  case loadActivationLeft = "load_activation_left"
  case loadBeatsLeft = "load_beats_left"
  case loadXAddress = "load_x_address"
  case loadWAddress = "load_w_address"
  case loadOutstanding = "load_outstanding"
  // Buffers
  case weightClaimed = "weight_claimed"
  case weightFull = "weight_full"
  case weightReadHalf = "weight_read_half"
  case weightWriteWord = "weight_write_word"
  case weightWriteBeat = "weight_write_beat"
  case activationClaimed = "activation_claimed"
  case activationFull = "activation_full"
  case activationReadHalf = "activation_read_half"
  case activationWriteWord = "activation_write_word"
  case activationWriteBeat = "activation_write_beat"
  case activationWriteBank = "activation_write_bank"
  case multiplierClaimed = "multiplier_claimed"
  case multiplierFull = "multiplier_full"
  case multiplierReadHalf = "multiplier_read_half"
  case multiplierWriteWord = "multiplier_write_word"
  case multiplierWriteBeat = "multiplier_write_beat"
  // Datapath
  case pipelineValid = "pipeline_valid"
  case treeSum = "tree_sum"
  case accumulator
  // Output
  case requantiserValid = "requantiser_valid"
  case resultTile = "result_tile"
  case resultCount = "result_count"
  case storeToken = "store_token"
  case storeBeat = "store_beat"
  case storeBurstLeft = "store_burst_left"
  case storePending = "store_pending"
  // Ports
  case arvalid, araddr, arlen
  case awvalid, awaddr, awlen
  case wvalid, wdata, wstrb, wlast
  case axilAwready = "axil_awready"
  case axilWready = "axil_wready"
  case axilBvalid = "axil_bvalid"
  case axilBresp = "axil_bresp"
  case axilArready = "axil_arready"
  case axilRvalid = "axil_rvalid"
  case axilRdata = "axil_rdata"
  case axilRresp = "axil_rresp"
  case irq
  // Event counters, low words
  case counter

  /// Declared as an array in SystemVerilog, even of a single word.
  var isArray: Bool {
    switch self {
    case .treeSum, .accumulator, .yAddress, .yTile, .loadXAddress, .loadWAddress, .araddr, .awaddr,
      .wdata,
      .wstrb, .counter:
      true
    default: false
    }
  }

  /// 32-bit words of this signal.
  func words(in architecture: Architecture, counters: Int) -> Int {
    switch self {
    case .treeSum, .accumulator:
      architecture.parameters.rows * architecture.parameters.tokensPerWeight
    case .yAddress, .yTile, .loadXAddress, .loadWAddress, .araddr, .awaddr: 2
    case .wdata: architecture.parameters.busBytes / 4
    case .wstrb: ceilDivide(architecture.parameters.busBytes, 32)
    case .counter: counters
    default: 1
    }
  }
}

/// Where each signal lies in the probe of one architecture.
public struct ProbeLayout: Equatable, Sendable {
  /// Words of the whole probe.
  public let words: Int
  private let offsets: [Int]

  /// - Parameter counters: The number of event counters.
  public init(architecture: Architecture, counters: Int) {
    var offsets: [Int] = []
    var next = 0
    for signal in ProbeSignal.allCases {
      offsets.append(next)
      next += signal.words(in: architecture, counters: counters)
    }
    words = next
    self.offsets = offsets + [next]
  }

  /// The words of `signal`.
  public subscript(signal: ProbeSignal) -> Range<Int> {
    let index = ProbeSignal.allCases.firstIndex(of: signal)!
    return offsets[index]..<offsets[index + 1]
  }

  /// All signals with their words, in order.
  public var signals: [(signal: ProbeSignal, words: Range<Int>)] {
    ProbeSignal.allCases.enumerated().map { ($1, offsets[$0]..<offsets[$0 + 1]) }
  }

  /// The name of one word: `credits`, `tree_sum[3]`.
  public func name(ofWord word: Int) -> String {
    let index = offsets.lastIndex { $0 <= word }!
    let signal = ProbeSignal.allCases[index]
    return signal.isArray ? "\(signal.rawValue)[\(word - offsets[index])]" : signal.rawValue
  }
}
