import Machine

/// Counts of the jobs of one shape that were worked out lately, by all that they depend on.
///
/// Only of the standard mapping: others depend on what energy costs, too.
final class ScheduleCache {
  private struct Entry: BitwiseCopyable {
    var timing: ClosedForm.Timing
    /// The only part of a standard mapping that depends on more than shape and timing.
    var tokenBlock: Int
    /// Of all jobs; all products are skipped ones.
    var counts: ClosedForm.Counts
  }

  /// The number of jobs.
  private let jobs: Int

  /// A power of two.
  private let capacity: Int
  /// Held outside an array so that entries are read and written in place: copying them takes as long
  /// as working them out, and so, nearly, do the checks of an array.
  private let entries: UnsafeMutablePointer<Entry>
  private let isFilled: UnsafeMutablePointer<Bool>

  /// - Precondition: `capacity` is a power of two.
  init(jobs: Int, capacity: Int) {
    precondition(capacity.nonzeroBitCount == 1, "\(capacity) entries")
    self.jobs = jobs
    self.capacity = capacity
    entries = .allocate(capacity: capacity)
    isFilled = .allocate(capacity: capacity)
    isFilled.initialize(repeating: false, count: capacity)
  }

  deinit {
    entries.deallocate()
    isFilled.deallocate()
  }

  /// Adds the counts of all jobs, with this timing and token block, to `sum`.
  ///
  /// - Parameters:
  ///   - hashed: That of `timing`.
  ///   - count: Works out the counts of one job, if they are not here.
  func add(
    to sum: inout ClosedForm.Counts, _ timing: ClosedForm.Timing, hashed: Int, tokenBlock: Int,
    _ count: () -> ClosedForm.Counts
  ) {
    let number = hashed &+ tokenBlock &* 0x5851_F42D_4C95_7F2D
    let place = (number ^ number >> 17 ^ number >> 31) & (capacity - 1)
    let entry = entries + place
    if !isFilled[place] || entry.pointee.tokenBlock != tokenBlock || entry.pointee.timing != timing
    {
      var counts = count()
      counts.values &*= jobs
      entry.initialize(to: Entry(timing: timing, tokenBlock: tokenBlock, counts: counts))
      isFilled[place] = true
    }
    sum.values &+= entry.pointee.counts.values
  }
}
