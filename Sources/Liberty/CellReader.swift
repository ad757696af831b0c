/// Makes a cell of its group.
struct CellReader {
  let group: LibertyGroup
  let templates: TableTemplates

  /// The cell, or `nil` where it is neither logic nor a rising-edge flip-flop.
  func cell(defaultLeakage: Double?) throws(LibertyError) -> Cell? {
    guard group.groups("latch").isEmpty, group.groups("statetable").isEmpty else { return nil }
    let flipFlop = try flipFlop()
    if flipFlop == nil && !group.groups("ff").isEmpty { return nil }
    var inputs: [Cell.Input] = []
    var outputs: [Cell.Output] = []
    for pin in group.groups("pin") {
      switch pin.value("direction") {
      case "input": inputs.append(try input(pin))
      case "output":
        guard let function = pin.value("function"), pin.value("three_state") == nil else {
          return nil
        }
        outputs.append(try output(pin, function: function))
      default: break
      }
    }
    guard !outputs.isEmpty else { return nil }
    return Cell(
      name: group.name, area: try group.number("area") ?? 0,
      leakage: try leakage() ?? defaultLeakage ?? 0, inputs: inputs, outputs: outputs,
      flipFlop: flipFlop)
  }

  /// The stated average, or that of its states.
  private func leakage() throws(LibertyError) -> Double? {
    if let stated = try group.number("cell_leakage_power") { return stated }
    var values: [Double] = []
    for state in group.groups("leakage_power") where !isGround(state) {
      if let value = try state.number("value") { values.append(value) }
    }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  private func flipFlop() throws(LibertyError) -> Cell.FlipFlop? {
    guard let ff = group.groups("ff").first, ff.arguments.count == 2,
      let next = try function("next_state", of: ff),
      case .pin(let clock)? = try function("clocked_on", of: ff)
    else { return nil }
    return Cell.FlipFlop(
      state: ff.arguments[0], inverse: ff.arguments[1], next: next, clock: clock,
      clear: try function("clear", of: ff), preset: try function("preset", of: ff))
  }

  private func function(
    _ name: String, of group: LibertyGroup
  ) throws(LibertyError) -> BooleanFunction? {
    guard let text = group.value(name) else { return nil }
    return try BooleanFunction(text, line: group.line)
  }

  // MARK: Pins

  private func input(_ pin: LibertyGroup) throws(LibertyError) -> Cell.Input {
    let capacitance = try pin.number("capacitance") ?? 0
    var setups: [Edges<LookupTable>] = []
    for timing in pin.groups("timing") where timing.value("timing_type") == "setup_rising" {
      if let tables = try tables("rise_constraint", "fall_constraint", of: timing) {
        setups.append(tables)
      }
    }
    return Cell.Input(
      name: pin.name,
      capacitance: Edges(
        rise: try pin.number("rise_capacitance") ?? capacitance,
        fall: try pin.number("fall_capacitance") ?? capacitance),
      powers: try powers(of: pin), setups: setups)
  }

  private func output(
    _ pin: LibertyGroup, function: String
  ) throws(LibertyError) -> Cell.Output {
    var arcs: [Cell.Arc] = []
    for timing in pin.groups("timing") {
      guard let sense = sense(of: timing),
        let delay = try tables("cell_rise", "cell_fall", of: timing),
        let transition = try tables("rise_transition", "fall_transition", of: timing)
      else { continue }
      for input in names(timing.value("related_pin")) {
        arcs.append(
          Cell.Arc(input: input, sense: sense, delay: delay, transition: transition))
      }
    }
    return Cell.Output(
      name: pin.name, function: try BooleanFunction(function, line: pin.line), arcs: arcs,
      powers: try powers(of: pin))
  }

  private func sense(of timing: LibertyGroup) -> Cell.Sense? {
    switch timing.value("timing_type") ?? "combinational" {
    case "rising_edge": .clock
    case "combinational":
      switch timing.value("timing_sense") {
      case "positive_unate": .positive
      case "negative_unate": .negative
      default: .both
      }
    default: nil
    }
  }

  private func powers(of pin: LibertyGroup) throws(LibertyError) -> [Cell.Power] {
    var powers: [Cell.Power] = []
    for power in pin.groups("internal_power") where !isGround(power) {
      let both = try table("power", of: power)
      // An edge without a table costs nothing.
      let none = LookupTable(transitions: [], loads: [], values: [0])
      let rise = try table("rise_power", of: power) ?? both
      let fall = try table("fall_power", of: power) ?? both
      if rise == nil && fall == nil { continue }
      powers.append(
        Cell.Power(
          inputs: Set(names(power.value("related_pin"))),
          condition: try function("when", of: power),
          energy: Edges(rise: rise ?? none, fall: fall ?? none)))
    }
    return powers
  }

  /// Whether a figure is of a ground rail, whose current is that of the supply once more.
  private func isGround(_ power: LibertyGroup) -> Bool {
    guard let rail = power.value("related_pg_pin") else { return false }
    return group.groups("pg_pin").contains {
      $0.name == rail && $0.value("pg_type") == "primary_ground"
    }
  }

  private func names(_ text: String?) -> [String] {
    (text ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
  }

  private func tables(
    _ rise: String, _ fall: String, of group: LibertyGroup
  ) throws(LibertyError) -> Edges<LookupTable>? {
    guard let rise = try table(rise, of: group), let fall = try table(fall, of: group) else {
      return nil
    }
    return Edges(rise: rise, fall: fall)
  }

  private func table(
    _ kind: String, of group: LibertyGroup
  ) throws(LibertyError) -> LookupTable? {
    guard let table = group.groups(kind).first else { return nil }
    return try templates.table(table)
  }
}
