import Activity

extension EnergyModel {
  /// The model with what `tables` state in place of its own figures.
  ///
  /// A component of the ERT is one of ``EnergyComponent``; its actions are the events that the model
  /// prices there, by name, or by the end of the name where that is clear (`read` for
  /// `weight_buffer_read`). It must state each of them; others, such as `idle`, are left unused. A
  /// component of the ART is a ``Block``. Leakage still follows from the areas that the model works
  /// out, unless the ERT has a component `leakage`.
  ///
  /// - Throws: ``EnergyError`` when no component is one of the accelerator's, or one lacks an action.
  public func replacing(with tables: AccelergyTables) throws(EnergyError) -> EnergyModel {
    let files = tables.files.joined(separator: ", ")
    let known = EnergyComponent.allCases.filter { tables.energies[$0.rawValue] != nil }
    let blocks = Block.allCases.filter { tables.areas[$0.rawValue] != nil }
    guard !known.isEmpty || !blocks.isEmpty else {
      let names = EnergyComponent.allCases.map(\.rawValue).joined(separator: ", ")
      let areas = Block.allCases.map(\.rawValue).joined(separator: ", ")
      throw EnergyError(
        "\(files): expected ERT components of \(names), or ART components of \(areas)")
    }
    var parts: [EnergyPrice] = []
    for component in EnergyComponent.allCases {
      let own = prices.filter { $0.component == component }
      guard let actions = tables.energies[component.rawValue] else {
        // A share of the others, which have changed.
        if component != .clockTreeAndWires { parts += own }
        continue
      }
      for event in Event.allCases where own.contains(where: { $0.event == event }) {
        let energy = try Self.energy(of: event, of: own, actions, component, files)
        parts.append(
          EnergyPrice(
            component: component, event: event, what: "action of Accelergy", quantity: 1,
            each: Estimate(
              energy, provenance: .modelled,
              source: "Accelergy ERT, \(files): \(component.rawValue)")))
      }
    }
    var model = self
    model.prices =
      tables.energies[EnergyComponent.clockTreeAndWires.rawValue] == nil
      ? Self.addingClockTreeAndWires(technology.clockTreeAndWires, to: parts) : parts
    model.area = area.replacing(
      Dictionary(uniqueKeysWithValues: blocks.map { ($0, tables.areas[$0.rawValue]!) }),
      source: "Accelergy ART, \(files)")
    model.accelergy = tables
    return model
  }

  /// The names in `tables` that stand for nothing of the accelerator.
  public static func unused(in tables: AccelergyTables) -> [String] {
    let components = Set(EnergyComponent.allCases.map(\.rawValue))
    let blocks = Set(Block.allCases.map(\.rawValue))
    return tables.energies.keys.filter { !components.contains($0) }.sorted()
      + tables.areas.keys.filter { !blocks.contains($0) }.sorted()
  }

  /// J of `event`, from the action of its name or of the end of it.
  private static func energy(
    of event: Event, of own: [EnergyPrice], _ actions: [String: Double],
    _ component: EnergyComponent, _ files: String
  ) throws(EnergyError) -> Double {
    if let energy = actions[event.name] { return energy }
    let events = Set(own.map(\.event.name))
    for (action, energy) in actions {
      let ends = events.filter { $0.hasSuffix("_" + action) }
      if ends == [event.name] { return energy }
    }
    throw EnergyError(
      "\(files): ERT: \(component.rawValue): expected the action \(event.name), found "
        + actions.keys.sorted().joined(separator: ", "))
  }
}

extension AreaModel {
  /// The model with stated areas of blocks in place of counted ones.
  func replacing(_ stated: [Block: Double], source: String) -> AreaModel {
    var model = self
    model.areas = areas.map { block in
      guard let area = stated[block.block] else { return block }
      let each = Estimate<SquareMicrometres>(area, provenance: .modelled, source: source)
      return BlockArea(
        block.block,
        [Term(block: block.block, part: "as stated", count: 1, each: each, isLogic: false)])
    }
    return model
  }
}
