import Energy
import Exploration
import Foundation
import Report

/// Puts together the page of a store.
struct StoreReport {
  private let store: ExplorationStore
  private let evaluators: [Evaluator]
  /// The points that the page has, in the order of their numbers.
  private let points: [StoredPoint]
  /// Indices of `points`.
  private let front: [Int]
  /// Points in the store.
  private let total: Int
  /// The points in detail, each with why.
  private let chosen: [(point: StoredPoint, reason: String)]
  private let cpu: CPUTimes?

  /// - Parameters:
  ///   - designs: The first digits of the hashes of the points in detail; chosen when empty.
  ///   - mostPoints: The most points of the page.
  ///   - measuresCPU: Whether the layers of the workloads are timed on this machine.
  init(
    _ store: ExplorationStore, designs: [String], mostPoints: Int, measuresCPU: Bool,
    _ progress: Progress
  ) throws {
    self.store = store
    evaluators = try store.sweep.evaluators()
    cpu = measuresCPU ? try CPUTimes(store.sweep.workloads, progress) : nil
    let best = try store.points(in: .front)
    chosen =
      designs.isEmpty
      ? Self.choice(of: best, store.sweep.space.objectives)
      : try designs.map { (try store.point(hash: $0), "named by --design") }
    var sample = PointSample(
      most: mostPoints, required: Self.thinned(best, to: mostPoints) + chosen.map(\.point))
    try store.forEachPoint { sample.add($0) }
    points = sample.points
    total = sample.seen
    let numbers = try store.frontNumbers()
    front = points.indices.filter { numbers.contains(sample.points[$0].number) }
  }

  /// The page, made by `command`.
  func page(command: [String]) throws -> ReportPage {
    let sweep = store.sweep
    let details = try chosen.map { chosen in
      try PointDetails(store.design(of: chosen.point), evaluators: evaluators, cpu: cpu)
    }
    let metrics = store.metrics.filter { metric in points.contains { $0[metric] != nil } }
    let origins = try store.origins()
    return ReportPage(
      kind: "design space", title: sweep.space.name, lead: sweep.space.description,
      toolVersion: sweep.toolVersion, date: sweep.date, facts: try Self.facts(of: store),
      commands: [
        .init("explored the space", sweep.command), .init("made this page", command),
      ],
      metrics: Self.descriptions(metrics, sweep), sweep: try sweepReport(metrics, origins),
      designs: try zip(chosen, details).map { chosen, details in
        details.report(
          of: chosen.point, reason: chosen.reason, index: points.firstIndex(of: chosen.point),
          metrics: try Self.values(of: chosen.point, metrics, origins))
      },
      baselines: baselines(details.first, metrics), inputs: Self.inputs(of: sweep),
      notes: try Self.notes(on: store, shown: points.count, total: total)
        + (details.contains { $0.fpga != nil } ? FPGAReport.notes : [])
        + (details.first.map { $0.fpga == nil } ?? false ? [Self.ofBaselines] : []))
  }

  // MARK: Choice

  /// The best in each objective, and the point that is least far behind the best in all of them.
  private static func choice(
    of front: [StoredPoint], _ objectives: [DesignSpace.Objective]
  ) -> [(point: StoredPoint, reason: String)] {
    /// How many times worse than the best a point is, as a logarithm.
    func losses(_ objective: DesignSpace.Objective) -> [Double] {
      let sign: Double = objective.metric.smallerIsBetter ? 1 : -1
      let values = front.map { point in
        point[objective].map { sign * log(max($0.typical, .leastNormalMagnitude)) }
          ?? .infinity
      }
      let best = values.min() ?? 0
      return values.map { $0 - best }
    }
    let all = objectives.map(losses)
    var reasons: [Int: [String]] = [:]
    var order: [Int] = []
    func add(_ index: Int, _ reason: String) {
      if reasons[index] == nil { order.append(index) }
      reasons[index, default: []].append(reason)
    }
    for (objective, losses) in zip(objectives, all).prefix(ReportCommand.mostDesigns - 1) {
      guard let best = front.indices.min(by: { losses[$0] < losses[$1] }) else { continue }
      add(best, "best \(objective.metric.title)")
    }
    func loss(_ index: Int) -> Double { all.reduce(0) { $0 + $1[index] } }
    if let least = front.indices.min(by: { loss($0) < loss($1) }), reasons[least] == nil {
      add(least, "least behind in all objectives together")
    }
    return order.map { (front[$0], reasons[$0]!.joined(separator: ", ")) }
  }

  /// At most so many of the front, evenly chosen.
  private static func thinned(_ front: [StoredPoint], to most: Int) -> [StoredPoint] {
    guard front.count > most else { return front }
    return (0..<most).map { front[$0 * front.count / most] }
  }

  // MARK: Sweep

  private func sweepReport(
    _ metrics: [DesignSpace.Objective], _ origins: [String: MetricOrigin]
  ) throws -> SweepReport {
    let space = store.sweep.space
    let parameters = points.map(store.parameters(of:))
    let varied = space.parameters.indices.filter { space.parameters[$0].values.count > 1 }
    return SweepReport(
      hashes: points.map(\.hash.description),
      parameters: varied.map { index in
        let texts = parameters.map { $0[index].value }
        let numbers = texts.compactMap(Double.init)
        return SweepReport.Parameter(
          name: space.parameters[index].name,
          values: numbers.count == texts.count
            ? numbers.map(SweepReport.Value.number) : texts.map(SweepReport.Value.text))
      },
      columns: Dictionary(
        uniqueKeysWithValues: try metrics.map { ($0.name, try column($0, origins)) }),
      objectives: space.objectives.map(\.name), front: front, total: total)
  }

  private func column(
    _ metric: DesignSpace.Objective, _ origins: [String: MetricOrigin]
  ) throws -> SweepReport.Column {
    let values = points.map { $0[metric] }
    let isExact = values.allSatisfy { $0.map { $0.low == $0.high } ?? true }
    let origin = try Self.origin(of: metric, in: origins)
    return SweepReport.Column(
      typical: values.map { $0?.typical ?? .nan },
      bounds: isExact ? nil : (values.map { $0?.low ?? .nan }, values.map { $0?.high ?? .nan }),
      provenance: origin.provenance, source: origin.source)
  }

  private static func values(
    of point: StoredPoint, _ metrics: [DesignSpace.Objective], _ origins: [String: MetricOrigin]
  ) throws -> [String: MetricValue] {
    var values: [String: MetricValue] = [:]
    for metric in metrics {
      guard let value = point[metric] else { continue }
      let origin = try origin(of: metric, in: origins)
      values[metric.name] = MetricValue(
        low: value.low, typical: value.typical, high: value.high, provenance: origin.provenance,
        source: origin.source)
    }
    return values
  }

  private static func origin(
    of metric: DesignSpace.Objective, in origins: [String: MetricOrigin]
  ) throws -> MetricOrigin {
    guard let origin = origins[metric.name] else {
      throw Failure("expected the origin of \(metric.name) in the store, found none")
    }
    return origin
  }

  /// The objectives of the sweep first.
  private static func descriptions(
    _ metrics: [DesignSpace.Objective], _ sweep: Sweep
  ) -> [MetricDescription] {
    let objectives = sweep.space.objectives
    let ordered = objectives + metrics.filter { !objectives.contains($0) }
    return ordered.map { objective in
      let metric = objective.metric
      let workload = sweep.workloads[objective.workload].name
      return MetricDescription(
        key: objective.name,
        title: sweep.workloads.count > 1 ? "\(metric.title), \(workload)" : metric.title,
        unit: metric.unit, format: .init(metric.format),
        preference: metric.smallerIsBetter ? .lower : .higher,
        explanation: "\(metric.title) of the workload \(workload)")
    }
  }

  private static let ofBaselines = "Baselines are those of the first design."

  /// In those of `metrics` alone: beside an FPGA no energy is compared.
  private func baselines(
    _ first: PointDetails?, _ metrics: [DesignSpace.Objective]
  ) -> [BaselineReport] {
    let prefixed = store.sweep.workloads.count > 1
    let cpu =
      cpu?.baseline(of: store.sweep.workloads, prefixed: prefixed)
      ?? BaselineReport(name: "CPU", absence: "It was left out: --no-cpu.")
    let names = Set(metrics.map(\.name))
    return ((first?.baselines(prefixed: prefixed) ?? []) + [cpu]).map { baseline in
      var baseline = baseline
      baseline.metrics = baseline.metrics.filter { names.contains($0.key) }
      return baseline
    }
  }
}

extension MetricDescription.Format {
  fileprivate init(_ format: Metric.Format) {
    switch format {
    case .prefixed: self = .prefixed
    case .plain: self = .plain
    case .count: self = .count
    case .share: self = .share
    }
  }
}
