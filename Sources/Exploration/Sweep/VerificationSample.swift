private import Machine

/// The points of a store that are run again on the cycle-level model without being asked for.
public struct VerificationSample: Sendable {
  /// The share of the points, at least one of them.
  public let share: Double
  /// Points whose jobs do not fit into what is left of this are left out.
  public let mostCycles: Int
  /// Points that were drawn.
  public let drawn: Int
  /// Those of them that fit.
  public let chosen: Int
  /// Those of them that have not run yet, in the order they were drawn.
  public let replays: [(number: Int, replay: Replay)]

  /// Draws points by their hashes; those that ran already are not run once more.
  ///
  /// - Throws: ``ExplorationError`` when the store cannot be read.
  public init(
    of store: ExplorationStore, share: Double, mostCycles: Int, evaluators: [Evaluator]
  ) throws(ExplorationError) {
    self.share = share
    self.mostCycles = mostCycles
    // The cheapest job there is may be too much; then a look at the first points is enough.
    let (drawn, points) = try store.smallestHashes(share: share, most: Self.mostPoints)
    self.drawn = drawn
    let done = Set(try store.verifications().map(\.number))
    var left = mostCycles
    var replays: [(Int, Replay)] = []
    var chosen = 0
    for point in points {
      let replay = try Replay(try store.design(of: point), evaluators: evaluators)
      guard replay.cycles <= left else { continue }
      left -= replay.cycles
      if !done.contains(point.number) { replays.append((point.number, replay)) }
      chosen += 1
    }
    self.replays = replays
    self.chosen = chosen
  }

  private static let mostPoints = 1000

  /// Runs the sample on the cycle-level model, on several threads, and notes the results.
  ///
  /// - Throws: `CancellationError` when the task is cancelled, and ``ExplorationError`` when the
  ///   results cannot be written.
  public func run(
    into store: ExplorationStore, threads: Int, progress: (_ done: Int) -> Void = { _ in }
  ) async throws -> [ExplorationStore.Verification] {
    let verifications = try await withThrowingTaskGroup(
      of: ExplorationStore.Verification.self
    ) { group in
      var pending = replays.makeIterator()
      func add() {
        guard let (number, replay) = pending.next() else { return }
        group.addTask { try replay.verification(number: number) }
      }
      for _ in 0..<threads { add() }
      var verifications: [ExplorationStore.Verification] = []
      while let verification = try await group.next() {
        verifications.append(verification)
        progress(verifications.count)
        add()
      }
      return verifications.sorted { $0.number < $1.number }
    }
    try store.note(verifications)
    return verifications
  }
}

extension Replay {
  /// Runs all jobs on the cycle-level model; the first difference ends the run.
  public func verification(number: Int) throws -> ExplorationStore.Verification {
    var verification = ExplorationStore.Verification(number: number, jobs: 0, modelCycles: 0)
    for job in jobs {
      try Task.checkCancellation()
      verification.difference = try run(job, on: Machine(point.architecture))
      verification.jobs += 1
      verification.modelCycles += job.cycles
      if verification.difference != nil { break }
    }
    return verification
  }
}
