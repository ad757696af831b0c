/// How often each event happened: an array indexed by ``Event``.
public struct EventCounts: Equatable, Sendable {
  private var counts = [UInt64](repeating: 0, count: Event.allCases.count)

  /// All zero.
  public init() {}

  /// What `values` says, by the raw value of ``Event``.
  package init(_ values: SIMD32<Int>) {
    for index in counts.indices { counts[index] = UInt64(truncatingIfNeeded: values[index]) }
  }

  public subscript(event: Event) -> UInt64 {
    get { counts[event.rawValue] }
    set { counts[event.rawValue] = newValue }
  }

  /// Adds `amount` to `event`.
  public mutating func add(_ amount: Int, to event: Event) {
    counts[event.rawValue] &+= UInt64(truncatingIfNeeded: amount)
  }

  public static func + (left: EventCounts, right: EventCounts) -> EventCounts {
    var sum = left
    for event in Event.allCases { sum[event] += right[event] }
    return sum
  }

  public static func += (left: inout EventCounts, right: EventCounts) { left = left + right }

  /// What was counted since `right` was taken from the same counters.
  public static func - (left: EventCounts, right: EventCounts) -> EventCounts {
    var difference = left
    for event in Event.allCases { difference[event] -= right[event] }
    return difference
  }

  /// The sum over ``Event/stalls``.
  public var stalls: UInt64 { Event.stalls.reduce(0) { $0 + self[$1] } }

  /// The share of cycles in which the tree array took an operand, or 0 without cycles.
  public var utilisation: Double {
    self[.cycles] == 0 ? 0 : Double(self[.busy]) / Double(self[.cycles])
  }
}
