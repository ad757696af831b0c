import Activity
import Energy

extension RunReport {
  /// A row per layer and phase, without totals, as comma-separated values with a header line.
  ///
  /// Columns: phase, layer, m, n, k, every event by name, utilisation, bound; then five columns for
  /// every estimate, `<name>_low`, `_typical`, `_high` (with its unit: `time_s_low`),
  /// `<name>_provenance` and `<name>_source`; then the comparisons. Values that do not exist are
  /// empty. Fields are quoted where RFC 4180 asks for it; lines end in a newline.
  public var csv: String {
    let rows = phases.flatMap { phase in phase.layers.map { $0.fields(phase: phase.name) } }
    // The columns depend on no value, so a layer that never ran names them as well as any other.
    let header = Layer.columnNames
    return ([header] + rows).map { $0.map(Self.csvField).joined(separator: ",") + "\n" }.joined()
  }

  static func csvField(_ value: String) -> String {
    let special: Set<Unicode.Scalar> = [",", "\"", "\n", "\r"]
    guard value.unicodeScalars.contains(where: special.contains) else { return value }
    return "\""
      + value.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

extension RunReport.Layer {
  /// Name, unit and value of every estimate of a layer.
  private static var estimates:
    [(name: String, unit: String, value: (RunReport.Figures) -> (any AnyEstimate)?)]
  {
    [("time", "s", \.time)]
      + EnergyComponent.allCases.map { component in
        ("energy_" + component.rawValue, "j", { $0.energy[component] })
      } + [
        ("energy_total", "j", \.totalEnergy),
        ("cpu_time", "s", \.cpuTime),
        ("cpu_energy", "j", \.cpuEnergy),
        ("time_ratio", "times", \.timeRatio),
        ("energy_ratio", "times", \.energyRatio),
      ]
  }

  fileprivate static var columnNames: [String] {
    ["phase", "layer", "m", "n", "k"] + Event.allCases.map(\.name) + ["utilisation", "bound"]
      + estimates.flatMap { name, unit, _ in
        ["low", "typical", "high"].map { "\(name)_\(unit)_\($0)" }
          + ["\(name)_provenance", "\(name)_source"]
      } + [
        "reference_compared", "reference_different", "oracle_compared", "oracle_different",
        "lock_step_cycles",
      ]
  }

  fileprivate func fields(phase: String) -> [String] {
    let estimates = Self.estimates.flatMap { _, _, value -> [String] in
      guard let estimate = value(figures) else { return Array(repeating: "", count: 5) }
      return [estimate.low, estimate.typical, estimate.high].map(JSONValue.shortest)
        + [estimate.provenance.rawValue, estimate.source]
    }
    return [phase, name, String(m), String(n), String(k)]
      + Event.allCases.map { String(figures.counts[$0]) }
      + [JSONValue.shortest(figures.counts.utilisation), bound.rawValue] + estimates
      + [figures.reference, figures.oracle].flatMap { [String($0.compared), String($0.different)] }
      + [figures.lockStepCycles.map { String($0) } ?? ""]
  }
}
