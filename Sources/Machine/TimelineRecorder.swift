public import Activity
public import Architecture

/// Makes a timeline of the architectural state of successive cycles.
public final class TimelineRecorder {
  public private(set) var timeline = Timeline()
  private let counters: Int
  private let nTilesLeft: Int
  private let tokensLeft: Int
  private var last = EventCounts()
  /// Cycles observed.
  public private(set) var cycles: UInt64 = 0
  /// Of the job at hand: the tile counter at its beginning, and its token blocks so far.
  private var nTiles: UInt32 = 0
  private var block = 0
  private var blockTokensLeft: UInt32?

  public init(_ architecture: Architecture) {
    let layout = ProbeLayout(architecture)
    counters = layout[.counter].lowerBound
    nTilesLeft = layout[.nTilesLeft].lowerBound
    tokensLeft = layout[.tokensLeft].lowerBound
  }

  /// One more cycle, with the state after it.
  public func observe(_ words: UnsafePointer<UInt32>) {
    var counts = EventCounts()
    for event in Event.allCases { counts[event] = UInt64(words[counters + event.rawValue]) }
    if counts[.cycles] < last[.cycles] {
      // A job began, or a reset: its counters begin at zero.
      last = EventCounts()
      nTiles = 0
      block = 0
      blockTokensLeft = nil
    }
    let delta = counts - last
    if delta[.busy] > 0 {
      timeline.add(tile(words), on: .array, cycle: cycles)
    } else if let stall = Event.stalls.first(where: { delta[$0] > 0 }) {
      timeline.add(stall.name, on: .array, cycle: cycles)
    }
    if delta[.weightBytesRead] > 0 { timeline.add("weights", on: .loads, cycle: cycles) }
    if delta[.activationBytesRead] > 0 { timeline.add("activations", on: .loads, cycle: cycles) }
    if delta[.outputBytesWritten] > 0 { timeline.add("results", on: .stores, cycle: cycles) }
    last = counts
    cycles += 1
  }

  /// The name of the tile that the array works on. The state is that after the operand: the last
  /// one of a tile already shows the next.
  private func tile(_ words: UnsafePointer<UInt32>) -> String {
    if blockTokensLeft != words[tokensLeft] {
      if blockTokensLeft != nil { block += 1 }
      blockTokensLeft = words[tokensLeft]
    }
    nTiles = max(nTiles, words[nTilesLeft])
    return "block \(block), n-tile \(nTiles - words[nTilesLeft])"
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
