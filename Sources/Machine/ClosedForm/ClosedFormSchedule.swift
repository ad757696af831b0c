import Architecture

extension ClosedForm {
  /// What a stretch of a schedule adds to the counts.
  struct Tally: BitwiseCopyable {
    var cycles = 0
    var stallActivation = 0
    var stallWeight = 0
    var stallOutput = 0
    var readBursts = 0
    var writeBursts = 0
  }

  /// When the array takes the operands of one job: chunk by chunk, and result by result where a
  /// chunk finishes results.
  ///
  /// Follows `Controller`. Cycle 0 is the one in which the job is set up.
  struct Schedule {
    private let workspace: Workspace
    private var bus: Bus
    private var tally = Tally()
    /// The first cycle in which the array can take the next operand.
    private var now = 1
    /// The cycle in which it took the last one.
    private var lastOperand = 0
    private var chunks = 0
    private var blocks = 0
    /// Where the results of the block's first token go: in the first n-tile, counted from the 4 KiB
    /// boundary before Y, and from there.
    private var blockOffset: Int
    private var tileOffset = 0
    /// Bytes from one n-tile's results, and from one token's, to the next one's.
    private let tileStride: Int
    private let tokenStride: Int
    private let tileBeats: Int
    private let lastTileBeats: Int
    private let skipsRepeats: Bool
    private var tileRepeats: Repeats
    private var blockRepeats: Repeats

    // Inlined, so that it is built in place: copying it is seen in the speed.
    @inline(__always)
    private init(_ workspace: Workspace, skipsRepeats: Bool) {
      self.workspace = workspace
      let (job, timing) = (workspace.job, workspace.timing)
      self.skipsRepeats = skipsRepeats
      tileRepeats = workspace.tileRepeats
      blockRepeats = workspace.blockRepeats
      tileBeats = timing.tileBeats(rows: timing.rows)
      lastTileBeats = timing.tileBeats(rows: job.lastRows)
      // Where no tile can meet a boundary inside, all may as well begin at one.
      let page = min(timing.tileBytes, 4096)
      let isAligned =
        4096 % page == 0 && timing.tileBytes % page == 0
        && (job.yAddress | UInt64(job.yStride)) % UInt64(page) == 0
      blockOffset = isAligned ? 0 : Int(job.yAddress & 4095)
      tileStride = isAligned ? 0 : timing.tileBytes
      tokenStride = isAligned ? 0 : Int(job.yStride)
      bus = Bus(workspace, stride: tokenStride)
    }

    private var job: Descriptor { workspace.job }
    private var timing: Timing { workspace.timing }

    // MARK: The loop nest

    private mutating func run() {
      var tokensLeft = job.tokens
      while tokensLeft > 0 {
        if skipsRepeats { tokensLeft -= skipBlocks() }
        let tokens = min(job.tokenBlock, tokensLeft)
        runBlock(tokens)
        tokensLeft -= tokens
      }
    }

    private mutating func runBlock(_ tokens: Int) {
      let ready = bus.activationsReady(after: blocks)
      tally.stallActivation += max(0, ready - now)
      now = max(now, ready)
      tileOffset = 0
      tileRepeats.forget()
      var nTilesLeft = job.nTiles
      while nTilesLeft > 0 {
        if skipsRepeats { nTilesLeft -= skipTiles(tokens) }
        runTile(tokens, isLast: nTilesLeft == 1)
        nTilesLeft -= 1
        tileOffset += tileStride
      }
      blocks += 1
      bus.requests.endBlock(lastOperand)
      blockOffset += tokens * tokenStride
    }

    private mutating func runTile(_ tokens: Int, isLast: Bool) {
      let groups = (tokens + timing.group - 1) / timing.group
      var kTilesLeft = job.kTiles
      while kTilesLeft > 0 {
        let words = min(kTilesLeft, timing.weightHalfWords)
        let ready = bus.weightsReady(after: chunks)
        tally.stallWeight += max(0, ready - now)
        now = max(now, ready)
        if kTilesLeft == words {
          finishResults(tokens, groups: groups, words: words, isLast: isLast)
        } else {
          lastOperand = now + (words * groups - 1) * timing.interval
        }
        now = lastOperand + timing.interval
        chunks += 1
        bus.requests.endChunk(lastOperand)
        kTilesLeft -= words
      }
    }

    /// A chunk with the last k-tiles of its n-tile.
    private mutating func finishResults(_ tokens: Int, groups: Int, words: Int, isLast: Bool) {
      let period = timing.weightStationary ? timing.interval : words * timing.interval
      var cycle =
        now + (words - 1) * timing.interval * (timing.weightStationary ? groups : 1)
      var result = Bus.Result(
        tokens: timing.group,
        beats: isLast ? lastTileBeats : tileBeats,
        offset: (blockOffset + tileOffset) & 4095)
      let stride = timing.group * tokenStride
      for group in 0..<groups {
        let free = bus.placeFree()
        tally.stallOutput += max(0, free - cycle)
        cycle = max(cycle, free)
        if group == groups - 1 { result.tokens = tokens - group * timing.group }
        result.visible = cycle + timing.resultDelay
        bus.push(result)
        result.offset = (result.offset + stride) & 4095
        lastOperand = cycle
        cycle += period
      }
    }

    // MARK: Repeats

    /// All that was counted so far.
    fileprivate var total: Tally {
      var total = tally
      total.cycles += now
      total.readBursts += bus.requests.bursts
      total.writeBursts += bus.writeBursts
      return total
    }

    /// At the beginning of an n-tile: where the state is that of an earlier one of the block,
    /// counts the stretch between them for as often as it is sure to repeat, and returns its
    /// n-tiles.
    ///
    /// Sure is what comes before the load unit is through with the block's weights, or with the
    /// activations of the next block, and before activations or results meet a 4 KiB boundary.
    private mutating func skipTiles(_ tokens: Int) -> Int {
      guard bus.requests.block == blocks, !bus.requests.final, bus.requests.nTilesLeft > 1 else {
        return 0
      }
      var state = StateWriter(tileRepeats.state, now: now)
      bus.write(to: &state, chunks: chunks, blocks: blocks)
      let mark = Repeats.Mark(
        tally: total, left: bus.requests.nTilesLeft,
        activationLeft: bus.requests.activationLeft, x: bus.requests.x)
      guard let same = tileRepeats.find(words: state.words, mark) else { return 0 }
      let tiles = same.left - mark.left
      let words = same.activationLeft - mark.activationLeft
      var times = (mark.left - 1) / tiles
      if words > 0 {
        times = min(times, (mark.activationLeft - 1) / words)
        if !bus.requests.slicesFitPages {
          times = min(times, Self.repeatsInPage(at: mark.x, step: mark.x - same.x))
        }
      }
      if tileStride != 0 {
        let first = blockOffset + tileOffset
        for token in 0..<tokens where times > 0 {
          times = min(
            times,
            Self.repeatsInPage(at: first + token * tokenStride, step: tiles * tileStride))
        }
      }
      guard times > 0 else { return 0 }
      tally.add(from: same.tally, to: mark.tally, times: times)
      bus.requests.nTilesLeft -= times * tiles
      bus.requests.activationLeft -= times * words
      bus.requests.x += times * (mark.x - same.x)
      tileOffset += times * tiles * tileStride
      return times * tiles
    }

    /// How often what moved by `step` bytes up to `offset` can do so again and be cut by 4 KiB
    /// boundaries in the same way.
    private static func repeatsInPage(at offset: Int, step: Int) -> Int {
      if step & 4095 == 0 { return Int.max }
      let inPage = offset & 4095
      guard inPage == 0 || inPage >= step else { return 0 }
      return (4096 - inPage) / step
    }

    /// The same at the beginning of a token block; returns the tokens. Sure is what comes while the
    /// load unit has whole blocks to load.
    private mutating func skipBlocks() -> Int {
      let requests = bus.requests
      guard requests.target == job.tokenBlock, requests.tokensLeft >= job.tokenBlock else {
        return 0
      }
      var state = StateWriter(blockRepeats.state, now: now)
      bus.write(to: &state, chunks: chunks, blocks: blocks)
      state.put(blockOffset & 4095)
      state.put(requests.slicesFitPages ? 0 : requests.x & 4095)
      state.put(requests.nTilesLeft)
      state.put(requests.activationLeft)
      state.put(requests.block - blocks)
      let mark = Repeats.Mark(tally: total, left: requests.tokensLeft)
      guard let same = blockRepeats.find(words: state.words, mark) else { return 0 }
      let tokens = same.left - mark.left
      let times = mark.left / tokens
      guard times > 0 else { return 0 }
      tally.add(from: same.tally, to: mark.tally, times: times)
      bus.requests.tokensLeft -= times * tokens
      return times * tokens
    }
  }
}

extension ClosedForm.Schedule {
  /// What came of a schedule.
  struct Result {
    let cycles: Int
    let stallDrain: Int
    let tally: ClosedForm.Tally

    /// - Precondition: The hardware accepts `job`.
    init(_ job: Descriptor, on timing: ClosedForm.Timing, skipsRepeats: Bool) {
      if skipsRepeats, let result = ClosedForm.Flow.result(job, timing) {
        self = result
        return
      }
      self = ClosedForm.Workspace.with(job, timing) { workspace in
        var schedule = ClosedForm.Schedule(workspace, skipsRepeats: skipsRepeats)
        schedule.run()
        return schedule.finish()
      }
    }

    init(cycles: Int, stallDrain: Int, tally: ClosedForm.Tally) {
      (self.cycles, self.stallDrain, self.tally) = (cycles, stallDrain, tally)
    }
  }

  private mutating func finish() -> Result {
    let end = bus.drain()
    return Result(
      cycles: tally.cycles + end + 1, stallDrain: end - lastOperand, tally: total)
  }
}
