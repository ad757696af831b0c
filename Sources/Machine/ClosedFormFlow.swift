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
    /// The first cycles in which the next chunk and the next block's activations are there.
    private var weightsReady = 0
    private var activationsReady = 0
    /// Activation words of the next block that are left to load.
    private var left = 0
    /// Whether the next activations are the first of their block.
    private var isFresh = true
    private var stallActivation = 0
    private var stallWeight = 0
    /// Whether something happened that depends on where bursts are cut.
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
      bus.read(
        sizes.multiplierBeats + sizes.beats(chunk: 0)
          + sizes.tokens(block: 0) * sizes.kTiles * sizes.activationBeats,
        ready: sizes.latency + 2)
      activationsReady = bus.time + 1
    }

    private mutating func runBlock(_ block: Int) {
      let tokens = sizes.tokens(block: block)
      let isLastBlock = block + 1 == sizes.blocks
      stallActivation += max(0, activationsReady - now)
      now = max(now, activationsReady)
      left = isLastBlock ? 0 : sizes.tokens(block: block + 1) * sizes.kTiles
      isFresh = true
      var history = History(points + History.blocks, capacity: History.tiles)
      let words = sizes.slice * sizes.chunks
      var tiles = sizes.nTiles
      while tiles > 0 && !failed {
        // The last one is different, and so is where the activations end.
        let most = left > 0 && words > 0 ? min(tiles - 1, (left - 1) / words) : tiles - 1
        if most > 0 { tiles -= skip(&history, most: most, countLeft: tiles) }
        runTile(tokens, isLast: tiles == 1, isLastBlock: isLastBlock)
        tiles -= 1
      }
    }

    private mutating func runTile(_ tokens: Int, isLast: Bool, isLastBlock: Bool) {
      let groups = (tokens + sizes.group - 1) / sizes.group
      for chunk in 0..<sizes.chunks {
        let isLastChunk = chunk + 1 == sizes.chunks
        let words = isLastChunk ? sizes.lastWords : sizes.fullWords
        stallWeight += max(0, weightsReady - now)
        now = max(now, weightsReady)
        (endBefore, end) = (end, now + (words * groups - 1) * sizes.interval)
        if isLastChunk { store(tokens, groups, isLast: isLast) }
        now = end + sizes.interval
        let isFinal = isLast && isLastChunk
        loadActivations(isFinal: isFinal)
        if !(isFinal && isLastBlock) { loadWeights(chunk: isLastChunk ? 0 : chunk + 1) }
      }
    }

    /// Hands over the results of an n-tile whose last operand is that of the cycle ``end``.
    private mutating func store(_ tokens: Int, _ groups: Int, isLast: Bool) {
      let beats = isLast ? sizes.lastTileBeats : sizes.tileBeats
      let isAdded = bus.add(
        FlowBus.Runs(
          start: end - (groups - 1) * sizes.period + sizes.resultDelay + 1,
          period: sizes.period, count: groups, beats: sizes.group * beats,
          lastBeats: (tokens - (groups - 1) * sizes.group) * beats))
      if !isAdded { failed = true }
    }

    // MARK: Loads

    /// The first cycle in which the memory may send what waits for the end of the chunk before the
    /// present one.
    private var free: Int { endBefore + 3 + sizes.latency }

    /// Loads what follows the present chunk's weights of the next block's activations.
    private mutating func loadActivations(isFinal: Bool) {
      defer { isFresh = false }
      guard left > 0 && (isFinal || sizes.slice > 0) else { return }
      let words = isFinal ? left : min(sizes.slice, left)
      let beats = words * sizes.activationBeats
      // The half of the first ones is free when the block before this one has ended.
      let ready = isFresh ? free : Int.min / 2
      // Else the next chunk's requests, which follow these, are soon enough made.
      if beats < FlowSizes.leastBeats && ready + FlowSizes.leastBeats > bus.time { failed = true }
      bus.read(beats, ready: ready)
      left -= words
      if left == 0 { activationsReady = bus.time + 1 }
    }

    private mutating func loadWeights(chunk: Int) {
      bus.read(sizes.beats(chunk: chunk), ready: free)
      weightsReady = bus.time + 1
    }

    private mutating func finish(_ job: Descriptor, _ timing: Timing) -> Schedule.Result {
      let response = bus.drain() + sizes.latency + 1
      var tally = Tally()
      tally.stallActivation = stallActivation
      tally.stallWeight = stallWeight
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
    /// Whether activations are loaded, 1, and whether they are the first of their block, 2.
    var loads = 0
  }

  /// A point of the schedule: its state, and what was counted and left there.
  struct Point: BitwiseCopyable {
    var state = State()
    var now = 0
    var stallActivation = 0
    var stallWeight = 0
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
    point.pointee.state.weightsReady = max(0, weightsReady - now)
    point.pointee.state.activationsReady = max(0, activationsReady - now)
    point.pointee.state.time = bus.time - now
    point.pointee.state.credit = bus.credit
    point.pointee.state.end = end - now
    point.pointee.state.first = bus.first
    if bus.first.count > 0 { point.pointee.state.first.start -= now }
    point.pointee.state.second = bus.second
    if bus.second.count > 0 { point.pointee.state.second.start -= now }
    point.pointee.state.loads = left > 0 ? isFresh ? 2 : 1 : 0
    point.pointee.now = now
    point.pointee.stallActivation = stallActivation
    point.pointee.stallWeight = stallWeight
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
    left += times * (left - same.pointee.left)
    now += cycles
    end += cycles
    endBefore += cycles
    weightsReady += cycles
    activationsReady += cycles
    bus.advance(by: cycles)
    return times * rounds
  }
}
