import Liberty

/// One output of a cell as tables over the states of its pins, so that a simulator never reads a
/// function.
///
/// A state has a bit for each input, lowest first, and above them the stored bit of a flip-flop.
struct CellKind {
  /// An internal energy that is needed in some state: a table, and the input whose transition it
  /// takes.
  struct Source {
    let table: LookupTable
    let input: Int
  }

  /// No energy.
  static let none: UInt8 = .max

  let stateBits: Int
  /// The output in each state; of a flip-flop, the bit that it will store.
  let truth: [Bool]
  /// Whether the output is the inverse of the stored bit.
  let isInverse: Bool
  /// The clock among the inputs of a flip-flop.
  let clock: Int?
  private(set) var sources: [Source] = []
  /// Index into ``sources`` of a change of the output, by ``index(pin:rises:state:)`` of the input
  /// that brought it about and the edge of the output.
  private(set) var arcs: [UInt8]
  /// Index into ``sources`` of a change of an input.
  private(set) var pins: [UInt8]

  /// - Throws: ``CalibrationError`` when a function names what is no pin.
  init(_ cell: Cell, output: Int) throws(CalibrationError) {
    let inputs = cell.inputs.map(\.name)
    let flipFlop = cell.flipFlop
    stateBits = inputs.count + (flipFlop == nil ? 0 : 1)
    let states = 1 << stateBits
    let names = Names(cell: cell)
    let function = cell.outputs[output].function
    // What a flip-flop stores depends on what it holds, where it has an enable.
    let known = inputs + (flipFlop.map { [$0.state, $0.inverse] } ?? [])
    for pin in (flipFlop?.next ?? function).pins where !known.contains(pin) {
      throw CalibrationError("\(cell.name): function of \(pin), which is no input")
    }
    truth = (0..<states).map { state in
      (flipFlop?.next ?? function).value { names.value($0, in: state) }
    }
    clock = flipFlop.flatMap { inputs.firstIndex(of: $0.clock) }
    // With the stored bit at 1.
    isInverse = flipFlop != nil && !function.value { names.value($0, in: states >> 1) }
    arcs = [UInt8](repeating: Self.none, count: inputs.count * 2 * states)
    pins = arcs
    for pin in inputs.indices {
      for rises in [false, true] {
        for state in 0..<states {
          let index = index(pin: pin, rises: rises, state: state)
          arcs[index] = source(
            of: cell.outputs[output].powers.filter { $0.inputs.contains(inputs[pin]) },
            rises: rises, pin: pin, names: names, state: state, needsOne: true)
          pins[index] = source(
            of: cell.inputs[pin].powers, rises: rises, pin: pin, names: names, state: state,
            needsOne: false)
        }
      }
    }
  }

  func index(pin: Int, rises: Bool, state: Int) -> Int {
    (pin * 2 + (rises ? 1 : 0)) << stateBits | state
  }

  /// The energy whose condition holds; else the one without a condition; else, where a change must
  /// cost something, the first.
  private mutating func source(
    of powers: [Cell.Power], rises: Bool, pin: Int, names: Names, state: Int, needsOne: Bool
  ) -> UInt8 {
    let match =
      powers.first { $0.condition?.value { names.value($0, in: state) } ?? false }
      ?? powers.first { $0.condition == nil } ?? (needsOne ? powers.first : nil)
    guard let match else { return Self.none }
    let table = match.energy[rises]
    if let known = sources.firstIndex(where: { $0.input == pin && $0.table == table }) {
      return UInt8(known)
    }
    sources.append(Source(table: table, input: pin))
    precondition(sources.count <= Int(Self.none), "too many energies in one cell")
    return UInt8(sources.count - 1)
  }

  /// What the names in functions and conditions stand for.
  private struct Names {
    let cell: Cell

    func value(_ name: String, in state: Int) -> Bool {
      if let input = cell.inputs.firstIndex(where: { $0.name == name }) {
        return state >> input & 1 == 1
      }
      if let flipFlop = cell.flipFlop {
        let stored = state >> cell.inputs.count & 1 == 1
        if name == flipFlop.state { return stored }
        if name == flipFlop.inverse { return !stored }
      }
      guard let output = cell.outputs.first(where: { $0.name == name }) else { return false }
      return output.function.value { value($0, in: state) }
    }
  }
}
