import Architecture
import Machine

/// Counts of both phases that were worked out lately, by what they depend on.
struct ScheduleCache {
  typealias Counts = (prefill: ClosedForm.Counts, decode: ClosedForm.Counts)

  /// All that the counts of a workload depend on, but for the costs that choose a mapping.
  struct Key: Equatable {
    let timing: ClosedForm.Timing
    let activationHalfWords: Int
    let accumulatorDepth: Int
    let policy: MappingPolicy

    init(_ closedForm: ClosedForm, _ policy: MappingPolicy) {
      let architecture = closedForm.architecture
      timing = closedForm.timing
      activationHalfWords = architecture.activationHalfWords
      accumulatorDepth = architecture.parameters.accumulatorDepth
      self.policy = policy
    }

    fileprivate var place: Int {
      let numbers = timing.hashed &+ activationHalfWords &* 0x9E37_79B9 &+ accumulatorDepth
      return (numbers ^ numbers >> 17 ^ numbers >> 31) & (ScheduleCache.capacity - 1)
    }
  }

  /// A power of two; 2 MB of them stay in a processor's cache.
  private static let capacity = 4096
  private var entries = [(key: Key, counts: Counts)?](repeating: nil, count: capacity)

  init() {}

  subscript(key: Key) -> Counts? {
    get {
      // A mapping of the least energy depends on more.
      guard key.policy == .standard, let entry = entries[key.place], entry.key == key else {
        return nil
      }
      return entry.counts
    }
    set {
      guard key.policy == .standard, let newValue else { return }
      entries[key.place] = (key, newValue)
    }
  }
}
