import Activity
import Energy

extension RunReport {
  /// The report that ``json`` wrote, with its sums as they were written and ratios computed again.
  ///
  /// - Parameters:
  ///   - json: The text of the document.
  ///   - file: Where it comes from, for errors.
  public init(json: String, file: String) throws(ReportError) {
    let root = try JSONReader(text: json, file: file)
    let schema = try root["schema"]
    guard try schema.string == Self.schema else {
      throw schema.mismatch("\"\(Self.schema)\", as `setun run` writes it")
    }
    var command: [String] = []
    for argument in try root["command"].elements { command.append(try argument.string) }
    var phases: [Phase] = []
    for phase in try root["phases"].elements { phases.append(try Phase(phase)) }
    var notes: [String] = []
    for note in try root["notes"].elements { notes.append(try note.string) }
    var baselines: [BaselineReport] = []
    for baseline in try root.member("baselines")?.elements ?? [] {
      baselines.append(try BaselineReport(baseline))
    }
    var warnings: [String] = []
    for warning in try root.member("warnings")?.elements ?? [] {
      warnings.append(try warning.string)
    }
    let (model, prompt, speeds) = (try root["model"], try root["prompt"], try root["speeds"])
    self.init(
      toolVersion: try root["tool_version"].string, date: try root["date"].string,
      command: command,
      model: Model(
        name: try model["name"].string, path: try model["path"].string,
        description: try model["description"].string,
        parameters: try model["parameters"].parameters),
      prompt: Prompt(text: try prompt["text"].string, tokens: try prompt["tokens"].positiveSize),
      architecture: try ArchitectureSummary(root["architecture"]), phases: phases,
      areas: try root["areas"].areas, areaSources: try root.sources("area_sources"),
      modelSpeed: try speeds.optionalEstimate("model"),
      rtlSpeed: try speeds.optionalEstimate("rtl"), baselines: baselines, warnings: warnings,
      notes: notes)
    statedTotalArea = try root["areas"].optionalEstimate("total")
    fpga = try root.member("fpga").map(FPGAReport.init)
  }
}

extension BaselineReport {
  fileprivate init(_ reader: JSONReader) throws(ReportError) {
    let name = try reader["name"].string
    if let absence = try reader.member("absent") {
      self.init(name: name, absence: try absence.string)
      return
    }
    var metrics: [String: MetricValue] = [:]
    for (key, value) in try reader["metrics"].members {
      guard MetricDescription.ofRuns.contains(where: { $0.key == key }) else {
        throw value.mismatch("a metric of runs")
      }
      metrics[key] = try MetricValue(value)
    }
    self.init(name: name, description: try reader["description"].string, metrics: metrics)
  }
}

extension MetricValue {
  fileprivate init(_ reader: JSONReader) throws(ReportError) {
    let (low, typical, high) = try reader.bounds
    self.init(
      low: low, typical: typical, high: high,
      provenance: try reader["provenance"].name(of: Provenance.self, "a provenance"),
      source: try reader["source"].string)
  }
}

extension RunReport.ArchitectureSummary {
  fileprivate init(_ reader: JSONReader) throws(ReportError) {
    self.init(
      name: try reader["name"].string, description: try reader["description"].string,
      configurationHash: try reader["configuration_hash"].string,
      parameters: try reader["parameters"].parameters,
      technology: try reader["technology"].string,
      peakThroughput: try reader["peak_throughput"].estimate(),
      peakBandwidth: try reader["peak_bandwidth"].estimate())
  }
}

extension RunReport.Phase {
  fileprivate init(_ reader: JSONReader) throws(ReportError) {
    var layers: [RunReport.Layer] = []
    for layer in try reader["layers"].elements { layers.append(try RunReport.Layer(layer)) }
    self.init(
      name: try reader["name"].string, tokens: try reader["tokens"].positiveSize, layers: layers)
    statedTotal = try reader.member("total").map(RunReport.Figures.init)
  }
}

extension RunReport.Layer {
  fileprivate init(_ reader: JSONReader) throws(ReportError) {
    self.init(
      name: try reader["name"].string, count: try reader.member("count")?.positiveSize ?? 1,
      m: try reader["m"].positiveSize, n: try reader["n"].positiveSize,
      k: try reader["k"].positiveSize,
      bound: try reader["bound"].name(of: RunReport.Bound.self, "a bound"),
      figures: try RunReport.Figures(reader))
  }
}

extension RunReport.Figures {
  fileprivate init(_ reader: JSONReader) throws(ReportError) {
    let events = try reader["counts"]
    var counts = EventCounts()
    for event in Event.allCases { counts[event] = try events[event.name].count }
    let components = try reader["energy"]
    var energy: [EnergyComponent: Estimate<Joules>] = [:]
    for component in EnergyComponent.allCases {
      energy[component] = try components.optionalEstimate(component.rawValue)
    }
    var alternatives: [RunReport.Alternative] = []
    for alternative in try reader.member("alternatives")?.elements ?? [] {
      alternatives.append(try RunReport.Alternative(alternative))
    }
    self.init(
      counts: counts, time: try reader["time"].estimate(), energy: energy,
      energySources: try reader.sources("energy_sources"), alternatives: alternatives,
      cpuTime: try reader.optionalEstimate("cpu_time"),
      cpuEnergy: try reader.optionalEstimate("cpu_energy"),
      reference: try RunReport.Comparison(reader["reference"]),
      oracle: try RunReport.Comparison(reader["oracle"]),
      lockStepCycles: try reader.member("lock_step_cycles")?.count)
    statedTotalEnergy = try components.optionalEstimate("total")
    guard energy.isEmpty == (statedTotalEnergy == nil) else {
      throw components.mismatch("components and their total, or none")
    }
    statedBaselines = try reader.member("baselines")?.value
  }
}

extension RunReport.Alternative {
  fileprivate init(_ reader: JSONReader) throws(ReportError) {
    self.init(
      name: try reader["name"].string, description: try reader["description"].string,
      array: try reader["array"].estimate(), total: try reader["total"].estimate())
  }
}

extension RunReport.Comparison {
  fileprivate init(_ reader: JSONReader) throws(ReportError) {
    self.init(compared: try reader["compared"].size, different: try reader["different"].size)
  }
}

extension JSONReader {
  /// Names and values of an object, in its order.
  fileprivate var parameters: [RunReport.Parameter] {
    get throws(ReportError) {
      var parameters: [RunReport.Parameter] = []
      for (key, value) in try members { parameters.append(.init(key, try value.string)) }
      return parameters
    }
  }

  /// The areas by block; their sum is left out.
  fileprivate var areas: [Block: Estimate<SquareMicrometres>] {
    get throws(ReportError) {
      var areas: [Block: Estimate<SquareMicrometres>] = [:]
      for block in Block.allCases { areas[block] = try optionalEstimate(block.rawValue) }
      return areas
    }
  }

  /// The contributions under `key`; none where there is no such list.
  fileprivate func sources<Part: RawRepresentable<String> & CaseIterable & Hashable & Sendable>(
    _ key: String
  ) throws(ReportError) -> [Contribution<Part>] {
    var sources: [Contribution<Part>] = []
    for each in try member(key)?.elements ?? [] {
      sources.append(
        Contribution(
          part: try each["part"].name(of: Part.self, "a part"),
          provenance: try each["provenance"].name(of: Provenance.self, "a provenance"),
          source: try each["source"].string, amount: try each["amount"].number))
    }
    return sources
  }

  func optionalEstimate<U: Unit>(_ key: String) throws(ReportError) -> Estimate<U>? {
    try member(key)?.estimate()
  }
}
