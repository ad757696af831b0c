import Architecture
import Exploration
import Foundation
import Workload

/// Measures how many design points a second are evaluated: cycles, energy and area of a whole
/// workload on one architecture after the other.
struct PointsBenchmark {
  let architecture: Architecture
  let runs: Int
  /// Tokens of the prompt.
  let tokens: Int

  /// The measurements of one workload.
  struct Points: Encodable {
    let name: String
    /// Layers of each point, and those of different shapes.
    let matmuls: Int
    /// Distinct architectures, and those that cannot hold a layer.
    let points: Int
    let unfit: Int
    let pointsPerSecond: SpeedBenchmark.Spread
  }

  /// The measurements of a single layer and of BitNet b1.58 2B-4T, decode and prefill, and how many
  /// architectures a second are checked to be legal.
  func measure(
    _ progress: (String) -> Void
  ) throws -> (points: [Points], checkedPerSecond: SpeedBenchmark.Spread) {
    let neighbours = neighbours
    var architectures: [Architecture] = []
    let checked = try (0..<runs).map { _ in
      try Task.checkCancellation()
      let begin = SpeedBenchmark.cpuSeconds()
      architectures = neighbours.compactMap { try? Architecture(parameters: $0) }
      return Double(neighbours.count) / (SpeedBenchmark.cpuSeconds() - begin)
    }
    let points = try workloads.map { workload in
      progress(workload.name)
      return try measure(workload, architectures)
    }
    return (points, SpeedBenchmark.Spread(checked))
  }

  /// The measurements as text or as JSON.
  func report(asJSON: Bool, _ progress: (String) -> Void) throws -> String {
    struct Report: Encodable {
      let architecture: String
      let architecturesCheckedPerSecond: SpeedBenchmark.Spread
      let points: [Points]
    }
    let (points, checked) = try measure(progress)
    guard asJSON else {
      let lines = points.map { points in
        "\(points.name), \(Self.matmuls(points.matmuls)): \(Self.text(points.pointsPerSecond)) points/s, "
          + "\(points.points) architectures"
          + (points.unfit == 0 ? "" : ", of which \(points.unfit) cannot hold a layer")
      }
      return (["architectures checked: \(Self.text(checked)) a second"] + lines)
        .joined(separator: "\n")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let report = Report(
      architecture: architecture.parameters.name, architecturesCheckedPerSecond: checked,
      points: points)
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }

  private static func matmuls(_ count: Int) -> String {
    count == 1 ? "1 matmul" : "\(count) matmuls"
  }

  private static func text(_ speed: SpeedBenchmark.Spread) -> String {
    func thousands(_ value: Double) -> String { "\(Int((value / 1000).rounded())),000" }
    return "\(thousands(speed.median)) (\(thousands(speed.lowest)) – \(thousands(speed.highest)))"
  }

  private func measure(
    _ workload: ExplorationWorkload, _ architectures: [Architecture]
  ) throws -> Points {
    let evaluator = try Evaluator(workload)
    let points = architectures.map { DesignPoint($0) }
    var unfit = 0
    let speeds = try (0..<runs).map { _ in
      try Task.checkCancellation()
      // Each run works everything out anew.
      let session = Evaluator.Session(evaluator)
      unfit = 0
      let begin = SpeedBenchmark.cpuSeconds()
      for point in points {
        do throws(ExplorationError) {
          _ = try session.metrics(of: point)
        } catch {
          guard case .unfit = error else { throw error }
          unfit += 1
        }
      }
      return Double(architectures.count) / (SpeedBenchmark.cpuSeconds() - begin)
    }
    return Points(
      name: workload.name,
      matmuls: (workload.prefill ?? workload.decode)?.layers.count ?? 0,
      points: architectures.count, unfit: unfit, pointsPerSecond: .init(speeds))
  }

  private var workloads: [ExplorationWorkload] {
    let decode = ExplorationWorkload.Request(promptTokens: 0, generatedTokens: 1)
    let prefill = ExplorationWorkload.Request(promptTokens: tokens, generatedTokens: 1)
    return PublishedModel(named: "2b-4t").map { model in
      [("decode", decode), ("prefill", prefill)].flatMap { phase, request in
        let all = ExplorationWorkload(model, request: request)
        let layer = (all.prefill ?? all.decode)!.layers[0]
        return [
          ExplorationWorkload(
            name: "one layer, \(phase)", source: all.source,
            matrices: [
              .init(
                name: layer.name, n: layer.shape.n, k: layer.shape.k, nonzeros: layer.nonzeros)
            ], request: request),
          ExplorationWorkload(
            name: "2B-4T, \(phase)", source: all.source, prefill: all.prefill,
            decode: all.decode, decodeSteps: all.decodeSteps),
        ]
      }
    } ?? []
  }

  /// Architectures around the given one. They differ in what schedules follow from, but some in
  /// parts that a workload does not reach: buffers that are larger than it needs.
  private var neighbours: [Architecture.Parameters] {
    var all = [architecture.parameters]
    func vary(_ change: (inout Architecture.Parameters, Int) -> Void, over steps: [Int]) {
      all = all.flatMap { parameters in
        steps.map { step in
          var parameters = parameters
          change(&parameters, step)
          return parameters
        }
      }
    }
    vary({ $0.rows *= $1 }, over: [1, 2, 3, 4])
    vary({ $0.lanes *= $1 }, over: [1, 2, 3])
    vary({ $0.weightBufferWords *= $1 }, over: [1, 2, 4])
    vary({ $0.activationBufferWords *= $1 }, over: [1, 2, 4])
    vary({ $0.accumulatorDepth *= $1 }, over: [1, 2])
    vary({ $0.outstandingReads *= $1 }, over: [1, 2, 4])
    vary({ $0.memory.latencyCycles += $1 }, over: Array(stride(from: 0, to: 100, by: 10)))
    vary({ $0.memory.milliBytesPerCycle = $0.memory.milliBytesPerCycle * $1 / 4 }, over: [2, 3, 4])
    return all
  }
}
