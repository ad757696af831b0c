package import Activity
import Architecture

extension ClosedForm {
  /// The counts of a job, without memory of their own: to be added up by the million.
  package struct Counts: BitwiseCopyable, Sendable {
    /// By the raw value of ``Event``; what comes after the last is 0.
    package var values = SIMD32<Int>()

    package init() {}

    package subscript(event: Event) -> Int {
      get { values[event.rawValue] }
      set { values[event.rawValue] = newValue }
    }
  }
}

extension ClosedForm.Counts {
  /// The counts of `job` with this schedule; all products are skipped ones.
  init(
    _ schedule: ClosedForm.Schedule.Result, of job: Descriptor, on timing: ClosedForm.Timing
  ) {
    let (full, rest) = job.tokens.quotientAndRemainder(dividingBy: job.tokenBlock)
    // Groups of tokens that share a weight word.
    let groups =
      full * ((job.tokenBlock + timing.group - 1) / timing.group)
      + (rest + timing.group - 1) / timing.group
    let blocks = full + (rest > 0 ? 1 : 0)
    count(schedule, operands: groups * job.nTiles * job.kTiles, timing)
    countWords(of: job, groups: groups, blocks: blocks, timing)
    countTransfers(of: job, blocks: blocks, timing)
  }

  /// Makes skipped products additions and subtractions.
  package mutating func addLanes(plusOnes: Int, minusOnes: Int) {
    self[.laneAdd] += plusOnes
    self[.laneSubtract] += minusOnes
    self[.laneSkip] -= plusOnes + minusOnes
  }

  private mutating func count(
    _ schedule: ClosedForm.Schedule.Result, operands: Int, _ timing: ClosedForm.Timing
  ) {
    self[.cycles] = schedule.cycles
    self[.busy] = operands * timing.interval
    self[.stallSetup] = 1
    self[.stallActivation] = schedule.tally.stallActivation
    self[.stallWeight] = schedule.tally.stallWeight
    self[.stallOutput] = schedule.tally.stallOutput
    // Until the array is done with the last operand it is busy.
    self[.stallDrain] = schedule.stallDrain - (timing.interval - 1)
    self[.readBurst] = schedule.tally.readBursts
    self[.writeBurst] = schedule.tally.writeBursts
  }

  /// Words that are read from buffers, and what happens to sums.
  private mutating func countWords(
    of job: Descriptor, groups: Int, blocks: Int, _ timing: ClosedForm.Timing
  ) {
    let words = job.nTiles * job.kTiles
    let results = groups * job.nTiles
    let partials =
      timing.weightStationary
      ? job.kTiles - 1 : (job.kTiles + timing.weightHalfWords - 1) / timing.weightHalfWords - 1
    self[.weightBufferRead] = (timing.weightStationary ? blocks : groups) * words
    self[.activationBufferRead] = job.tokens * words
    self[.laneSkip] = job.tokens * words * timing.rows * timing.lanes
    self[.accumulatorRead] = results * partials
    self[.accumulatorWrite] = results * partials
    self[.outputResult] = job.tokens * job.nTiles
    if timing.requantises { self[.requantisation] = job.tokens * job.nTiles * timing.rows }
    if job.rowMultipliers { self[.multiplierBufferRead] = results }
  }

  /// Beats and bytes over the bus.
  private mutating func countTransfers(
    of job: Descriptor, blocks: Int, _ timing: ClosedForm.Timing
  ) {
    let weights = blocks * job.nTiles * job.kTiles * timing.weightBeats
    self[.weightBufferWrite] = weights
    self[.weightBytesRead] = weights * timing.busBytes
    let activations = job.tokens * job.kTiles * timing.activationBeats
    self[.activationBufferWrite] = activations
    self[.activationBytesRead] = activations * timing.busBytes
    if job.rowMultipliers {
      self[.multiplierBufferWrite] = job.nTiles * timing.multiplierBeats
      self[.multiplierBytesRead] = job.nTiles * timing.multiplierBeats * timing.busBytes
    }
    let outputs =
      (job.nTiles - 1) * timing.tileBeats(rows: timing.rows)
      + timing.tileBeats(rows: job.lastRows)
    self[.outputBytesWritten] = job.tokens * outputs * timing.busBytes
  }
}
