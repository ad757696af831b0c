import Architecture

/// Fetches multipliers, weights and activations in the order in which they are consumed.
///
/// Mirrors `setun_load_unit`: a static program of segments for each job, requested as soon as their
/// half of a buffer is free, in bursts that never cross 4 KiB.
struct LoadUnit {
  enum Phase: UInt32 {
    case idle = 0
    case activation = 1
    case weight = 2
    case multiplier = 3
  }

  /// A burst under way: what it carries, for which job, and whether it completes a half.
  struct Burst {
    var phase = Phase.idle
    var parity = 0
    var fillsHalf = false
  }

  /// The same for the job before and the job after, which can be told apart by their parity.
  struct ByParity<Value: BitwiseCopyable> {
    var even: Value
    var odd: Value

    subscript(parity: Int) -> Value {
      get { parity == 0 ? even : odd }
      set { if parity == 0 { even = newValue } else { odd = newValue } }
    }
  }

  struct State {
    var phase = Phase.idle
    /// The segment's half is claimed; bursts are being requested.
    var open = false
    /// The activations to be loaded next are those of the first block.
    var first = false
    /// The activations to be loaded next are all that is left of their block.
    var final = false
    /// Another token block follows the one whose weights are being loaded.
    var pending = false
    /// No half is claimed yet for the next block's activations.
    var fresh = false
    var tokensLeft = 0
    var nTilesLeft = 0
    var kTilesLeft = 0
    var activationLeft = 0
    var beatsLeft = 0
    var xAddress: UInt64 = 0
    var wAddress: UInt64 = 0
    var mAddress: UInt64 = 0
    var kTiles = ByParity(even: 0, odd: 0)
    var arvalid = false
    var araddr: UInt64 = 0
    var arlen = 0
    var readError = ByParity(even: false, odd: false)
    var codeError = ByParity(even: false, odd: false)
  }

  /// What this cycle's R channel brings.
  struct Arrival {
    var phase = Phase.idle
    var parity = 0
    /// The beat is the last one of its half.
    var halfLast = false
    /// The beat is the last one of its burst.
    var burstLast = false
    /// k-tiles of the job that the beat belongs to.
    var kTiles = 0
  }

  /// What the load unit sees of the other blocks.
  struct Surroundings {
    /// The job to be loaded is there and sound.
    var jobValid: Bool
    var job: UnsafePointer<JobQueue.Entry>
    var parity: Int
    /// Parity of the job that the array works on.
    var currentParity: Int
    var clear: Bool
    var abort: Bool
    var weightClaimable: Bool
    var activationClaimable: Bool
    var multiplierClaimable: Bool
  }

  /// What this cycle does: decided from registers, before any block changes.
  struct Move {
    /// The program of the job begins.
    var begins = false
    /// The half for the next segment is claimed, or is claimed already.
    var opens = false
    var claimsWeight = false
    var claimsActivation = false
    var claimsMultiplier = false
  }

  private let busBytes: Int
  private let weightBeats: Int
  private let activationBeats: Int
  private let multiplierBeats: Int
  private let weightHalfWords: Int
  private(set) var bursts: Fifo<Burst>
  private(set) var q = State()
  private var d = State() { didSet { isChanged = true } }
  /// `d` was written since the last clock edge, and may differ from `q`.
  private var isChanged = false

  init(_ architecture: Architecture) {
    busBytes = architecture.parameters.busBytes
    weightBeats = architecture.weightBeats
    activationBeats = architecture.activationBeats
    multiplierBeats = architecture.multiplierBeats
    weightHalfWords = architecture.weightHalfWords
    bursts = Fifo(depth: architecture.parameters.outstandingReads, empty: Burst())
  }

  /// No burst is requested or under way.
  var idle: Bool { !q.arvalid && bursts.count == 0 }

  /// What the bus reported for the job of this parity.
  @inline(__always)
  func error(parity: Int) -> JobError? {
    q.readError[parity] ? .read : q.codeError[parity] ? .weightCode : nil
  }

  /// Which buffer this cycle's beat belongs to.
  @inline(__always)
  func arrival(_ inputs: PortInputs) -> Arrival {
    guard inputs.rvalid && bursts.count != 0 else { return Arrival() }
    let head = bursts.head
    return Arrival(
      phase: head.phase, parity: head.parity, halfLast: inputs.rlast && head.fillsHalf,
      burstLast: inputs.rlast, kTiles: q.kTiles[head.parity])
  }

  /// The halves that are claimed in this cycle.
  @inline(__always)
  func move(_ seen: Surroundings) -> Move {
    guard !seen.abort else { return Move() }
    if q.phase == .idle { return Move(begins: seen.jobValid) }
    guard !q.open else { return Move() }
    switch q.phase {
    case .idle: return Move()
    case .weight: return Move(opens: seen.weightClaimable, claimsWeight: seen.weightClaimable)
    case .multiplier:
      return Move(opens: seen.multiplierClaimable, claimsMultiplier: seen.multiplierClaimable)
    case .activation:
      // The results of the job before are complete when the array works on this one.
      let waits =
        q.first && seen.job.pointee.job.dependent && seen.parity != seen.currentParity
      let opens = (!q.fresh || seen.activationClaimable) && !waits
      return Move(opens: opens, claimsActivation: opens && q.fresh)
    }
  }

  /// Computes the next state; returns whether everything of the job is requested now.
  mutating func evaluate(
    _ inputs: PortInputs, _ seen: Surroundings, move: Move, arrival: Arrival, illegalCode: Bool
  ) -> Bool {
    var jobDone = false
    if move.begins { begin(seen.job.pointee.job, parity: seen.parity) }
    if move.opens { open(seen.job) }
    let request =
      q.open && (!q.arvalid || inputs.arready) && !seen.abort && bursts.count != bursts.depth
    let arvalid = request || (q.arvalid && !inputs.arready)
    if arvalid != q.arvalid { d.arvalid = arvalid }
    if request { jobDone = self.request(seen.job, parity: seen.parity) }
    if seen.abort {
      d.phase = .idle
      d.open = false
    }
    if arrival.burstLast { bursts.pop() }
    if arrival.phase != .idle {
      if inputs.rresp & 2 != 0 { d.readError[arrival.parity] = true }
      if illegalCode { d.codeError[arrival.parity] = true }
    }
    if seen.clear {
      bursts.clear()
      d.readError = ByParity(even: false, odd: false)
      d.codeError = ByParity(even: false, odd: false)
    }
    return jobDone
  }

  /// The segment's half is claimed: sets the number of beats.
  private mutating func open(_ job: UnsafePointer<JobQueue.Entry>) {
    d.open = true
    switch q.phase {
    case .idle: break
    case .weight: d.beatsLeft = chunk * weightBeats
    case .multiplier: d.beatsLeft = job.pointee.job.nTiles * multiplierBeats
    case .activation:
      let slice =
        q.first || q.final
        ? q.activationLeft : min(job.pointee.job.activationSlice, q.activationLeft)
      d.beatsLeft = slice * activationBeats
      d.activationLeft = q.activationLeft - slice
      d.fresh = false
    }
  }

  /// Weight words of the next chunk.
  private var chunk: Int { min(q.kTilesLeft, weightHalfWords) }

  /// Puts one burst on the address channel; returns whether it is the last of the job.
  private mutating func request(_ job: UnsafePointer<JobQueue.Entry>, parity: Int) -> Bool {
    let address =
      switch q.phase {
      case .weight: q.wAddress
      case .multiplier: q.mAddress
      case .activation, .idle: q.xAddress
      }
    let burst = burstLength(address: address, beatsLeft: q.beatsLeft, busBytes: busBytes)
    d.araddr = address
    d.arlen = burst - 1
    d.beatsLeft = q.beatsLeft - burst
    let next = busAddress(address + UInt64(burst * busBytes))
    switch q.phase {
    case .weight: d.wAddress = next
    case .multiplier: d.mAddress = next
    case .activation, .idle: d.xAddress = next
    }
    let segmentEnd = q.beatsLeft == burst
    bursts.push(
      Burst(
        phase: q.phase, parity: parity,
        fillsHalf: segmentEnd && (q.phase != .activation || q.activationLeft == 0)))
    return segmentEnd && endSegment(job)
  }

  // MARK: The program

  private mutating func begin(_ job: Descriptor, parity: Int) {
    d.phase = job.rowMultipliers ? .multiplier : .weight
    d.first = true
    d.xAddress = job.xAddress
    d.mAddress = job.mAddress
    d.kTiles[parity] = job.kTiles
    beginWeights(job)
    beginActivations(job, tokensBefore: job.tokens)
  }

  /// The weights of a token block are next.
  private mutating func beginWeights(_ job: Descriptor) {
    d.final = false
    d.nTilesLeft = job.nTiles
    d.kTilesLeft = job.kTiles
    d.wAddress = job.wAddress
  }

  /// The activations of the next token block are to be loaded beside the weights.
  private mutating func beginActivations(_ job: Descriptor, tokensBefore: Int) {
    let tokens = min(job.tokenBlock, tokensBefore)
    d.activationLeft = tokens * job.kTiles
    d.tokensLeft = tokensBefore - tokens
    d.fresh = true
    d.pending = tokens != 0
  }

  /// Moves on to the next segment; returns whether the program ends.
  private mutating func endSegment(_ entry: UnsafePointer<JobQueue.Entry>) -> Bool {
    let job = entry.pointee.job
    d.open = false
    switch q.phase {
    case .idle: return false
    case .multiplier:
      d.phase = .weight
      return false
    case .weight:
      d.final = q.nTilesLeft == 1 && q.kTilesLeft == chunk
      if q.kTilesLeft == chunk {
        d.kTilesLeft = job.kTiles
        d.nTilesLeft = q.nTilesLeft - 1
      } else {
        d.kTilesLeft = q.kTilesLeft - chunk
      }
      if q.first {
        d.phase = .activation
        return false
      }
      return endWeights(job)
    case .activation:
      guard q.first else { return endSlice(job) }
      // The first block's activations end like the first chunk of weights of any other block.
      d.first = false
      beginActivations(job, tokensBefore: q.tokensLeft)
      return endWeights(job)
    }
  }

  private mutating func endWeights(_ job: Descriptor) -> Bool {
    guard d.activationLeft != 0 && (d.final || job.activationSlice != 0) else {
      return endSlice(job)
    }
    d.phase = .activation
    return false
  }

  private mutating func endSlice(_ job: Descriptor) -> Bool {
    d.phase = .weight
    guard d.final else { return false }
    guard d.pending else {
      d.phase = .idle
      return true
    }
    beginWeights(job)
    beginActivations(job, tokensBefore: d.tokensLeft)
    return false
  }

  mutating func reset() {
    d = State()
    bursts.clear()
  }

  mutating func clock() {
    bursts.clock()
    guard isChanged else { return }
    q = d
    isChanged = false
  }
}
