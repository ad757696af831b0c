public import Activity
public import Architecture

/// Makes a timeline of the architectural state of successive cycles.
public final class TimelineRecorder {
  public private(set) var timeline = Timeline()
  private let counters: Int
  private let nTilesLeft: Int
  private let tokensLeft: Int
  private let jobsDone: Int
  private var last = EventCounts()
  /// Cycles observed.
  public private(set) var cycles: UInt64 = 0
  /// The loop counters before the last cycle: those of the operand that it took.
  private var counted: (nTilesLeft: UInt32, tokensLeft: UInt32, jobsDone: UInt32) = (0, 0, 0)
  /// Of the job at hand: the n-tiles of a token block, and the token blocks so far.
  private var nTiles: UInt32 = 0
  private var block = 0
  private var blockTokensLeft: UInt32?

  public init(_ architecture: Architecture) {
    let layout = ProbeLayout(architecture)
    counters = layout[.counter].lowerBound
    nTilesLeft = layout[.nTilesLeft].lowerBound
    tokensLeft = layout[.tokensLeft].lowerBound
    jobsDone = layout[.jobsDone].lowerBound
  }

  /// One more cycle, with the state after it.
  public func observe(_ words: UnsafePointer<UInt32>) {
    var counts = EventCounts()
    for event in Event.allCases { counts[event] = UInt64(words[counters + event.rawValue]) }
    // The counters begin at zero again.
    if counts[.cycles] < last[.cycles] { last = EventCounts() }
    if words[jobsDone] != counted.jobsDone || counts[.cycles] < 2 {
      nTiles = 0
      block = 0
      blockTokensLeft = nil
    }
    let delta = counts - last
    if delta[.busy] > 0 {
      timeline.add(tile(), on: .array, cycle: cycles)
    } else if let stall = Event.stalls.first(where: { delta[$0] > 0 }) {
      timeline.add(stall.name, on: .array, cycle: cycles)
    }
    if delta[.weightBytesRead] > 0 { timeline.add("weights", on: .loads, cycle: cycles) }
    if delta[.activationBytesRead] > 0 { timeline.add("activations", on: .loads, cycle: cycles) }
    if delta[.outputBytesWritten] > 0 { timeline.add("results", on: .stores, cycle: cycles) }
    last = counts
    counted = (words[nTilesLeft], words[tokensLeft], words[jobsDone])
    cycles += 1
  }

  /// The name of the tile that the array took an operand of.
  private func tile() -> String {
    if blockTokensLeft != counted.tokensLeft {
      if blockTokensLeft != nil { block += 1 }
      blockTokensLeft = counted.tokensLeft
    }
    nTiles = max(nTiles, counted.nTilesLeft)
    return "block \(block), n-tile \(nTiles - counted.nTilesLeft)"
  }
}

/// The cycle model with a timeline of what it does.
public final class TimelineMachine: Device {
  public let machine: Machine
  private let recorder: TimelineRecorder
  private var words: [UInt32]

  public init(_ architecture: Architecture) {
    machine = Machine(architecture)
    recorder = TimelineRecorder(architecture)
    words = machine.probeWords()
  }

  public var timeline: Timeline { recorder.timeline }
  /// Cycles so far.
  public var cycles: UInt64 { recorder.cycles }
  public var outputs: PortOutputs { machine.outputs }
  public var operandsTaken: UInt64 { machine.operandsTaken }
  public func probeWords() -> [UInt32] { machine.probeWords() }

  public func step(_ inputs: PortInputs) {
    machine.step(inputs)
    words.withUnsafeMutableBufferPointer { buffer in
      machine.probe(into: buffer.baseAddress!)
      recorder.observe(buffer.baseAddress!)
    }
  }
}
