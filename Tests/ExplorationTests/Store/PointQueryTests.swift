import Testing

@testable import Exploration

@Suite("Queries")
struct PointQueryTests {
  private func store(_ folder: Folder) async throws -> ExplorationStore {
    try await Fixture.run(
      Fixture.sweep(try Fixture.space(more: "")), into: folder.file("a.sqlite"))
  }

  private func points(_ query: PointQuery, of store: ExplorationStore) throws -> [StoredPoint] {
    var points: [StoredPoint] = []
    try store.forEachPoint(query) { points.append($0) }
    return points
  }

  @Test("conditions, order and limit choose the points that a filter in memory chooses")
  func filters() async throws {
    let folder = try Folder()
    let store = try await store(folder)
    let all = try store.points()
    var query = PointQuery()
    query.conditions = ["rows == 3 or lanes >= 16", "area_mm2 < 0.1"]
    let expected = all.filter { point in
      let values = Dictionary(uniqueKeysWithValues: store.parameters(of: point))
      return (values["rows"] == "3" || values["lanes"] == "16")
        && point.metrics[0][.area]!.typical < 0.1
    }
    try #require(expected.count > 3 && expected.count < all.count)
    #expect(try points(query, of: store) == expected)

    query.order = "decode_tokens_per_s"
    func speed(_ point: StoredPoint) -> Double { -point.metrics[0][.decodeThroughput]!.typical }
    let sorted = expected.sorted { (speed($0), $0.number) < (speed($1), $1.number) }
    #expect(try points(query, of: store) == sorted)
    query.limit = 3
    #expect(try points(query, of: store) == Array(sorted.prefix(3)))
    #expect(try store.forEachPoint(query) { _ in } == expected.count)
    query.order = nil
    #expect(try points(query, of: store) == Array(expected.prefix(3)))
  }

  @Test("the front of a choice of points, in other metrics, is what all pairs say")
  func fronts() async throws {
    let folder = try Folder()
    let store = try await store(folder)
    var query = PointQuery()
    query.isPareto = true
    #expect(try Set(points(query, of: store).map(\.number)) == store.frontNumbers())
    query.conditions = ["bus_bytes == 4"]
    query.objectives = ["decode_tokens_per_s", "area_mm2"]
    let candidates = try store.points().filter {
      store.parameters(of: $0).contains { $0 == ("bus_bytes", "4") }
    }
    let expected = candidates.filter { mine in
      !candidates.contains { other in
        let (a, b) = (other.metrics[0], mine.metrics[0])
        let (fast, small) = (
          a[.decodeThroughput]!.typical - b[.decodeThroughput]!.typical,
          b[.area]!.typical - a[.area]!.typical
        )
        return fast >= 0 && small >= 0 && fast + small > 0
      }
    }
    try #require(!expected.isEmpty && expected.count < candidates.count)
    #expect(try points(query, of: store) == expected)
  }

  @Test("queries for what a store does not have are refused")
  func refusals() async throws {
    let folder = try Folder()
    let store = try await store(folder)
    var query = PointQuery()
    query.conditions = ["rows <= 8", "row <= 8"]
    #expect(
      problem { try store.forEachPoint(query) { _ in } }
        == "row <= 8:1: expected 'rows', found 'row'")
    query.conditions = []
    query.order = "speed"
    let message = problem { try store.forEachPoint(query) { _ in } }
    #expect(message?.hasPrefix("speed: expected a metric of the store: decode_latency_s, ") == true)
  }
}
