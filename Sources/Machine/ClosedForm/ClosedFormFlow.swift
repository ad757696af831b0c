import Architecture

extension ClosedForm {
  /// The schedule of a job whose bursts follow each other without gaps of their own and whose
  /// results are stored as they come: chunk by chunk, wherever 4 KiB boundaries cut them.
  ///
  /// Follows the same hardware as ``Schedule``, and agrees with it in every cycle. ``FlowSizes``
  /// says which jobs are of that kind.
  struct Flow {
    private let sizes: FlowSizes
    private let points: UnsafeMutablePointer<Point>
    private var bus: FlowBus
    /// The first cycle in which the array can take the next operand.
    private var now = 1
    /// The cycles of the last operands of the last chunk and of the one before.
    private var end = Int.min / 2
    private var endBefore = Int.min / 2
    /// Activation words of the next block that are left to load.
    private var left = 0
    /// Whether the next activations are the first of their block.
    private var isFresh = true
    private var stallActivation = 0
    private var stallWeight = 0
    private var stallOutput = 0
    /// The cycles of the last beat of the results that were packed last and before that, long ago
    /// where others came in between.
    private var storedEnd = Int.min / 2
    private var storedBefore = Int.min / 2
    /// Of the results that were stored last the groups, the beats of each, or 0 where they differ,
    /// and whether it is known when their places were free.
    private var storedGroups = 0
    private var storedBeats = 0
    private var storedPlaces = false
    /// Whether something happened that this schedule does not follow.
    private var failed = false

    /// What comes of `job`, or `nil` where it does not flow.
    static func result(_ job: Descriptor, _ timing: Timing) -> Schedule.Result? {
      guard let sizes = FlowSizes(job, timing) else { return nil }
      return withUnsafeTemporaryAllocation(
        of: Point.self, capacity: History.blocks + History.tiles
      ) { points in
        var flow = Flow(timing, sizes, points.baseAddress!)
        flow.run()
        return flow.failed ? nil : flow.finish(job, timing)
      }
    }

    // Inlined, so that it is built in place: copying it is seen in the speed.
    @inline(__always)
    private init(
      _ timing: Timing, _ sizes: FlowSizes, _ points: UnsafeMutablePointer<Point>
    ) {
      (self.sizes, self.points) = (sizes, points)
      bus = FlowBus(timing, refills: sizes.refills)
    }

    // MARK: The loop nest

    private mutating func run() {
      begin()
      var history = History(points, capacity: History.blocks)
      var block = 0
      while block < sizes.blocks && !failed {
        // Only between full blocks, while a full one follows.
        let most = sizes.fullBlocks - 1 - block
        if most > 0 { block += skip(&history, most: most, countLeft: sizes.blocks - block) }
        runBlock(block)
        block += 1
      }
    }

    /// Loads the multipliers, the first chunk and the first block's activations.
    private mutating func begin() {
      bus.begin(
        sizes.multiplierBeats + sizes.beats(chunk: 0)
          + sizes.tokens(block: 0) * sizes.kTiles * sizes.activationBeats,
        ready: sizes.latency + 2)
    }

    private mutating func runBlock(_ block: Int) {
      let tokens = sizes.tokens(block: block)
      let isLastBlock = block + 1 == sizes.blocks
      stallActivation += max(0, bus.activationsEnd + 1 - now)
      now = max(now, bus.activationsEnd + 1)
      left = isLastBlock ? 0 : sizes.tokens(block: block + 1) * sizes.kTiles
      isFresh = true
      var history = History(points + History.blocks, capacity: History.tiles)
      let words = sizes.slice * sizes.chunks
      var tiles = sizes.nTiles
      while tiles > 0 && !failed {
        // The last one is different, and so is where the activations end, which are opened a chunk
        // ahead.
        var most = tiles - 1
        if left > 0 { most = min(tiles - 2, words > 0 ? (left - 1) / words : most) }
        if most > 0 { tiles -= skip(&history, most: most, countLeft: tiles) }
        runTile(tokens, isLast: tiles == 1, isBeforeLast: tiles == 2, isLastBlock: isLastBlock)
        tiles -= 1
      }
    }

    private mutating func runTile(
      _ tokens: Int, isLast: Bool, isBeforeLast: Bool, isLastBlock: Bool
    ) {
      let groups = (tokens + sizes.group - 1) / sizes.group
      for chunk in 0..<sizes.chunks {
        let isLastChunk = chunk + 1 == sizes.chunks
        let words = isLastChunk ? sizes.lastWords : sizes.fullWords
        stallWeight += max(0, bus.weightsEnd + 1 - now)
        now = max(now, bus.weightsEnd + 1)
        (endBefore, end) = (end, now + (words * groups - 1) * sizes.interval)
        let isFinal = isLast && isLastChunk
        if isFresh { openFirstSlice(isFinal: isFinal) }
        if !(isFinal && isLastBlock) {
          bus.openWeights(sizes.beats(chunk: isLastChunk ? 0 : chunk + 1), ready: free)
        }
        if !isFinal {
          let isNextFinal =
            isLastChunk ? isBeforeLast && sizes.chunks == 1 : isLast && chunk + 2 == sizes.chunks
          bus.openNextSlice(nextSlice(isFinal: isNextFinal, ready: Int.min / 2))
        }
        if isLastChunk { store(tokens, groups, isLast: isLast) }
        now = end + sizes.interval
        bus.finishWeights()
      }
    }

    // MARK: Loads

    /// The first cycle in which the memory may send what waits for the end of the chunk before the
    /// present one.
    private var free: Int { endBefore + 3 + sizes.latency }

    /// The next block's activations that follow a chunk's weights.
    private mutating func nextSlice(isFinal: Bool, ready: Int) -> FlowBus.Read {
      guard left > 0 && (isFinal || sizes.slice > 0) else { return FlowBus.Read() }
      let words = isFinal ? left : min(sizes.slice, left)
      left -= words
      return FlowBus.Read(
        beats: words * sizes.activationBeats, ready: ready, completes: left == 0)
    }

    /// Opens the first ones of a block, whose half is free when the block before this one has
    /// ended.
    private mutating func openFirstSlice(isFinal: Bool) {
      isFresh = false
      let slice = nextSlice(isFinal: isFinal, ready: free)
      guard slice.beats > 0 else { return }
      // Else the next chunk's requests, which follow these, are soon enough made.
      if slice.beats < FlowSizes.leastBeats && slice.ready + FlowSizes.leastBeats > bus.time {
        failed = true
      }
      bus.openSlice(slice)
    }

    // MARK: Stores

    /// Hands over the results of an n-tile whose last operand would be that of the cycle ``end`` if
    /// they all had places.
    private mutating func store(_ tokens: Int, _ groups: Int, isLast: Bool) {
      let beats = isLast ? sizes.lastTileBeats : sizes.tileBeats
      let groupBeats = sizes.group * beats
      let lastBeats = (tokens - (groups - 1) * sizes.group) * beats
      let first = end - (groups - 1) * sizes.period
      let stores = groups == 1 ? sizes.singleStores : isLast ? sizes.lastStores : sizes.stores
      let isLate = storedEnd > first
      let isAlike = storedBeats == groupBeats && storedGroups >= sizes.queueDepth
      switch stores {
      case .packed:
        bus.pack((groups - 1) * groupBeats + lastBeats, start: first + sizes.resultDelay + 1)
        if groups > sizes.queueDepth {
          if isLate && !isAlike { failed = true }
          waitForPlace(until: bus.placeFree(after: (groups - sizes.queueDepth) * groupBeats))
        } else if isLate {
          // There are places for all that may still be stored.
          if storedGroups + groups > sizes.queueDepth || storedBefore > first { failed = true }
        }
        (storedBefore, storedEnd) = (storedEnd, bus.packEnd)
      case .spaced:
        var run = FlowBus.Runs(
          start: first + sizes.resultDelay + 1, period: sizes.period, count: groups,
          beats: groupBeats, lastBeats: lastBeats)
        if isLate { packLate(&run) }
        if run.count > 0 && !bus.add(run) { failed = true }
        (storedBefore, storedEnd) = (storedEnd, run.count == 0 ? bus.packEnd : Int.min / 2)
      }
      storedGroups = groups
      storedBeats = lastBeats == groupBeats ? groupBeats : 0
      storedPlaces = stores == .packed && storedBeats > 0
    }

    private mutating func waitForPlace(until cycle: Int) {
      guard cycle > end else { return }
      stallOutput += cycle - end
      end = cycle
    }

    /// Packs those of `run` that are there while earlier results are still stored: their places are
    /// free late.
    private mutating func packLate(_ run: inout FlowBus.Runs) {
      // Where places become free is known of what was packed last.
      let depth = sizes.queueDepth
      guard sizes.packsLate, storedPlaces, storedGroups >= depth, run.count >= depth else {
        failed = true
        return
      }
      let before = (storedGroups - depth) * storedBeats
      let first = run.start
      var delay = 0
      func late(_ index: Int) -> Int {
        bus.placeFree(after: before + (index + 1) * storedBeats) + sizes.resultDelay + 1
          - (first + index * sizes.period)
      }
      var index = 0
      while run.count > 0 {
        if index < depth { delay = max(delay, late(index)) }
        guard first + index * sizes.period + delay <= bus.packEnd + 1 else { break }
        bus.packMore(run.count == 1 ? run.lastBeats : run.beats)
        run.count -= 1
        index += 1
      }
      run.start = first + index * sizes.period + delay
      if run.count > 0 && late(depth - 1) > delay { failed = true }
      waitForPlace(until: end + delay)
    }

    private mutating func finish(_ job: Descriptor, _ timing: Timing) -> Schedule.Result {
      let response = bus.drain() + sizes.latency + 1
      var tally = Tally()
      tally.stallActivation = stallActivation
      tally.stallWeight = stallWeight
      tally.stallOutput = stallOutput
      tally.readBursts = sizes.readBursts(of: job, timing)
      tally.writeBursts = sizes.writeBursts(of: job, timing)
      return Schedule.Result(
        cycles: response + 1, stallDrain: response - end, tally: tally)
    }
  }
}

// MARK: - Repeats

extension ClosedForm.Flow {
  /// All that the future depends on but what runs out, in cycles after the array's.
  struct State: Equatable, BitwiseCopyable {
    var weightsReady = 0
    var activationsReady = 0
    var time = 0
    var credit = 0
    var end = 0
    var first = ClosedForm.FlowBus.Runs()
    var second = ClosedForm.FlowBus.Runs()
    /// Beats of activations that are left of what was opened.
    var slice = 0
    /// Whether activations are loaded, 1, and whether they are the first of their block, 2.
    var loads = 0
    /// 0 where the results before are stored.
    var storedEnd = 0
    var storedBefore = 0
    var packStart = 0
    var packSaved = 0
  }

  /// A point of the schedule: its state, and what was counted and left there.
  struct Point: BitwiseCopyable {
    var state = State()
    var now = 0
    var stallActivation = 0
    var stallWeight = 0
    var stallOutput = 0
    var left = 0
    var countLeft = 0
  }

  /// The latest points at which a loop began again.
  struct History {
    /// Points of each loop.
    static let blocks = 8
    static let tiles = 24

    private let points: UnsafeMutablePointer<Point>
    private let capacity: Int
    private var count = 0

    init(_ points: UnsafeMutablePointer<Point>, capacity: Int) {
      (self.points, self.capacity) = (points, capacity)
    }

    /// Where the next point is to be written.
    var next: UnsafeMutablePointer<Point> { points + count % capacity }

    /// The last point with the same state as the one that was written, which is remembered.
    mutating func find() -> UnsafeMutablePointer<Point>? {
      let point = next
      var slot = count % capacity
      for _ in 0..<min(count, capacity - 1) {
        slot = slot == 0 ? capacity - 1 : slot - 1
        if points[slot].state == point.pointee.state { return points + slot }
      }
      count += 1
      return nil
    }
  }

  private func write(to point: UnsafeMutablePointer<Point>, countLeft: Int) {
    // Field by field: copying a point is seen in the speed.
    point.pointee.state.weightsReady = max(0, bus.weightsEnd + 1 - now)
    point.pointee.state.activationsReady = max(0, bus.activationsEnd + 1 - now)
    point.pointee.state.time = bus.time - now
    point.pointee.state.credit = bus.credit
    point.pointee.state.end = end - now
    point.pointee.state.first = bus.first
    if bus.first.count > 0 { point.pointee.state.first.start -= now }
    point.pointee.state.second = bus.second
    if bus.second.count > 0 { point.pointee.state.second.start -= now }
    point.pointee.state.slice = bus.slice.beats
    point.pointee.state.loads = left > 0 ? isFresh ? 2 : 1 : 0
    point.pointee.state.storedEnd = max(0, storedEnd - now)
    point.pointee.state.storedBefore = max(0, storedBefore - now)
    point.pointee.state.packStart = storedEnd > now ? bus.pack.start - now : 0
    point.pointee.state.packSaved = storedEnd > now ? bus.pack.saved : 0
    point.pointee.now = now
    point.pointee.stallActivation = stallActivation
    point.pointee.stallWeight = stallWeight
    point.pointee.stallOutput = stallOutput
    point.pointee.left = left
    point.pointee.countLeft = countLeft
  }

  /// Where the state is that of an earlier point, counts the stretch between them as often as it
  /// fits into `most` rounds of the loop, and returns the rounds.
  private mutating func skip(_ history: inout History, most: Int, countLeft: Int) -> Int {
    write(to: history.next, countLeft: countLeft)
    guard let same = history.find() else { return 0 }
    let rounds = same.pointee.countLeft - countLeft
    let times = most / rounds
    guard times > 0 else { return 0 }
    let cycles = times * (now - same.pointee.now)
    stallActivation += times * (stallActivation - same.pointee.stallActivation)
    stallWeight += times * (stallWeight - same.pointee.stallWeight)
    stallOutput += times * (stallOutput - same.pointee.stallOutput)
    left += times * (left - same.pointee.left)
    now += cycles
    end += cycles
    endBefore += cycles
    storedEnd += cycles
    storedBefore += cycles
    bus.advance(by: cycles)
    return times * rounds
  }
}
