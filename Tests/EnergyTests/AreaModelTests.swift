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
      (.accumulators, "NAND gates of multiplexers"),
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

  /// Areas that `make synth` printed in Nangate45 with pyosys 0.70, in µm² without memories.
  ///
  /// Of what is outside the blocks, 105 flip-flops of 5.32 µm² are the tree array's side band, the
  /// rest lane counters. Of edge nothing entered the model.
  static let synthesised: [(architecture: String, areas: [Block: Double])] = [
    (
      "default",
      [
        .treeArray: 110728.4 + 559, .outputStage: 12839.6, .loadUnit: 3676.9, .storeUnit: 2209.9,
        .controller: 4189.8, .jobQueue: 4276.5, .controlRegisters: 5374.8,
        .eventCounters: 11922.4 + 13126,
      ]
    ),
    (
      "edge",
      [
        .treeArray: 221056.6 + 559, .outputStage: 13337.5, .loadUnit: 3992.1, .storeUnit: 2817.2,
        .controller: 4189.8, .jobQueue: 4282.6, .controlRegisters: 5482.5,
        .eventCounters: 11899.0 + 25768,
      ]
    ),
  ]

  @Test("logic blocks have the synthesised area within 10%, and their sum within 5%")
  func synthesis() throws {
    for (name, areas) in Self.synthesised {
      let model = try AreaModel(
        architecture: Architecture.sample(named: name), technology: Technology(named: "cmos-45nm"))
      var (modelled, synthesised) = (0.0, 0.0)
      for (block, area) in areas {
        let ratio = model.byBlock[block]!.typical / area
        #expect((0.9...1.1).contains(ratio), "\(name) \(block.rawValue): \(ratio)")
        modelled += model.byBlock[block]!.typical
        synthesised += area
      }
      #expect((0.95...1.05).contains(modelled / synthesised), "\(name): \(modelled / synthesised)")
    }
  }
}
