import Activity
import Architecture

/// Walks the loop nest of one job: token block, n-tile, chunk, token, k-tile.
///
/// Mirrors `setun_controller`. In every cycle of `run` it either issues one operand or waits for
/// exactly one reason.
struct Controller {
  enum Phase: UInt32 {
    case idle = 0
    case setup = 1
    case run = 2
    case drain = 3
    case abort = 4
  }

  struct State {
    var phase = Phase.idle
    var error: JobError?
    var done = false
    var tokensLeft = 0
    var blockTokens = 0
    var nTilesLeft = 0
    var kTilesLeft = 0
    var chunkWords = 0
    var token = 0
    var kTile = 0
    var kBase = 0
    var activationRow = 0
    var yAddress: UInt64 = 0
    var yTile: UInt64 = 0
    var yBlock: UInt64 = 0
    var credits = 0
  }

  /// Decisions of this cycle that every block sees.
  struct Control {
    /// Every block forgets its state: a checked job begins.
    var clear = false
    /// Nothing new is to be requested or stored.
    var abort = false
    /// What the descriptor check or the bus found.
    var error: JobError?
  }

  /// What the array does in this cycle.
  enum Step {
    /// Reads one operand from both buffers.
    case issue(Operand)
    /// Waits, for this reason.
    case stall(Event)
    /// No job is being walked.
    case none
  }

  private let rows: Int
  private let weightHalfWords: Int
  private let activationHalfWords: Int
  private let accumulatorDepth: Int
  private let outputQueueDepth: Int
  private let busBytes: Int
  private let outputTileBytes: Int
  private(set) var q = State()
  private var d = State()

  init(_ architecture: Architecture) {
    rows = architecture.parameters.rows
    weightHalfWords = architecture.weightHalfWords
    activationHalfWords = architecture.activationHalfWords
    accumulatorDepth = architecture.parameters.accumulatorDepth
    outputQueueDepth = architecture.parameters.outputQueueDepth
    busBytes = architecture.parameters.busBytes
    outputTileBytes = architecture.outputTileBytes
  }

  // MARK: Decisions

  /// What the descriptor check and the errors seen on the bus mean for this cycle.
  func control(job: Descriptor, readError: Bool, codeError: Bool, writeError: Bool) -> Control {
    switch q.phase {
    case .idle: return Control()
    case .setup:
      let error = check(job)
      return Control(clear: error == nil, error: error)
    case .run, .drain:
      let error: JobError? =
        readError ? .read : codeError ? .weightCode : writeError ? .write : nil
      return Control(abort: error != nil, error: error)
    case .abort: return Control(abort: true)
    }
  }

  /// Why the hardware cannot run `job`, if it cannot.
  private func check(_ job: Descriptor) -> JobError? {
    if job.tokens == 0 || job.nTiles == 0 || job.kTiles == 0 || job.kTiles > activationHalfWords {
      return .size
    }
    if job.tokenBlock == 0 || job.tokenBlock > accumulatorDepth
      || job.tokenBlock * job.kTiles > activationHalfWords
    {
      return .tokenBlock
    }
    if job.lastRows == 0 || job.lastRows > rows { return .lastRows }
    let addresses = job.xAddress | job.wAddress | job.yAddress | UInt64(job.yStride)
    if addresses % UInt64(busBytes) != 0 || Int(job.yStride) < job.nTiles * outputTileBytes {
      return .address
    }
    return nil
  }

  private var lastK: Bool { q.kTile == q.chunkWords - 1 }
  private var lastToken: Bool { q.token == q.blockTokens - 1 }
  private var lastChunk: Bool { q.kTilesLeft == q.chunkWords }
  /// The n-tile being walked is the job's last, of which not every row may exist.
  var lastNTile: Bool { q.nTilesLeft == 1 }
  private var lastBlock: Bool { q.tokensLeft == q.blockTokens }

  /// Issues an operand or says what is missing.
  func step(abort: Bool, activationReady: Bool, weightReady: Bool) -> Step {
    guard q.phase == .run && !abort else { return .none }
    guard activationReady else { return .stall(.stallActivation) }
    guard weightReady else { return .stall(.stallWeight) }
    if lastK && lastChunk && q.credits == 0 { return .stall(.stallOutput) }
    return .issue(
      Operand(
        valid: true, first: q.kTile == 0, resume: q.kBase != 0, last: lastK, emit: lastChunk,
        token: q.token))
  }

  /// The activation word of the operand at hand, within its half.
  var activationWord: Int { q.activationRow + q.kBase + q.kTile }
  /// The operand at hand is the last that its chunk of weights serves.
  var chunkEnd: Bool { lastK && lastToken }
  /// The operand at hand is the last of its token block.
  var blockEnd: Bool { chunkEnd && lastChunk && lastNTile }

  // MARK: Next state

  /// Computes the next state.
  mutating func evaluate(
    start: Bool, acknowledge: Bool, job: Descriptor, control: Control, step: Step, credit: Bool,
    drained: Bool
  ) {
    var issued: Operand?
    if case .issue(let operand) = step { issued = operand }
    evaluatePhase(
      start: start, acknowledge: acknowledge, control: control, issued: issued != nil,
      drained: drained)
    if control.clear {
      begin(job)
    } else if issued != nil {
      advance(job)
    }
    if !control.clear {
      if credit { d.credits += 1 }
      if let issued, issued.last && issued.emit { d.credits -= 1 }
    }
  }

  private mutating func evaluatePhase(
    start: Bool, acknowledge: Bool, control: Control, issued: Bool, drained: Bool
  ) {
    if acknowledge {
      d.error = nil
      d.done = false
    }
    switch q.phase {
    case .idle:
      guard start else { return }
      d.phase = .setup
      d.error = nil
      d.done = false
    case .setup:
      if let error = control.error {
        d.error = error
        finish()
      } else {
        d.phase = .run
      }
    case .run:
      if let error = control.error {
        d.error = error
        d.phase = .abort
      } else if issued && blockEnd && lastBlock {
        d.phase = .drain
      }
    case .drain:
      if let error = control.error {
        d.error = error
        d.phase = .abort
      } else if drained && q.credits == outputQueueDepth {
        finish()
      }
    case .abort:
      if drained { finish() }
    }
  }

  private mutating func finish() {
    d.phase = .idle
    d.done = true
  }

  private mutating func begin(_ job: Descriptor) {
    d.tokensLeft = job.tokens
    d.blockTokens = min(job.tokenBlock, job.tokens)
    d.nTilesLeft = job.nTiles
    d.kTilesLeft = job.kTiles
    d.chunkWords = min(job.kTiles, weightHalfWords)
    d.token = 0
    d.kTile = 0
    d.kBase = 0
    d.activationRow = 0
    d.yAddress = job.yAddress
    d.yTile = 0
    d.yBlock = job.yAddress
    d.credits = outputQueueDepth
  }

  /// The loop nest, innermost first.
  private mutating func advance(_ job: Descriptor) {
    guard lastK else {
      d.kTile = q.kTile + 1
      return
    }
    d.kTile = 0
    guard lastToken else {
      d.token = q.token + 1
      d.activationRow = q.activationRow + job.kTiles
      d.yAddress = busAddress(q.yAddress + UInt64(job.yStride))
      return
    }
    d.token = 0
    d.activationRow = 0
    if !lastChunk {
      d.kTilesLeft = q.kTilesLeft - q.chunkWords
      d.kBase = q.kBase + q.chunkWords
      d.yAddress = busAddress(q.yBlock + q.yTile)
    } else {
      d.kTilesLeft = job.kTiles
      d.kBase = 0
      if !lastNTile {
        d.nTilesLeft = q.nTilesLeft - 1
        d.yTile = busAddress(q.yTile + UInt64(outputTileBytes))
        d.yAddress = busAddress(q.yBlock + d.yTile)
      } else {
        advanceBlock(job)
      }
    }
    d.chunkWords = min(d.kTilesLeft, weightHalfWords)
  }

  private mutating func advanceBlock(_ job: Descriptor) {
    d.nTilesLeft = job.nTiles
    d.tokensLeft = q.tokensLeft - q.blockTokens
    d.blockTokens = min(job.tokenBlock, d.tokensLeft)
    // The first row of the next block follows the row of this block's last token.
    d.yBlock = busAddress(q.yAddress &- q.yTile &+ UInt64(job.yStride))
    d.yAddress = d.yBlock
    d.yTile = 0
  }

  mutating func reset() { d = State() }
  mutating func clock() { q = d }
}
