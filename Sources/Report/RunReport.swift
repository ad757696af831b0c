public import Energy

/// Everything one run found out, ready to be laid out as text, JSON, CSV or HTML.
///
/// The command fills it in. Nothing is computed here but sums over layers, ratios and rates.
public struct RunReport: Sendable {
  /// The version of Setun that made the report.
  public var toolVersion: String
  /// When the run started, in ISO 8601.
  public var date: String
  /// The arguments that repeat the run, the name of the program first.
  public var command: [String]
  public var model: Model
  public var prompt: Prompt
  public var architecture: ArchitectureSummary
  /// Decode (one token) and prefill (the whole prompt), each with a row per layer.
  public var phases: [Phase]
  public var areas: [Block: Estimate<SquareMicrometres>]
  /// What ``areas`` consist of, source by source; empty where that is not known.
  public var areaSources: [Contribution<Block>]
  /// The sum as a file states it; see ``Phase/total``.
  var statedTotalArea: Estimate<SquareMicrometres>?
  /// What it takes of an FPGA, in place of areas and energies; `nil` where the technology is none.
  public var fpga: FPGAReport?
  /// Simulated cycles a second of the cycle-level model.
  public var modelSpeed: Estimate<CyclesPerSecond>?
  /// Simulated cycles a second of the RTL; `nil` when it did not run.
  public var rtlSpeed: Estimate<CyclesPerSecond>?
  /// Other arrays, and other numbers, on the same layers; the CPU is in the phases.
  public var baselines: [BaselineReport]
  /// What cannot be as it is described, a sentence each: a clock that the cells do not reach.
  public var warnings: [String]
  /// What is not included, a sentence each.
  public var notes: [String]

  public init(
    toolVersion: String, date: String, command: [String], model: Model, prompt: Prompt,
    architecture: ArchitectureSummary, phases: [Phase],
    areas: [Block: Estimate<SquareMicrometres>], areaSources: [Contribution<Block>] = [],
    modelSpeed: Estimate<CyclesPerSecond>? = nil, rtlSpeed: Estimate<CyclesPerSecond>? = nil,
    baselines: [BaselineReport] = [], warnings: [String] = [], notes: [String] = []
  ) {
    self.toolVersion = toolVersion
    self.date = date
    self.command = command
    self.model = model
    self.prompt = prompt
    self.architecture = architecture
    self.phases = phases
    self.areas = areas
    self.areaSources = areaSources
    self.modelSpeed = modelSpeed
    self.rtlSpeed = rtlSpeed
    self.baselines = baselines
    self.warnings = warnings
    self.notes = notes
  }

  /// The sum over ``areas``, or `nil` when there are none.
  public var totalArea: Estimate<SquareMicrometres>? { statedTotalArea ?? areas.total }
}

extension [Block: Estimate<SquareMicrometres>] {
  /// The sum, or `nil` when there is nothing.
  var total: Estimate<SquareMicrometres>? {
    var sum = Block.allCases.compactMap { self[$0] }.sum
    if count > 1 { sum?.source = "sum of the blocks" }
    return sum
  }
}

extension RunReport {
  /// A fact with a name: a hyperparameter of the model or a parameter of the architecture.
  public struct Parameter: Equatable, Sendable {
    /// The key in snake case, unit included: `clock_mhz`.
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The model that ran.
  public struct Model: Sendable {
    public var name: String
    public var path: String
    public var description: String
    public var parameters: [Parameter]

    public init(name: String, path: String, description: String, parameters: [Parameter]) {
      self.name = name
      self.path = path
      self.description = description
      self.parameters = parameters
    }
  }

  /// The text the activations come from.
  public struct Prompt: Sendable {
    public var text: String
    public var tokens: Int

    public init(text: String, tokens: Int) {
      self.text = text
      self.tokens = tokens
    }
  }

  /// What a reader has to know of the accelerator.
  public struct ArchitectureSummary: Sendable {
    public var name: String
    public var description: String
    /// The hash that the RTL exposes.
    public var configurationHash: String
    /// Every parameter, named as in the architecture file.
    public var parameters: [Parameter]
    /// The technology that priced the events.
    public var technology: String
    /// Ternary multiply-accumulates a second when the tree array is always busy.
    public var peakThroughput: Estimate<MACsPerSecond>
    /// Sustained bandwidth of the memory outside.
    public var peakBandwidth: Estimate<BytesPerSecond>

    public init(
      name: String, description: String, configurationHash: String, parameters: [Parameter],
      technology: String, peakThroughput: Estimate<MACsPerSecond>,
      peakBandwidth: Estimate<BytesPerSecond>
    ) {
      self.name = name
      self.description = description
      self.configurationHash = configurationHash
      self.parameters = parameters
      self.technology = technology
      self.peakThroughput = peakThroughput
      self.peakBandwidth = peakBandwidth
    }
  }
}
