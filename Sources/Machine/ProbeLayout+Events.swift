import Activity
public import Architecture

extension ProbeLayout {
  /// The layout for `architecture` with a counter for every event.
  public init(_ architecture: Architecture) {
    self.init(architecture: architecture, counters: Event.allCases.count)
  }

  /// The name of one word, counters by their events: `tree_sum[3]`, `counter[lane_add]`.
  public func signalName(ofWord word: Int) -> String {
    let event = Event(rawValue: word - self[.counter].lowerBound)
    return event.map { "counter[\($0.name)]" } ?? name(ofWord: word)
  }
}
