import TestSupport
import Testing
import Workload

@Suite struct TestSupportTests {
  @Test("The generator yields the published sequence of its seed")
  func generator() {
    var random = SplitMix64(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
    ]
    #expect(expected.map { _ in random.next() } == expected)
  }

  @Test("Trits and activations take all their values")
  func values() {
    var random = SplitMix64(seed: 0)
    #expect(Set(random.trits(100)) == [-1, 0, 1])
    #expect(Set(random.activations(10_000)).count == 256)
  }

  @Test("The trail names the values of all enclosing loops, and only those")
  func loops() throws {
    var trails: [String] = []
    try withEvery("rows", in: [1, 2]) { _ in
      try withEvery("edge", in: ["left"]) { _ in trails.append(trail) }
    }
    #expect(trails == ["rows = 1, edge = left", "rows = 2, edge = left"])
    #expect(trail.isEmpty)
  }

  @Test("An error carries the trail of where it was thrown")
  func errors() throws {
    struct Failure: Error {}
    let error = #expect(throws: TrailError.self) {
      try withEvery("rows", in: [1, 2]) { rows in
        try withEvery("columns", in: [3]) { _ in if rows == 2 { throw Failure() } }
      }
    }
    #expect(error?.description == "rows = 2, columns = 3: Failure()")
  }

  @Test("A write beside the elements is noticed", arguments: GuardedBuffer<Int16>.Edge.allCases)
  func guards(edge: GuardedBuffer<Int16>.Edge) throws {
    let buffer = GuardedBuffer<Int16>([1, 2, 3], at: edge)
    #expect(Array(buffer.elements) == [1, 2, 3])
    let first = try #require(buffer.elements.baseAddress)
    first[1] = 7
    #expect(buffer.surroundingsAreIntact)
    // The side that does not touch the inaccessible page.
    first[edge == .end ? -1 : 3] = 7
    #expect(!buffer.surroundingsAreIntact)
  }
}
