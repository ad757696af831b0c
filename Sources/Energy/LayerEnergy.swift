public import Activity

/// The energy of one layer, by component and down to the single figure.
public struct LayerEnergy: Sendable {
  /// One event times what it costs in one primitive of one component.
  public struct Term: Sendable {
    public let price: EnergyPrice
    /// How often the event happened.
    public let count: UInt64
    /// `count * price.energy`.
    public let energy: Estimate<Joules>
  }

  /// Every term of the model, in the order of its components; terms of events that did not happen
  /// are there with 0.
  public let terms: [Term]
  /// Products with weights, zeros included.
  public let products: UInt64

  /// The sum of the terms of each component.
  public let components: [EnergyComponent: Estimate<Joules>]
  /// The sum of all components.
  public let total: Estimate<Joules>

  init(prices: [EnergyPrice], counts: EventCounts) {
    let terms = prices.map { price in
      let count = counts[price.event]
      return Term(price: price, count: count, energy: Double(count) * price.energy)
    }
    self.terms = terms
    products = [Event.laneAdd, .laneSubtract, .laneSkip].reduce(0) { $0 + counts[$1] }
    let sums = EnergyComponent.allCases.map { component in
      Estimate.sum(
        terms.filter { $0.price.component == component }.map { ($0.price.each.source, $0.energy) })
    }
    components = Dictionary(uniqueKeysWithValues: zip(EnergyComponent.allCases, sums))
    total = .sum(sums).from("sum of the components")
  }

  /// What each component takes from each source, in the order of the terms; nothing that is 0.
  public var contributions: [Contribution<EnergyComponent>] {
    Contribution.merged(
      terms.map {
        let each = $0.price.each
        return Contribution(
          part: $0.price.component, provenance: each.provenance, source: each.source,
          amount: $0.energy.typical)
      })
  }

  /// The energy of `component`, as in ``components``.
  public subscript(component: EnergyComponent) -> Estimate<Joules> { components[component]! }

  /// The total without ``EnergyComponent/externalMemory``: what the accelerator itself takes.
  public var onChip: Estimate<Joules> {
    .sum(EnergyComponent.allCases.filter { $0 != .externalMemory }.map { self[$0] })
  }
}

/// What one event costs in one primitive: a line of an energy table.
public struct EnergyPrice: Sendable {
  public let component: EnergyComponent
  public let event: Event
  /// What is paid for: `adder bits`, `SRAM read`.
  public let what: String
  /// How many primitives one event uses.
  public let quantity: Double
  /// The energy of one use of one primitive, with its source.
  public let each: Estimate<Joules>

  /// The energy of one event.
  public var energy: Estimate<Joules> { quantity * each }
}
