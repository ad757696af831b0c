import TestSupport
import Testing

@testable import Exploration

@Suite("Blocks and permutations")
struct BlockPlanTests {
  @Test("a permutation meets every number once, and another seed gives another order")
  func permutation() throws {
    try withEvery("count", in: [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 127, 129, 1023]) { count in
      let permutation = Permutation(of: count, seed: 5)
      #expect(Set((0..<count).map { permutation[$0] }) == Set(0..<count), "\(trail)")
      guard count > 8 else { return }
      let other = Permutation(of: count, seed: 6)
      #expect((0..<count).map { permutation[$0] } != (0..<count).map { other[$0] }, "\(trail)")
    }
    let large = Permutation(of: DesignSpace.mostPoints, seed: 1)
    #expect(Set((0..<1000).map { large[$0] }).count == 1000)
  }

  @Test("shards share the blocks, and blocks the points, all of them once")
  func partition() throws {
    try withEvery("values", in: [1, 2, 7, 16, 33, 129, 1023]) { values in
      let parameters = "  clock_mhz: {from: 1, to: \(values), step: 1}\n  rows: [1, 2, 3]"
      for more in ["", "search: {method: random, points: \(2 * values), seed: 4}"] {
        let space = try Fixture.space(parameters, more: more)
        try withEvery("shards", in: [1, 2, 3, 7, 16]) { shards in
          let plans = Shard.parts(shards).map { (BlockPlan(Fixture.sweep(space, shard: $0)), $0) }
          let blocks = plans.flatMap { plan, shard in Array(plan.blocks(of: shard)) }
          #expect(blocks.sorted() == Array(0..<plans[0].0.count), "\(trail)")
          for (plan, shard) in plans {
            #expect(plan.count(of: shard) == Array(plan.blocks(of: shard)).count, "\(trail)")
          }
          let all = plans[0].0
          #expect(all.count(of: Shard(0, of: shards)) == all.count, "\(trail)")
          let points = blocks.sorted().flatMap { all.points(of: $0) }
          if more.isEmpty {
            #expect(points == Array(0..<space.count), "\(trail)")
          } else {
            #expect(points.count == 2 * values && Set(points).count == points.count, "\(trail)")
            #expect(points.allSatisfy { 0..<space.count ~= $0 }, "\(trail)")
          }
        }
      }
    }
  }
}
