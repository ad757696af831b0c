import Architecture

extension ClosedForm {
  /// The data channels of the bus while reads follow each other without gaps and every result is
  /// stored before the next one comes.
  ///
  /// Reads and writes share the bandwidth, so that only their number decides when the last of them
  /// is through; a read and a write in one cycle are the exception.
  struct FlowBus {
    /// Results that come at equal distances.
    struct Runs: Equatable, BitwiseCopyable {
      /// The cycle in which the first beat of the next one is on the channel.
      var start = 0
      var period = 0
      var count = 0
      /// Beats of a result, and of the last one.
      var beats = 0
      var lastBeats = 0
    }

    private let isShared: Bool
    private let income: Int
    private let beat: Int
    private let mostCredit: Int
    /// Whether bandwidth is saved up between two results of ``Runs``.
    private let refills: Bool
    /// The cycle of the last beat that is settled.
    private(set) var time = -1
    /// Thousandths of a byte that are saved up after it.
    private(set) var credit: Int
    private(set) var first = Runs()
    private(set) var second = Runs()

    init(_ timing: Timing, refills: Bool) {
      isShared = timing.bandwidth != .both
      (income, beat) = (timing.income, timing.beat)
      mostCredit = timing.mostCredit
      credit = timing.firstCredit
      self.refills = refills
    }

    /// Reads `beats` beats, none before the cycle `ready`, and what is stored before they are
    /// through.
    mutating func read(_ beats: Int, ready: Int) {
      guard isShared else {
        time = max(ready, time + 1) + beats - 1
        return
      }
      store(until: ready)
      let start = max(ready, time + 1)
      let saved = min(credit + income * (start - time), mostCredit)
      var total = beats
      var last = start + ticks(total, saved: saved)
      while first.count > 0 && first.start <= last {
        total += take(first.count == 1 ? 1 : (last - first.start) / first.period + 1)
        last = start + ticks(total, saved: saved)
      }
      credit = saved + income * (last - start) - total * beat
      time = last
    }

    /// Adds results that come after all others; `false` where too many wait.
    mutating func add(_ runs: Runs) -> Bool {
      // Where nothing is shared, only the last ones matter.
      if first.count == 0 || !isShared {
        first = runs
      } else {
        guard second.count == 0 else { return false }
        second = runs
      }
      return true
    }

    /// Stores what is left and returns the cycle of its last beat.
    mutating func drain() -> Int {
      guard isShared else {
        return first.start + (first.count - 1) * first.period + first.lastBeats - 1
      }
      while first.count > 0 { store(until: first.start + (first.count - 1) * first.period) }
      return time
    }

    /// Moves everything `cycles` cycles on.
    mutating func advance(by cycles: Int) {
      time += cycles
      first.start += cycles
      second.start += cycles
    }

    /// Stores the results that come before or with a read in the cycle `ready`.
    private mutating func store(until ready: Int) {
      while first.count > 0 && first.start <= max(ready, time + 1) {
        if refills && first.count > 1 && first.start < ready {
          let more = min(first.count, (ready - first.start) / first.period + 1) - 1
          if more > 0 {
            _ = take(more)
            (time, credit) = (first.start - 1, mostCredit)
          }
        }
        let start = first.start
        let saved = min(credit + income * (start - time), mostCredit)
        let beats = take(1)
        let wait = ticks(beats, saved: saved)
        credit = saved + income * wait - beats * beat
        time = start + wait
      }
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

    /// Cycles from the first to the last of `beats` beats.
    private func ticks(_ beats: Int, saved: Int) -> Int {
      if income == beat { return beats - 1 }
      let missing = beats * beat - saved
      return missing <= 0 ? 0 : (missing + income - 1) / income
    }
  }
}
