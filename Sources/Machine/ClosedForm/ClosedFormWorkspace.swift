extension ClosedForm {
  /// The memory of one schedule, and what it is of.
  struct Workspace {
    private let jobPointer: UnsafePointer<Descriptor>
    private let timingPointer: UnsafePointer<Timing>
    let ends: UnsafeMutablePointer<Int>
    let places: UnsafeMutablePointer<Int>
    let responses: UnsafeMutablePointer<Int>
    let results: UnsafeMutablePointer<Bus.Result>
    private let states: UnsafeMutablePointer<Int>
    private let marks: UnsafeMutablePointer<Repeats.Mark>

    /// States of n-tiles and of token blocks that are remembered.
    private static let slots = (tiles: 24, blocks: 16)

    var job: Descriptor { jobPointer.pointee }
    var timing: Timing { timingPointer.pointee }

    var tileRepeats: Repeats {
      Repeats(
        slots: Self.slots.tiles, stateWords: Bus.stateWords(timing), states: states, marks: marks)
    }
    var blockRepeats: Repeats {
      let stateWords = Bus.stateWords(timing)
      return Repeats(
        slots: Self.slots.blocks, stateWords: stateWords,
        states: states + Self.slots.tiles * stateWords, marks: marks + Self.slots.tiles)
    }

    /// Calls `body` with memory for a schedule of `job`.
    static func with<Value>(
      _ job: Descriptor, _ timing: Timing, _ body: (Workspace) -> Value
    ) -> Value {
      let slots = slots.tiles + slots.blocks
      let numbers =
        timing.outstandingReads + timing.outputQueueDepth + Bus.maxPending
        + slots * Bus.stateWords(timing)
      let resultsOffset = numbers * MemoryLayout<Int>.stride
      let marksOffset =
        resultsOffset + timing.outputQueueDepth * MemoryLayout<Bus.Result>.stride
      let byteCount = marksOffset + slots * MemoryLayout<Repeats.Mark>.stride
      return withUnsafePointer(to: job) { job in
        withUnsafePointer(to: timing) { timing in
          // All of them consist of `Int`s.
          withUnsafeTemporaryAllocation(
            byteCount: byteCount, alignment: MemoryLayout<Int>.alignment
          ) { memory in
            let base = memory.baseAddress!
            return body(
              Workspace(
                job, timing,
                numbers: base.bindMemory(to: Int.self, capacity: numbers),
                results: (base + resultsOffset).bindMemory(
                  to: Bus.Result.self, capacity: timing.pointee.outputQueueDepth),
                marks: (base + marksOffset).bindMemory(to: Repeats.Mark.self, capacity: slots)))
          }
        }
      }
    }

    private init(
      _ job: UnsafePointer<Descriptor>, _ timing: UnsafePointer<Timing>,
      numbers: UnsafeMutablePointer<Int>, results: UnsafeMutablePointer<Bus.Result>,
      marks: UnsafeMutablePointer<Repeats.Mark>
    ) {
      jobPointer = job
      timingPointer = timing
      ends = numbers
      places = ends + timing.pointee.outstandingReads
      responses = places + timing.pointee.outputQueueDepth
      states = responses + Bus.maxPending
      self.results = results
      self.marks = marks
    }
  }
}
