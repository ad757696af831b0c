import Architecture
import Exploration
import Report

extension StoreReport {
  /// How the space was searched, and what became of its points.
  static func facts(of store: ExplorationStore) throws -> [RunReport.Parameter] {
    let space = store.sweep.space
    let progress = try store.progress()
    let tally = progress.tally
    let search =
      switch space.search {
      case .exhaustive: "exhaustive"
      case .random(_, let seed): "random, seed \(seed)"
      case .nsga2(let population, let generations, let seed):
        "NSGA-II, \(generations) generations of \(population), seed \(seed)"
      }
    return [
      .init("space", "\(space.count.grouped) points"), .init("search", search),
      .init("visited", tally.visited.grouped), .init("evaluated", tally.evaluated.grouped),
      .init("kept", tally.kept.grouped), .init("verified", try verified(store)),
    ] + (progress.isComplete ? [] : [.init("state", unfinished(progress))])
  }

  private static func points(_ count: Int) -> String {
    count == 1 ? "1 point" : "\(count.grouped) points"
  }

  private static func unfinished(_ progress: ExplorationStore.Progress) -> String {
    "unfinished: \(progress.blocks.grouped) of \(progress.allBlocks.grouped) blocks"
  }

  /// The points that were run again on the cycle-level model.
  private static func verified(_ store: ExplorationStore) throws -> String {
    let all = try store.verifications()
    guard !all.isEmpty else { return "no point was run again" }
    let different = all.count { $0.difference != nil }
    let cycles = all.reduce(0) { $0 + $1.modelCycles }
    return "\(points(all.count)) again on the cycle model, \(cycles.grouped) cycles, "
      + (different == 0 ? "all counts equal" : "\(different.grouped) DIFFER")
  }

  /// What was ruled out and why, and what figures leave out.
  static func notes(on store: ExplorationStore, shown: Int, total: Int) throws -> [String] {
    let space = store.sweep.space
    let tally = try store.progress().tally
    var notes: [String] = []
    for (index, constraint) in space.constraints.enumerated() {
      let (pruned, rejected) = (tally.pruned[index], tally.rejected[index])
      if pruned > 0 {
        notes.append(
          pruned == 1
            ? "1 point was ruled out before it was evaluated: \(constraint)"
            : "\(pruned.grouped) points were ruled out before they were evaluated: \(constraint)")
      }
      if rejected > 0 { notes.append("\(points(rejected)) ruled out by metrics: \(constraint)") }
    }
    if tally.illegal > 0 {
      notes.append(
        "\(points(tally.illegal)) cannot be built"
          + (tally.illegalExample.map { ", the first: \($0)" } ?? "."))
    }
    if tally.unfit > 0 {
      notes.append(
        "\(points(tally.unfit)) cannot run the workload or \(tally.unfit == 1 ? "has" : "have") no price"
          + (tally.unfitExample.map { ", the first: \($0)" } ?? "."))
    }
    if shown < total {
      notes.append(
        "Of \(total.grouped) points the page has \(shown.grouped): the front, the designs in detail, "
          + "and a sample of the others.")
    }
    let countsKeyValues = store.sweep.workloads.indices.contains(
      where: store.sweep.countsKeyValues)
    return notes + [
      countsKeyValues
        ? "Only ternary matrix products are counted, and of the attention the traffic of keys and "
          + "values: its time and arithmetic, norms and the output head are in no figure."
        : "Only ternary matrix products are counted: attention, norms and the output head are in no "
          + "figure."
    ]
  }

  /// What the sweep was made from.
  static func inputs(of sweep: Sweep) -> [ReportPage.Input] {
    [
      .init(sweep.file, .text(sweep.space.text)),
      .init("Base architecture \(sweep.space.base.parameters.name)", .text(sweep.space.base.yaml)),
    ]
      + sweep.workloads.map { workload in
        let phases = [("prefill", workload.prefill), ("decode", workload.decode)]
        return .init(
          "Workload \(workload.name)",
          .parameters(
            [.init("source", workload.source)]
              + phases.compactMap { name, phase in
                phase.map { .init(name, "\($0.tokens) tokens, \($0.layers.count) layers") }
              } + [.init("decode_steps", "\(workload.decodeSteps)")]))
      }
  }
}
