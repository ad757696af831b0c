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
  let timing: Timing

  /// - Throws: ``ClosedFormError/dram(_:)`` when a DRAM is behind the port.
  public init(_ architecture: Architecture) throws(ClosedFormError) {
    if let dram = architecture.parameters.memory.dram { throw .dram(dram.standard.rawValue) }
    self.architecture = architecture
    timing = Timing(architecture)
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
    var counts = EventCounts()
    let schedule = Schedule.Result(descriptor, on: timing, skipsRepeats: skipsRepeats)
    count(schedule, of: descriptor, in: &counts)
    countWords(of: descriptor, in: &counts)
    countTransfers(of: descriptor, in: &counts)
    let added = descriptor.tokens * plusOnes
    let subtracted = descriptor.tokens * minusOnes
    let products =
      Int(counts[.activationBufferRead]) * architecture.parameters.rows
      * architecture.parameters.lanes
    counts.add(added, to: .laneAdd)
    counts.add(subtracted, to: .laneSubtract)
    counts.add(products - added - subtracted, to: .laneSkip)
    return counts
  }

  package func flows(_ d: Descriptor) -> Bool { 
    guard d.error(on: architecture) == nil, var f = Flow(d, timing) else { return false }
    return Flow.withPoints({ f.run($0) }) != nil
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

// MARK: - Counts that are products of sizes

extension ClosedForm {
  private func count(
    _ schedule: Schedule.Result, of job: Descriptor, in counts: inout EventCounts
  ) {
    counts.add(schedule.cycles, to: .cycles)
    counts.add(operands(of: job) * timing.interval, to: .busy)
    counts.add(1, to: .stallSetup)
    counts.add(schedule.tally.stallActivation, to: .stallActivation)
    counts.add(schedule.tally.stallWeight, to: .stallWeight)
    counts.add(schedule.tally.stallOutput, to: .stallOutput)
    // Until the array is done with the last operand it is busy.
    counts.add(schedule.stallDrain - (timing.interval - 1), to: .stallDrain)
    counts.add(schedule.tally.readBursts, to: .readBurst)
    counts.add(schedule.tally.writeBursts, to: .writeBurst)
  }

  /// Groups of tokens that share a weight word, over all token blocks.
  private func groups(of job: Descriptor) -> Int {
    let (full, rest) = job.tokens.quotientAndRemainder(dividingBy: job.tokenBlock)
    return full * ceilDivide(job.tokenBlock, timing.group) + ceilDivide(rest, timing.group)
  }

  private func operands(of job: Descriptor) -> Int { groups(of: job) * job.nTiles * job.kTiles }

  /// Words that are read from buffers, and what happens to sums.
  private func countWords(of job: Descriptor, in counts: inout EventCounts) {
    let blocks = ceilDivide(job.tokens, job.tokenBlock)
    let results = groups(of: job) * job.nTiles
    let partials =
      timing.weightStationary
      ? job.kTiles - 1 : ceilDivide(job.kTiles, timing.weightHalfWords) - 1
    counts.add(
      timing.weightStationary ? blocks * job.nTiles * job.kTiles : operands(of: job),
      to: .weightBufferRead)
    counts.add(job.tokens * job.nTiles * job.kTiles, to: .activationBufferRead)
    counts.add(results * partials, to: .accumulatorRead)
    counts.add(results * partials, to: .accumulatorWrite)
    counts.add(job.tokens * job.nTiles, to: .outputResult)
    if architecture.parameters.output == .int8 {
      counts.add(job.tokens * job.nTiles * architecture.parameters.rows, to: .requantisation)
    }
    if job.rowMultipliers { counts.add(results, to: .multiplierBufferRead) }
  }

  /// Beats and bytes over the bus.
  private func countTransfers(of job: Descriptor, in counts: inout EventCounts) {
    let bus = architecture.parameters.busBytes
    let weights =
      ceilDivide(job.tokens, job.tokenBlock) * job.nTiles * job.kTiles * timing.weightBeats
    counts.add(weights, to: .weightBufferWrite)
    counts.add(weights * bus, to: .weightBytesRead)
    let activations = job.tokens * job.kTiles * timing.activationBeats
    counts.add(activations, to: .activationBufferWrite)
    counts.add(activations * bus, to: .activationBytesRead)
    if job.rowMultipliers {
      counts.add(job.nTiles * timing.multiplierBeats, to: .multiplierBufferWrite)
      counts.add(job.nTiles * timing.multiplierBeats * bus, to: .multiplierBytesRead)
    }
    let outputs =
      (job.nTiles - 1) * architecture.outputBeats + timing.tileBeats(rows: job.lastRows)
    counts.add(job.tokens * outputs * bus, to: .outputBytesWritten)
  }
}
