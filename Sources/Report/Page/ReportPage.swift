/// All that one HTML page shows: a space of designs, some of them in detail, and what they are
/// compared with.
public struct ReportPage: Sendable {
  /// A command that made what the page shows.
  public struct Command: Sendable {
    /// What it did: `explored the space`.
    public var purpose: String
    /// The arguments, the name of the program first.
    public var arguments: [String]

    public init(_ purpose: String, _ arguments: [String]) {
      self.purpose = purpose
      self.arguments = arguments
    }
  }

  /// Something that went in: a file as it was, or facts.
  public struct Input: Sendable {
    public enum Content: Sendable {
      case text(String)
      case parameters([RunReport.Parameter])
    }

    public var name: String
    public var content: Content

    public init(_ name: String, _ content: Content) {
      self.name = name
      self.content = content
    }
  }

  /// What kind of page it is: `run report`.
  public var kind: String
  public var title: String
  /// A sentence or two below the title.
  public var lead: String
  public var toolVersion: String
  /// When the results were made, in ISO 8601.
  public var date: String
  /// Further facts for the head of the page, such as how many points were evaluated.
  public var facts: [RunReport.Parameter]
  public var commands: [Command]
  /// Every metric that a design, a baseline or the sweep has, in the order of tables.
  public var metrics: [MetricDescription]
  public var sweep: SweepReport?
  /// Designs in detail; the first five are compared from the start.
  public var designs: [DesignReport]
  public var baselines: [BaselineReport]
  public var inputs: [Input]
  /// What is not included, a sentence each.
  public var notes: [String]

  /// - Precondition: Every metric that a design, a baseline or the sweep has is described.
  public init(
    kind: String, title: String, lead: String, toolVersion: String, date: String,
    facts: [RunReport.Parameter] = [], commands: [Command], metrics: [MetricDescription],
    sweep: SweepReport? = nil, designs: [DesignReport], baselines: [BaselineReport] = [],
    inputs: [Input] = [], notes: [String] = []
  ) {
    let described = Set(metrics.map(\.key))
    let used =
      designs.flatMap(\.metrics.keys) + baselines.flatMap(\.metrics.keys)
      + (sweep.map { Array($0.columns.keys) + $0.objectives } ?? [])
    precondition(described.isSuperset(of: used), "\(used) are not all in \(described)")
    self.kind = kind
    self.title = title
    self.lead = lead
    self.toolVersion = toolVersion
    self.date = date
    self.facts = facts
    self.commands = commands
    self.metrics = metrics
    self.sweep = sweep
    self.designs = designs
    self.baselines = baselines
    self.inputs = inputs
    self.notes = notes
  }
}

extension ReportPage {
  /// The page of one run.
  public init(_ run: RunReport) {
    self.init(runs: [run], commands: [Command("made this report", run.command)])
  }

  /// A page that compares runs.
  ///
  /// - Precondition: There is a run.
  public init(comparing runs: [RunReport], command: [String]) {
    self.init(
      runs: runs,
      commands: runs.map { Command("ran \($0.model.name) on \($0.architecture.name)", $0.command) }
        + [Command("made this page", command)])
  }

  private init(runs: [RunReport], commands: [Command]) {
    let first = runs[0]
    var names: [String: Int] = [:]
    let designs = runs.map { run in
      var design = DesignReport(run)
      let number = names[design.name, default: 0] + 1
      names[design.name] = number
      if number > 1 { design.name += " (\(number))" }
      return design
    }
    let baselines = Self.baselines(of: first)
    let used = Set(designs.flatMap(\.metrics.keys) + baselines.flatMap(\.metrics.keys))
    let described = MetricDescription.ofRuns.filter { used.contains($0.key) }
    let models = Set(runs.map(\.model.name))
    self.init(
      kind: runs.count == 1 ? "run report" : "comparison of runs",
      title: runs.count == 1
        ? "\(first.model.name) on \(first.architecture.name)"
        : "\(models.sorted().joined(separator: ", ")) on "
          + "\(designs.map(\.name).joined(separator: ", "))",
      lead: first.model.description, toolVersion: first.toolVersion, date: first.date,
      commands: commands, metrics: described, designs: designs,
      baselines: baselines,
      inputs: Self.inputs(of: runs), notes: runs.flatMap(\.notes).uniqued)
  }

  /// Those of the first run, and the CPU that it measured.
  private static func baselines(of run: RunReport) -> [BaselineReport] {
    let arrays =
      run.baselines.isEmpty
      ? [BaselineReport(name: "int8 and FP16 arrays", absence: "This run has no figures of them.")]
      : run.baselines
    let cpu = run.cpuMetrics.map {
      BaselineReport(name: "CPU", description: "one core of the machine that ran it", metrics: $0)
    }
    return arrays + [cpu ?? .init(name: "CPU", absence: "This run did not measure it.")]
  }

  private static func inputs(of runs: [RunReport]) -> [Input] {
    runs.flatMap { run -> [Input] in
      let suffix = runs.count == 1 ? "" : ", \(run.architecture.name)"
      let technology = RunReport.Parameter("technology", run.architecture.technology)
      let path = RunReport.Parameter("path", run.model.path)
      return [
        Input("Prompt\(suffix)", .text(run.prompt.text)),
        Input("Architecture\(suffix)", .parameters([technology] + run.architecture.parameters)),
        Input("Model\(suffix)", .parameters([path] + run.model.parameters)),
      ]
    }
  }
}

extension Array where Element: Hashable {
  /// The elements without those that were there before.
  fileprivate var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
