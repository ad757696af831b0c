import Architecture

extension ClosedForm {
  /// The data channels of the bus while reads follow each other without gaps of their own.
  ///
  /// Reads and writes share the bandwidth, and writes come first, so that only their number decides
  /// when the last of them is through. Reads are opened in the order in which they are requested,
  /// and settled as far as somebody waits for something.
  struct FlowBus {
    /// Results that come at equal distances, each stored before the next one comes.
    struct Runs: Equatable, BitwiseCopyable {
      /// The cycle in which the first beat of the next one is on the channel.
      var start = 0
      var period = 0
      var count = 0
      /// Beats of a result, and of the last one.
      var beats = 0
      var lastBeats = 0
    }

    /// What is read without a gap.
    struct Read: BitwiseCopyable {
      /// Beats that are left.
      var beats = 0
      /// The first cycle in which the memory may send one.
      var ready = 0
      /// Whether a token block's activations are complete with it.
      var completes = false
    }

    /// Results that are stored without a gap between them.
    struct Pack: BitwiseCopyable {
      /// The cycle of the first beat.
      var start = Int.min / 2
      /// Thousandths of a byte that were saved up then.
      var saved = 0
    }

    /// What reads and writes cost.
    private struct Rate: BitwiseCopyable {
      let isShared: Bool
      /// A beat a cycle is what there is, and none is saved up beside it.
      let isWhole: Bool
      let income: Int
      let beat: Int
      let mostCredit: Int

      /// What is saved up `cycles` cycles after `credit` was.
      @inline(__always)
      func saved(_ credit: Int, after cycles: Int) -> Int {
        min(credit + income * cycles, mostCredit)
      }

      /// Cycles from the first to the last of `beats` beats.
      // Inlined: else the whole bus is copied for a look at it.
      @inline(__always)
      func ticks(_ beats: Int, saved: Int) -> Int {
        if isWhole { return beats - 1 }
        let missing = beats * beat - saved
        return missing <= 0 ? 0 : (missing + income - 1) / income
      }

      /// The beats of `cycles` cycles.
      @inline(__always)
      func beats(in cycles: Int, saved: Int) -> Int {
        isWhole ? cycles : (saved + income * (cycles - 1)) / beat
      }
    }

    private let rate: Rate
    /// Whether bandwidth is saved up between two results of ``Runs``.
    private let refills: Bool
    /// The cycle of the last beat that is settled; where nothing is shared, of the last read.
    private(set) var time = -1
    /// Thousandths of a byte that are saved up after it.
    private(set) var credit: Int
    private(set) var first = Runs()
    private(set) var second = Runs()

    // Reads that are open, in this order.
    private(set) var slice = Read()
    private(set) var weights = Read()
    private(set) var nextSlice = Read()
    /// The cycles in which the weights, and the last complete activations, were there.
    private(set) var weightsEnd = 0
    private(set) var activationsEnd = 0

    /// The results that were packed last, and the cycle of their last beat.
    private(set) var pack = Pack()
    private(set) var packEnd = Int.min / 2

    init(_ timing: Timing, refills: Bool) {
      rate = Rate(
        isShared: timing.bandwidth != .both, isWhole: timing.income == timing.beat,
        income: timing.income, beat: timing.beat, mostCredit: timing.mostCredit)
      credit = rate.isWhole ? 0 : timing.firstCredit
      self.refills = refills
    }

    // MARK: Reads

    /// Opens what follows the present chunk's weights of the next block's activations.
    mutating func openSlice(_ read: Read) { slice = read }

    mutating func openWeights(_ beats: Int, ready: Int) {
      weights = Read(beats: beats, ready: ready)
    }

    /// Opens what follows the next chunk's weights.
    mutating func openNextSlice(_ read: Read) { nextSlice = read }

    /// Reads up to the end of the weights that are open.
    mutating func finishWeights() {
      if slice.beats > 0 {
        read(slice)
        endSlice()
      }
      if weights.beats > 0 {
        read(weights)
        endWeights()
      }
      slice = nextSlice
      nextSlice.beats = 0
    }

    /// Reads `beats` beats at the beginning, before there is anything else.
    mutating func begin(_ beats: Int, ready: Int) {
      read(Read(beats: beats, ready: ready))
      activationsEnd = time
    }

    private mutating func endSlice() {
      slice.beats = 0
      if slice.completes { activationsEnd = time }
    }

    private mutating func endWeights() {
      weights.beats = 0
      weightsEnd = time
    }

    /// Reads to the end, and stores what comes before.
    private mutating func read(_ read: Read) {
      guard rate.isShared else {
        time = max(read.ready, time + 1) + read.beats - 1
        return
      }
      if first.count > 0 { store(until: read.ready) }
      let start = max(read.ready, time + 1)
      let saved = rate.saved(credit, after: start - time)
      var total = read.beats
      var last = start + rate.ticks(total, saved: saved)
      while first.count > 0 && first.start <= last {
        total += take(first.count == 1 ? 1 : (last - first.start) / first.period + 1)
        last = start + rate.ticks(total, saved: saved)
      }
      settle(total, from: start, saved: saved, to: last)
    }

    /// Reads what comes before the cycle `end`.
    private mutating func read(before end: Int) {
      if slice.beats > 0 {
        slice.beats = left(slice, before: end)
        guard slice.beats == 0 else { return }
        endSlice()
      }
      if weights.beats > 0 {
        weights.beats = left(weights, before: end)
        guard weights.beats == 0 else { return }
        endWeights()
      }
      if nextSlice.beats > 0 {
        nextSlice.beats = left(nextSlice, before: end)
        if nextSlice.beats == 0 && nextSlice.completes { activationsEnd = time }
      }
    }

    /// Reads what of `read` comes before the cycle `end`, and returns the beats that are left.
    private mutating func left(_ read: Read, before end: Int) -> Int {
      let start = max(read.ready, time + 1)
      guard start < end else { return read.beats }
      let saved = rate.saved(credit, after: start - time)
      let last = start + rate.ticks(read.beats, saved: saved)
      if last < end {
        settle(read.beats, from: start, saved: saved, to: last)
        return 0
      }
      let beats = rate.beats(in: end - start, saved: saved)
      settle(beats, from: start, saved: saved, to: end - 1)
      return read.beats - beats
    }

    // MARK: Stores

    /// Adds results that come after all others; `false` where too many wait.
    mutating func add(_ runs: Runs) -> Bool {
      guard rate.isShared else {
        packEnd = runs.start + (runs.count - 1) * runs.period + runs.lastBeats - 1
        return true
      }
      if first.count == 0 {
        first = runs
      } else {
        guard second.count == 0 else { return false }
        second = runs
      }
      return true
    }

    /// Stores everything that was added, and then `beats` beats that may begin in the cycle `start`,
    /// and reads what comes before.
    mutating func pack(_ beats: Int, start: Int) {
      guard rate.isShared else {
        pack.start = max(start, packEnd + 1)
        packEnd = pack.start + beats - 1
        return
      }
      while first.count > 0 {
        let start = max(first.start, time + 1)
        read(before: start)
        store(take(1), from: start)
      }
      let start = max(start, time + 1)
      read(before: start)
      pack.start = start
      pack.saved = rate.saved(credit, after: start - time)
      store(beats, from: start)
      packEnd = time
    }

    /// Stores `beats` beats more, which are there already.
    ///
    /// - Precondition: Nothing came after those that were packed last.
    mutating func packMore(_ beats: Int) {
      if rate.isShared {
        store(beats, from: time + 1)
        packEnd = time
      } else {
        packEnd += beats
      }
    }

    /// The first cycle in which the place of a result is free that ends with the beat number
    /// `beats` of those that were packed last.
    func placeFree(after beats: Int) -> Int {
      // A place is free when the last beat is on the channel.
      if !rate.isShared || beats == 1 { return pack.start + beats - 1 }
      return pack.start + rate.ticks(beats - 1, saved: pack.saved) + 1
    }

    /// Stores what is left and returns the cycle of its last beat.
    mutating func drain() -> Int {
      guard rate.isShared else { return packEnd }
      guard first.count > 0 else { return packEnd }
      while first.count > 0 { store(until: first.start + (first.count - 1) * first.period) }
      return time
    }

    /// Moves everything `cycles` cycles on.
    mutating func advance(by cycles: Int) {
      time += cycles
      first.start += cycles
      second.start += cycles
      slice.ready += cycles
      weightsEnd += cycles
      activationsEnd += cycles
      pack.start += cycles
      packEnd += cycles
    }

    /// Stores the results that come before or with a read in the cycle `ready`.
    private mutating func store(until ready: Int) {
      while first.count > 0 && first.start <= max(ready, time + 1) {
        if refills && first.count > 1 && first.start < ready {
          let more = min(first.count, (ready - first.start) / first.period + 1) - 1
          if more > 0 {
            _ = take(more)
            (time, credit) = (first.start - 1, rate.isWhole ? 0 : rate.mostCredit)
          }
        }
        let start = max(first.start, time + 1)
        store(take(1), from: start)
      }
    }

    private mutating func store(_ beats: Int, from start: Int) {
      let saved = rate.saved(credit, after: start - time)
      settle(beats, from: start, saved: saved, to: start + rate.ticks(beats, saved: saved))
    }

    /// Removes the next `count` results, or all of the first runs, and returns their beats.
    private mutating func take(_ count: Int) -> Int {
      guard count >= first.count else {
        first.count -= count
        first.start += count * first.period
        return count * first.beats
      }
      let beats = (first.count - 1) * first.beats + first.lastBeats
      first = second
      second = Runs()
      return beats
    }

    // MARK: Bandwidth

    /// Notes `beats` beats of the cycles from `start` on as settled.
    private mutating func settle(_ beats: Int, from start: Int, saved: Int, to last: Int) {
      if !rate.isWhole { credit = saved + rate.income * (last - start) - beats * rate.beat }
      time = last
    }
  }
}
