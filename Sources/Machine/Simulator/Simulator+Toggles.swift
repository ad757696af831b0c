public import Activity
import Architecture
public import Mapping
public import Ternary
import Workload

/// How toggles are found.
public enum ToggleCounting: Equatable, Sendable {
  /// From every operand.
  case exact
  /// From about this share of the n-tiles, chosen by the seed, and scaled.
  case sampled(share: Double, seed: UInt64)
  /// From drawn operands with the share of each trit that the weights have and activations that are
  /// equally likely, scaled: what is known without values.
  case density
}

extension Simulator {
  /// The bits that change while one job runs, as the first after reset.
  ///
  /// They depend on the order of the operands, which no stall changes.
  ///
  /// - Parameters:
  ///   - weights: `n × k`.
  ///   - activations: `m * k` values, token by token; not looked at for ``ToggleCounting/density``.
  /// - Precondition: As for `run`; a share is above 0 and at most 1.
  public func switching(
    in job: Job, weights: TritMatrix, activations: [Int8], counting: ToggleCounting = .exact
  ) -> Switching {
    switch counting {
    case .exact:
      var walk = JobToggles(job, weights: weights, activations: activations, on: architecture)
      walk.run()
      var toggles = walk.toggles
      toggles.readBeats = readBeats(job, weights, activations)
      return .exact(toggles)
    case .sampled(let share, let seed):
      precondition(share > 0 && share <= 1, "a share of \(share)")
      return .sampled(sample(job, weights, activations, share: share, seed: seed))
    case .density: return .density(drawn(like: job, weights.counts))
    }
  }

  /// The count of ``switching(in:weights:activations:counting:)``, or what stands in for it.
  public func toggles(
    of job: Job, weights: TritMatrix, activations: [Int8], counting: ToggleCounting = .exact
  ) -> Toggles {
    switching(in: job, weights: weights, activations: activations, counting: counting).toggles
  }

  private func readBeats(_ job: Job, _ weights: TritMatrix, _ activations: [Int8]) -> UInt64 {
    ReadBeats(job, weights: weights, activations: activations, on: architecture).toggles
  }

  // MARK: Samples

  /// The fewest n-tiles of a sample, where there are as many: fewer say little of their error.
  private static let fewestTiles = 3

  private func sample(
    _ job: Job, _ weights: TritMatrix, _ activations: [Int8], share: Double, seed: UInt64
  ) -> ToggleSample {
    var walk = JobToggles(job, weights: weights, activations: activations, on: architecture)
    var random = SplitMix64(state: seed)
    let population = job.tokenBlocks * job.nTiles
    // One of so many tiles is counted, drawn among them; the one before it sets the registers.
    let period = max(
      1, min(Int((1 / share).rounded()), job.nTiles * job.tokenBlocks / Self.fewestTiles))
    var tiles: [Toggles] = []
    for first in stride(from: 0, to: job.shape.m, by: job.tokenBlock) {
      for start in stride(from: 0, to: job.nTiles, by: period) {
        let tile = start + Int(random.next() % UInt64(min(period, job.nTiles - start)))
        if tile > 0 && period > 1 { walk.run(tile: tile - 1, block: first) }
        let before = walk.toggles
        walk.run(tile: tile, block: first)
        tiles.append(walk.toggles.less(before))
      }
    }
    return ToggleSample(
      tiles: tiles, population: population, readBeats: readBeats(job, weights, activations))
  }

  /// The toggles of a small job with drawn operands, scaled to the size of `job`.
  private func drawn(like job: Job, _ trits: TritCounts) -> Toggles {
    let parameters = architecture.parameters
    let shape = MatmulShape(
      m: min(job.shape.m, 2 * parameters.tokensPerWeight), n: min(job.shape.n, 2 * parameters.rows),
      k: min(job.shape.k, 16 * parameters.lanes))
    var random = SplitMix64(state: 1)
    let count = UInt64(trits.minusOnes + trits.zeros + trits.plusOnes)
    let weights = TritMatrix(
      rows: shape.n, columns: shape.k,
      trits: (0..<shape.n * shape.k).map { _ in
        let place = Int(random.next() % count)
        return place < trits.plusOnes ? 1 : place < trits.plusOnes + trits.minusOnes ? -1 : 0
      })
    let activations = (0..<shape.m * shape.k).map { _ in
      Int8(truncatingIfNeeded: random.next())
    }
    // A requantisation as `job` has it, for outputs that exist here.
    let requantisation = job.requantisation.map {
      Requantisation(multipliers: .all($0.multiplier(row: 0)), shift: $0.shift)
    }
    guard let small = try? Job(shape, on: architecture, requantisation: requantisation) else {
      preconditionFailure("\(shape) is smaller than \(job.shape), which fits")
    }
    let toggles = toggles(of: small, weights: weights, activations: activations)
    let operands = Double(job.operands(on: architecture)) / Double(small.operands(on: architecture))
    var scaled = toggles.scaled(by: operands)
    let results =
      Double(job.shape.m * job.nTiles) / Double(small.shape.m * small.nTiles)
    scaled.results = toggles.results.scaled(by: results)
    scaled.writeBeats = toggles.writeBeats.scaled(by: results)
    scaled.readBeats = toggles.readBeats.scaled(
      by: Double(job.bytesRead) / Double(small.bytesRead))
    return scaled
  }
}

extension Job {
  /// Weight words with the activations of the tokens that share them.
  fileprivate func operands(on architecture: Architecture) -> Int {
    let group = architecture.parameters.tokensPerWeight
    let (full, rest) = shape.m.quotientAndRemainder(dividingBy: tokenBlock)
    return (full * ceilDivide(tokenBlock, group) + ceilDivide(rest, group)) * nTiles * kTiles
  }

  fileprivate var bytesRead: Int { tokenBlocks * weightBytes + activationBytes + multiplierBytes }
}

extension Toggles {
  /// What was counted since `before`.
  fileprivate func less(_ before: Toggles) -> Toggles {
    var rest = self
    rest.activations -= before.activations
    rest.weights -= before.weights
    rest.terms -= before.terms
    rest.levels = zip(levels, before.levels).map { $0 - $1 }
    rest.sums -= before.sums
    rest.partialSums -= before.partialSums
    rest.results -= before.results
    rest.readBeats -= before.readBeats
    rest.writeBeats -= before.writeBeats
    return rest
  }
}

extension UInt64 {
  fileprivate func scaled(by factor: Double) -> UInt64 {
    UInt64((Double(self) * factor).rounded())
  }
}
