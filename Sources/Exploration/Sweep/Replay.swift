internal import Activity
internal import Architecture
public import Machine
internal import Mapping
private import Ternary
private import Workload

/// The layers of a point, to be run on a device and compared with the counts that its metrics were
/// made of.
public struct Replay: Sendable {
  /// One matmul with the counts that the closed form gives it.
  public struct Job: Sendable {
    /// The first layer of its kind: `chat, decode: layers.0.self_attn.q_proj`.
    public let name: String
    let mapped: Mapping.Job
    let nonzeros: Int
    let expected: EventCounts

    /// Cycles that it should take.
    public var cycles: Int { Int(expected[.cycles]) }
  }

  public let point: DesignPoint
  /// Layers of equal sizes and mapping are one job. Shortest first.
  public let jobs: [Job]

  /// - Throws: ``ExplorationError`` when the point cannot run a workload.
  public init(_ point: DesignPoint, evaluators: [Evaluator]) throws(ExplorationError) {
    self.point = point
    var jobs: [Job] = []
    for evaluator in evaluators {
      let (session, workload) = (Evaluator.Session(evaluator), evaluator.workload)
      for (name, phase) in [("prefill", workload.prefill), ("decode", workload.decode)] {
        for layer in phase?.layers ?? [] {
          let job = try session.job(of: layer.shape, layer.name, on: point)
          guard !jobs.contains(where: { $0.mapped == job }) else { continue }
          jobs.append(
            Job(
              name: "\(workload.name), \(name): \(layer.name)", mapped: job,
              nonzeros: layer.nonzeros,
              expected: try evaluator.counts(of: layer, as: job, on: point.architecture)))
        }
      }
    }
    self.jobs = jobs.sorted { $0.cycles < $1.cycles }
  }

  /// Cycles of all jobs.
  public var cycles: Int { jobs.reduce(0) { $0 + $1.cycles } }

  /// Runs `job` on `device` with drawn weights and activations.
  ///
  /// - Returns: The first event whose count is another one, or `nil` where all are equal. Overflows
  ///   of narrow accumulators depend on values and are not compared.
  /// - Throws: What the device throws, or a `Deadlock`.
  public func run<Target: Device>(_ job: Job, on device: Target) throws -> String? {
    let architecture = point.architecture
    let shape = job.mapped.shape
    var random = SplitMix64(state: UInt64(shape.n) << 32 | UInt64(shape.k))
    let weights = TritMatrix(
      rows: shape.n, columns: shape.k, trits: Self.trits(shape, job.nonzeros, &random))
    let activations = (0..<shape.m * shape.k).map { _ in Int8(truncatingIfNeeded: random.next()) }
    let memory = ExternalMemory(
      architecture, byteCount: Testbench<Target>.Placement(job.mapped).end)
    let bench = try Testbench(device, architecture: architecture, memory: memory)
    let result = try bench.run(job.mapped, weights: weights, activations: activations)
    if let error = result.error { return "\(job.name): ended with the error \(error.name)" }
    let counts = job.mapped.countingLanes(result.counts, weights: weights, on: architecture)
    let different = Event.allCases.first {
      $0 != .accumulatorOverflow && counts[$0] != job.expected[$0]
    }
    return different.map {
      "\(job.name): expected \(job.expected[$0]) of \($0.name), found \(counts[$0])"
    }
  }

  /// Trits with `nonzeros` that are not 0, half of them −1, in drawn places (selection sampling:
  /// Knuth, The Art of Computer Programming, volume 2, 3.4.2, algorithm S).
  private static func trits(
    _ shape: MatmulShape, _ nonzeros: Int, _ random: inout SplitMix64
  ) -> [Int8] {
    var plusOnes = nonzeros / 2
    var minusOnes = nonzeros - plusOnes
    let count = shape.n * shape.k
    return [Int8](unsafeUninitializedCapacity: count) { trits, initialized in
      for index in 0..<count {
        let draw = Int(random.next() % UInt64(count - index))
        if draw < plusOnes {
          plusOnes -= 1
          trits[index] = 1
        } else if draw < plusOnes + minusOnes {
          minusOnes -= 1
          trits[index] = -1
        } else {
          trits[index] = 0
        }
      }
      initialized = count
    }
  }
}
