import Architecture
import Testing

@testable import Energy

@Suite struct AreaModelTests {
  @Test("the terms of a block add up to it, and the blocks to the total")
  func sums() throws {
    for model in try EnergyModelTests.models().map(\.area) {
      #expect(model.areas.map(\.block) == Block.allCases)
      for block in model.areas {
        #expect(!block.terms.isEmpty)
        let sum = block.terms.reduce(0) { $0 + $1.count * $1.each.typical }
        #expect(close(block.area.typical, sum), "\(block.block.rawValue)")
        #expect(block.terms.allSatisfy { $0.block == block.block && !$0.each.source.isEmpty })
      }
      #expect(close(model.total.typical, model.areas.reduce(0) { $0 + $1.area.typical }))
    }
  }

  @Test("the tree of one 32-lane row has the area of the synthesised one within 5%")
  func measured() throws {
    let model = try AreaModel(
      architecture: architecture {
        ($0.rows, $0.lanes, $0.treeRegisterEvery) = (1, 32, 0)
      }, technology: Technology(named: "cmos-45nm"))
    let terms = model.areas[0].terms.filter { $0.part != "flip-flops" }
    let area = terms.reduce(0) { $0 + $1.area.typical }
    #expect(abs(area - 2251) < 0.05 * 2251)
  }

  @Test("twice the rows are twice the selects, trees and partial sums")
  func rows() throws {
    let technology = try Technology(named: "cmos-7nm")
    func count(_ rows: Int, _ block: Block, _ part: String) throws -> Double {
      let model = try AreaModel(
        architecture: architecture { $0.rows = rows }, technology: technology)
      let area = try #require(model.areas.first { $0.block == block })
      return try #require(area.terms.first { $0.part == part }).count
    }
    for (block, part) in [
      (Block.treeArray, "select bits"), (.treeArray, "adder bits"), (.accumulators, "adder bits"),
      (.accumulators, "flip-flops"),
    ] {
      #expect(try count(14, block, part) == 2 * count(7, block, part))
    }
  }

  @Test("event counters without lane counters have no popcounts")
  func laneCounters() throws {
    func parts(_ laneCounters: Bool) throws -> [String] {
      try AreaModel(
        architecture: architecture { $0.laneCounters = laneCounters },
        technology: Technology(named: "cmos-45nm")
      ).areas.flatMap(\.terms).map(\.part)
    }
    #expect(try parts(true).contains("adder bits of the lane counters"))
    #expect(try !parts(false).contains("adder bits of the lane counters"))
  }
}
