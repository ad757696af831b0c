import Architecture

extension ClosedForm {
  /// The sizes of a job that flows: see ``Flow``.
  struct FlowSizes {
    /// The fewest beats of a chunk: its requests are made faster than its beats are read, however
    /// it is cut.
    static let leastBeats = 8
    /// Cycles by which conditions are stricter than they need to be.
    private static let margin = 4

    // What the schedule needs of job and architecture.
    let nTiles: Int
    let kTiles: Int
    let slice: Int
    let multiplierBeats: Int
    let activationBeats: Int
    let group: Int
    let interval: Int
    let fullWords: Int
    let latency: Int
    let resultDelay: Int

    /// Token blocks, and those of them that are full.
    let blocks: Int
    let fullBlocks: Int
    private let blockTokens: Int
    private let lastTokens: Int
    /// Chunks of an n-tile, and the k-tiles of its last one.
    let chunks: Int
    let lastWords: Int
    private let chunkBeats: Int
    private let lastChunkBeats: Int
    /// Beats of a token's results in an n-tile, and in the last one.
    let tileBeats: Int
    let lastTileBeats: Int
    /// Cycles from one result of an n-tile to the next.
    let period: Int
    /// Whether bandwidth is saved up between two results.
    let refills: Bool
    /// Whether no result is cut by a 4 KiB boundary that others are not cut by.
    let resultsFitPages: Bool
    let queueDepth: Int
    /// How the results of an n-tile are stored, of the last one, and of one group of tokens.
    let stores: Stores
    let lastStores: Stores
    let singleStores: Stores
    /// Whether responses are in time where results of the last n-tile wait for those before.
    let packsLate: Bool

    func tokens(block: Int) -> Int { block + 1 == blocks ? lastTokens : blockTokens }

    func beats(chunk: Int) -> Int { chunk + 1 == chunks ? lastChunkBeats : chunkBeats }

    /// `nil` where the job may not flow.
    init?(_ job: Descriptor, _ timing: Timing) {
      // Elsewhere a read beside a write is a matter of what was saved up.
      guard timing.bandwidth != .one || timing.income == timing.beat else { return nil }
      (nTiles, kTiles, slice) = (job.nTiles, job.kTiles, job.activationSlice)
      multiplierBeats = job.rowMultipliers ? nTiles * timing.multiplierBeats : 0
      (activationBeats, group, interval) = (timing.activationBeats, timing.group, timing.interval)
      (fullWords, latency) = (timing.weightHalfWords, timing.latency)
      resultDelay = timing.resultDelay
      blockTokens = min(job.tokens, job.tokenBlock)
      blocks = ceilDivide(job.tokens, job.tokenBlock)
      lastTokens = job.tokens - (blocks - 1) * blockTokens
      fullBlocks = lastTokens == job.tokenBlock ? blocks : blocks - 1
      chunks = ceilDivide(job.kTiles, timing.weightHalfWords)
      lastWords = job.kTiles - (chunks - 1) * timing.weightHalfWords
      chunkBeats = timing.weightHalfWords * timing.weightBeats
      lastChunkBeats = lastWords * timing.weightBeats
      tileBeats = timing.tileBeats(rows: timing.rows)
      lastTileBeats = timing.tileBeats(rows: job.lastRows)
      period = timing.weightStationary ? timing.interval : lastWords * timing.interval
      let page = min(timing.tileBytes, 4096)
      let fitPages =
        4096 % page == 0 && timing.tileBytes % page == 0
        && (job.yAddress | UInt64(job.yStride)) % UInt64(page) == 0
      resultsFitPages = fitPages

      let ways = StoreSizes(
        timing, period: period, singlePeriod: kTiles * timing.interval,
        group: min(timing.group, blockTokens))
      queueDepth = timing.outputQueueDepth
      refills = ways.refills(beats: max(tileBeats, lastTileBeats))
      let isSingle = blockTokens <= timing.group
      let single = ways.single(beats: tileBeats)
      guard let single,
        let stores = isSingle ? single : ways.several(beats: tileBeats),
        let lastStores = isSingle ? single : ways.several(beats: lastTileBeats)
      else { return nil }
      (singleStores, self.stores, self.lastStores) = (single, stores, lastStores)
      let place = Int(job.yAddress & 4095) | Int(job.yStride) | timing.tileBytes | 4096
      /// The most bursts of a token's results in an n-tile.
      func cuts(_ beats: Int) -> Int {
        fitPages || beats * timing.busBytes <= place.lowestBit
          ? ceilDivide(beats, timing.pageBeats) : timing.mostBursts(beats: beats)
      }
      let (rows, lastRows) = ((tileBeats, cuts(tileBeats)), (lastTileBeats, cuts(lastTileBeats)))
      packsLate = ways.answersInTime(beats: lastRows.0, cuts: lastRows.1)
      guard ways.answersInTime(rows, last: lastRows, isSingle: isSingle), keepsReading(job, timing)
      else { return nil }
    }

    // MARK: Reading without gaps

    /// Whether the reads under way always hold enough beats for the way to memory and back, and
    /// bursts can be counted.
    private func keepsReading(_ job: Descriptor, _ timing: Timing) -> Bool {
      let longest = blocks > 1 ? longestSlice(job) : 0
      let slice = longest * timing.activationBeats
      let chunk = chunks == 1 ? lastChunkBeats : chunkBeats
      guard lastChunkBeats >= Self.leastBeats,
        !job.rowMultipliers || job.nTiles * timing.multiplierBeats >= Self.leastBeats,
        timing.busBytes >= 16 || max(chunk, slice, tileBeats) <= timing.pageBeats
      else { return false }
      let reads = timing.outstandingReads - 1
      let enough = timing.latency + Self.margin
      // A segment has two bursts that a boundary cuts, and the first ones are at most four.
      let whole = lastChunkBeats / timing.pageBeats - 1
      if whole > 0 {
        let (rounds, rest) = reads.quotientAndRemainder(dividingBy: whole + 8)
        if (rounds * whole + max(0, rest - 8)) * timing.pageBeats >= enough { return true }
      }
      let word = timing.activationBeats * timing.busBytes
      let slices = Segment(
        beats: slice,
        fragment: timing.fragment(
          Int(job.xAddress & 4095) | word * (job.activationSlice | longest)
            | word * blockTokens * job.kTiles), timing)
      return leastBeats(of: reads, slices, job, timing) >= enough
        && beginsReading(job, timing, reads: reads, enough: enough)
    }

    /// A segment that lies anywhere: its most bursts, and its shortest one.
    private struct Segment {
      let beats: Int
      let bursts: Int
      let fragment: Int

      init(beats: Int, fragment: Int, _ timing: Timing) {
        (self.beats, self.fragment) = (beats, fragment)
        bursts = beats == 0 ? 0 : timing.mostBursts(beats: beats, fragment: fragment)
      }
    }

    /// The fewest beats of `reads` bursts in a row, once all chunks follow each other with a slice
    /// of activations between them.
    private func leastBeats(
      of reads: Int, _ slice: Segment, _ job: Descriptor, _ timing: Timing
    ) -> Int {
      let word = timing.weightBeats * timing.busBytes
      let fragment = timing.fragment(
        Int(job.wAddress & 4095) | lastWords * word
          | (chunks == 1 ? 0 : timing.weightHalfWords * word))
      let last = Segment(beats: lastChunkBeats, fragment: fragment, timing)
      let full = Segment(beats: chunkBeats, fragment: fragment, timing)
      /// From the beginning of `chunk`, with `left` bursts to come.
      func beats(from chunk: Int, _ left: Int) -> Int {
        var (chunk, left, beats) = (chunk, left, 0)
        while left > 0 {
          let segment = chunk + 1 == chunks ? last : full
          guard left >= segment.bursts else {
            return beats + min(segment.beats, fragment + (left - 1) * timing.pageBeats)
          }
          beats += segment.beats
          left -= segment.bursts + slice.bursts
          chunk = chunk + 1 == chunks ? 0 : chunk + 1
        }
        return beats
      }
      var least = Int.max
      for chunk in 0..<chunks {
        // The first burst may be a chunk's, a slice's, or the last one of the chunk before.
        least = min(
          least, beats(from: chunk, reads), beats(from: chunk, reads - slice.bursts),
          fragment + beats(from: chunk, reads - slice.bursts - 1))
      }
      return least
    }

    /// Activation words of the longest slice.
    private func longestSlice(_ job: Descriptor) -> Int {
      let words = blockTokens * job.kTiles
      let rest = words - (job.nTiles * chunks - 1) * job.activationSlice
      return max(min(job.activationSlice, words), rest)
    }

    /// Whether that is so for the bursts up to the second chunk's, which differ from all others.
    private func beginsReading(
      _ job: Descriptor, _ timing: Timing, reads: Int, enough: Int
    ) -> Bool {
      withUnsafeTemporaryAllocation(of: Int.self, capacity: max(1, reads)) { window in
        // The beats of the last `reads` bursts.
        var (count, place, sum, isEnough) = (0, 0, 0, true)
        window.initialize(repeating: 0)
        func read(_ address: Int, _ beats: Int) {
          var (offset, left) = (address & 4095, beats)
          while left > 0 {
            if count > reads && sum < enough { isEnough = false }
            let burst = burstLength(
              address: UInt64(offset), beatsLeft: left, busBytes: timing.busBytes)
            if reads > 0 {
              sum += burst - window[place]
              window[place] = burst
              place = place + 1 == reads ? 0 : place + 1
            }
            count += 1
            left -= burst
            offset += burst * timing.busBytes
          }
        }
        if job.rowMultipliers {
          read(Int(job.mAddress & 4095), job.nTiles * timing.multiplierBeats)
        }
        let (w, x) = (Int(job.wAddress & 4095), Int(job.xAddress & 4095))
        let activations = blockTokens * job.kTiles * timing.activationBeats
        let next = blocks > 1 ? tokens(block: 1) * job.kTiles : 0
        let chunk = beats(chunk: 0)
        let isOnly = job.nTiles * chunks == 1
        read(w, chunk)
        read(x, activations)
        read(
          x + activations * timing.busBytes,
          (isOnly ? next : min(job.activationSlice, next)) * timing.activationBeats)
        read(isOnly ? w : w + chunk * timing.busBytes, beats(chunk: chunks == 1 ? 0 : 1))
        return isEnough && (count <= reads || sum >= enough)
      }
    }
  }
}

extension ClosedForm.Timing {
  /// Beats of the longest burst.
  var pageBeats: Int { min(4096 / busBytes, 256) }

  /// The shortest burst, in beats, of segments whose addresses and sizes have only the bits `bits`.
  fileprivate func fragment(_ bits: Int) -> Int {
    // Where a burst ends before its page, it may end at any beat.
    busBytes >= 16 ? (bits | 4096).lowestBit / busBytes : 1
  }

  /// The most bursts of a segment of `beats` beats, none of which is shorter than `fragment`.
  fileprivate func mostBursts(beats: Int, fragment: Int = 1) -> Int {
    (beats + pageBeats - 2 * fragment) / pageBeats + 1
  }
}

extension Int {
  fileprivate var lowestBit: Int { self & -self }
}
