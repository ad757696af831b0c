import Activity
import Architecture

/// Walks the loop nest of one job: token block, n-tile, chunk, and inside a chunk tokens and
/// k-tiles, in the order of the dataflow.
///
/// Mirrors `setun_controller`. In every cycle of `run` it issues one operand, or the array is not
/// done with the last one, or it waits for exactly one reason.
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
    var jobsDone: UInt16 = 0
    /// The abort under way leaves no result.
    var quiet = false
    var tokensLeft = 0
    var blockTokens = 0
    var nTilesLeft = 0
    var kTilesLeft = 0
    var chunkWords = 0
    /// The first of the tokens that share the weight word.
    var token = 0
    var kTile = 0
    var kBase = 0
    var activationRow = 0
    var yAddress: UInt64 = 0
    var yTile: UInt64 = 0
    var yBlock: UInt64 = 0
    var credits = 0
    /// Cycles until the array can take the next operand.
    var intervalLeft = 0
  }

  /// What the controller sees of the other blocks.
  struct Surroundings {
    var jobValid: Bool
    /// What the check of the job found.
    var jobError: JobError?
    /// There is a job after this one.
    var jobMore: Bool
    var softReset: Bool
    var acknowledge: Bool
    /// What the bus reported for this job.
    var busError: JobError?
    var pipelineEmpty: Bool
    var loadIdle: Bool
    var storeIdle: Bool
  }

  /// Decisions of this cycle that other blocks see.
  struct Control {
    /// Nothing new is to be requested or stored.
    var abort = false
    /// Every block forgets its state: what was under way has ended.
    var clear = false
    /// The job has ended well.
    var pop = false
    /// All jobs are forgotten.
    var flush = false
  }

  /// What the array does in this cycle.
  enum Step {
    /// Reads one operand from both buffers.
    case issue(Operand)
    /// Is not done with the last operand.
    case busy
    /// Waits, for this reason.
    case stall(Event)
    /// No job is being walked.
    case none

    /// An operand is issued that finishes a result.
    var emits: Bool {
      if case .issue(let operand) = self { operand.last && operand.emit } else { false }
    }
  }

  private let group: Int
  private let weightStationary: Bool
  private let interval: Int
  private let weightHalfWords: Int
  private let outputQueueDepth: Int
  private let outputTileBytes: Int
  private(set) var q = State()
  private var d = State() { didSet { isChanged = true } }
  /// `d` was written since the last clock edge, and may differ from `q`.
  private var isChanged = false

  init(_ architecture: Architecture) {
    group = architecture.parameters.tokensPerWeight
    weightStationary = architecture.parameters.dataflow == .weightStationary
    interval = architecture.operandInterval
    weightHalfWords = architecture.weightHalfWords
    outputQueueDepth = architecture.parameters.outputQueueDepth
    outputTileBytes = architecture.outputTileBytes
  }

  // MARK: Decisions

  /// What this cycle means for the other blocks.
  @inline(__always)
  func control(_ seen: Surroundings) -> Control {
    switch q.phase {
    case .idle: return Control()
    case .setup: return Control(flush: seen.jobError != nil)
    case .run: return Control(abort: seen.busError != nil)
    case .drain:
      if seen.busError != nil { return Control(abort: true) }
      return Control(
        pop: seen.pipelineEmpty && seen.storeIdle && q.credits == outputQueueDepth)
    case .abort:
      let drained = seen.pipelineEmpty && seen.loadIdle && seen.storeIdle
      return Control(abort: true, clear: drained, flush: drained)
    }
  }

  private var lastK: Bool { q.kTile == q.chunkWords - 1 }
  /// Tokens of the block from the ones at hand on.
  private var tokensAfter: Int { q.blockTokens - q.token }
  private var lastToken: Bool { tokensAfter <= group }
  /// Tokens that share the weight word.
  private var groupTokens: Int { min(tokensAfter, group) }
  private var lastChunk: Bool { q.kTilesLeft == q.chunkWords }
  /// The n-tile being walked is the job's last, of which not every row may exist.
  var lastNTile: Bool { q.nTilesLeft == 1 }
  private var lastBlock: Bool { q.tokensLeft == q.blockTokens }

  /// Issues an operand or says what is missing.
  @inline(__always)
  func step(abort: Bool, activationReady: Bool, weightReady: Bool) -> Step {
    guard (q.phase == .run || q.phase == .drain) && !abort else { return .none }
    guard q.intervalLeft == 0 else { return .busy }
    guard q.phase == .run else { return .none }
    guard activationReady else { return .stall(.stallActivation) }
    guard weightReady else { return .stall(.stallWeight) }
    let emit = lastK && lastChunk
    if emit && q.credits == 0 { return .stall(.stallOutput) }
    return .issue(
      Operand(
        valid: true, first: weightStationary || q.kTile == 0,
        resume: q.kBase != 0 || (weightStationary && q.kTile != 0),
        last: weightStationary || lastK, emit: weightStationary ? emit : lastChunk,
        blockLast: lastToken, tokens: groupTokens, token: q.token))
  }

  /// The operand at hand needs another weight word than the one before.
  var readsWeight: Bool { !weightStationary || q.token == 0 }
  /// The activation word of the operand at hand, within its half.
  var activationWord: Int { q.activationRow + q.kBase + q.kTile }
  /// The operand at hand is the last that its chunk of weights serves.
  var chunkEnd: Bool { lastK && lastToken }
  /// The operand at hand is the last of its token block.
  var blockEnd: Bool { chunkEnd && lastChunk && lastNTile }

  // MARK: Next state

  /// Computes the next state.
  ///
  /// - Parameter job: The oldest job; meaningful while there is one.
  mutating func evaluate(
    _ seen: Surroundings, control: Control, job: UnsafePointer<JobQueue.Entry>, step: Step,
    credit: Bool
  ) {
    var issued: Operand?
    if case .issue(let operand) = step { issued = operand }
    if let issued {
      d.intervalLeft = interval - 1
      advance(job)
      if issued.last && issued.emit { d.credits -= 1 }
    } else if q.intervalLeft > 0 {
      d.intervalLeft = q.intervalLeft - 1
    }
    if credit { d.credits += 1 }
    evaluatePhase(seen, control: control, job: job, issued: issued != nil)
  }

  private mutating func evaluatePhase(
    _ seen: Surroundings, control: Control, job: UnsafePointer<JobQueue.Entry>, issued: Bool
  ) {
    if seen.acknowledge { forgetResults() }
    switch q.phase {
    case .idle:
      if seen.jobValid { d.phase = .setup }
    case .setup:
      if let error = seen.jobError {
        d.error = error
        finish(.idle)
      } else {
        begin(job)
      }
    case .run:
      if let error = seen.busError {
        d.error = error
        d.phase = .abort
      } else if issued && blockEnd && lastBlock {
        d.phase = .drain
      }
    case .drain:
      if let error = seen.busError {
        d.error = error
        d.phase = .abort
      } else if control.pop {
        finish(seen.jobMore ? .setup : .idle)
      }
    case .abort:
      if control.clear {
        if q.quiet { d.phase = .idle } else { finish(.idle) }
        d.quiet = false
      }
    }
    if seen.softReset {
      forgetResults()
      d.phase = .abort
      d.quiet = true
    }
  }

  private mutating func forgetResults() {
    d.error = nil
    d.done = false
    d.jobsDone = 0
  }

  private mutating func finish(_ next: Phase) {
    d.phase = next
    d.done = true
    d.jobsDone &+= 1
  }

  private mutating func begin(_ entry: UnsafePointer<JobQueue.Entry>) {
    let job = entry.pointee.job
    d.phase = .run
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
  private mutating func advance(_ entry: UnsafePointer<JobQueue.Entry>) {
    guard !chunkEnd else {
      advanceChunk(entry)
      return
    }
    let nextToken = weightStationary ? !lastToken : lastK
    if weightStationary ? lastToken : !lastK {
      d.kTile = q.kTile + 1
    } else if !weightStationary {
      d.kTile = 0
    }
    if nextToken {
      d.token = q.token + group
      d.activationRow = q.activationRow + entry.pointee.job.kTiles
      d.yAddress = busAddress(q.yAddress + UInt64(group) * UInt64(entry.pointee.job.yStride))
    } else if weightStationary {
      d.token = 0
      d.activationRow = 0
      d.yAddress = busAddress(q.yBlock + q.yTile)
    }
  }

  private mutating func advanceChunk(_ entry: UnsafePointer<JobQueue.Entry>) {
    d.kTile = 0
    d.token = 0
    d.activationRow = 0
    if !lastChunk {
      d.kTilesLeft = q.kTilesLeft - q.chunkWords
      d.kBase = q.kBase + q.chunkWords
      d.yAddress = busAddress(q.yBlock + q.yTile)
    } else {
      d.kTilesLeft = entry.pointee.job.kTiles
      d.kBase = 0
      if !lastNTile {
        d.nTilesLeft = q.nTilesLeft - 1
        d.yTile = busAddress(q.yTile + UInt64(outputTileBytes))
        d.yAddress = busAddress(q.yBlock + d.yTile)
      } else {
        advanceBlock(entry)
      }
    }
    d.chunkWords = min(d.kTilesLeft, weightHalfWords)
  }

  private mutating func advanceBlock(_ entry: UnsafePointer<JobQueue.Entry>) {
    let job = entry.pointee.job
    d.nTilesLeft = job.nTiles
    d.tokensLeft = q.tokensLeft - q.blockTokens
    d.blockTokens = min(job.tokenBlock, d.tokensLeft)
    // The first row of the next block follows the row of this block's last token.
    d.yBlock = busAddress(
      q.yAddress &- q.yTile &+ UInt64(groupTokens) * UInt64(job.yStride))
    d.yAddress = d.yBlock
    d.yTile = 0
  }

  mutating func reset() { d = State() }
  mutating func clock() {
    guard isChanged else { return }
    q = d
    isChanged = false
  }
}
