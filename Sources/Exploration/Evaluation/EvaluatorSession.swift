import Activity
import Architecture
import Energy
import Machine
import Mapping
import Reference
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
    private let schedules = ScheduleCache()
    /// What ``Evaluator/perplexities`` said so far.
    private var accuracies: [Numerics: PointMetrics.Accuracy] = [:]
    /// Whether every schedule is worked out anew: for measurements.
    package var isCold = false

    public init(_ evaluator: Evaluator) { self.evaluator = evaluator }

    /// As ``Evaluator/metrics(of:)``.
    public func metrics(of point: DesignPoint) throws(ExplorationError) -> PointMetrics {
      let architecture = point.architecture
      let parameters = architecture.parameters
      let costs = try costs(of: architecture)
      let closedForm = try closedForm(architecture)
      let isStandard = point.mapping == .standard
      let (entry, isKnown) =
        isStandard
        ? schedules.entry(of: closedForm) : (schedules.unknownEntry(of: closedForm), false)
      if !isKnown || isCold {
        entry.pointee.prefill = try counts(of: evaluator.prefill, on: point, closedForm, costs)
        entry.pointee.decode = try counts(of: evaluator.decode, on: point, closedForm, costs)
        if isStandard { schedules.fill(entry) }
      }
      let area = costs.area
      var decode = evaluator.decode.map { $0.totals(entry.pointee.decode, costs) }
      decode?.keyValues = evaluator.keyValues(of: point)
      return PointMetrics(
        prefill: evaluator.prefill.map { $0.totals(entry.pointee.prefill, costs) }, decode: decode,
        decodeSteps: evaluator.workload.decodeSteps, clockHertz: 1e6 * parameters.clockMHz,
        peakProducts: Double(parameters.rows * parameters.lanes * parameters.tokensPerWeight)
          / Double(architecture.operandInterval),
        area: Bounded(low: 1e-6 * area.low, typical: 1e-6 * area.typical, high: 1e-6 * area.high),
        accuracy: try accuracy(of: point))
    }

    private func accuracy(
      of point: DesignPoint
    ) throws(ExplorationError) -> PointMetrics.Accuracy? {
      guard let perplexities = evaluator.perplexities else { return nil }
      let numerics = perplexities.numerics(of: point)
      if let known = accuracies[numerics] { return known }
      let accuracy = PointMetrics.Accuracy(
        perplexity: try perplexities.value(in: numerics),
        published: try perplexities.value(in: .published))
      accuracies[numerics] = accuracy
      return accuracy
    }

    private func costs(of architecture: Architecture) throws(ExplorationError) -> PointCosts {
      let name = architecture.parameters.technology
      do {
        if let book = books[name] { return try book.costs(of: architecture) }
        let book = try CostBook(
          try evaluator.technology(of: architecture), table: evaluator.table)
        books[name] = book
        return try book.costs(of: architecture)
      } catch let error as EnergyError {
        throw .unpriced(architecture: architecture.parameters.name, error)
      } catch let error as ExplorationError {
        throw error
      } catch {
        preconditionFailure("\(error)")
      }
    }

    private func closedForm(
      _ architecture: Architecture
    ) throws(ExplorationError) -> ClosedForm {
      do {
        return try ClosedForm(architecture)
      } catch {
        throw .uncountable(architecture: architecture.parameters.name, error)
      }
    }

    private func counts(
      of phase: ShapeGroups?, on point: DesignPoint, _ closedForm: ClosedForm, _ costs: PointCosts
    ) throws(ExplorationError) -> ClosedForm.Counts {
      var sum = ClosedForm.Counts()
      guard let phase else { return sum }
      for group in phase.groups {
        let job = try standardJob(group.shape, group.name, on: point.architecture)
        let counts = try best(job, point, closedForm, costs).counts
        sum.values &+= counts.values &* group.count
      }
      return sum
    }
  }
}

extension Evaluator {
  /// What the attention of a decoded token of every sequence moves; `nil` where it is not counted.
  fileprivate func keyValues(of point: DesignPoint) -> PointMetrics.KeyValues? {
    guard let cache = workload.keyValues, let tokens = decode?.tokens,
      point.keyValueBits != nil || cache.isCounted
    else { return nil }
    let bytes = tokens * cache.decodeBytes(bits: point.keyValueBits ?? KeyValueCache.floatBits)
    let perBit = point.architecture.parameters.memory.picojoulesPerBit
    return PointMetrics.KeyValues(
      bytes: bytes,
      energy: 8e-12 * Double(bytes)
        * Bounded(low: perBit.low, typical: perBit.typical, high: perBit.high))
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
    return try best(
      job, point, try closedForm(point.architecture), try costs(of: point.architecture)
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
    _ job: Job, _ point: DesignPoint, _ closedForm: ClosedForm, _ costs: PointCosts
  ) throws(ExplorationError) -> (job: Job, counts: ClosedForm.Counts) {
    func counts(_ job: Job) throws(ExplorationError) -> ClosedForm.Counts {
      do {
        return try closedForm.counts(of: job)
      } catch {
        throw .uncountable(architecture: point.architecture.parameters.name, error)
      }
    }
    var best = (job: job, counts: try counts(job))
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
      let counts = try counts(other)
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
