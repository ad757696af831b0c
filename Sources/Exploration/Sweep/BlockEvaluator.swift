/// The results of a block.
struct BlockResult: Sendable {
  let block: Int
  var tally: Tally
  /// The points that are kept, and for each the metrics on every workload.
  var numbers: [Int] = []
  var hashes: [PointHash] = []
  var metrics: [PointMetrics] = []
  /// Those of them that no other point of the block dominates.
  var front: ParetoFront
  /// By visited point, where asked for: how it stands.
  var standings: [Standing] = []
  /// The population after a generation.
  var population: [Int]?

  enum Standing: Sendable {
    /// The objectives of a point that is kept; smaller is better.
    case kept([Double])
    /// How far a point is from being kept.
    case ruledOut(Int)
  }

  init(block: Int, space: DesignSpace) {
    self.block = block
    tally = Tally(conditions: space.constraints.count)
    front = ParetoFront(dimensions: space.objectives.count)
  }

  /// The metrics of the kept point at `index` on `workloads` workloads.
  func metrics(at index: Int, workloads: Int) -> ArraySlice<PointMetrics> {
    metrics[index * workloads..<(index + 1) * workloads]
  }
}

/// Evaluates blocks one after the other, on one thread.
final class BlockEvaluator {
  private let space: DesignSpace
  private var cursor: PointCursor
  private let sessions: [Evaluator.Session]
  private var result: BlockResult
  private var metrics: [PointMetrics] = []

  init(_ space: DesignSpace, evaluators: [Evaluator]) {
    self.space = space
    cursor = PointCursor(space)
    sessions = evaluators.map(Evaluator.Session.init)
    result = BlockResult(block: 0, space: space)
  }

  /// Evaluates `points`.
  ///
  /// - Parameter notesStandings: Whether the result says how each point stands.
  /// - Throws: `CancellationError` when the task is cancelled while a model predicts a text for a
  ///   point; the other points of a block take no time worth mention.
  func evaluate(
    block: Int, points: some Sequence<Int>, notesStandings: Bool = false
  ) throws(CancellationError) -> BlockResult {
    result = BlockResult(block: block, space: space)
    for number in points {
      cursor.move(to: number)
      let standing = try evaluate()
      result.tally.visited += 1
      if notesStandings { result.standings.append(standing) }
    }
    return result
  }

  /// Points that cannot be built are further from being kept than those that a condition rules out.
  private static let illegal = 1_000
  private static let pruned = 100

  private func evaluate() throws(CancellationError) -> BlockResult.Standing {
    let failed = violated(space.conditions.onParameters)
    if let first = failed.first {
      result.tally.pruned[first] += 1
      return .ruledOut(Self.pruned + failed.count)
    }
    let point: DesignPoint
    do {
      point = try cursor.point()
    } catch {
      result.tally.illegal += 1
      if result.tally.illegalExample == nil { result.tally.illegalExample = "\(error)" }
      return .ruledOut(Self.illegal)
    }
    metrics.removeAll(keepingCapacity: true)
    do throws(ExplorationError) {
      for (index, session) in sessions.enumerated() {
        metrics.append(try session.metrics(of: point))
        cursor.note(metrics[index], workload: index)
      }
    } catch .cancelled {
      throw CancellationError()
    } catch {
      result.tally.unfit += 1
      if result.tally.unfitExample == nil { result.tally.unfitExample = "\(error)" }
      return .ruledOut(Self.illegal)
    }
    let missed = violated(space.conditions.onMetrics)
    if let first = missed.first {
      result.tally.rejected[first] += 1
      return .ruledOut(missed.count)
    }
    return .kept(keep())
  }

  /// The indices of the conditions that do not hold, of those in `indices`.
  private func violated(_ indices: [Int]) -> [Int] {
    cursor.slots.withUnsafeBufferPointer { slots in
      indices.filter { !space.conditions.all[$0].holds(slots) }
    }
  }

  private func keep() -> [Double] {
    let vector = space.objectiveVector(metrics)
    result.front.insert(cursor.number, vector)
    result.tally.kept += 1
    result.numbers.append(cursor.number)
    result.hashes.append(cursor.hash)
    result.metrics += metrics
    return vector
  }
}
