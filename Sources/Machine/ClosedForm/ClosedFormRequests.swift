import Architecture

extension ClosedForm {
  /// The bursts of a job in the order in which the load unit requests them, and when.
  ///
  /// Follows `LoadUnit` segment by segment. A burst's request waits for the one before it, for the
  /// half of a buffer that its segment goes to, and for one of the reads under way to end.
  struct Requests {
    enum Segment: Int {
      case end = 0
      case activation = 1
      case weight = 2
      case multiplier = 3
    }

    struct Burst {
      /// Beats that were not read yet; 0 when no burst is known.
      var beats = 0
      /// The first cycle in which the memory may send a beat.
      var ready = 0
      /// What it completes a half of: nothing is `end`.
      var fills = Segment.end
    }

    private let workspace: Workspace

    var segment: Segment
    /// Beats of the open segment that were not requested yet; 0 between segments.
    var beatsLeft = 0
    /// The first cycle in which the next segment can be opened, or the next burst be requested.
    var earliest = 0
    var bursts = 0

    // The program, as in `LoadUnit.State`.
    private(set) var first = true
    private(set) var final = false
    private(set) var fresh = true
    /// Tokens of the block whose activations are loaded.
    private(set) var target = 0
    /// Tokens after those.
    var tokensLeft = 0
    var nTilesLeft = 0
    private(set) var kTilesLeft = 0
    var activationLeft = 0
    /// The token block whose weights are loaded.
    private(set) var block = 0
    // Where the next burst of each operand begins, counted from a 4 KiB boundary.
    var x: Int
    private(set) var w = 0
    private var m: Int
    /// No slice of activations but the first block's is cut by a 4 KiB boundary.
    let slicesFitPages: Bool

    // Halves that were claimed; each waits for the end of what used it before.
    private(set) var weightHalves = 0
    private(set) var activationHalves = 0
    private(set) var chunksEnded = 0
    private(set) var blocksEnded = 0
    /// Cycles of the last operand of the last even and odd chunk.
    private(set) var chunkEnds = (Int.min / 2, Int.min / 2)
    private(set) var blockEnds = (Int.min / 2, Int.min / 2)

    /// The next place in ``ends``.
    private(set) var slot = 0

    // Inlined, so that it is built in place: copying it is seen in the speed.
    @inline(__always)
    init(_ workspace: Workspace) {
      self.workspace = workspace
      let (job, timing) = (workspace.job, workspace.timing)
      workspace.ends.update(repeating: Int.min / 2, count: timing.outstandingReads)
      segment = job.rowMultipliers ? .multiplier : .weight
      x = Int(job.xAddress & 4095)
      m = Int(job.mAddress & 4095)
      let sliceBytes = job.activationSlice * timing.activationBeats * timing.busBytes
      let blockWords = job.tokenBlock * job.kTiles
      let chunks = job.nTiles * ceilDivide(job.kTiles, timing.weightHalfWords)
      slicesFitPages =
        sliceBytes != 0 && 4096 % sliceBytes == 0 && job.xAddress % UInt64(sliceBytes) == 0
        && blockWords % job.activationSlice == 0 && chunks * job.activationSlice >= blockWords
      beginWeights()
      beginActivations(tokensBefore: job.tokens)
    }

    private var job: Descriptor { workspace.job }
    var timing: Timing { workspace.timing }
    /// For each of the last `outstandingReads` bursts the cycle after its last beat; a ring.
    var ends: UnsafeMutablePointer<Int> { workspace.ends }

    /// The array took the last operand of a chunk in `cycle`.
    mutating func endChunk(_ cycle: Int) {
      if chunksEnded & 1 == 0 { chunkEnds.0 = cycle } else { chunkEnds.1 = cycle }
      chunksEnded += 1
    }

    /// The array took the last operand of a token block in `cycle`.
    mutating func endBlock(_ cycle: Int) {
      if blocksEnded & 1 == 0 { blockEnds.0 = cycle } else { blockEnds.1 = cycle }
      blocksEnded += 1
    }

    /// The burst that was fetched last was read to its end in `cycle`.
    mutating func endBurst(_ cycle: Int) {
      ends[slot] = cycle + 1
      slot = slot + 1 == timing.outstandingReads ? 0 : slot + 1
    }

    /// Requests the next burst, all before it being read; returns `false` when it waits for a half
    /// whose end is not known yet, or when there is none.
    mutating func fetch(_ burst: inout Burst) -> Bool {
      if beatsLeft == 0 && !open() { return false }
      let offset =
        switch segment {
        case .weight: w
        case .multiplier: m
        case .activation, .end: x
        }
      let beats = burstLength(
        address: UInt64(offset), beatsLeft: beatsLeft, busBytes: timing.busBytes)
      let next = offset + beats * timing.busBytes
      let request = max(earliest, ends[slot])
      earliest = request + 1
      bursts += 1
      beatsLeft -= beats
      // The address is taken in the cycle after the request.
      burst = Burst(beats: beats, ready: request + 1 + timing.latency)
      switch segment {
      case .weight:
        w = next
        if beatsLeft == 0 { burst.fills = .weight }
      case .multiplier:
        m = next
      case .activation, .end:
        x = next
        if beatsLeft == 0 && activationLeft == 0 { burst.fills = .activation }
      }
      if beatsLeft == 0 { endSegment() }
      return true
    }

    /// Claims the half of the next segment, if it is known when it is free.
    private mutating func open() -> Bool {
      switch segment {
      case .end: return false
      case .multiplier: beatsLeft = job.nTiles * timing.multiplierBeats
      case .weight:
        guard weightHalves < chunksEnded + 2 else { return false }
        earliest = max(earliest, (weightHalves & 1 == 0 ? chunkEnds.0 : chunkEnds.1) + 1)
        weightHalves += 1
        beatsLeft = chunk * timing.weightBeats
      case .activation:
        if fresh {
          guard activationHalves < blocksEnded + 2 else { return false }
          earliest = max(earliest, (activationHalves & 1 == 0 ? blockEnds.0 : blockEnds.1) + 1)
          activationHalves += 1
          fresh = false
        }
        let slice = first || final ? activationLeft : min(job.activationSlice, activationLeft)
        beatsLeft = slice * timing.activationBeats
        activationLeft -= slice
      }
      // Requests follow the claim by a cycle.
      earliest += 1
      return true
    }

    private var chunk: Int { min(kTilesLeft, timing.weightHalfWords) }

    // MARK: The program

    private mutating func beginWeights() {
      final = false
      nTilesLeft = job.nTiles
      kTilesLeft = job.kTiles
      w = Int(job.wAddress & 4095)
    }

    private mutating func beginActivations(tokensBefore: Int) {
      target = min(job.tokenBlock, tokensBefore)
      activationLeft = target * job.kTiles
      tokensLeft = tokensBefore - target
      fresh = true
    }

    private mutating func endSegment() {
      switch segment {
      case .end: break
      case .multiplier: segment = .weight
      case .weight:
        final = nTilesLeft == 1 && kTilesLeft == chunk
        if kTilesLeft == chunk {
          kTilesLeft = job.kTiles
          nTilesLeft -= 1
        } else {
          kTilesLeft -= chunk
        }
        if first { segment = .activation } else { endWeights() }
      case .activation:
        guard first else {
          endSlice()
          return
        }
        first = false
        beginActivations(tokensBefore: tokensLeft)
        endWeights()
      }
    }

    private mutating func endWeights() {
      if activationLeft != 0 && (final || job.activationSlice != 0) {
        segment = .activation
      } else {
        endSlice()
      }
    }

    private mutating func endSlice() {
      segment = .weight
      guard final else { return }
      guard target != 0 else {
        segment = .end
        return
      }
      block += 1
      beginWeights()
      beginActivations(tokensBefore: tokensLeft)
    }
  }
}
