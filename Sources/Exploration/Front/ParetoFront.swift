/// The points of a stream that no other point is at least as good as in every objective and better
/// in one.
///
/// Equally good points all stay. A new point costs at most one comparison with every point that is
/// on the front then.
struct ParetoFront: Sendable {
  /// Objectives of a point.
  let dimensions: Int
  private(set) var numbers: [Int] = []
  /// `dimensions` values for each number; smaller is better in all.
  private var vectors: [Double] = []

  /// - Precondition: There is an objective.
  init(dimensions: Int) {
    precondition(dimensions > 0)
    self.dimensions = dimensions
  }

  var count: Int { numbers.count }

  /// The values of the point at `index`.
  func vector(at index: Int) -> ArraySlice<Double> {
    vectors[index * dimensions..<(index + 1) * dimensions]
  }

  /// Puts a point in, unless one that is there dominates it, and takes out those that it dominates.
  mutating func insert(_ number: Int, _ vector: some Collection<Double>) {
    precondition(vector.count == dimensions)
    let candidate = Array(vector)
    var index = 0
    while index < numbers.count {
      switch Self.compare(candidate, with: vectors, at: index * dimensions) {
      case .dominated:
        // What dominated one point will dominate its neighbours: it is asked first next time.
        swap(0, index)
        return
      case .dominates: remove(index)
      case .neither: index += 1
      }
    }
    numbers.append(number)
    vectors += candidate
  }

  private enum Order { case dominates, dominated, neither }

  private static func compare(
    _ candidate: [Double], with vectors: [Double], at offset: Int
  ) -> Order {
    var isBetter = false
    var isWorse = false
    for index in candidate.indices {
      let (new, old) = (candidate[index], vectors[offset + index])
      if new < old { isBetter = true }
      if new > old { isWorse = true }
      if isBetter && isWorse { return .neither }
    }
    return isBetter ? .dominates : isWorse ? .dominated : .neither
  }

  private mutating func swap(_ left: Int, _ right: Int) {
    guard left != right else { return }
    numbers.swapAt(left, right)
    for dimension in 0..<dimensions {
      vectors.swapAt(left * dimensions + dimension, right * dimensions + dimension)
    }
  }

  private mutating func remove(_ index: Int) {
    swap(index, numbers.count - 1)
    numbers.removeLast()
    vectors.removeLast(dimensions)
  }
}

extension DesignSpace {
  /// The objectives of a point, turned so that smaller is better.
  ///
  /// - Precondition: The metrics have all objectives.
  func objectiveVector(_ metrics: some Collection<PointMetrics>) -> [Double] {
    objectives.map { objective in
      let workload = metrics[metrics.index(metrics.startIndex, offsetBy: objective.workload)]
      guard let value = workload[objective.metric]?.typical else {
        preconditionFailure("no \(objective.name)")
      }
      return objective.metric.smallerIsBetter ? value : -value
    }
  }
}
