import Architecture

/// The jobs that are known: the controller works on the oldest, the load unit on the oldest or the
/// one after it.
///
/// Mirrors `setun_job_queue`. A job is checked when it is appended; the finding waits beside it.
struct JobQueue {
  struct Entry: BitwiseCopyable {
    var job = Descriptor()
    var error: JobError?
  }

  struct State {
    var read = 0
    var write = 0
    var count = 0
    /// Alternates from job to job: 0 or 1.
    var parity = 0
    /// The load unit is at the second job.
    var ahead = false
    /// The load unit is done with the second job too.
    var loaded = false
  }

  private let architecture: Architecture
  private let entries: Storage<Entry>
  private(set) var q = State()
  private var d = State()

  init(_ architecture: Architecture) {
    self.architecture = architecture
    entries = Storage(count: architecture.parameters.jobQueueDepth, zero: Entry())
  }

  var full: Bool { q.count == entries.count }
  /// There is a job.
  var valid: Bool { q.count != 0 }
  /// There is a job after the oldest.
  var more: Bool { q.count > 1 }
  /// The oldest job; meaningful while there is one.
  var job: UnsafePointer<Entry> { UnsafePointer(entries.pointer + q.read) }

  /// The job to be loaded is there and sound.
  var loadValid: Bool { !q.loaded && q.count > (q.ahead ? 1 : 0) && loadJob.pointee.error == nil }
  /// The job to be loaded; meaningful while it is there.
  var loadJob: UnsafePointer<Entry> {
    UnsafePointer(entries.pointer + (q.ahead ? next(q.read) : q.read))
  }
  var loadParity: Int { q.parity ^ (q.ahead ? 1 : 0) }

  private func next(_ index: Int) -> Int { index == entries.count - 1 ? 0 : index + 1 }

  /// Appends a job, if there is room.
  mutating func push(_ job: Descriptor) {
    guard !full else { return }
    entries[q.write] = Entry(job: job, error: job.error(on: architecture))
    d.write = next(q.write)
    d.count += 1
  }

  /// Computes the rest of the next state.
  ///
  /// - Parameters:
  ///   - pop: The oldest job has ended.
  ///   - loadDone: Everything of the job to be loaded is requested.
  ///   - flush: All jobs are forgotten; wins over all else.
  mutating func evaluate(pop: Bool, loadDone: Bool, flush: Bool) {
    if loadDone {
      if q.ahead { d.loaded = true } else { d.ahead = true }
    }
    if pop {
      d.count -= 1
      d.parity ^= 1
      d.read = next(q.read)
      if d.ahead && !d.loaded { d.ahead = false }
      d.loaded = false
    }
    if flush { d = State() }
  }

  mutating func reset() { d = State() }
  mutating func clock() { q = d }
}
