internal import Synchronization

/// Threads that share the parts of one job after another.
///
/// Between jobs they wait for the next a few tens of microseconds, as long as a token needs between
/// two of its matrices, and then park: an idle or a crowded machine is not kept busy by waiting.
/// Parts are handed out one by one, so a thread that the system holds up delays the job by one part.
public final class WorkerPool: Sendable {
  /// One thread for every processor that this process may run on.
  public static let shared = WorkerPool(threads: processorCount())
  /// No thread but the caller's.
  public static let single = WorkerPool(threads: 1)

  /// Threads that work on a job, the caller's included.
  public let threadCount: Int
  private let state: PoolState

  /// - Precondition: `threads` is positive.
  public init(threads: Int) {
    precondition(threads > 0, "a pool of \(threads) threads")
    threadCount = threads
    state = PoolState()
    for _ in 1..<threads { state.start() }
  }

  deinit { state.stop() }

  /// Calls `body` once for each part in `0..<parts`, in no certain order, and returns when all are
  /// done.
  ///
  /// A job that is started while another runs, by another thread or by a part of that job, runs on
  /// its caller alone.
  public func run(parts: Int, _ body: (Int) -> Void) {
    guard parts > 1, threadCount > 1, state.begin() else {
      for part in 0..<max(parts, 0) { body(part) }
      return
    }
    withoutActuallyEscaping(body) { body in
      state.run(PoolState.Job(parts: parts, body: body))
    }
    state.end()
  }

  /// Splits `0..<count` into ranges that begin at multiples of `unit` and calls `body` with each.
  ///
  /// - Parameters:
  ///   - minimum: The fewest elements that are worth a part of their own.
  ///   - partsPerThread: With two, a thread that is held up leaves half of its share to the others;
  ///     more serve elements of unequal work.
  func split(
    _ count: Int, unit: Int = 1, minimum: Int = 1, partsPerThread: Int = 2,
    _ body: (Range<Int>) -> Void
  ) {
    let units = (count + unit - 1) / unit
    let parts =
      threadCount == 1 ? 1 : max(1, min(partsPerThread * threadCount, units, count / minimum))
    run(parts: parts) { part in
      let first = units * part / parts * unit
      let end = min(units * (part + 1) / parts * unit, count)
      if first < end { body(first..<end) }
    }
  }
}

/// What the threads of a pool share. It outlives the pool until the last of them has left.
private final class PoolState: Sendable {
  struct Job {
    let parts: Int
    let body: (Int) -> Void
  }

  /// Looks at a changing number before a thread parks: about 50 µs.
  private static let patience = 2_000

  /// Whether a job runs.
  private let isBusy = Atomic(false)
  /// Parts that nobody has taken yet; below zero when threads came for nothing.
  private let remaining = Atomic(0)
  private let finished = Atomic(0)
  /// Counts jobs, so that a thread knows a new one.
  private let generation = Atomic(0)
  private let isStopped = Atomic(false)
  /// Threads that wait for a job, and callers that wait for the end of theirs.
  private let idle = ParkingPlace()
  private let callers = ParkingPlace()
  // Written before `remaining` becomes positive, and read by those who took a part: until all parts
  // are finished it stays.
  nonisolated(unsafe) private var job = Job(parts: 0) { _ in }

  func start() {
    startThread { [self] in
      var seen = 0
      while true {
        idle.wait(patience: Self.patience) {
          generation.load(ordering: .sequentiallyConsistent) != seen
        }
        seen = generation.load(ordering: .acquiring)
        if isStopped.load(ordering: .acquiring) { return }
        work()
      }
    }
  }

  func stop() {
    isStopped.store(true, ordering: .releasing)
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    idle.wakeAll()
  }

  func begin() -> Bool {
    isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func end() { isBusy.store(false, ordering: .releasing) }

  func run(_ job: Job) {
    self.job = job
    finished.store(0, ordering: .relaxed)
    remaining.store(job.parts, ordering: .releasing)
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    idle.wakeAll()
    work()
    callers.wait(patience: Self.patience) {
      finished.load(ordering: .sequentiallyConsistent) == job.parts
    }
    self.job = Job(parts: 0) { _ in }
  }

  /// Takes parts until none is left.
  private func work() {
    while true {
      let left = remaining.wrappingSubtract(1, ordering: .acquiring).oldValue
      // A late thread may take a part of the next job here, which is as good.
      guard left > 0 else { return }
      let parts = job.parts
      perform(parts - left)
      // After the last part has finished the job may be gone.
      if finished.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue == parts {
        callers.wakeAll()
      }
    }
  }

  /// A function of its own, so that nothing of the job is held when its part counts as finished.
  @inline(never)
  private func perform(_ part: Int) { job.body(part) }
}
