public import Energy

/// One design in detail: its architecture, its blocks, and what its layers take.
public struct DesignReport: Sendable {
  public var name: String
  /// Why it is shown: `least area on the front`; may be empty.
  public var reason: String
  /// Its place in ``SweepReport/hashes``; `nil` when it is not a point of a sweep.
  public var point: Int?
  public var architecture: RunReport.ArchitectureSummary
  public var phases: [RunReport.Phase]
  public var areas: [Block: Estimate<SquareMicrometres>]
  /// What ``areas`` consist of, source by source.
  public var areaSources: [Contribution<Block>]
  /// The sum over ``areas``, or `nil` when there are none.
  public var totalArea: Estimate<SquareMicrometres>? { statedTotalArea ?? areas.total }
  var statedTotalArea: Estimate<SquareMicrometres>?
  /// By the key of the metric.
  public var metrics: [String: MetricValue]
  /// Further facts, such as the mapping.
  public var facts: [RunReport.Parameter]
  /// What cannot be as it is described, a sentence each.
  public var warnings: [String]
  /// What it takes of an FPGA; `nil` where its technology is none.
  public var fpga: FPGAReport?
  /// Simulated cycles a second of the cycle-level model and of the RTL, where they ran.
  public var modelSpeed: Estimate<CyclesPerSecond>?
  public var rtlSpeed: Estimate<CyclesPerSecond>?

  public init(
    name: String, reason: String = "", point: Int? = nil,
    architecture: RunReport.ArchitectureSummary, phases: [RunReport.Phase],
    areas: [Block: Estimate<SquareMicrometres>], areaSources: [Contribution<Block>] = [],
    metrics: [String: MetricValue], facts: [RunReport.Parameter] = [], warnings: [String] = [],
    modelSpeed: Estimate<CyclesPerSecond>? = nil, rtlSpeed: Estimate<CyclesPerSecond>? = nil
  ) {
    self.name = name
    self.reason = reason
    self.point = point
    self.architecture = architecture
    self.phases = phases
    self.areas = areas
    self.areaSources = areaSources
    self.metrics = metrics
    self.facts = facts
    self.warnings = warnings
    self.modelSpeed = modelSpeed
    self.rtlSpeed = rtlSpeed
  }

  /// The design of a run.
  public init(_ run: RunReport) {
    self.init(
      name: run.architecture.name, architecture: run.architecture, phases: run.phases,
      areas: run.areas, areaSources: run.areaSources, metrics: run.metrics,
      facts: [.init("model", run.model.name), .init("prompt", "\(run.prompt.tokens) tokens")],
      warnings: run.warnings, modelSpeed: run.modelSpeed, rtlSpeed: run.rtlSpeed)
    statedTotalArea = run.statedTotalArea
    fpga = run.fpga
  }
}

/// Another machine on the same work: a CPU, or the same array with other numbers.
public struct BaselineReport: Sendable {
  public var name: String
  /// What makes it comparable: `int8 products, equal throughput and buffers`.
  public var description: String
  /// By the key of the metric.
  public var metrics: [String: MetricValue]
  /// Why there are no figures, as a sentence; `nil` when there are.
  public var absence: String?

  public init(name: String, description: String, metrics: [String: MetricValue]) {
    self.name = name
    self.description = description
    self.metrics = metrics
    absence = nil
  }

  /// A baseline that readers will look for and not find.
  public init(name: String, absence: String) {
    self.name = name
    description = ""
    metrics = [:]
    self.absence = absence
  }
}
