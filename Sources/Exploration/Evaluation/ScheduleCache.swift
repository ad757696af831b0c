import Architecture
import Machine

/// Counts of both phases that were worked out lately, by all that they depend on.
///
/// Only of the standard mapping: others depend on what energy costs, too.
final class ScheduleCache {
  struct Entry: BitwiseCopyable {
    fileprivate var timing: ClosedForm.Timing
    // What token blocks depend on beside it.
    fileprivate var activationHalfWords: Int
    fileprivate var accumulatorDepth: Int
    /// All products are skipped ones.
    var prefill = ClosedForm.Counts()
    var decode = ClosedForm.Counts()
  }

  /// A power of two.
  private static let capacity = 2048
  /// Held outside an array so that entries are read and written in place: copying them takes as long
  /// as working them out.
  private let entries = UnsafeMutablePointer<Entry>.allocate(capacity: capacity + 1)
  private var isFilled = [Bool](repeating: false, count: capacity)

  deinit { entries.deallocate() }

  /// The entry of these schedules, and whether its counts are there.
  func entry(of closedForm: ClosedForm) -> (UnsafeMutablePointer<Entry>, isKnown: Bool) {
    let half = closedForm.architecture.activationHalfWords
    let depth = closedForm.architecture.parameters.accumulatorDepth
    let numbers = closedForm.timing.hashed &+ half &* 0x9E37_79B9 &+ depth &* 0x85EB_CA6B
    let place = (numbers ^ numbers >> 17 ^ numbers >> 31) & (Self.capacity - 1)
    let entry = entries + place
    if isFilled[place], entry.pointee.activationHalfWords == half,
      entry.pointee.accumulatorDepth == depth, entry.pointee.timing == closedForm.timing
    {
      return (entry, true)
    }
    // It may be that its counts turn out not to exist.
    isFilled[place] = false
    entry.initialize(
      to: Entry(
        timing: closedForm.timing, activationHalfWords: half, accumulatorDepth: depth))
    return (entry, false)
  }

  /// An entry that is never known, for other mappings.
  func unknownEntry(of closedForm: ClosedForm) -> UnsafeMutablePointer<Entry> {
    let entry = entries + Self.capacity
    entry.initialize(
      to: Entry(timing: closedForm.timing, activationHalfWords: 0, accumulatorDepth: 0))
    return entry
  }

  /// Notes that the counts of `entry` are there.
  func fill(_ entry: UnsafeMutablePointer<Entry>) { isFilled[entry - entries] = true }
}
