import TestSupport
import Testing
import Verification

@testable import Architecture

@Suite("Drawn architectures")
struct ParameterSpaceTests {
  @Test("Every parameter that the RTL is elaborated for is drawn")
  func complete() {
    let drawn = Set(DrawnParameter.all.map(\.name))
    #expect(Key.hardware.map(\.rawValue).filter { !drawn.contains($0) } == [])
    #expect(drawn.count == DrawnParameter.all.count)
  }

  @Test("Draws repeat, differ between numbers, and have the size that was asked for")
  func draws() throws {
    let first = try (0..<30).map { try Campaign.Target(drawing: $0, seed: 7).architecture }
    let again = try (0..<30).map { try Campaign.Target(drawing: $0, seed: 7).architecture }
    #expect(first == again)
    #expect(Set(first.map(\.configurationHash)).count == 30)
    let products = first.map { $0.parameters.rows * $0.parameters.lanes }
    #expect(products.enumerated().allSatisfy { $0 == 24 ? $1 >= 2048 : $1 <= 1105 })
  }

  @Test("Coverage counts values and pairs, and approaches everything that is legal")
  func coverage() throws {
    var coverage = ParameterCoverage()
    let one = try #require(try Campaign.Target(drawing: 0, seed: 1).drawn)
    coverage.add(one)
    coverage.add(one)
    let parameters = DrawnParameter.all.count
    #expect(coverage.parameters.allSatisfy { $0.seen.count == 1 })
    #expect(coverage.seenPairs == parameters * (parameters - 1) / 2)
    for number in 1..<400 {
      coverage.add(try #require(try Campaign.Target(drawing: number, seed: 1).drawn))
    }
    #expect(coverage.parameters.flatMap(\.missing) == [])
    #expect(coverage.seenPairs <= coverage.legalPairs)
    #expect(10 * coverage.seenPairs > 9 * coverage.legalPairs)
  }

  @Test("The covering architectures have every datapath and every other choice")
  func covering() {
    let parameters = coveringArchitectures().map(\.parameters)
    typealias Parameters = Architecture.Parameters
    #expect(parameters.map(\.datapath) == Array(Parameters.Datapath.allCases))
    #expect(Set(parameters.map(\.weightCoding)).count == Parameters.WeightCoding.allCases.count)
    #expect(Set(parameters.map(\.dataflow)).count == Parameters.Dataflow.allCases.count)
    #expect(Set(parameters.map(\.output)).count == Parameters.OutputFormat.allCases.count)
  }
}
