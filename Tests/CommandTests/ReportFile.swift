import Foundation
import Testing

/// What the tests read of the JSON that `setun run` writes.
struct ReportFile: Decodable {
  struct Estimate: Decodable {
    let low, typical, high: Double
    let unit, provenance, source: String
  }

  struct Comparison: Decodable, Equatable {
    let compared, different: Int
  }

  struct Figures: Decodable {
    let counts: [String: Int]
    let time: Estimate
    let energy: [String: Estimate]
    let cpuTime, cpuEnergy: Estimate
    let reference, oracle: Comparison
    let lockStepCycles: Int?

    subscript(event: String) -> Double {
      get throws { Double(try #require(counts[event], "no event '\(event)'")) }
    }
  }

  struct Layer: Decodable {
    let name: String
    let m, n, k: Int
    let figures: Figures

    private enum CodingKeys: CodingKey { case name, m, n, k }

    /// The figures stand beside the name.
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      m = try container.decode(Int.self, forKey: .m)
      n = try container.decode(Int.self, forKey: .n)
      k = try container.decode(Int.self, forKey: .k)
      figures = try Figures(from: decoder)
    }
  }

  struct Phase: Decodable {
    let name: String
    let tokens: Int
    let layers: [Layer]
    let total: Figures
  }

  struct Prompt: Decodable {
    let text: String
    let tokens: Int
  }

  let schema: String
  let command: [String]
  let prompt: Prompt
  let phases: [Phase]
  let areas: [String: Estimate]

  var layers: [Layer] { phases.flatMap(\.layers) }

  init(_ folder: WorkFolder, _ name: String = "setun-run.json") throws {
    let decoder = JSONDecoder()
    // Of the properties; the names of events and components stay as they are.
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self = try decoder.decode(Self.self, from: Data(folder.read(name).utf8))
  }
}

/// One run that several tests look at.
struct SharedRun {
  let outcome: Command.Outcome
  let folder: WorkFolder
  let report: ReportFile

  /// Every layer of the built-in model on the tiny architecture, RTL included.
  static let tiny = Task {
    let folder = try WorkFolder()
    let outcome = try await setun(
      "run", "--architecture", "tiny", "--tokens", "2", "--cache", SharedCache.path, in: folder)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return SharedRun(outcome: outcome, folder: folder, report: try ReportFile(folder))
  }
}

/// Equal to nine digits.
func close(_ left: Double, _ right: Double) -> Bool {
  abs(left - right) <= 1e-9 * max(abs(left), abs(right))
}
