import Architecture
import TestSupport
import Testing

@testable import Exploration

@Suite("Design spaces")
struct DesignSpaceTests {
  @Test("points and their values correspond, in both directions and in any order")
  func numbers() throws {
    let space = try Fixture.space()
    #expect(space.count == 3 * 3 * 2 * 3)
    var cursor = PointCursor(space)
    // Forwards one by one, and then in jumps.
    let order = Array(0..<space.count) + (0..<space.count).map { $0 * 31 % space.count }
    for number in order {
      cursor.move(to: number)
      let digits = space.digits(of: number)
      #expect(space.number(of: digits) == number)
      // The last parameter changes fastest.
      let expected = [number / 18 % 3, number / 6 % 3, number / 3 % 2, number % 3]
      #expect(digits == expected)
      var parameters = space.base.parameters
      parameters.rows = [2, 3, 8][digits[0]]
      parameters.lanes = [5, 8, 16][digits[1]]
      parameters.busBytes = [4, 16][digits[2]]
      parameters.clockMHz = [100, 250, 400][digits[3]]
      let point = try cursor.point()
      #expect(point == DesignPoint(try Architecture(parameters: parameters)))
      #expect(cursor.hash == PointHash(point))
      #expect(space.hash(of: number) == cursor.hash)
    }
  }

  @Test("the hash of a design does not depend on the space it is met in, nor on its name")
  func hashes() throws {
    let first = try Fixture.space("  rows: [2, 3]\n  lanes: [8]")
    let second = try Fixture.space("  lanes: [4, 8, 16]\n  zero_gating: [true]\n  rows: [3]")
    #expect(first.hash(of: 1) == second.hash(of: 1))
    let named = try first.point(1, name: "another-name")
    #expect(named.architecture.parameters.name == "another-name")
    #expect(PointHash(named) == first.hash(of: 1))
    let all = try Fixture.space()
    #expect(Set((0..<all.count).map { all.hash(of: $0) }).count == all.count)
    let mapped = try Fixture.space("  mapping: [standard, fastest]")
    #expect(Set((0..<2).map { mapped.hash(of: $0) }).count == 2)
    #expect(try mapped.point(1).mapping == .fastest)
    #expect(PointHash(try mapped.point(1)) == mapped.hash(of: 1))
  }

  @Test("bundles change several keys, formulas follow parameters, variables serve formulas")
  func bundlesAndFormulas() throws {
    let space = try Fixture.space(
      """
        part:
          slow: {memory.kind: DDR4, gigabytes_per_s: 2, mapping: standard}
          fast: {memory.kind: HBM2, gigabytes_per_s: 3.2, mapping: fastest}
        clock_mhz: [100, 300]
      """,
      more: """
        derived:
          memory.bytes_per_cycle: gigabytes_per_s * 1 GB/s / clock_mhz
          memory.latency_cycles: 35 ns * clock_mhz
        constraints: [part == slow or memory.bytes_per_cycle >= 32]
        """)
    let expected = [
      ("DDR4", 20_000, 4, MappingPolicy.standard), ("DDR4", 6_667, 11, .standard),
      ("HBM2", 32_000, 4, .fastest), ("HBM2", 10_667, 11, .fastest),
    ]
    for (number, (kind, bandwidth, latency, mapping)) in expected.enumerated() {
      let point = try space.point(number)
      #expect(point.architecture.parameters.memory.kind == kind)
      #expect(point.architecture.parameters.memory.milliBytesPerCycle == bandwidth)
      #expect(point.architecture.parameters.memory.latencyCycles == latency)
      #expect(point.mapping == mapping)
      #expect(PointHash(point) == space.hash(of: number))
    }
    // A condition sees the value that the key got.
    let evaluator = BlockEvaluator(space, evaluators: Fixture.evaluators)
    let result = try evaluator.evaluate(block: 0, points: 0..<4)
    #expect(result.numbers == [0, 1, 2])
    #expect(result.tally.pruned == [1])
  }

  @Test("a value that a formula cannot give makes a point that cannot be built")
  func impossibleFormula() throws {
    let space = try Fixture.space(
      "  rows: [2, 3, 4]", more: "derived: {weight_buffer_words: 24 / rows}")
    #expect(try space.point(0).architecture.parameters.weightBufferWords == 12)
    #expect(try space.point(1).architecture.parameters.weightBufferWords == 8)
    let odd = try Fixture.space("  rows: [2, 3]", more: "derived: {weight_buffer_words: 6 / rows}")
    let result = try BlockEvaluator(odd, evaluators: Fixture.evaluators)
      .evaluate(block: 0, points: 0..<2)
    #expect(result.tally.illegal == 1)
    #expect(
      result.tally.illegalExample
        == "weight_buffer_words: expected an even integer from 2 to 65536, found 3")
  }

  @Test(
    "ranges stand for their values",
    arguments: [
      ("{from: 1, to: 7, step: 2}", ["1", "3", "5", "7"]),
      ("{from: 1, to: 8, step: 3}", ["1", "4", "7"]), ("{from: 3, to: 3, step: 1}", ["3"]),
      ("{from: 2, to: 64, times: 4}", ["2", "8", "32"]),
      ("{from: 3, to: 48, times: 2}", ["3", "6", "12", "24", "48"]),
    ])
  func ranges(range: String, expected: [String]) throws {
    #expect(try Fixture.space("  rows: \(range)").parameters[0].values.map(\.text) == expected)
  }

  @Test("decimal ranges do not drift")
  func decimalRanges() throws {
    let space = try Fixture.space("  clock_mhz: {from: 0.1, to: 100, step: 0.1}")
    #expect(space.parameters[0].values.count == 1000)
    #expect(space.parameters[0].values[2].text == "0.3")
    #expect(space.parameters[0].values[999].text == "100.0")
    let bandwidth = try Fixture.space("  memory.bytes_per_cycle: {from: 0.25, to: 4, times: 2}")
    #expect(bandwidth.parameters[0].values.map(\.text) == ["0.25", "0.5", "1", "2", "4"])
    #expect(bandwidth.parameters[0].unit == "B/cycle")
  }

  @Test("without a search small spaces are enumerated and large ones searched")
  func searches() throws {
    #expect(try Fixture.space().search == .exhaustive)
    let large = """
        rows: {from: 1, to: 1000, step: 1}
        lanes: {from: 1, to: 1000, step: 1}
        clock_mhz: {from: 1, to: 1000, step: 1}
      """
    #expect(
      try Fixture.space(large).search == .nsga2(population: 128, generations: 200, seed: 1))
    #expect(
      try Fixture.space(large, more: "search: {method: random, points: 10, seed: 3}").search
        == .random(points: 10, seed: 3))
  }
}
