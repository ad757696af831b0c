import Activity
import Architecture
import Energy
import Machine
import Mapping
import Workload

extension Evaluator {
  /// Evaluates points one after the other, on one thread.
  ///
  /// What points have in common is worked out once: schedules, which depend on few of the
  /// parameters, and the figures of memories and trees. Results do not depend on the order of the
  /// points, nor on how they are spread over sessions.
  public final class Session {
    let evaluator: Evaluator
    private var books: [String: CostBook] = [:]
    /// The book of the last point, and its technology.
    private var latestBook: (technology: String, book: CostBook)?
    private let prefill: Phase?
    private let decode: Phase?

    /// A phase with the schedules of each shape.
    private struct Phase {
      let groups: ShapeGroups
      let schedules: [ScheduleCache]

      init(_ groups: ShapeGroups) {
        self.groups = groups
        // Many shapes have to make do with few entries each.
        let most = max(1, Self.mostEntries / groups.groups.count)
        let capacity = 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
        schedules = groups.groups.map { ScheduleCache(jobs: $0.count, capacity: capacity) }
      }

      /// About 4 MB.
      private static let mostEntries = 8192
    }

    public init(_ evaluator: Evaluator) {
      self.evaluator = evaluator
      prefill = evaluator.prefill.map(Phase.init)
      decode = evaluator.decode.map(Phase.init)
    }

    /// As ``Evaluator/metrics(of:)``.
    public func metrics(of point: DesignPoint) throws(ExplorationError) -> PointMetrics {
      let costs = try costs(of: point.architecture)
      let timing = try timing(of: point.architecture)
      let hashed = timing.hashed
      func totals(_ phase: Phase?) throws(ExplorationError) -> PointMetrics.Phase? {
        guard let phase else { return nil }
        return phase.groups.totals(try counts(of: phase, on: point, timing, hashed, costs), costs)
      }
      let area = costs.area
      return PointMetrics(
        prefill: try totals(prefill), decode: try totals(decode),
        decodeSteps: evaluator.workload.decodeSteps,
        clockHertz: 1e6 * point.architecture.parameters.clockMHz,
        peakProducts: point.architecture.peakProducts,
        area: Bounded(low: 1e-6 * area.low, typical: 1e-6 * area.typical, high: 1e-6 * area.high))
    }

    private func costs(of architecture: Architecture) throws(ExplorationError) -> PointCosts {
      do {
        return try book(of: architecture).costs(of: architecture)
      } catch let error as EnergyError {
        throw .unpriced(architecture: architecture.parameters.name, error)
      } catch let error as ExplorationError {
        throw error
      } catch {
        preconditionFailure("\(error)")
      }
    }

    private func book(of architecture: Architecture) throws -> CostBook {
      let name = architecture.parameters.technology
      if let latestBook, latestBook.technology == name { return latestBook.book }
      let book =
        try books[name]
        ?? CostBook(try evaluator.technology(of: architecture), table: evaluator.table)
      books[name] = book
      latestBook = (name, book)
      return book
    }

    private func timing(
      of architecture: Architecture
    ) throws(ExplorationError) -> ClosedForm.Timing {
      do {
        return try ClosedForm.Timing(of: architecture)
      } catch {
        throw .uncountable(architecture: architecture.parameters.name, error)
      }
    }

    private func counts(
      of phase: Phase, on point: DesignPoint, _ timing: ClosedForm.Timing, _ hashed: Int,
      _ costs: PointCosts
    ) throws(ExplorationError) -> ClosedForm.Counts {
      var sum = ClosedForm.Counts()
      for index in phase.schedules.indices {
        let group = phase.groups.groups[index]
        let job = try standardJob(group.shape, group.name, on: point.architecture)
        if point.mapping == .standard {
          phase.schedules[index].add(
            to: &sum, timing, hashed: hashed, tokenBlock: job.tokenBlock
          ) { ClosedForm.counts(of: job, on: timing) }
        } else {
          sum.values &+= best(job, point, timing, costs).counts.values &* group.count
        }
      }
      return sum
    }
  }
}

extension Architecture {
  /// Products that the array does in a cycle.
  fileprivate var peakProducts: Double {
    Double(parameters.rows * parameters.lanes * parameters.tokensPerWeight)
      / Double(operandInterval)
  }
}

// MARK: - Mapping

extension Evaluator.Session {
  /// A layer with the mapping that the point's policy chooses.
  func job(
    of shape: MatmulShape, _ layer: String, on point: DesignPoint
  ) throws(ExplorationError) -> Job {
    let job = try standardJob(shape, layer, on: point.architecture)
    if point.mapping == .standard { return job }
    return best(
      job, point, try timing(of: point.architecture), try costs(of: point.architecture)
    ).job
  }

  private func standardJob(
    _ shape: MatmulShape, _ layer: String, on architecture: Architecture
  ) throws(ExplorationError) -> Job {
    do {
      return try Job(
        shape, on: architecture,
        requantisation: architecture.parameters.output == .int8 ? Self.requantisation : nil)
    } catch {
      throw .unfit(layer: layer, error)
    }
  }

  /// No time and no event depends on which it is.
  private static let requantisation = Requantisation(largest: 1)

  /// `job` with the best of its mappings.
  private func best(
    _ job: Job, _ point: DesignPoint, _ timing: ClosedForm.Timing, _ costs: PointCosts
  ) -> (job: Job, counts: ClosedForm.Counts) {
    var best = (job: job, counts: ClosedForm.counts(of: job, on: timing))
    if point.mapping == .standard { return best }
    func rank(_ counts: ClosedForm.Counts) -> (Double, Double) {
      let (cycles, energy) = (
        Double(counts[.cycles]), costs.energy(of: counts.values).typical
      )
      return point.mapping == .fastest ? (cycles, energy) : (energy, cycles)
    }
    var least = rank(best.counts)
    for mapping in MappingSearch(job, on: point.architecture).candidates.dropFirst() {
      let other = job.mapped(mapping)
      let counts = ClosedForm.counts(of: other, on: timing)
      let rank = rank(counts)
      if rank < least { (best, least) = ((other, counts), rank) }
    }
    return best
  }
}

// MARK: - Sums

extension ShapeGroups {
  fileprivate func totals(
    _ skipping: ClosedForm.Counts, _ costs: PointCosts
  ) -> PointMetrics.Phase {
    var counts = skipping
    // How many weights are −1 costs nothing.
    counts.addLanes(plusOnes: nonzeroProducts, minusOnes: 0)
    let energy = costs.energy(of: counts.values)
    return PointMetrics.Phase(
      tokens: tokens, cycles: counts[.cycles], products: products,
      memoryBytes: counts[.weightBytesRead] + counts[.activationBytesRead]
        + counts[.outputBytesWritten] + counts[.multiplierBytesRead],
      energy: Bounded(low: energy.low, typical: energy.typical, high: energy.high))
  }
}
