/// Which points of a store are asked for, and in which order.
public struct PointQuery: Sendable {
  /// Conditions that all hold, as in a space file.
  public var conditions: [String] = []
  /// Only the points that none of the others is better than, in ``objectives``.
  public var isPareto = false
  /// The metrics that ``isPareto`` compares; those of the space when empty.
  public var objectives: [String] = []
  /// The metric that comes first, best first; the number of the point when `nil`.
  public var order: String?
  /// The most points.
  public var limit: Int?

  public init() {}
}

extension ExplorationStore {
  /// The metrics that points have a value of, by name.
  public var metrics: [DesignSpace.Objective] {
    MetricNames(sweep.space.workloads.map(\.name)).all.filter { metric in
      guard sweep.space.prices(metric.metric) else { return false }
      let workload = sweep.workloads[metric.workload]
      return switch metric.metric {
      case .decodeLatency, .decodeThroughput, .decodeEnergy, .decodeUtilisation, .decodeTraffic:
        workload.decode != nil
      case .prefillLatency, .prefillThroughput, .prefillEnergy, .prefillUtilisation,
        .prefillTraffic:
        workload.prefill != nil
      case .keyValueTraffic, .keyValueEnergy: sweep.countsKeyValues(of: metric.workload)
      case .perplexity, .perplexityIncrease: sweep.texts[metric.workload] != nil
      default: true
      }
    }
  }

  /// The metric called `name`.
  ///
  /// - Throws: ``ExplorationError/input(place:problem:)`` when points have none of that name.
  public func metric(named name: String) throws(ExplorationError) -> DesignSpace.Objective {
    guard let metric = metrics.first(where: { $0.name == name }) else {
      throw .input(
        place: name,
        problem: "expected a metric of the store: " + metrics.map(\.name).joined(separator: ", "))
    }
    return metric
  }

  /// Hands the points that `query` asks for to `body`, one by one.
  ///
  /// Without order and limit nothing is kept; with a limit, so many points.
  ///
  /// - Returns: How many points there were before the limit.
  /// - Throws: ``ExplorationError`` when the query names what the store does not have, or the store
  ///   cannot be read, and what `body` throws.
  @discardableResult
  public func forEachPoint(
    _ query: PointQuery, _ body: (StoredPoint) throws -> Void
  ) throws -> Int {
    let filter = try PointFilter(query.conditions, in: sweep.space)
    let objectives = try query.objectives.map { name throws(ExplorationError) in
      try metric(named: name)
    }
    let order = try query.order.map { name throws(ExplorationError) in try metric(named: name) }
    // The front is in the store already, unless something else is asked for.
    let isStoredFront = query.isPareto && query.conditions.isEmpty && objectives.isEmpty
    var wanted: Set<Int>?
    if query.isPareto && !isStoredFront {
      wanted = try front(of: filter, objectives.isEmpty ? sweep.space.objectives : objectives)
    }
    var best = BestPoints(order, limit: query.limit)
    var count = 0
    try forEachPoint(in: isStoredFront ? .front : .all) { point in
      if let wanted {
        guard wanted.contains(point.number) else { return }
      } else if !filter.matches(point) {
        return
      }
      count += 1
      if order != nil {
        best.add(point)
      } else if count <= query.limit ?? .max {
        try body(point)
      }
    }
    for point in best.sorted() { try body(point) }
    return count
  }

  private func front(
    of filter: PointFilter, _ objectives: [DesignSpace.Objective]
  ) throws -> Set<Int> {
    var front = ParetoFront(dimensions: objectives.count)
    try forEachPoint { point in
      guard filter.matches(point) else { return }
      front.insert(
        point.number,
        objectives.map { objective in
          let value = point[objective]?.typical ?? .nan
          return objective.metric.smallerIsBetter ? value : -value
        })
    }
    return Set(front.numbers)
  }
}

/// Conditions on the points of a store.
private final class PointFilter {
  private let conditions: Conditions
  private var cursor: PointCursor

  init(_ texts: [String], in space: DesignSpace) throws(ExplorationError) {
    let names = Conditions.Names(
      base: space.base, parameters: space.parameters,
      metrics: MetricNames(space.workloads.map(\.name)))
    var parsed: [Condition] = []
    for text in texts {
      do {
        parsed.append(try Condition(text, vocabulary: names.vocabulary))
      } catch {
        throw .input(
          place: "\(text):\(error.offset + 1)",
          problem: "expected \(error.expected), found \(error.found)")
      }
    }
    conditions = Conditions(parsed, names, space.derived)
    cursor = PointCursor(space, conditions: conditions)
  }

  func matches(_ point: StoredPoint) -> Bool {
    guard !conditions.all.isEmpty else { return true }
    cursor.move(to: point.number)
    for (workload, metrics) in point.metrics.enumerated() {
      cursor.note(metrics, workload: workload)
    }
    return conditions.all.allSatisfy { $0.holds(cursor.slots) }
  }
}

/// The best points of a stream.
private struct BestPoints {
  private let order: DesignSpace.Objective?
  private let limit: Int?
  private var points: [(key: Double, point: StoredPoint)] = []

  init(_ order: DesignSpace.Objective?, limit: Int?) {
    self.order = order
    self.limit = limit
  }

  mutating func add(_ point: StoredPoint) {
    guard let order, limit != 0 else { return }
    let value = point[order]?.typical ?? .infinity
    points.append((order.metric.smallerIsBetter ? value : -value, point))
    // Sorting now and then costs less than keeping order, and memory stays bounded.
    if let limit, points.count >= 2 * limit + 1024 {
      sort()
      points.removeLast(points.count - limit)
    }
  }

  private mutating func sort() {
    points.sort { ($0.key, $0.point.number) < ($1.key, $1.point.number) }
  }

  func sorted() -> [StoredPoint] {
    var copy = self
    copy.sort()
    return copy.points.prefix(limit ?? .max).map(\.point)
  }
}
