/// The conditions of a space, and where their names get their values from.
struct Conditions: Sendable {
  /// In the order of the file.
  let all: [Condition]
  /// Indices of those that look at parameters only, and are checked before a point is evaluated.
  let onParameters: [Int]
  /// Indices of the others.
  let onMetrics: [Int]
  /// The values of all names at the base.
  let initialSlots: [Double]
  /// By parameter and value: the slots that it decides, of those that a condition reads.
  let assignments: [[[(slot: Int, value: Double)]]]
  /// By workload: the slots of metrics, of those that a condition reads.
  let metricSlots: [[(slot: Int, metric: Metric)]]
}
