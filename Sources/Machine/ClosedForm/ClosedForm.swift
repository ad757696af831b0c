public import Activity
public import Architecture
public import Mapping
public import Ternary
import Workload

/// Every event count of one job, from its sizes: no values, no state of every cycle.
///
/// Counts equal those of ``Machine`` for a job that is the first after reset, run by
/// ``Testbench/run(_:weights:activations:)`` with the ideal memory, in every event. Most are
/// products of the job's sizes. Cycles and stalls come from a schedule of the job, burst by burst
/// and chunk by chunk, in which stretches that repeat are counted once and multiplied.
///
/// What a value of this type holds depends on the architecture alone; one value serves any number
/// of jobs, on any number of threads.
public struct ClosedForm: Sendable {
  public let architecture: Architecture
  package let timing: Timing

  /// - Throws: ``ClosedFormError/dram(_:)`` when a DRAM is behind the port.
  public init(_ architecture: Architecture) throws(ClosedFormError) {
    timing = try Timing(of: architecture)
    self.architecture = architecture
  }

  /// The counts of `job` with its operands where ``Testbench/Placement`` has them.
  ///
  /// - Parameter weights: How many weights are −1, 0 and +1; without, products count as skipped.
  /// - Throws: ``ClosedFormError/job(_:)`` when `job` was made for another architecture.
  public func counts(
    of job: Job, weights: TritCounts? = nil
  ) throws(ClosedFormError) -> EventCounts {
    let place = Testbench<Machine>.Placement(job)
    let descriptor = Descriptor(
      job, xAddress: place.x, wAddress: place.w, yAddress: place.y, mAddress: place.m)
    return try counts(
      of: descriptor, plusOnes: weights?.plusOnes ?? 0, minusOnes: weights?.minusOnes ?? 0)
  }

  /// The counts of `job` with its operands at 4 KiB boundaries; all products are skipped ones.
  ///
  /// - Precondition: `job` was made for an architecture with this timing.
  package static func counts(of job: Job, on timing: Timing) -> Counts {
    let descriptor = Descriptor(job, xAddress: 0, wAddress: 0, yAddress: 0)
    return Counts(
      Schedule.Result(descriptor, on: timing, skipsRepeats: true), of: descriptor, on: timing)
  }

  /// The counts of the job that `descriptor` describes.
  ///
  /// - Addresses matter for where bursts meet 4 KiB boundaries.
  /// - Products by kind are counted whether or not the hardware has lane counters, as
  ///   `Job.countingLanes` does for the model.
  /// - ``Event/accumulatorOverflow`` is 0: where ``mayOverflow(_:)`` it depends on values, and is
  ///   not known.
  ///
  /// - Throws: ``ClosedFormError/job(_:)`` when the hardware would refuse the job.
  public func counts(
    of descriptor: Descriptor, plusOnes: Int = 0, minusOnes: Int = 0
  ) throws(ClosedFormError) -> EventCounts {
    try counts(of: descriptor, plusOnes: plusOnes, minusOnes: minusOnes, skipsRepeats: true)
  }

  /// - Parameter skipsRepeats: `false` plays every burst of the schedule; the counts are the same.
  package func counts(
    of descriptor: Descriptor, plusOnes: Int = 0, minusOnes: Int = 0, skipsRepeats: Bool
  ) throws(ClosedFormError) -> EventCounts {
    if let error = descriptor.error(on: architecture) { throw .job(error) }
    let schedule = Schedule.Result(descriptor, on: timing, skipsRepeats: skipsRepeats)
    var counts = Counts(schedule, of: descriptor, on: timing)
    counts.addLanes(
      plusOnes: descriptor.tokens * plusOnes, minusOnes: descriptor.tokens * minusOnes)
    return EventCounts(counts.values)
  }

  /// Whether ``Flow`` counts the job.
  package func flows(_ job: Descriptor) -> Bool {
    job.error(on: architecture) == nil && Flow.result(job, timing) != nil
  }

  /// Whether sums of the job can be too large for the accumulators, so that they wrap and are
  /// counted: only with `accumulator_bits` below the derived width.
  public func mayOverflow(_ descriptor: Descriptor) -> Bool {
    let largest = 128 * architecture.parameters.lanes * descriptor.kTiles
    return Architecture.signedBits(magnitude: largest) > architecture.accumulatorBits
  }
}

/// Why there is no closed form.
public enum ClosedFormError: Error, Equatable, Sendable {
  /// The memory is a DRAM, whose answers depend on what it did before.
  case dram(String)
  /// The hardware refuses the job.
  case job(JobError)
}

extension ClosedFormError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .dram(let standard):
      "closed form: expected an ideal memory, found memory.model dram (\(standard)); run the "
        + "cycle-level model instead"
    case .job(let error):
      "closed form: expected a job that fits the architecture, found one that it ends with the "
        + "error \(error.name)"
    }
  }
}
