public import Activity
public import Architecture
public import Mapping
public import Ternary
import Workload

extension Job {
  /// `counts` with the products by kind, computed from the weights where the hardware has no lane
  /// counters.
  ///
  /// Every weight meets every token once; lanes that pad a tile hold zero weights.
  public func countingLanes(
    _ counts: EventCounts, weights: TritMatrix, on architecture: Architecture
  ) -> EventCounts {
    guard !architecture.parameters.laneCounters else { return counts }
    let trits = weights.counts
    let lanes = architecture.parameters.rows * architecture.parameters.lanes
    var counts = counts
    counts[.laneAdd] = UInt64(shape.m * trits.plusOnes)
    counts[.laneSubtract] = UInt64(shape.m * trits.minusOnes)
    counts[.laneSkip] =
      counts[.activationBufferRead] * UInt64(lanes) - counts[.laneAdd] - counts[.laneSubtract]
    return counts
  }
}
