public import Activity

/// Event counts and prices as Accelergy reads them: YAML of version 0.3, which 0.4 takes as well.
///
/// Components are those of ``EnergyComponent`` under `setun`, actions the events that are priced
/// there, by name. Their energies times their counts are the energy of the layer.
public struct AccelergyOutput: Sendable {
  private let model: EnergyModel

  public init(_ model: EnergyModel) { self.model = model }

  /// `action_counts.yaml`.
  public func actionCounts(_ counts: EventCounts) -> String {
    var lines = ["action_counts:", "  version: 0.3", "  subtree:", "  - name: setun", "    local:"]
    for (component, events) in components {
      lines += ["    - name: \(component.rawValue)", "      action_counts:"]
      for event in events {
        lines += ["      - name: \(event.name)", "        counts: \(counts[event])"]
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// `ERT.yaml`: typical energies in pJ.
  public var energyReferenceTable: String {
    var lines = ["ERT:", "  version: 0.3", "  tables:"]
    for (component, events) in components {
      lines += ["  - name: setun.\(component.rawValue)", "    actions:"]
      for event in events {
        let prices = model.prices.filter { $0.component == component && $0.event == event }
        let energy = prices.reduce(0) { $0 + $1.energy.typical }
        lines += [
          "    - name: \(event.name)", "      arguments: null",
          "      energy: \(1e12 * energy)",
        ]
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// `ART.yaml`: typical areas of blocks in µm².
  public var areaReferenceTable: String {
    let entries = model.area.areas.flatMap {
      ["  - name: setun.\($0.block.rawValue)", "    area: \($0.area.typical)"]
    }
    return (["ART:", "  version: 0.3", "  tables:"] + entries).map { $0 + "\n" }.joined()
  }

  /// Components in order, with the events that are priced there.
  private var components: [(EnergyComponent, [Event])] {
    EnergyComponent.allCases.compactMap { component in
      let priced = Set(model.prices.filter { $0.component == component }.map(\.event))
      return priced.isEmpty ? nil : (component, Event.allCases.filter(priced.contains))
    }
  }
}
