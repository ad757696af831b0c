extension ClosedForm.FlowSizes {
  /// How the results of an n-tile are stored.
  enum Stores {
    /// Each before the next one comes.
    case spaced
    /// Without a gap: the next one is there when the one before is stored, even where it waited for
    /// its place in the queue.
    case packed
  }

  /// What decides how results are stored.
  struct StoreSizes {
    /// Cycles by which conditions are stricter than they need to be.
    private static let margin = 4

    private let timing: ClosedForm.Timing
    /// The bandwidth of stores: beats cost `beat` of what `income` comes in a cycle.
    private let beat: Int
    private let income: Int
    /// Cycles from one result of an n-tile to the next, and of one that has a single result.
    private let period: Int
    private let singlePeriod: Int
    /// Tokens of a result.
    private let group: Int

    init(_ timing: ClosedForm.Timing, period: Int, singlePeriod: Int, group: Int) {
      self.timing = timing
      (self.period, self.singlePeriod, self.group) = (period, singlePeriod, group)
      (beat, income) = timing.bandwidth == .less ? (timing.beat, timing.income) : (1, 1)
    }

    /// The stores of n-tiles with one result, of `beats` beats a token.
    func single(beats: Int) -> Stores? {
      if requestsComeLater { return .packed }
      return isSpaced(beats: group * beats, by: singlePeriod) ? .spaced : nil
    }

    /// The stores of n-tiles with several results, of `beats` beats a token.
    func several(beats: Int) -> Stores? {
      let beats = group * beats
      // As early as the first result can be stored, the second one is there. From then on stores
      // take no less time than results. One that waited for its place is seen after a while, in
      // which those that fill the other places are stored. A place is free when the last beat is on
      // the channel; a first one that is the only one may be there at once.
      let others = (timing.outputQueueDepth - 1) * beats
      let isPacked =
        requestsComeLater && period <= 1 + (beats - 1) * beat / income
        && (beats == 1
          ? others * beat / income >= timing.resultDelay
          : (others + 1) * beat / income > timing.resultDelay)
        && others > 0
      if isPacked { return .packed }
      return isSpaced(beats: beats, by: period) ? .spaced : nil
    }

    /// Whether bandwidth is saved up between two results.
    func refills(beats: Int) -> Bool {
      (period - ticks(group * beats) - 1) * timing.income >= timing.mostCredit
    }

    /// Whether a burst never waits for a response, in n-tiles of so many beats and bursts a token and
    /// in the last one.
    func answersInTime(
      _ all: (beats: Int, cuts: Int), last: (beats: Int, cuts: Int), isSingle: Bool
    ) -> Bool {
      if all == last {
        return answersInTime(beats: all.beats, cuts: all.cuts)
          || answersInTime(spaced: all.beats, isSingle: isSingle, cuts: all.cuts)
      }
      // Those that are stored meanwhile are of one kind, of the other, or of both.
      let share = min(time(of: all, isSingle: isSingle), time(of: last, isSingle: isSingle))
      let bursts = ClosedForm.Bus.maxPending - all.cuts - last.cuts
      return bursts * share > (timing.latency + 1 + Self.margin) << Self.fraction
    }

    /// The same where all are stored without a gap: as many rows of `beats` beats, each cut into
    /// `cuts` bursts, as there may be without a response, take longer.
    func answersInTime(beats: Int, cuts: Int) -> Bool {
      (ClosedForm.Bus.maxPending - cuts) / cuts * beats * beat / income > timing.latency
    }

    /// The same where every result is stored as it comes.
    private func answersInTime(spaced beats: Int, isSingle: Bool, cuts: Int) -> Bool {
      let period = isSingle ? singlePeriod : period
      return isSpaced(beats: group * beats, by: period)
        && ClosedForm.Bus.maxPending / (group * cuts) * period
          >= timing.latency + ticks(group * beats) + 1 + Self.margin
    }

    /// Binary digits after the point of ``time(of:isSingle:)``.
    private static let fraction = 8

    /// The least time from burst to burst, in parts of a cycle.
    private func time(of row: (beats: Int, cuts: Int), isSingle: Bool) -> Int {
      let period = isSingle ? singlePeriod : period
      let packed = (row.beats * beat << Self.fraction) / (income * row.cuts)
      // Of several tokens those of a result follow each other.
      guard group == 1, isSpaced(beats: row.beats, by: period) else { return packed }
      return max(packed, (period << Self.fraction) / row.cuts)
    }

    /// Whether what a chunk requests when it has ended is read later than its results begin to be
    /// stored.
    private var requestsComeLater: Bool { timing.latency + 2 >= timing.resultDelay }

    private func isSpaced(beats: Int, by period: Int) -> Bool {
      let store = ticks(beats)
      return period >= store && timing.outputQueueDepth * period >= timing.resultDelay + store
    }

    /// The most cycles in which `beats` beats are stored.
    private func ticks(_ beats: Int) -> Int { (beats * beat + income - 1) / income }
  }
}
