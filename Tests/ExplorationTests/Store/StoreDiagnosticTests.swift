import Foundation
import GRDB
import Testing

@testable import Exploration

@Suite("Diagnostics of stores")
struct StoreDiagnosticTests {
  private let folder: Folder
  private let path: String

  init() throws {
    folder = try Folder()
    path = folder.file("a.sqlite")
  }

  private func made(_ space: DesignSpace? = nil) throws {
    _ = try ExplorationStore(creating: path, for: Fixture.sweep(space ?? Fixture.space()))
  }

  private func change(_ sql: String) throws {
    try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
  }

  private var readingProblem: String? { problem { _ = try ExplorationStore(readingFrom: path) } }

  private func continuingProblem(_ sweep: Sweep) -> String? {
    problem { _ = try ExplorationStore.continuing(sweep, at: path) }
  }

  @Test("files that are no stores are refused")
  func otherFiles() throws {
    #expect(readingProblem == "\(path): expected the store of a sweep, found no such file")
    try Data("rows: 3, and much more text than any header".utf8).write(to: URL(filePath: path))
    #expect(
      readingProblem == "\(path): expected the store of a sweep, found a file of another kind")
    #expect(
      continuingProblem(Fixture.sweep(try Fixture.space()))
        == "\(path): expected the store of a sweep, found a file of another kind")
    try FileManager.default.removeItem(atPath: path)
    try change("CREATE TABLE other (x)")
    #expect(readingProblem == "\(path): expected the store of a sweep, found another database")
    #expect(
      continuingProblem(Fixture.sweep(try Fixture.space()))
        == "\(path): expected the store of a sweep, found another database")
  }

  @Test("stores of other formats are refused with what to do")
  func formats() throws {
    try made()
    try change("PRAGMA user_version = 99")
    #expect(
      readingProblem == "\(path): expected a store of format 4, found format 99, which a newer "
        + "version of setun wrote: use that one")
    // Format 3 does not say what points are priced with.
    for version in [0, 3] {
      try change("PRAGMA user_version = \(version)")
      #expect(
        readingProblem == "\(path): expected a store of format 4, found format \(version), which "
          + "this version does not read any more: run the sweep again")
    }
    try change("PRAGMA user_version = 4")
    #expect(readingProblem == nil)
    try change("DELETE FROM sweep")
    #expect(
      readingProblem == "\(path): expected the store of a sweep, found one without a sweep")
  }

  @Test("a sweep does not continue in the store of another version, space, workload or shard")
  func otherSweeps() throws {
    try made()
    let space = try Fixture.space()
    #expect(continuingProblem(Fixture.sweep(space)) == nil)
    #expect(
      continuingProblem(Fixture.sweep(space, version: "2.0.0"))
        == "\(path): cannot continue it: expected results of setun 2.0.0, found some of 1.2.3; give "
        + "another file, or run the sweep again")
    #expect(
      continuingProblem(Fixture.sweep(space, shard: Shard(1, of: 2)))
        == "\(path): cannot continue it: expected shard 1/2, found 1/1")
    let other =
      "\(path): cannot continue it: expected the space fixture with its workloads as they "
      + "are now, found another space, other workloads, or an earlier state of them"
    for space in [
      try Fixture.space("  rows: [2, 3]"), try Fixture.space(more: ""),
      try Fixture.space(objectives: "area_mm2"),
      try Fixture.space(more: "search: {method: random, points: 2, seed: 1}"),
      try Fixture.space(more: "derived: {accumulator_depth: rows}"),
    ] {
      #expect(continuingProblem(Fixture.sweep(space)) == other)
    }
    let workload = ExplorationWorkload(
      name: "small", source: "the tests", matrices: [.init(name: "a", n: 8, k: 8, nonzeros: 8)],
      request: .init(promptTokens: 3, generatedTokens: 4))
    #expect(
      continuingProblem(
        Sweep(
          space: space, workloads: [workload], toolVersion: "1.2.3", date: "", command: [], file: ""
        ))
        == other)
  }

  @Test("comments and the order of keys do not make another space")
  func sameSpace() throws {
    try made()
    let yaml = """
      # A comment.
      objectives: [request_latency_s, request_energy_j, area_mm2]
      name: fixture
      constraints: [rows * lanes <= 64, area_mm2 <= 0.05]
      parameters: {rows: [2, 3, 8], lanes: [5, 8, 16], bus_bytes: [4, 16], clock_mhz: [100, 250, 400]}
      workloads: [{name: small, model: "none", prompt_tokens: 3, generated_tokens: 4}]
      base: tiny
      """
    #expect(continuingProblem(Fixture.sweep(try Fixture.parse(yaml))) == nil)
  }

  @Test("a store says again what it was made from")
  func record() async throws {
    let space = try Fixture.space()
    let store = try await Fixture.run(Fixture.sweep(space), into: path)
    let sweep = try ExplorationStore(readingFrom: path).sweep
    #expect(sweep.workloads == [Fixture.workload] && sweep.space.text == space.text)
    #expect(sweep.toolVersion == "1.2.3" && sweep.command == ["setun", "explore"])
    #expect(sweep.date == "2026-01-01T00:00:00Z" && sweep.file == "space.yaml")
    #expect(sweep.identity == store.sweep.identity)
  }

  @Test("points are found by the beginning of their hashes")
  func hashes() async throws {
    let store = try await Fixture.run(Fixture.sweep(try Fixture.space(more: "")), into: path)
    let points = try store.points()
    for point in points {
      #expect(try store.point(hash: point.hash.description) == point)
      #expect(try store.point(hash: point.hash.description.uppercased()) == point)
    }
    // Of more than 16 points two begin with the same digit.
    try #require(points.count > 16)
    let byDigit = Dictionary(grouping: points) { $0.hash.description.prefix(1) }
    let shared = try #require(byDigit.first { $0.value.count > 1 })
    let message = problem { _ = try store.point(hash: String(shared.key)) }
    #expect(message?.hasPrefix("\(path): expected one point \(shared.key)…, found ") == true)
    let taken = Set(points.map(\.hash.bits))
    let free = try #require((0...).first { !taken.contains($0) }.map { PointHash(bits: $0) })
    #expect(
      problem { _ = try store.point(hash: "\(free)") }
        == "\(path): expected a point \(free), found none")
    for text in ["", "xyz", "0123456789abcdef0"] {
      #expect(
        problem { _ = try store.point(hash: text) }
          == "\(path): expected up to 16 hexadecimal digits, found \(text)")
    }
  }

  @Test("the view says the values of every point")
  func view() async throws {
    let store = try await Fixture.run(Fixture.sweep(try Fixture.space()), into: path)
    let front = try store.frontNumbers()
    let rows = try store.rows("SELECT * FROM design ORDER BY number")
    let points = try store.points()
    #expect(rows.count == points.count && !rows.isEmpty)
    for (row, point) in zip(rows, points) {
      for (name, value) in store.parameters(of: point) {
        #expect(Double("\(row[name] as DatabaseValue? ?? .null)") == Double(value))
      }
      #expect(row["on_front"] == front.contains(point.number))
    }
  }
}
