import Architecture
import Energy
import Foundation
import TestSupport
import Testing

@testable import Exploration

@Suite("Sweeps")
struct SweepTests {
  /// Every point of a space, evaluated one by one and judged by hand-written conditions.
  private struct Expectation {
    var kept: [Int: PointMetrics] = [:]
    var pruned = 0
    var rejected = 0
    var illegal = 0

    init(_ space: DesignSpace) throws {
      let evaluator = Fixture.evaluators[0]
      for number in 0..<space.count {
        guard let point = try? space.point(number) else {
          illegal += 1
          continue
        }
        let parameters = point.architecture.parameters
        guard parameters.rows * parameters.lanes <= 64 else {
          pruned += 1
          continue
        }
        let metrics = try evaluator.metrics(of: point)
        let area = try #require(metrics.area).typical
        if area <= 0.05 { kept[number] = metrics } else { rejected += 1 }
      }
    }

    /// By comparing all pairs.
    var front: Set<Int> {
      func vector(_ metrics: PointMetrics) -> [Double] {
        [metrics[.requestLatency], metrics[.requestEnergy], metrics[.area]].map { $0!.typical }
      }
      return Set(
        kept.filter { _, metrics in
          let mine = vector(metrics)
          return !kept.values.contains { other in
            let theirs = vector(other)
            return zip(theirs, mine).allSatisfy { $0 <= $1 } && theirs != mine
          }
        }.keys)
    }
  }

  @Test("a sweep keeps the points, counts and front that one finds point by point")
  func exhaustive() async throws {
    let space = try Fixture.space()
    let expected = try Expectation(space)
    try #require(!expected.kept.isEmpty && expected.rejected > 0 && expected.pruned > 0)
    let folder = try Folder()
    let store = try await Fixture.run(Fixture.sweep(space), into: folder.file("a.sqlite"))
    let points = try store.points()
    #expect(points.map(\.number) == expected.kept.keys.sorted())
    for point in points {
      #expect(point.metrics == [try #require(expected.kept[point.number])])
      #expect(point.hash == space.hash(of: point.number))
    }
    #expect(try store.frontNumbers() == expected.front)
    let progress = try store.progress()
    #expect(progress.isComplete && progress.points == points.count)
    #expect(progress.tally.visited == space.count)
    #expect(progress.tally.pruned == [expected.pruned, 0])
    #expect(progress.tally.rejected == [0, expected.rejected])
    #expect(progress.tally.kept == points.count)
    #expect(progress.tally.illegal == 0 && progress.tally.unfit == 0)
    let origins = try store.origins()
    #expect(Set(origins.keys) == Set(store.metrics.map(\.name)))
    #expect(origins["decode_latency_s"]?.provenance == .counted)
    #expect(origins["area_mm2"].map { $0.provenance > .counted } == true)
    #expect(origins["power_w"].map { $0.provenance > .counted } == true)
  }

  @Test("points that cannot be built or cannot run the workload are counted, with the first reason")
  func impossible() async throws {
    // The fixture's base has an activation buffer of words for K up to some lanes; tokens_per_weight
    // of 4 and 8 need multiples of it.
    let space = try Fixture.space(
      "  tokens_per_weight: [1, 8]\n  activation_buffer_words: [2, 4, 64]", more: "")
    let folder = try Folder()
    let store = try await Fixture.run(Fixture.sweep(space), into: folder.file("a.sqlite"))
    let tally = try store.progress().tally
    #expect(tally.visited == 6 && tally.illegal + tally.unfit + tally.kept == 6)
    #expect(tally.illegal >= 2 && tally.unfit >= 1 && tally.kept >= 1)
    #expect(
      tally.illegalExample
        == "activation_buffer_words: expected a multiple of 2 * tokens_per_weight, 16, found 2")
    #expect(tally.unfitExample?.hasPrefix("a: K = 40 inputs do not fit") == true)
  }

  @Test("results do not depend on the number of threads", arguments: ["", "random", "nsga2"])
  func threads(search: String) async throws {
    let space = try Self.space(search)
    let folder = try Folder()
    let one = try await Fixture.run(Fixture.sweep(space), into: folder.file("1.sqlite"), threads: 1)
    let four = try await Fixture.run(
      Fixture.sweep(space), into: folder.file("4.sqlite"), threads: 4)
    #expect(try one.contents() == four.contents())
    #expect(try one.points().isEmpty == false)
  }

  private static func space(_ search: String) throws -> DesignSpace {
    let constraints = "constraints: [rows * lanes <= 64, area_mm2 <= 0.05]\n"
    return switch search {
    case "random":
      try Fixture.space(more: constraints + "search: {method: random, points: 25, seed: 9}")
    case "nsga2":
      try Fixture.space(
        more: constraints + "search: {method: nsga2, population: 8, generations: 6, seed: 9}")
    default: try Fixture.space(more: constraints)
    }
  }

  @Test("a sweep that stopped anywhere continues to the same store", arguments: ["", "nsga2"])
  func continuation(search: String) async throws {
    let space = try Self.space(search)
    let sweep = Fixture.sweep(space)
    let folder = try Folder()
    let whole = try await Fixture.run(sweep, into: folder.file("whole.sqlite"))
    let blocks = BlockPlan(sweep).count
    for stop in [0, 1, 2, blocks / 2, blocks - 1] {
      let path = folder.file("stopped-\(stop).sqlite")
      // What a killed sweep leaves: whole blocks from the first on, and their front.
      try ExplorationStore(creating: path, for: sweep).fill(stop)
      let continued = try await Fixture.run(sweep, into: path)
      #expect(try continued.contents() == whole.contents(), "stopped before block \(stop)")
    }
  }

  @Test("a cancelled sweep leaves whole blocks, and continues")
  func cancellation() async throws {
    let sweep = Fixture.sweep(try Self.space(""))
    let folder = try Folder()
    let path = folder.file("a.sqlite")
    let task = Task {
      try await SweepRunner(sweep, evaluators: Fixture.evaluators, threads: 1).run(into: path) {
        if $0.blocks == 5 { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    let stopped = try ExplorationStore(readingFrom: path).progress()
    #expect(stopped.blocks >= 5 && !stopped.isComplete)
    let whole = try await Fixture.run(sweep, into: folder.file("whole.sqlite"))
    #expect(try await Fixture.run(sweep, into: path).contents() == whole.contents())
  }

  @Test("an empty file, as a sweep that was killed at once leaves, is begun anew")
  func emptyFile() async throws {
    let folder = try Folder()
    let path = folder.file("a.sqlite")
    try Data().write(to: URL(filePath: path))
    let store = try await Fixture.run(Fixture.sweep(try Self.space("")), into: path)
    #expect(try store.progress().isComplete)
  }

  @Test("random points are those of the exhaustive sweep")
  func random() async throws {
    let folder = try Folder()
    let all = try await Fixture.run(
      Fixture.sweep(try Self.space("")), into: folder.file("all.sqlite"))
    let some = try await Fixture.run(
      Fixture.sweep(try Self.space("random")), into: folder.file("some.sqlite"))
    let known = Dictionary(uniqueKeysWithValues: try all.points().map { ($0.number, $0) })
    let drawn = try some.points()
    #expect(try some.progress().tally.visited == 25)
    #expect(!drawn.isEmpty && drawn.allSatisfy { known[$0.number] == $0 })
  }

  @Test("the genetic search finds the whole front of a small space")
  func genetic() async throws {
    let constraints = "constraints: [rows * lanes <= 64, area_mm2 <= 0.05]\n"
    let folder = try Folder()
    let all = try await Fixture.run(
      Fixture.sweep(try Self.space("")), into: folder.file("all.sqlite"))
    let searched = try await Fixture.run(
      Fixture.sweep(
        try Fixture.space(
          more: constraints + "search: {method: nsga2, population: 20, generations: 30, seed: 1}")),
      into: folder.file("searched.sqlite"))
    #expect(try searched.frontNumbers() == all.frontNumbers())
    #expect(try searched.progress().tally.visited == 600)
  }

  @Test("metrics that a workload does not have are refused before anything runs")
  func missingMetrics() throws {
    let promptOnly = ExplorationWorkload(
      name: "small", source: "the tests", matrices: [.init(name: "a", n: 8, k: 8, nonzeros: 8)],
      request: .init(promptTokens: 3, generatedTokens: 0))
    let space = try Fixture.space(more: "", objectives: "decode_latency_s")
    let sweep = Sweep(
      space: space, workloads: [promptOnly], toolVersion: "1", date: "", command: [],
      file: "space.yaml")
    let evaluators = [try Evaluator(promptOnly)]
    #expect(
      problem { _ = try SweepRunner(sweep, evaluators: evaluators, threads: 1) }
        == "space.yaml: decode_latency_s: expected a metric of the workload small, which generates "
        + "nothing")
  }
}

extension ExplorationStore {
  /// Writes the first blocks, as a sweep that was killed after them had.
  fileprivate func fill(_ blocks: Int) throws {
    let plan = BlockPlan(sweep)
    let evaluator = BlockEvaluator(sweep.space, evaluators: Fixture.evaluators)
    var front = ParetoFront(dimensions: sweep.space.objectives.count)
    for block in 0..<blocks {
      var result: BlockResult
      switch plan.kind {
      case .positions: result = try evaluator.evaluate(block: block, points: plan.points(of: block))
      case .generations:
        var search = GeneticSearch(sweep)
        if block > 0 {
          let population = try population(after: block - 1)
          search.restore(
            population,
            standings: try evaluator.evaluate(block: 0, points: population, notesStandings: true)
              .standings)
        }
        let offspring = search.offspring(generation: block)
        result = try evaluator.evaluate(block: block, points: offspring, notesStandings: true)
        search.select(offspring, result.standings)
        result.population = search.population
      }
      for index in 0..<result.front.count
      where !front.numbers.contains(result.front.numbers[index]) {
        front.insert(result.front.numbers[index], result.front.vector(at: index))
      }
      try write([result], front: Set(front.numbers))
    }
  }
}
