import Architecture

/// Fetches activations and weights in the order in which the array consumes them.
///
/// Mirrors `setun_load_unit`: a static program of segments, requested as soon as their half of a
/// buffer is free, in bursts that never cross 4 KiB.
struct LoadUnit {
  enum Phase: UInt32 {
    case idle = 0
    case activation = 1
    case weight = 2
  }

  /// A burst under way: what it carries, and whether it completes a half.
  struct Burst {
    var weight: Bool
    var fillsHalf: Bool
  }

  struct State {
    var phase = Phase.idle
    /// The segment's half is claimed; bursts are being requested.
    var open = false
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
    var arvalid = false
    var araddr: UInt64 = 0
    var arlen = 0
    var readError = false
    var codeError = false
  }

  /// What this cycle's R channel brings.
  struct Arrival {
    var weight = false
    var activation = false
    /// The beat is the last one of its half.
    var halfLast = false
    /// The beat is the last one of its burst.
    var burstLast = false
  }

  /// What this cycle claims.
  struct Claims {
    var weight = false
    var activation = false
  }

  private let busBytes: Int
  private let weightBeats: Int
  private let activationBeats: Int
  private let weightHalfWords: Int
  private(set) var bursts: Fifo<Burst>
  private(set) var q = State()
  private var d = State()

  init(_ architecture: Architecture) {
    busBytes = architecture.parameters.busBytes
    weightBeats = architecture.weightBeats
    activationBeats = architecture.activationBeats
    weightHalfWords = architecture.weightHalfWords
    bursts = Fifo(
      depth: architecture.parameters.outstandingReads, empty: Burst(weight: false, fillsHalf: false)
    )
  }

  /// No burst is requested or under way.
  var idle: Bool { !q.arvalid && bursts.count == 0 }

  /// Which buffer this cycle's beat belongs to.
  func arrival(_ inputs: PortInputs) -> Arrival {
    guard inputs.rvalid && bursts.count != 0 else { return Arrival() }
    let head = bursts.head
    return Arrival(
      weight: head.weight, activation: !head.weight, halfLast: inputs.rlast && head.fillsHalf,
      burstLast: inputs.rlast)
  }

  /// The halves that are claimed in this cycle.
  func claims(
    clear: Bool, abort: Bool, weightClaimable: Bool, activationClaimable: Bool
  ) -> Claims {
    guard !q.open && !abort && !clear else { return Claims() }
    switch q.phase {
    case .idle: return Claims()
    case .weight: return Claims(weight: weightClaimable)
    case .activation: return Claims(activation: q.fresh && activationClaimable)
    }
  }

  /// Computes the next state.
  mutating func evaluate(
    _ inputs: PortInputs, arrival: Arrival, illegalCode: Bool, claims: Claims,
    clear: Bool, abort: Bool, job: Descriptor
  ) {
    let openNow =
      claims.weight || claims.activation
      || (q.phase == .activation && !q.fresh && !q.open && !abort && !clear)
    if openNow { open(job) }
    let request =
      q.open && (!q.arvalid || inputs.arready) && !abort && bursts.count != bursts.depth
    d.arvalid = request || (q.arvalid && !inputs.arready)
    if request { self.request(job) }
    if clear {
      beginBlock(job, tokensBefore: job.tokens)
      // The first block's activations are one slice, loaded as if an empty block were ending.
      d.final = true
      d.phase = .activation
      d.open = false
      d.xAddress = job.xAddress
    }
    if abort {
      d.phase = .idle
      d.open = false
    }
    if arrival.burstLast { bursts.pop() }
    if clear { bursts.clear() }
    let beat = arrival.weight || arrival.activation
    d.readError = beat && inputs.rresp & 2 != 0
    d.codeError = arrival.weight && illegalCode
  }

  /// The segment's half is claimed: sets the number of beats.
  private mutating func open(_ job: Descriptor) {
    d.open = true
    if q.phase == .weight {
      d.beatsLeft = chunk * weightBeats
    } else {
      let slice = q.final ? q.activationLeft : min(job.activationSlice, q.activationLeft)
      d.beatsLeft = slice * activationBeats
      d.activationLeft = q.activationLeft - slice
      d.fresh = false
    }
  }

  /// Weight words of the next chunk.
  private var chunk: Int { min(q.kTilesLeft, weightHalfWords) }

  /// Puts one burst on the address channel.
  private mutating func request(_ job: Descriptor) {
    let weight = q.phase == .weight
    let address = weight ? q.wAddress : q.xAddress
    let burst = burstLength(address: address, beatsLeft: q.beatsLeft, busBytes: busBytes)
    d.araddr = address
    d.arlen = burst - 1
    d.beatsLeft = q.beatsLeft - burst
    if weight {
      d.wAddress = busAddress(address + UInt64(burst * busBytes))
    } else {
      d.xAddress = busAddress(address + UInt64(burst * busBytes))
    }
    let segmentEnd = q.beatsLeft == burst
    bursts.push(
      Burst(weight: weight, fillsHalf: segmentEnd && (weight || q.activationLeft == 0)))
    if segmentEnd { endSegment(job) }
  }

  /// Moves on to the next segment of the program.
  private mutating func endSegment(_ job: Descriptor) {
    d.open = false
    let lastChunkOfBlock = q.nTilesLeft == 1 && q.kTilesLeft == chunk
    if q.phase == .weight {
      d.final = lastChunkOfBlock
      if q.kTilesLeft == chunk {
        d.kTilesLeft = job.kTiles
        d.nTilesLeft = q.nTilesLeft - 1
      } else {
        d.kTilesLeft = q.kTilesLeft - chunk
      }
    }
    if q.phase == .weight && q.activationLeft != 0
      && (lastChunkOfBlock || job.activationSlice != 0)
    {
      d.phase = .activation
    } else if !d.final {
      d.phase = .weight
    } else if q.pending {
      d.phase = .weight
      beginBlock(job, tokensBefore: q.tokensLeft)
    } else {
      d.phase = .idle
    }
  }

  /// A token block begins, or, before the first one, an empty block: the activations of the block
  /// after it are to be loaded beside its weights.
  private mutating func beginBlock(_ job: Descriptor, tokensBefore: Int) {
    let nextTokens = min(job.tokenBlock, tokensBefore)
    d.activationLeft = nextTokens * job.kTiles
    d.tokensLeft = tokensBefore - nextTokens
    d.fresh = true
    d.nTilesLeft = job.nTiles
    d.kTilesLeft = job.kTiles
    d.wAddress = job.wAddress
    d.final = false
    d.pending = nextTokens != 0
  }

  mutating func reset() {
    d = State()
    bursts.clear()
  }

  mutating func clock() {
    q = d
    bursts.clock()
  }
}
