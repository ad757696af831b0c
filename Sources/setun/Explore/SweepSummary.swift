import Exploration

/// What came of a sweep, in words.
struct SweepSummary {
  private let store: ExplorationStore
  private let sample: VerificationSample?
  private let progress: ExplorationStore.Progress
  private let front: [StoredPoint]
  private let verifications: [ExplorationStore.Verification]
  /// The points of the front whose clock is beyond their cells, with the sentence that says so.
  private let tooFast: [(point: StoredPoint, warning: String)]

  /// Points of the front that are shown.
  private static let mostShown = 12

  init(_ store: ExplorationStore, sample: VerificationSample? = nil) throws {
    self.store = store
    self.sample = sample
    progress = try store.progress()
    front = try store.points(in: .front)
    verifications = try store.verifications()
    var clocks = ClockCheck()
    tooFast = try front.compactMap { point in
      try clocks.warning(of: store.design(of: point).architecture).map { (point, $0) }
    }
  }

  var text: String {
    let space = store.sweep.space
    var lines = ["\(space.name): \(coverage)"] + tally + verification
    lines.append("store: \(store.path)")
    lines.append("")
    if front.isEmpty {
      lines.append("No point is left.")
    } else {
      lines.append(
        "\(front.count.grouped) points are best in "
          + space.objectives.map(\.name).joined(separator: ", ")
          + (front.count > Self.mostShown ? "; \(Self.mostShown) of them, evenly chosen" : ""))
      lines.append(PointTable(store: store, points: shown, metrics: space.objectives).text)
      lines += clockWarning
    }
    return lines.joined(separator: "\n")
  }

  /// Points of the front in the order of the first objective.
  private var shown: [StoredPoint] {
    let objective = store.sweep.space.objectives[0]
    let sign = objective.metric.smallerIsBetter ? 1.0 : -1.0
    let sorted = front.sorted {
      (sign * ($0[objective]?.typical ?? 0), $0.number)
        < (sign * ($1[objective]?.typical ?? 0), $1.number)
    }
    guard sorted.count > Self.mostShown else { return sorted }
    return (0..<Self.mostShown).map { sorted[$0 * (sorted.count - 1) / (Self.mostShown - 1)] }
  }

  /// What was used and what it covered.
  private var coverage: String {
    let space = store.sweep.space
    let (count, visited) = (space.count.grouped, progress.tally.visited.grouped)
    let how =
      switch space.search {
      case .exhaustive: "\(visited) of \(count) points, every one of them visited once"
      case .random(_, let seed): "\(visited) of \(count) points, drawn with the seed \(seed)"
      case .nsga2(let population, let generations, let seed):
        "\(progress.points.grouped) of \(count) points kept by NSGA-II with the seed \(seed) in "
          + "\(visited) evaluations (\(generations) generations of \(population))"
      }
    guard !progress.isComplete else { return how }
    return how + "; unfinished, \(progress.blocks) of \(progress.allBlocks) blocks are done"
  }

  private var tally: [String] {
    let tally = progress.tally
    var lines = [
      "  kept \(tally.kept.grouped), evaluated \(tally.evaluated.grouped)"
    ]
    for (index, constraint) in store.sweep.space.constraints.enumerated() {
      if tally.pruned[index] > 0 {
        lines.append(
          "  ruled out before evaluation: \(tally.pruned[index].grouped) by \(constraint)")
      }
      if tally.rejected[index] > 0 {
        lines.append(
          "  ruled out by their metrics: \(tally.rejected[index].grouped) by \(constraint)")
      }
    }
    if tally.illegal > 0 {
      lines.append(
        "  not buildable: \(tally.illegal.grouped)"
          + (tally.illegalExample.map { ", the first: \($0)" } ?? ""))
    }
    if tally.unfit > 0 {
      lines.append(
        "  unable to run the workload, or without a price: \(tally.unfit.grouped)"
          + (tally.unfitExample.map { ", the first: \($0)" } ?? ""))
    }
    return lines
  }

  private var clockWarning: [String] {
    guard let first = tooFast.first else { return [] }
    return [
      "",
      "warning: \(tooFast.count.grouped) of these points \(tooFast.count == 1 ? "asks" : "ask") for a "
        + "clock that its cells may not reach; \(first.point.hash.description.prefix(8)): "
        + first.warning,
    ]
  }

  private var verification: [String] {
    let different = verifications.filter { $0.difference != nil }
    guard !verifications.isEmpty || sample != nil else { return [] }
    let cycles = verifications.reduce(0) { $0 + $1.modelCycles }
    var line = "  run again on the cycle-level model: \(verifications.count.grouped) points, "
    line += "\(cycles.grouped) cycles, "
    line += different.isEmpty ? "all counts equal" : "\(different.count.grouped) differ"
    if let sample, sample.chosen < sample.drawn {
      line +=
        " (\(sample.chosen.grouped) of \(sample.drawn.grouped) drawn; the others would exceed "
        + "\(sample.mostCycles.grouped) cycles)"
    }
    return [line] + different.prefix(5).map { "  FAILED point \($0.number): \($0.difference!)" }
  }
}
