import Architecture

extension Divergence {
  /// The hardware block that the first difference is in.
  public var block: String {
    let signal = layout.signals.first { $0.words.contains(word) }!.signal
    let index = ProbeSignal.allCases.firstIndex(of: signal)!
    return Self.blocks.last { ProbeSignal.allCases.firstIndex(of: $0.first)! <= index }!.name
  }

  /// The first signal of each block, in the order of the probe.
  private static let blocks: [(first: ProbeSignal, name: String)] = [
    (.controllerState, "controller"), (.jobsDone, "job queue"), (.loadPhase, "load unit"),
    (.weightClaimed, "weight buffer"),
    (.activationClaimed, "activation buffer"), (.multiplierClaimed, "multiplier buffer"),
    (.pipelineValid, "tree array"), (.accumulator, "accumulators"),
    (.requantiserValid, "output stage"), (.storeToken, "store unit"),
    (.arvalid, "AXI4 port"), (.axilAwready, "control registers"), (.counter, "event counters"),
  ]
}
