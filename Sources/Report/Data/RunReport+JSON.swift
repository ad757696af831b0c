import Activity
import Energy

extension RunReport {
  /// The name and version of the JSON schema, the value of its first key.
  ///
  /// The number grows when a key changes its meaning or goes away; new keys do not change it.
  public static let schema = "setun_run_report_1"

  /// The report as JSON text with snake-case keys, ending in a newline.
  ///
  /// Keys of the document: `schema`, `tool_version`, `date`, `command` (an array of arguments),
  /// `model`, `prompt`, `architecture`, `phases`, `areas` (by block, and `total`), `area_sources`, `fpga` (in place of
  /// areas and energies), `speeds`
  /// (`model`, `rtl`), `baselines` (as in ``ReportPage/json``), `warnings`, `notes`. A phase has `name`, `tokens`, `layers` and `total`; a layer has
  /// `name`, `count`, `m`, `n`, `k`, `macs`, `bound` and, as the total has, `counts` (by event name),
  /// `utilisation`, `time`, `energy` (by component, and `total`), `cpu_time`, `cpu_energy`,
  /// `time_ratio`, `energy_ratio`, `baselines` (by kind), `alternatives` (`name`, `description`,
  /// `array`, `total`: the energy as other sources have it, its own first), `reference` and `oracle` (`compared`, `different`), and
  /// `lock_step_cycles`. A total also has `tokens_per_second` and `energy_sources`. The lists of sources
  /// have, of each component or block (`part`), `provenance`, `source`, `amount` and `unit`, and add up to
  /// it.
  ///
  /// Every estimate is an object `{low, typical, high, unit, provenance, source}`; units are SI
  /// without prefix, areas are in µm². What was not done or does not exist is `null`.
  public var json: String { jsonValue.text + "\n" }

  var jsonValue: JSONValue {
    .object([
      ("schema", .string(Self.schema)),
      ("tool_version", .string(toolVersion)),
      ("date", .string(date)),
      ("command", .array(command.map(JSONValue.string))),
      (
        "model",
        .object([
          ("name", .string(model.name)),
          ("path", .string(model.path)),
          ("description", .string(model.description)),
          ("parameters", .parameters(model.parameters)),
        ])
      ),
      (
        "prompt",
        .object([("text", .string(prompt.text)), ("tokens", .integer(prompt.tokens))])
      ),
      ("architecture", architecture.jsonValue),
      ("phases", .array(phases.map(\.jsonValue))),
      ("areas", .areas(areas, total: totalArea)),
      ("area_sources", .sources(areaSources, unit: SquareMicrometres.symbol)),
      ("fpga", fpga?.jsonValue ?? .null),
      ("speeds", .speeds(model: modelSpeed, rtl: rtlSpeed)),
      ("baselines", .array(baselines.map { $0.jsonValue(MetricDescription.ofRuns) })),
      ("warnings", .array(warnings.map(JSONValue.string))),
      ("notes", .array(notes.map(JSONValue.string))),
    ])
  }
}

extension JSONValue {
  /// `{low, typical, high, unit, provenance, source}`, or null.
  static func estimate(_ estimate: (any AnyEstimate)?) -> JSONValue {
    guard let estimate else { return .null }
    return .object([
      ("low", .number(estimate.low)),
      ("typical", .number(estimate.typical)),
      ("high", .number(estimate.high)),
      ("unit", .string(estimate.unit)),
      ("provenance", .string(estimate.provenance.rawValue)),
      ("source", .string(estimate.source)),
    ])
  }

  /// The values by name.
  static func parameters(_ parameters: [RunReport.Parameter]) -> JSONValue {
    .object(parameters.map { ($0.name, .string($0.value)) })
  }

  /// The areas by block, and their sum as `total`.
  static func areas(
    _ areas: [Block: Estimate<SquareMicrometres>], total: Estimate<SquareMicrometres>?
  ) -> JSONValue {
    .object(
      Block.allCases.compactMap { block in
        areas[block].map { (block.rawValue, .estimate($0)) }
      } + [("total", .estimate(total))])
  }

  /// What each source contributes.
  static func sources<Part: RawRepresentable<String>>(
    _ contributions: [Contribution<Part>], unit: String
  ) -> JSONValue {
    .array(
      contributions.map {
        .object([
          ("part", .string($0.part.rawValue)), ("provenance", .string($0.provenance.rawValue)),
          ("source", .string($0.source)), ("amount", .number($0.amount)), ("unit", .string(unit)),
        ])
      })
  }

  /// Simulated cycles a second of model and RTL.
  static func speeds(
    model: Estimate<CyclesPerSecond>?, rtl: Estimate<CyclesPerSecond>?
  ) -> JSONValue {
    .object([("model", .estimate(model)), ("rtl", .estimate(rtl))])
  }
}

extension RunReport.ArchitectureSummary {
  var jsonValue: JSONValue {
    .object([
      ("name", .string(name)),
      ("description", .string(description)),
      ("configuration_hash", .string(configurationHash)),
      ("parameters", .parameters(parameters)),
      ("technology", .string(technology)),
      ("peak_throughput", .estimate(peakThroughput)),
      ("peak_bandwidth", .estimate(peakBandwidth)),
    ])
  }
}

extension RunReport.Phase {
  var jsonValue: JSONValue {
    .object([
      ("name", .string(name)),
      ("tokens", .integer(tokens)),
      ("layers", .array(layers.map(\.jsonValue))),
      (
        "total",
        total.map { total in
          .object(
            [
              ("tokens_per_second", .estimate(total.time.rate(tokens: tokens))),
              ("energy_sources", .sources(total.energySources, unit: Joules.symbol)),
            ] + total.jsonMembers)
        } ?? .null
      ),
    ])
  }
}

extension RunReport.Layer {
  fileprivate var jsonValue: JSONValue {
    .object(
      [
        ("name", .string(name)),
        ("count", .integer(count)),
        ("m", .integer(m)),
        ("n", .integer(n)),
        ("k", .integer(k)),
        ("macs", .integer(macs)),
        ("bound", .string(bound.rawValue)),
      ] + figures.jsonMembers)
  }
}

extension RunReport.Figures {
  fileprivate var jsonMembers: [(String, JSONValue)] {
    [
      ("counts", .object(Event.allCases.map { ($0.name, .unsigned(counts[$0])) })),
      ("utilisation", .number(counts.utilisation)),
      ("time", .estimate(time)),
      (
        "energy",
        .object(
          EnergyComponent.allCases.compactMap { component in
            energy[component].map { (component.rawValue, .estimate($0)) }
          } + [("total", .estimate(totalEnergy))])
      ),
      ("cpu_time", .estimate(cpuTime)),
      ("cpu_energy", .estimate(cpuEnergy)),
      ("time_ratio", .estimate(timeRatio)),
      ("energy_ratio", .estimate(energyRatio)),
      ("baselines", baselinesJSON),
      ("alternatives", .array(alternatives.map(\.jsonValue))),
      ("reference", reference.jsonValue),
      ("oracle", oracle.jsonValue),
      ("lock_step_cycles", lockStepCycles.map(JSONValue.unsigned) ?? .null),
    ]
  }
}

extension RunReport.Alternative {
  fileprivate var jsonValue: JSONValue {
    .object([
      ("name", .string(name)), ("description", .string(description)),
      ("array", .estimate(array)), ("total", .estimate(total)),
    ])
  }
}

extension RunReport.Comparison {
  fileprivate var jsonValue: JSONValue {
    .object([("compared", .integer(compared)), ("different", .integer(different))])
  }
}
