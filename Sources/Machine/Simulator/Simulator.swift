public import Activity
public import Architecture
public import Mapping
public import Ternary
import Workload

/// Runs jobs on the cycle-level model, with no more work than their results take.
///
/// What happens when depends on no value. It comes from ``ClosedForm`` where the memory is ideal, and
/// elsewhere from a ``Machine`` that is stepped without values. The values come from the CPU kernels.
/// Outputs, every event and the cycles equal those of a ``Machine`` that ``Testbench`` runs after
/// reset, whatever the architecture, the job and the memory.
public struct Simulator: Sendable {
  public let architecture: Architecture
  /// How eagerly the memory serves its channels.
  public let behaviour: ExternalMemory.Behaviour
  /// Counts what jobs do where the memory is ideal.
  private let closedForm: ClosedForm?

  public init(_ architecture: Architecture, behaviour: ExternalMemory.Behaviour = .ideal) {
    self.architecture = architecture
    self.behaviour = behaviour
    closedForm = behaviour == .ideal ? try? ClosedForm(architecture) : nil
  }

  /// Runs one job.
  ///
  /// - Parameters:
  ///   - weights: `n × k`.
  ///   - activations: `m * k` values, token by token; not looked at without values.
  ///   - values: Without values there are no outputs, and overflows are not counted.
  /// - Returns: What ``Testbench/run(_:weights:activations:)`` returns.
  /// - Throws: ``Deadlock`` when nothing moves, which takes a memory that does not answer.
  /// - Precondition: The job was made for this architecture, the operands have its sizes.
  public func run(
    _ job: Job, weights: TritMatrix, activations: [Int8], values: SimulatedValues = .full
  ) throws -> JobResult {
    var result = try timing(of: job)
    count(lanesOf: job, weights, in: &result.counts)
    if values == .full {
      let computed = JobValues(job, weights: weights, activations: activations, on: architecture)
      result.outputs = computed.outputs
      result.counts.add(computed.overflows, to: .accumulatorOverflow)
    }
    return result
  }

  private func timing(of job: Job) throws -> JobResult {
    let place = Testbench<Machine>.Placement(job)
    let descriptor = Descriptor(
      job, xAddress: place.x, wAddress: place.w, yAddress: place.y, mAddress: place.m)
    guard let closedForm else {
      return try bench(byteCount: place.end).execute(descriptor)
    }
    var counts = try closedForm.counts(of: descriptor)
    counts[.laneSkip] = 0
    return JobResult(
      outputs: [], counts: counts, error: nil,
      simulatedCycles: counts[.cycles] + Testbench<Machine>.hostCycles)
  }

  private func bench(byteCount: Int) throws -> Testbench<Machine> {
    try Testbench(
      Machine(architecture, values: .timingOnly), architecture: architecture,
      memory: ExternalMemory(
        architecture, byteCount: byteCount, behaviour: behaviour, values: .timingOnly))
  }

  /// Adds the products by kind, where the hardware counts them.
  private func count(
    lanesOf job: Job, _ weights: TritMatrix, in counts: inout EventCounts
  ) {
    guard architecture.parameters.laneCounters else { return }
    let trits = weights.counts
    let added = job.shape.m * trits.plusOnes
    let subtracted = job.shape.m * trits.minusOnes
    let words = job.shape.m * job.nTiles * job.kTiles
    counts.add(added, to: .laneAdd)
    counts.add(subtracted, to: .laneSubtract)
    counts.add(
      words * architecture.parameters.rows * architecture.parameters.lanes - added - subtracted,
      to: .laneSkip)
  }
}

// MARK: - Lists of jobs

extension Simulator {
  /// A job of a list, with its operands.
  public struct QueuedJob: Sendable {
    /// Where a job's activations come from.
    public enum Input: Sendable {
      /// `m * k` values, token by token.
      case activations([Int8])
      /// What the job before writes, which is read as it lies in memory.
      case resultsBefore
    }

    public var job: Job
    /// `n × k`.
    public var weights: TritMatrix
    public var input: Input

    public init(_ job: Job, weights: TritMatrix, input: Input) {
      self.job = job
      self.weights = weights
      self.input = input
    }
  }

  /// What a list of jobs left behind.
  public struct ListResult: Equatable, Sendable {
    /// Y of each job; none without values.
    public var outputs: [[Int32]]
    /// The events of the jobs together, as the hardware counts them: where one ended before the host
    /// had queued the next, counting begins again with the next.
    public var counts: EventCounts
    /// Clock cycles of the simulation, host accesses included.
    public var simulatedCycles: UInt64

    public init(outputs: [[Int32]], counts: EventCounts, simulatedCycles: UInt64) {
      self.outputs = outputs
      self.counts = counts
      self.simulatedCycles = simulatedCycles
    }
  }

  /// Runs jobs that the host queues as fast as the hardware takes them, so that one loads while the
  /// one before computes. Their operands lie one behind the other in memory.
  ///
  /// - Parameter values: As for one job.
  /// - Throws: ``Deadlock`` when nothing moves.
  /// - Precondition: As for one job; the first has activations, and a job that reads what the one
  ///   before writes has as many tokens and rows of X as long as its rows of Y.
  public func run(
    _ jobs: [QueuedJob], values: SimulatedValues = .full
  ) throws -> ListResult {
    let (descriptors, end) = place(jobs)
    let bench = try bench(byteCount: end)
    let ended = try bench.run(descriptors)
    precondition(
      ended.ended == jobs.count && ended.error == nil, "a job for another architecture in a list")
    var result = ListResult(outputs: [], counts: ended.counts, simulatedCycles: bench.cycle)
    let counted = counted(jobs, ended.counts)
    for job in jobs[counted] { count(lanesOf: job.job, job.weights, in: &result.counts) }
    guard values == .full else { return result }
    for (index, job) in jobs.enumerated() {
      let activations =
        switch job.input {
        case .activations(let activations): activations
        case .resultsBefore:
          job.job.activations(
            from: result.outputs[index - 1], of: jobs[index - 1].job, on: architecture)
        }
      let computed = JobValues(
        job.job, weights: job.weights, activations: activations, on: architecture)
      result.outputs.append(computed.outputs)
      if counted.contains(index) {
        result.counts.add(computed.overflows, to: .accumulatorOverflow)
      }
    }
    return result
  }

  /// The last of `jobs`, as many as are in `counts`: each reads activation words.
  private func counted(_ jobs: [QueuedJob], _ counts: EventCounts) -> Range<Int> {
    var words = Int(counts[.activationBufferRead])
    var first = jobs.count
    while words > 0 {
      first -= 1
      words -= jobs[first].job.shape.m * jobs[first].job.nTiles * jobs[first].job.kTiles
    }
    return first..<jobs.count
  }

  /// The descriptors of jobs whose operands lie one behind the other, and the end of the last.
  private func place(_ jobs: [QueuedJob]) -> (descriptors: [Descriptor], end: Int) {
    var descriptors: [Descriptor] = []
    var end = 0
    for job in jobs {
      let place = Testbench<Machine>.Placement(job.job, from: end)
      var descriptor = Descriptor(
        job.job, xAddress: place.x, wAddress: place.w, yAddress: place.y, mAddress: place.m)
      if case .resultsBefore = job.input {
        descriptor.xAddress = descriptors[descriptors.count - 1].yAddress
        descriptor.dependent = true
      }
      descriptors.append(descriptor)
      end = place.end
    }
    return (descriptors, end)
  }
}

extension Job {
  /// The activations that this job finds where the one before wrote its results.
  fileprivate func activations(
    from outputs: [Int32], of before: Job, on architecture: Architecture
  ) -> [Int8] {
    let parameters = architecture.parameters
    precondition(
      shape.m == before.shape.m && parameters.output == .int8
        && before.outputStride == kTiles * architecture.activationWordBytes,
      "\(shape) cannot read what \(before.shape) writes")
    return (0..<shape.m * shape.k).map { index in
      let (token, column) = index.quotientAndRemainder(dividingBy: shape.k)
      let byte =
        column / parameters.lanes * architecture.activationWordBytes + column % parameters.lanes
      let (tile, row) = byte.quotientAndRemainder(dividingBy: architecture.outputTileBytes)
      let output = tile * parameters.rows + row
      // Rows that do not exist are not written: the memory's zeros are read.
      guard row < parameters.rows && output < before.shape.n else { return 0 }
      return Int8(outputs[token * before.shape.n + output])
    }
  }
}
