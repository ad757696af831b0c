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
    private var books: [String: PriceBook] = [:]
    /// The book of the last point, and its technology.
    private var latestBook: (technology: String, book: PriceBook)?
    /// What ``Evaluator/perplexities`` said so far.
    private var accuracies: [Numerics: PointMetrics.Accuracy] = [:]
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
      let prices = try prices(of: point)
      let timing = try timing(of: point.architecture)
      let hashed = timing.hashed
      var decode = try totals(of: decode, on: point, timing, hashed, prices)
      decode?.keyValues = evaluator.keyValues(of: point)
      return PointMetrics(
        prefill: try totals(of: prefill, on: point, timing, hashed, prices), decode: decode,
        decodeSteps: evaluator.workload.decodeSteps,
        clockHertz: 1e6 * point.architecture.parameters.clockMHz,
        peakProducts: point.architecture.peakProducts,
        area: prices.area, resources: prices.resources,
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

    private func prices(of point: DesignPoint) throws(ExplorationError) -> PointPrices {
      let architecture = point.architecture
      let book = try book(of: architecture)
      do throws(EnergyError) {
        switch book {
        case .cells(let book): return .cells(try book.costs(of: architecture))
        case .fpga(let book):
          // Else a mapping would be the best in nothing.
          guard point.mapping != .leastEnergy else {
            throw EnergyError(
              "mapping least_energy: expected cells, whose energy is known, found the FPGA "
                + book.target.name)
          }
          return .fpga(try book.costs(of: architecture))
        }
      } catch {
        throw .unpriced(architecture: architecture.parameters.name, error)
      }
    }

    private func book(of architecture: Architecture) throws(ExplorationError) -> PriceBook {
      let name = architecture.parameters.technology
      if let latestBook, latestBook.technology == name { return latestBook.book }
      let book: PriceBook
      if let known = books[name] {
        book = known
      } else {
        book = try evaluator.priceBook(of: architecture)
      }
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

    private func totals(
      of phase: Phase?, on point: DesignPoint, _ timing: ClosedForm.Timing, _ hashed: Int,
      _ prices: PointPrices
    ) throws(ExplorationError) -> PointMetrics.Phase? {
      guard let phase else { return nil }
      return phase.groups.totals(
        try counts(of: phase, on: point, timing, hashed, prices), prices)
    }

    private func counts(
      of phase: Phase, on point: DesignPoint, _ timing: ClosedForm.Timing, _ hashed: Int,
      _ prices: PointPrices
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
          sum.values &+= best(job, point, timing, prices).counts.values &* group.count
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
    return best(job, point, try timing(of: point.architecture), try prices(of: point)).job
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
    _ job: Job, _ point: DesignPoint, _ timing: ClosedForm.Timing, _ prices: PointPrices
  ) -> (job: Job, counts: ClosedForm.Counts) {
    var best = (job: job, counts: ClosedForm.counts(of: job, on: timing))
    if point.mapping == .standard { return best }
    func rank(_ counts: ClosedForm.Counts) -> (Double, Double) {
      let (cycles, energy) = (
        Double(counts[.cycles]), prices.energy(of: counts.values)?.typical ?? 0
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
    _ skipping: ClosedForm.Counts, _ prices: PointPrices
  ) -> PointMetrics.Phase {
    var counts = skipping
    // How many weights are −1 costs nothing.
    counts.addLanes(plusOnes: nonzeroProducts, minusOnes: 0)
    return PointMetrics.Phase(
      tokens: tokens, cycles: counts[.cycles], products: products,
      memoryBytes: counts[.weightBytesRead] + counts[.activationBytesRead]
        + counts[.outputBytesWritten] + counts[.multiplierBytesRead],
      energy: prices.energy(of: counts.values))
  }
}
