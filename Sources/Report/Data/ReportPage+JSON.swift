import Energy

extension ReportPage {
  /// The name and version of the JSON schema, the value of its first key.
  ///
  /// The number grows when a key changes its meaning or goes away; new keys do not change it.
  public static let schema = "setun_report_1"

  /// All that the page shows as JSON text with snake-case keys, ending in a newline.
  ///
  /// Keys: `schema`, `tool_version`, `date`, `title`, `commands` (`purpose`, `arguments`),
  /// `metrics` (`key`, `title`, `unit`, `format`, `better`, `explanation`), `sweep`, `designs`,
  /// `baselines`, `notes`. The sweep has `hashes`, `parameters` (`name`, `values`), `values` (by
  /// metric: `typical`, `low`, `high`, `provenance`, `source`), `objectives`, `front` (indices) and
  /// `total`; a design has `name`, `reason`, `point` (its index), `metrics`, `facts`, `warnings`
  /// and, as in the JSON of a run, `architecture`, `phases`, `areas`, `area_sources` and `speeds`; a baseline has `name`,
  /// `description`, `metrics` and `absent` (why there are none). What is not known is `null`.
  public var json: String { jsonValue.text + "\n" }

  var jsonValue: JSONValue {
    .object([
      ("schema", .string(Self.schema)),
      ("tool_version", .string(toolVersion)),
      ("date", .string(date)),
      ("title", .string(title)),
      (
        "commands",
        .array(
          commands.map {
            .object([
              ("purpose", .string($0.purpose)),
              ("arguments", .array($0.arguments.map(JSONValue.string))),
            ])
          })
      ),
      ("metrics", .array(metrics.map(\.jsonValue))),
      ("sweep", sweep?.jsonValue ?? .null),
      ("designs", .array(designs.map { $0.jsonValue(metrics) })),
      ("baselines", .array(baselines.map { $0.jsonValue(metrics) })),
      ("notes", .array(notes.map(JSONValue.string))),
    ])
  }
}

extension MetricDescription {
  fileprivate var jsonValue: JSONValue {
    .object([
      ("key", .string(key)), ("title", .string(title)), ("unit", .string(unit)),
      ("format", .string(format.rawValue)), ("better", .string(preference.rawValue)),
      ("explanation", .string(explanation)),
    ])
  }
}

extension [String: MetricValue] {
  /// In the order of `metrics`.
  fileprivate func jsonValue(_ metrics: [MetricDescription]) -> JSONValue {
    .object(
      metrics.compactMap { metric in
        self[metric.key].map { value in
          (
            metric.key,
            .object([
              ("low", .number(value.low)), ("typical", .number(value.typical)),
              ("high", .number(value.high)), ("unit", .string(metric.unit)),
              ("provenance", .string(value.provenance.rawValue)),
              ("source", .string(value.source)),
            ])
          )
        }
      })
  }
}

extension SweepReport {
  fileprivate var jsonValue: JSONValue {
    .object([
      ("hashes", .array(hashes.map(JSONValue.string))),
      (
        "parameters",
        .array(
          parameters.map {
            .object([("name", .string($0.name)), ("values", .array($0.values.map(\.jsonValue)))])
          })
      ),
      ("values", .object(columns.sorted { $0.key < $1.key }.map { ($0, $1.jsonValue) })),
      ("objectives", .array(objectives.map(JSONValue.string))),
      ("front", .array(front.map(JSONValue.integer))),
      ("total", .integer(total)),
    ])
  }
}

extension SweepReport.Value {
  fileprivate var jsonValue: JSONValue {
    switch self {
    case .number(let value): .number(value)
    case .text(let text): .string(text)
    }
  }
}

extension SweepReport.Column {
  fileprivate var jsonValue: JSONValue {
    func array(_ values: [Double]?) -> JSONValue {
      values.map { .array($0.map(JSONValue.number)) } ?? .null
    }
    return .object([
      ("typical", array(typical)), ("low", array(bounds?.low)), ("high", array(bounds?.high)),
      ("provenance", .string(provenance.rawValue)), ("source", .string(source)),
    ])
  }
}

extension DesignReport {
  fileprivate func jsonValue(_ descriptions: [MetricDescription]) -> JSONValue {
    .object([
      ("name", .string(name)),
      ("reason", .string(reason)),
      ("point", point.map(JSONValue.integer) ?? .null),
      ("metrics", metrics.jsonValue(descriptions)),
      ("facts", .parameters(facts)),
      ("architecture", architecture.jsonValue),
      ("phases", .array(phases.map(\.jsonValue))),
      ("areas", .areas(areas, total: totalArea)),
      ("area_sources", .sources(areaSources, unit: SquareMicrometres.symbol)),
      ("warnings", .array(warnings.map(JSONValue.string))),
      ("fpga", fpga?.jsonValue ?? .null),
      ("speeds", .speeds(model: modelSpeed, rtl: rtlSpeed)),
    ])
  }
}

extension BaselineReport {
  func jsonValue(_ descriptions: [MetricDescription]) -> JSONValue {
    .object([
      ("name", .string(name)),
      ("description", .string(description)),
      ("metrics", metrics.jsonValue(descriptions)),
      ("absent", absence.map(JSONValue.string) ?? .null),
    ])
  }
}
