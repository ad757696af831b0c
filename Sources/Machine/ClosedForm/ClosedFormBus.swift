import Architecture

extension ClosedForm {
  /// The data channels of the bus: when each burst is read, and each result stored, under the
  /// memory's bandwidth.
  ///
  /// Follows `ExternalMemory` and `StoreUnit`. Time runs only as far as somebody waits for
  /// something: what happens later may still be unknown.
  struct Bus {
    /// A result that waits for the store unit.
    struct Result: BitwiseCopyable {
      /// The first cycle in which the store unit sees it.
      var visible = 0
      var tokens = 0
      /// Beats of one token.
      var beats = 0
      /// Where its first beat goes, counted from a 4 KiB boundary.
      var offset = 0
    }

    /// Bursts that may wait for their response.
    static let maxPending = 15

    private let workspace: Workspace
    /// Bytes from one token's results to the next one's.
    private let stride: Int
    var requests: Requests

    // Bandwidth.
    /// Everything up to this cycle is settled; with `Bandwidth.both`, all reads are.
    private(set) var time = -1
    /// What is saved up after that cycle.
    private(set) var credit: Int

    // Reads.
    private(set) var burst = Requests.Burst()
    /// Halves that were filled.
    private(set) var weightsFilled = 0
    private(set) var activationsFilled = 0
    // The first cycle in which the array sees the even and the odd ones full.
    private(set) var weightsReady = (0, 0)
    private(set) var activationsReady = (0, 0)

    // Stores.
    private(set) var pushed = 0
    private(set) var popped = 0
    private(set) var pushSlot = 0
    private(set) var popSlot = 0
    /// What is left of the result at the head: tokens, beats of the current one, and of its burst
    /// if one is under way.
    private(set) var tokensLeft = 0
    private(set) var tileLeft = 0
    private(set) var burstLeft = 0
    private(set) var offset = 0
    private(set) var rowOffset = 0
    /// The cycle in which the next beat is on the channel; `Int.max` while no result waits.
    private(set) var storeStart = Int.max
    /// The cycle in which the last beat was taken.
    private(set) var lastStore = 0
    private(set) var writeBursts = 0
    /// The next place in ``responses``.
    private(set) var responseSlot = 0

    // Inlined, so that it is built in place: copying it is seen in the speed.
    @inline(__always)
    init(_ workspace: Workspace, stride: Int) {
      self.workspace = workspace
      self.stride = stride
      requests = Requests(workspace)
      let timing = workspace.timing
      credit = timing.firstCredit
      workspace.places.update(repeating: Int.min / 2, count: timing.outputQueueDepth)
      workspace.responses.update(repeating: Int.min / 2, count: Self.maxPending)
    }

    var timing: Timing { workspace.timing }
    /// A ring of the results that wait.
    var results: UnsafeMutablePointer<Result> { workspace.results }
    /// For each of the last `outputQueueDepth` results the cycle in which its place is free again.
    var places: UnsafeMutablePointer<Int> { workspace.places }
    /// For each of the last `maxPending` bursts the cycle after its response; a ring.
    var responses: UnsafeMutablePointer<Int> { workspace.responses }

    // MARK: What the array waits for

    /// The first cycle in which the weights of the chunk that follows `chunk` others are there.
    mutating func weightsReady(after chunks: Int) -> Int {
      while weightsFilled <= chunks { loadMore() }
      return chunks & 1 == 0 ? weightsReady.0 : weightsReady.1
    }

    /// The first cycle in which the activations of the block that follows `blocks` others are
    /// there.
    mutating func activationsReady(after blocks: Int) -> Int {
      while activationsFilled <= blocks { loadMore() }
      return blocks & 1 == 0 ? activationsReady.0 : activationsReady.1
    }

    /// The first cycle in which there is a place for another result.
    mutating func placeFree() -> Int {
      while pushed - popped == timing.outputQueueDepth { storeMore() }
      return places[pushSlot]
    }

    mutating func push(_ result: Result) {
      results[pushSlot] = result
      pushSlot = pushSlot + 1 == timing.outputQueueDepth ? 0 : pushSlot + 1
      pushed += 1
      if pushed - popped == 1 { beginResult() }
    }

    /// Stores all results and returns the cycle in which the last response has arrived.
    mutating func drain() -> Int {
      while popped != pushed { storeMore() }
      return lastStore + timing.latency + 1
    }

    private mutating func loadMore() {
      if timing.bandwidth == .both { read(before: Int.max) } else { settle() }
    }

    private mutating func storeMore() {
      if timing.bandwidth == .both { store() } else { settle() }
    }

    /// Takes the next thing that happens on the bus.
    private mutating func settle() {
      if burst.beats == 0 { _ = requests.fetch(&burst) }
      if burst.beats != 0 && max(burst.ready, time + 1) < storeStart {
        read(before: storeStart)
      } else {
        store()
      }
    }

    // MARK: Reads

    /// Reads the rest of the burst, or what of it comes before `end`, in which a write waits.
    private mutating func read(before end: Int) {
      if burst.beats == 0 {
        let found = requests.fetch(&burst)
        precondition(found, "closed form: waiting for a load that waits itself")
      }
      let start = max(burst.ready, time + 1)
      switch timing.bandwidth {
      case .both:
        time = start + burst.beats - 1
        burst.beats = 0
      case .one:
        let beats = min(burst.beats, end - start)
        let first = min(credit + timing.income * (start - time), timing.mostCredit) - timing.beat
        credit = min(
          first + (beats - 1) * (timing.income - timing.beat), timing.mostCredit - timing.beat)
        time = start + beats - 1
        burst.beats -= beats
      case .less: readSlowly(from: start, before: end)
      }
      if burst.beats == 0 { endBurst() }
    }

    private mutating func readSlowly(from start: Int, before end: Int) {
      let first = min(credit + timing.income * (start - time), timing.mostCredit)
      let cost = burst.beats * timing.beat
      let wait = timing.wait(cost - first)
      if start + wait < end {
        time = start + wait
        credit = first + timing.income * wait - cost
        burst.beats = 0
      } else {
        let saved = first + timing.income * (end - 1 - start)
        let beats = saved / timing.beat
        time = end - 1
        credit = saved - beats * timing.beat
        burst.beats -= beats
      }
    }

    private mutating func endBurst() {
      requests.endBurst(time)
      switch burst.fills {
      case .weight:
        if weightsFilled & 1 == 0 { weightsReady.0 = time + 1 } else { weightsReady.1 = time + 1 }
        weightsFilled += 1
      case .activation:
        if activationsFilled & 1 == 0 {
          activationsReady.0 = time + 1
        } else {
          activationsReady.1 = time + 1
        }
        activationsFilled += 1
      case .multiplier, .end: break
      }
    }

    // MARK: Stores

    private mutating func beginResult() {
      let result = results[popSlot]
      tokensLeft = result.tokens
      tileLeft = result.beats
      offset = result.offset
      rowOffset = result.offset
      beginBurst(result.visible)
    }

    /// The next beat begins a burst: it is moved into the data register once the result is visible,
    /// the beat before it was taken and few enough responses are awaited.
    private mutating func beginBurst(_ visible: Int) {
      storeStart = max(visible, lastStore, responses[responseSlot]) + 1
    }

    /// Stores the burst that begins in `storeStart`, or continues.
    private mutating func store() {
      precondition(storeStart != Int.max, "closed form: waiting for a store without a result")
      if burstLeft == 0 {
        burstLeft = burstLength(
          address: UInt64(offset), beatsLeft: tileLeft, busBytes: timing.busBytes)
        tileLeft -= burstLeft
        offset += burstLeft * timing.busBytes
      }
      // The cycle in which the last beat was moved into the data register.
      var moved: Int
      switch timing.bandwidth {
      case .both:
        lastStore = storeStart + burstLeft - 1
        moved = lastStore - 1
        burstLeft = 0
      case .one:
        storeBesideReads()
        moved = lastStore - 1
        guard burstLeft == 0 else {
          storeStart = lastStore + 1
          return
        }
      case .less: moved = storeSlowly()
      }
      endStore(moved)
    }

    /// Stores a beat a cycle and reads what bandwidth is left for, until the burst ends or a half
    /// is filled: somebody may wait for that and change what follows.
    private mutating func storeBesideReads() {
      let filled = weightsFilled + activationsFilled
      var cycle = storeStart
      repeat {
        credit = min(credit + timing.income * (cycle - time), timing.mostCredit) - timing.beat
        time = cycle
        burstLeft -= 1
        if credit >= timing.beat {
          if burst.beats == 0 { _ = requests.fetch(&burst) }
          if burst.beats != 0 && burst.ready <= cycle {
            credit -= timing.beat
            burst.beats -= 1
            if burst.beats == 0 { endBurst() }
          }
        }
        cycle += 1
      } while burstLeft > 0 && weightsFilled + activationsFilled == filled
      lastStore = time
    }

    private mutating func storeSlowly() -> Int {
      let first = min(credit + timing.income * (storeStart - time), timing.mostCredit)
      let cost = burstLeft * timing.beat
      let moved =
        burstLeft == 1
        ? storeStart - 1 : storeStart + timing.wait(cost - timing.beat - first)
      let wait = timing.wait(cost - first)
      time = storeStart + wait
      credit = first + timing.income * wait - cost
      lastStore = time
      burstLeft = 0
      return moved
    }

    /// The burst's last beat was moved into the data register in the cycle `moved`, and was taken.
    private mutating func endStore(_ moved: Int) {
      responses[responseSlot] = lastStore + timing.latency + 1
      responseSlot = responseSlot + 1 == Self.maxPending ? 0 : responseSlot + 1
      writeBursts += 1
      guard tileLeft == 0 else {
        beginBurst(lastStore)
        return
      }
      tokensLeft -= 1
      guard tokensLeft == 0 else {
        tileLeft = results[popSlot].beats
        rowOffset += stride
        offset = rowOffset
        beginBurst(lastStore)
        return
      }
      places[popSlot] = moved + 1
      popSlot = popSlot + 1 == timing.outputQueueDepth ? 0 : popSlot + 1
      popped += 1
      if popped == pushed { storeStart = Int.max } else { beginResult() }
    }
  }
}

extension ClosedForm.Timing {
  /// Cycles until `missing` thousandths of a byte are saved up.
  fileprivate func wait(_ missing: Int) -> Int {
    missing <= 0 ? 0 : (missing + income - 1) / income
  }
}
