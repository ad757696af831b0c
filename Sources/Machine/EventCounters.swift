import Activity

/// The hardware counters of a machine. Mirrors `setun_event_counters`.
///
/// Outside the two-phase registers, like the memories: counting is the last thing a cycle does.
struct EventCounters {
  private let counts = Storage<UInt64>(count: Event.allCases.count, zero: 0)

  subscript(event: Event) -> UInt64 { counts.pointer[event.rawValue] }

  func add(_ amount: Int, to event: Event) {
    counts.pointer[event.rawValue] &+= UInt64(truncatingIfNeeded: amount)
  }

  func clear() { counts.pointer.update(repeating: 0, count: counts.count) }

  /// A copy of all counts.
  var values: EventCounts {
    var values = EventCounts()
    for event in Event.allCases { values[event] = self[event] }
    return values
  }
}
