extension ClosedForm {
  /// The states in which a schedule was at certain points, to find the one it is in again.
  ///
  /// A state is all that the future depends on, with times relative to the array's: two points with
  /// equal states have equal futures as long as nothing runs out.
  struct Repeats {
    /// What was counted up to a point, and what runs out from there.
    struct Mark: BitwiseCopyable {
      var tally = Tally()
      /// n-tiles, or tokens, that the load unit still has to begin with.
      var left = 0
      /// Activation words that it still has to begin with.
      var activationLeft = 0
      /// Where they begin.
      var x = 0
    }

    private let slots: Int
    private let stateWords: Int
    private let states: UnsafeMutablePointer<Int>
    private let marks: UnsafeMutablePointer<Mark>
    private var next = 0
    private var count = 0

    /// - Parameters:
    ///   - states: Room for `slots * stateWords` numbers.
    ///   - marks: Room for `slots` marks.
    init(
      slots: Int, stateWords: Int, states: UnsafeMutablePointer<Int>,
      marks: UnsafeMutablePointer<Mark>
    ) {
      (self.slots, self.stateWords) = (slots, stateWords)
      (self.states, self.marks) = (states, marks)
    }

    /// Where the state of a point is to be written.
    var state: UnsafeMutablePointer<Int> { states + next * stateWords }

    /// Looks for the state that was written, `words` long, among those before, and remembers the
    /// point.
    ///
    /// - Returns: The mark of the last point with the same state.
    mutating func find(words: Int, _ mark: Mark) -> Mark? {
      let state = state
      // The latest first: the shorter a stretch, the closer it can be repeated to where it ends.
      var slot = next
      for _ in 0..<count {
        slot = slot == 0 ? slots - 1 : slot - 1
        guard slot != next else { break }
        let other = states + slot * stateWords
        var word = 0
        while word < words && other[word] == state[word] { word += 1 }
        if word == words {
          defer { marks[slot] = mark }
          return marks[slot]
        }
      }
      marks[next] = mark
      next = next + 1 == slots ? 0 : next + 1
      count = min(count + 1, slots)
      return nil
    }

    mutating func forget() {
      next = 0
      count = 0
    }
  }

  /// Writes a state, number by number.
  struct StateWriter {
    private let state: UnsafeMutablePointer<Int>
    /// The cycle that times are relative to.
    let now: Int
    private(set) var words = 0

    init(_ state: UnsafeMutablePointer<Int>, now: Int) {
      (self.state, self.now) = (state, now)
    }

    mutating func put(_ value: Int) {
      state[words] = value
      words += 1
    }

    mutating func put(_ value: Bool) { put(value ? 1 : 0) }

    mutating func put(time: Int) { put(time - now) }

    /// A time that matters only where it is later than another one.
    mutating func put(time: Int, after other: Int) { put(max(time, other) - now) }
  }
}

extension ClosedForm.Tally {
  /// Adds `times` as often what was counted between two points.
  mutating func add(from begin: Self, to end: Self, times: Int) {
    cycles += times * (end.cycles - begin.cycles)
    stallActivation += times * (end.stallActivation - begin.stallActivation)
    stallWeight += times * (end.stallWeight - begin.stallWeight)
    stallOutput += times * (end.stallOutput - begin.stallOutput)
    readBursts += times * (end.readBursts - begin.readBursts)
    writeBursts += times * (end.writeBursts - begin.writeBursts)
  }
}

// MARK: - States

extension ClosedForm.Bus {
  /// The most numbers of a state.
  static func stateWords(_ timing: ClosedForm.Timing) -> Int {
    40 + timing.outstandingReads + 5 * timing.outputQueueDepth + maxPending
  }

  /// Writes all that the future of the bus depends on but what runs out.
  ///
  /// - Parameters:
  ///   - chunks: Chunks that the array is done with.
  ///   - blocks: Token blocks that the array is done with.
  func write(to state: inout ClosedForm.StateWriter, chunks: Int, blocks: Int) {
    state.put(time: time)
    state.put(credit)
    requests.write(to: &state)
    state.put(burst.beats)
    if burst.beats != 0 {
      state.put(time: burst.ready, after: time)
      state.put(burst.fills.rawValue)
    }
    state.put(weightsFilled - chunks)
    for chunk in chunks..<max(chunks, weightsFilled) {
      state.put(time: chunk & 1 == 0 ? weightsReady.0 : weightsReady.1, after: state.now)
    }
    state.put(activationsFilled - blocks)
    for block in blocks..<max(blocks, activationsFilled) {
      state.put(time: block & 1 == 0 ? activationsReady.0 : activationsReady.1, after: state.now)
    }
    writeStores(to: &state)
  }

  private func writeStores(to state: inout ClosedForm.StateWriter) {
    let waiting = pushed - popped
    state.put(time: lastStore)
    state.put(waiting)
    if waiting != 0 {
      state.put(time: storeStart)
      state.put(tokensLeft)
      state.put(tileLeft)
      state.put(burstLeft)
      state.put(cut(offset, beats: tileLeft, tokens: tokensLeft))
      if tokensLeft > 1 { state.put(rowOffset & 4095) }
    }
    var slot = popSlot
    for index in 0..<timing.outputQueueDepth {
      if index < waiting {
        state.put(time: results[slot].visible)
        state.put(results[slot].tokens)
        state.put(results[slot].beats)
        state.put(
          cut(results[slot].offset, beats: results[slot].beats, tokens: results[slot].tokens))
      } else {
        state.put(time: places[slot], after: state.now)
      }
      slot = slot + 1 == timing.outputQueueDepth ? 0 : slot + 1
    }
    // From the latest response back to those that came before the last beat.
    slot = responseSlot
    for _ in 0..<Self.maxPending {
      slot = slot == 0 ? Self.maxPending - 1 : slot - 1
      guard responses[slot] > lastStore else { break }
      state.put(time: responses[slot])
    }
    state.put(Int.min)
  }
}

extension ClosedForm.Bus {
  /// Where a result is, as far as that matters for its bursts.
  private func cut(_ offset: Int, beats: Int, tokens: Int) -> Int {
    let inPage = offset & 4095
    return tokens > 1 || inPage + beats * timing.busBytes > 4096 ? inPage : -1
  }
}

extension ClosedForm.Requests {
  fileprivate func write(to state: inout ClosedForm.StateWriter) {
    state.put(time: earliest)
    state.put(w & 4095)
    state.put(segment.rawValue)
    state.put(beatsLeft)
    if beatsLeft != 0 && segment == .activation { state.put(x & 4095) }
    state.put(kTilesLeft)
    state.put((first ? 1 : 0) + (final ? 2 : 0) + (fresh ? 4 : 0) + (activationLeft == 0 ? 8 : 0))
    state.put(weightHalves - chunksEnded)
    state.put(activationHalves - blocksEnded)
    // The last one first.
    let ends = chunksEnded & 1 == 0 ? (chunkEnds.1, chunkEnds.0) : chunkEnds
    state.put(time: ends.0 + 1, after: earliest)
    state.put(time: ends.1 + 1, after: earliest)
    let blocks = blocksEnded & 1 == 0 ? (blockEnds.1, blockEnds.0) : blockEnds
    state.put(time: blocks.0 + 1, after: earliest)
    state.put(time: blocks.1 + 1, after: earliest)
    var slot = slot
    for _ in 0..<timing.outstandingReads {
      state.put(time: self.ends[slot], after: earliest)
      slot = slot + 1 == timing.outstandingReads ? 0 : slot + 1
    }
  }
}
