private import class Foundation.NSLock

/// Explores a space into a store.
///
/// Blocks are evaluated on several threads and written in their order, so that stores of equal sweeps
/// are equal whatever the number of threads, and however often they were killed and continued.
public struct SweepRunner: Sendable {
  /// What is known while a sweep runs.
  public struct Progress: Sendable {
    public let blocks: Int
    public let allBlocks: Int
    public let frontPoints: Int
  }

  private let sweep: Sweep
  private let evaluators: [Evaluator]
  private let threads: Int

  /// Blocks that may be evaluated ahead of the one that is written next, for each thread.
  private static let blocksAhead = 4

  /// - Parameter evaluators: One for each workload of `sweep`.
  /// - Throws: ``ExplorationError/input(place:problem:)`` when a technology is none, or a workload or a
  ///   technology does not have an objective, or a metric of a condition.
  public init(
    _ sweep: Sweep, evaluators: [Evaluator], threads: Int
  ) throws(ExplorationError) {
    precondition(evaluators.count == sweep.workloads.count && threads > 0)
    for metric in sweep.space.objectives + sweep.space.metricsOfConditions {
      try sweep.require(metric, evaluators[metric.workload])
    }
    try sweep.requireMappings()
    // An unknown one would only leave its points without a price, one by one.
    for name in sweep.space.technologies {
      for evaluator in evaluators { _ = try evaluator.cells(named: name, place: sweep.file) }
    }
    self.sweep = sweep
    self.evaluators = evaluators
    self.threads = threads
  }

  /// Evaluates what the store at `path` does not have yet.
  ///
  /// - Throws: ``ExplorationError`` when the file holds anything else or cannot be written, and
  ///   `CancellationError` when the task is cancelled; what is written then is whole.
  /// - Returns: The store.
  public func run(
    into path: String, progress: @Sendable (Progress) -> Void = { _ in }
  ) async throws -> ExplorationStore {
    let store = try ExplorationStore.continuing(sweep, at: path)
    for (index, evaluator) in evaluators.enumerated() {
      guard let perplexities = evaluator.perplexities else { continue }
      perplexities.continuing(try store.perplexities(ofWorkload: index)) { numerics, value in
        // What cannot be written is evaluated again; why not, the next block of points says.
        try? store.note(value, in: numerics, workload: index)
      }
    }
    let plan = BlockPlan(sweep)
    switch plan.kind {
    case .positions: try await runPositions(plan, store, progress)
    case .generations(let generations):
      try await runGenerations(generations, plan, store, progress)
    }
    try store.noteOrigins(evaluators)
    return store
  }

  // MARK: - Positions

  private func runPositions(
    _ plan: BlockPlan, _ store: ExplorationStore, _ progress: (Progress) -> Void
  ) async throws {
    var writer = try BlockWriter(store, allBlocks: plan.count(of: sweep.shard))
    let done = try store.blocksDone()
    var pending = plan.blocks(of: sweep.shard).lazy.filter { !done.contains($0) }.makeIterator()
    let pool = EvaluatorPool(sweep.space, evaluators)
    var order: [Int] = []
    var finished: [Int: BlockResult] = [:]
    try await withThrowingTaskGroup(of: BlockResult.self) { group in
      func add() {
        guard order.count < Self.blocksAhead * threads, let block = pending.next() else { return }
        order.append(block)
        group.addTask {
          try Task.checkCancellation()
          return try pool.with { evaluator throws(CancellationError) in
            try evaluator.evaluate(block: block, points: plan.points(of: block))
          }
        }
      }
      for _ in 0..<threads { add() }
      do {
        while let result = try await group.next() {
          finished[result.block] = result
          while let first = order.first, let result = finished.removeValue(forKey: first) {
            order.removeFirst()
            try writer.add(result)
            progress(writer.progress)
          }
          for _ in order.count - finished.count..<threads { add() }
        }
      } catch is CancellationError {
        try writer.finish()
        throw CancellationError()
      }
    }
    try writer.finish()
  }

  // MARK: - Generations

  private func runGenerations(
    _ generations: Int, _ plan: BlockPlan, _ store: ExplorationStore,
    _ progress: (Progress) -> Void
  ) async throws {
    var writer = try BlockWriter(store, allBlocks: plan.count(of: sweep.shard))
    let pool = EvaluatorPool(sweep.space, evaluators)
    let done = try store.blocksDone().count
    var search = GeneticSearch(sweep)
    if done > 0 {
      let population = try store.population(after: plan.generation(done - 1, of: sweep.shard))
      search.restore(
        population, standings: try await evaluate(population, block: 0, pool).standings)
    }
    for generation in done..<max(done, generations) {
      do {
        try Task.checkCancellation()
        let offspring = search.offspring(generation: generation)
        var result = try await evaluate(
          offspring, block: plan.generation(generation, of: sweep.shard), pool)
        search.select(offspring, result.standings)
        result.population = search.population
        try writer.add(result)
        progress(writer.progress)
      } catch is CancellationError {
        try writer.finish()
        throw CancellationError()
      }
    }
    try writer.finish()
  }

  /// Evaluates `points` in as many parts as there are threads, and puts the results together.
  private func evaluate(
    _ points: [Int], block: Int, _ pool: EvaluatorPool
  ) async throws -> BlockResult {
    let size = max(1, (points.count + threads - 1) / threads)
    let parts = stride(from: 0, to: points.count, by: size).map {
      Array(points[$0..<min($0 + size, points.count)])
    }
    let results = try await withThrowingTaskGroup(of: (Int, BlockResult).self) { group in
      for (index, part) in parts.enumerated() {
        group.addTask {
          try Task.checkCancellation()
          let result = try pool.with { evaluator throws(CancellationError) in
            try evaluator.evaluate(block: block, points: part, notesStandings: true)
          }
          return (index, result)
        }
      }
      var results: [BlockResult?] = Array(repeating: nil, count: parts.count)
      while let (index, result) = try await group.next() { results[index] = result }
      return results.compactMap { $0 }
    }
    return results.dropFirst().reduce(results[0]) { $0.followed(by: $1) }
  }
}

extension BlockResult {
  fileprivate func followed(by other: BlockResult) -> BlockResult {
    var both = self
    both.tally = tally + other.tally
    both.numbers += other.numbers
    both.hashes += other.hashes
    both.metrics += other.metrics
    both.standings += other.standings
    for index in 0..<other.front.count {
      both.front.insert(other.front.numbers[index], other.front.vector(at: index))
    }
    return both
  }
}

extension DesignSpace {
  /// Whether objectives or constraints ask how well the model of the workload `index` predicts.
  public func asksForPerplexity(ofWorkload index: Int) -> Bool {
    (objectives + metricsOfConditions).contains { $0.workload == index && $0.metric.isOfText }
  }

  /// Whether points say how many bits keys and values have.
  var variesKeyValues: Bool {
    parameters.contains { $0.values[0].keyValueBits != nil }
  }

  /// The metrics that conditions look at.
  fileprivate var metricsOfConditions: [Objective] {
    let names = MetricNames(workloads.map(\.name)).all
    return conditions.metricSlots.enumerated().flatMap { workload, slots in
      slots.compactMap { slot in
        names.first { $0.workload == workload && $0.metric == slot.metric }
      }
    }
  }
}

extension Sweep {
  /// The mapping with the least energy is none where no energy is known.
  fileprivate func requireMappings() throws(ExplorationError) {
    guard space.parameters.contains(where: { $0.values.contains { $0.mapping == .leastEnergy } }),
      let problem = Metric.Price.cells.problem(in: space)
    else { return }
    throw .input(place: file, problem: "mapping least_energy: \(problem)")
  }

  /// Whether points on the workload `index` count the traffic of keys and values.
  public func countsKeyValues(of index: Int) -> Bool {
    guard workloads[index].decode != nil, let cache = workloads[index].keyValues else {
      return false
    }
    return cache.isCounted || space.variesKeyValues
  }

  fileprivate func require(
    _ objective: DesignSpace.Objective, _ evaluator: Evaluator
  ) throws(ExplorationError) {
    if let problem = objective.metric.price?.problem(in: space) {
      throw .input(place: file, problem: "\(objective.name): \(problem)")
    }
    let workload = workloads[objective.workload]
    let missing: String? =
      switch objective.metric {
      case .decodeLatency, .decodeThroughput, .decodeEnergy, .decodeUtilisation, .decodeTraffic:
        workload.decode == nil ? "generates nothing" : nil
      case .prefillLatency, .prefillThroughput, .prefillEnergy, .prefillUtilisation,
        .prefillTraffic:
        workload.prefill == nil ? "has no prompt" : nil
      case .keyValueTraffic, .keyValueEnergy:
        workload.decode == nil
          ? "generates nothing"
          : countsKeyValues(of: objective.workload)
            ? nil : "has no context, in a space without kv_bits"
      case .perplexity, .perplexityIncrease:
        evaluator.perplexities == nil ? "has no weights and no text to predict" : nil
      default: nil
      }
    if let missing {
      throw .input(
        place: file,
        problem: "\(objective.name): expected a metric of the workload \(workload.name), which "
          + missing)
    }
  }
}

/// Evaluators that are not in use.
private final class EvaluatorPool: @unchecked Sendable {
  private let space: DesignSpace
  private let evaluators: [Evaluator]
  private let lock = NSLock()
  private var idle: [BlockEvaluator] = []

  init(_ space: DesignSpace, _ evaluators: [Evaluator]) {
    self.space = space
    self.evaluators = evaluators
  }

  func with(
    _ body: (BlockEvaluator) throws(CancellationError) -> BlockResult
  ) throws(CancellationError) -> BlockResult {
    let evaluator =
      lock.withLock { idle.popLast() } ?? BlockEvaluator(space, evaluators: evaluators)
    defer { lock.withLock { idle.append(evaluator) } }
    return try body(evaluator)
  }
}

/// Collects results until they are worth a transaction, and keeps the front.
private struct BlockWriter {
  private let store: ExplorationStore
  private let workloads: Int
  private let allBlocks: Int
  private var blocks: Int
  private var front: ParetoFront
  private var waiting: [BlockResult] = []
  private var waitingPoints = 0
  private var lastWrite = ContinuousClock.now

  /// A transaction ends with this many points, or after this time.
  private static let pointsOfTransaction = 50_000
  private static let transactionTime = Duration.milliseconds(500)

  init(_ store: ExplorationStore, allBlocks: Int) throws(ExplorationError) {
    self.store = store
    self.allBlocks = allBlocks
    workloads = store.sweep.workloads.count
    blocks = try store.blocksDone().count
    let space = store.sweep.space
    front = ParetoFront(dimensions: space.objectives.count)
    for point in try store.points(in: .front) {
      front.insert(point.number, space.objectiveVector(point.metrics))
    }
  }

  var progress: SweepRunner.Progress {
    .init(blocks: blocks, allBlocks: allBlocks, frontPoints: front.count)
  }

  mutating func add(_ result: BlockResult) throws(ExplorationError) {
    for index in 0..<result.front.count {
      // A search may meet a point again.
      let number = result.front.numbers[index]
      if result.population != nil && front.numbers.contains(number) { continue }
      front.insert(number, result.front.vector(at: index))
    }
    blocks += 1
    waiting.append(result)
    waitingPoints += result.numbers.count
    if waitingPoints >= Self.pointsOfTransaction
      || ContinuousClock.now - lastWrite >= Self.transactionTime
    {
      try finish()
    }
  }

  mutating func finish() throws(ExplorationError) {
    guard !waiting.isEmpty else { return }
    try store.write(waiting, front: Set(front.numbers))
    waiting = []
    waitingPoints = 0
    lastWrite = ContinuousClock.now
  }
}
