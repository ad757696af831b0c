import TestSupport
import Testing
internal import Workload

@testable import Exploration

@Suite("Pareto front")
struct ParetoFrontTests {
  @Test("the front is what a comparison of all pairs finds, in whatever order points come")
  func bruteForce() throws {
    try withEvery("dimensions", in: 1...4) { dimensions in
      try withEvery("count", in: [1, 2, 3, 15, 63, 127]) { count in
        var random = SplitMix64(state: UInt64(1000 * dimensions + count))
        // Few values, so that ties and equal points are common.
        let points = (0..<count).map { _ in
          (0..<dimensions).map { _ in Double(Int.random(in: 0..<6, using: &random)) }
        }
        let expected = points.indices.filter { index in
          !points.contains { other in
            zip(other, points[index]).allSatisfy { $0 <= $1 } && other != points[index]
          }
        }
        for _ in 0..<3 {
          var front = ParetoFront(dimensions: dimensions)
          for index in points.indices.shuffled(using: &random) {
            front.insert(index, points[index])
          }
          #expect(front.numbers.sorted() == expected, "\(trail)")
          for place in 0..<front.count {
            #expect(Array(front.vector(at: place)) == points[front.numbers[place]], "\(trail)")
          }
        }
      }
    }
  }
}
