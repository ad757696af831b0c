import Architecture
import Foundation
import GRDB
import Workload

@testable import Exploration

/// Small spaces, workloads and folders for the tests of exploration.
enum Fixture {
  /// Two small layers, in both phases.
  static let workload = ExplorationWorkload(
    name: "small", source: "the tests",
    matrices: [
      .init(name: "a", n: 24, k: 40, nonzeros: 500), .init(name: "b", n: 40, k: 24, nonzeros: 600),
    ], request: .init(promptTokens: 3, generatedTokens: 4))

  /// A space on that workload, with `parameters` and more in YAML.
  static func space(
    _ parameters: String = """
      rows: [2, 3, 8]
      lanes: [5, 8, 16]
      bus_bytes: [4, 16]
      clock_mhz: {from: 100, to: 400, step: 150}
    """, more: String = "constraints: [rows * lanes <= 64, area_mm2 <= 0.05]",
    objectives: String = "request_latency_s, request_energy_j, area_mm2"
  ) throws -> DesignSpace {
    try parse(
      """
      name: fixture
      base: tiny
      workloads: [{name: small, model: "none", prompt_tokens: 3, generated_tokens: 4}]
      parameters:
      \(parameters)
      objectives: [\(objectives)]
      \(more)
      """)
  }

  static func parse(_ yaml: String) throws(ExplorationError) -> DesignSpace {
    try DesignSpace(yaml: yaml, file: "space.yaml") { name throws(ArchitectureError) in
      try Architecture.sample(named: name)
    }
  }

  static func sweep(
    _ space: DesignSpace, shard: Shard = .whole, version: String = "1.2.3"
  ) -> Sweep {
    Sweep(
      space: space, workloads: [workload], shard: shard, toolVersion: version,
      date: "2026-01-01T00:00:00Z", command: ["setun", "explore"], file: "space.yaml")
  }

  static let evaluators: [Evaluator] = {
    do {
      return [try Evaluator(workload)]
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// Runs `sweep` to its end.
  @discardableResult
  static func run(
    _ sweep: Sweep, into path: String, threads: Int = 2
  ) async throws -> ExplorationStore {
    try await SweepRunner(sweep, evaluators: evaluators, threads: threads).run(into: path)
  }
}

/// A folder that goes with the object.
final class Folder: Sendable {
  let path = NSTemporaryDirectory() + "setun-exploration-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

extension ExplorationStore {
  /// Every row of what depends on the space alone, as text.
  func contents() throws -> [String] {
    try queue.read { database in
      try [
        "point", "block", "front", "verification", "parameter", "parameter_value", "perplexity",
      ].flatMap { table in
        let order = ["parameter_value": "1, 2", "perplexity": "1, 2, 3, 4, 5"][table] ?? "1"
        return try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY \(order)").map {
          "\(table) \($0)"
        }
      }
    }
  }

  func rows(_ query: String) throws -> [Row] {
    try queue.read { try Row.fetchAll($0, sql: query) }
  }

  /// Changes the file as no sweep would.
  func change(_ statements: String...) throws {
    try queue.write { database in
      for statement in statements { try database.execute(sql: statement) }
    }
  }

  /// The rows of points and front, which shards and searches change nothing about.
  func results() throws -> [String] {
    try contents().filter { $0.hasPrefix("point") || $0.hasPrefix("front") }
  }
}

/// What a body throws; `nil` when it does not.
func problem(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}
