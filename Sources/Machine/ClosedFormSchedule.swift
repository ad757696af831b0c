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

  /// When the array takes the operands of one job: chunk by chunk, and result by result where a chunk
  /// finishes results.
  ///
  /// Follows `Controller`. Cycle 0 is the one in which the job is set up.
  struct Schedule {
    private let job: Descriptor
    private let timing: Timing
    private var bus: Bus
    private var tally = Tally()
    /// The first cycle in which the array can take the next operand.
    private var now = 1
    /// The cycle in which it took the last one.
    private var lastOperand = 0
    private var chunks = 0
    private var blocks = 0
    /// Where the results of the block's first token go, within 4 KiB: in the first n-tile, and from there.
    private var blockOffset: Int
    private var tileOffset = 0

    private init(_ job: Descriptor, on timing: Timing, _ workspace: Workspace) {
      self.job = job
      self.timing = timing
      bus = Bus(job, on: timing, workspace)
      blockOffset = Int(job.yAddress & 4095)
    }

    // MARK: The loop nest

    private mutating func run() {
      var tokensLeft = job.tokens
      while tokensLeft > 0 {
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
      var nTilesLeft = job.nTiles
      while nTilesLeft > 0 {
        runTile(tokens, isLast: nTilesLeft == 1)
        nTilesLeft -= 1
        tileOffset = (tileOffset + timing.tileBytes) & 4095
      }
      blocks += 1
      bus.requests.endBlock(lastOperand)
      blockOffset = (blockOffset + tokens * (Int(job.yStride) & 4095)) & 4095
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
        beats: timing.tileBeats(rows: isLast ? job.lastRows : timing.rows),
        offset: (blockOffset + tileOffset) & 4095)
      let stride = timing.group * Int(job.yStride) & 4095
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
      self = ClosedForm.Workspace.with(timing) { workspace in
        var schedule = ClosedForm.Schedule(job, on: timing, workspace)
        schedule.run()
        return schedule.finish()
      }
    }

    fileprivate init(cycles: Int, stallDrain: Int, tally: ClosedForm.Tally) {
      (self.cycles, self.stallDrain, self.tally) = (cycles, stallDrain, tally)
    }
  }

  private mutating func finish() -> Result {
    let end = bus.drain()
    var total = tally
    total.readBursts += bus.requests.bursts
    total.writeBursts += bus.writeBursts
    return Result(
      cycles: total.cycles + end + 1, stallDrain: end - lastOperand, tally: total)
  }
}

extension ClosedForm {
  /// The memory of one schedule.
  struct Workspace {
    let ends: UnsafeMutablePointer<Int>
    let places: UnsafeMutablePointer<Int>
    let responses: UnsafeMutablePointer<Int>
    let results: UnsafeMutablePointer<Bus.Result>

    static func with<Value>(_ timing: Timing, _ body: (Workspace) -> Value) -> Value {
      let words = timing.outstandingReads + timing.outputQueueDepth + Bus.maxPending
      return withUnsafeTemporaryAllocation(of: Int.self, capacity: words) { numbers in
        withUnsafeTemporaryAllocation(of: Bus.Result.self, capacity: timing.outputQueueDepth) {
          results in
          let ends = numbers.baseAddress!
          let places = ends + timing.outstandingReads
          numbers.initialize(repeating: 0)
          results.initialize(repeating: Bus.Result())
          return body(
            Workspace(
              ends: ends, places: places, responses: places + timing.outputQueueDepth,
              results: results.baseAddress!))
        }
      }
    }
  }
}
