import Liberty

/// A netlist in motion: every change of every net, with delays, and what it costs.
///
/// An event-driven simulation of one clock cycle after the other. A gate's delay depends on the edge
/// of its output and its load; a pulse shorter than the delay is swallowed, as by a continuous
/// assignment of Verilog with such delays. The clock falls in the middle of the netlist's own
/// shortest period: energies of data pins depend on its level. Costs are those of the Liberty file:
/// the capacitance of each pin at CV²/2 a change, at the cell that it belongs to, and the internal
/// energy of the arc and state that a change is due to.
final class GateSimulator {
  let graph: GateGraph
  /// Seconds of a unit of simulated time.
  let unitSeconds: Double
  /// Delay of each gate in units of time.
  let delays: [(rise: Int, fall: Int)]
  /// Half a clock period, and the time from the clock to the inputs, in units of time.
  let halfPeriod: Int
  let inputDelay: Int
  /// Changes of nets so far, with those that a cycle takes back.
  private(set) var toggles = 0
  /// Nets that a cycle left with another value, summed over the cycles.
  private(set) var settledToggles = 0

  private let memory: SimulatorMemory
  private var wheel: EventWheel
  private var agendaCount = 0
  private var changedCount = 0
  private var clockIsHigh = false

  /// What the changes of a block cost, in joules.
  struct Energy: Equatable {
    /// Capacitance of its data pins.
    var pins: Double
    /// Inside its cells, but for clock pins.
    var cells: Double
    /// Clock pins, capacitance and inside.
    var clock: Double
    var total: Double { pins + cells + clock }
  }

  /// - Throws: ``CalibrationError`` when a function of a cell cannot be tabulated.
  init(_ graph: GateGraph, timing: StaticTiming) throws(CalibrationError) {
    self.graph = graph
    let longest = timing.delays.reduce(0) { max($0, $1.rise, $1.fall) }
    let input = graph.inputs.values.joined().first.map { timing.arrivals[$0].rise } ?? 0
    // The ring must hold the longest delay, of a gate or to the inputs.
    let unit = max(longest, input, 1e-6) / Double(EventWheel.span / 2)
    unitSeconds = unit * graph.library.units.seconds
    delays = timing.delays.map {
      (max(1, Int(($0.rise / unit).rounded())), max(1, Int(($0.fall / unit).rounded())))
    }
    inputDelay = max(1, Int((input / unit).rounded()))
    halfPeriod = Int((timing.period / 2 / unit).rounded())
    memory = try SimulatorMemory(graph, timing: timing, delays: delays)
    wheel = EventWheel(nets: graph.netCount)
  }

  /// What each block has cost so far.
  var energies: [Energy] {
    graph.blocks.indices.map { block in
      Energy(
        pins: memory.energy[block * 3], cells: memory.energy[block * 3 + 1],
        clock: memory.energy[block * 3 + 2])
    }
  }

  /// Changes so far of each net.
  var netToggles: [Int] { (0..<graph.netCount).map { Int(memory.toggles[$0]) } }

  /// The present value of each net.
  var netValues: [Bool] { (0..<graph.netCount).map { memory.values[$0] } }

  /// The value of an output, lowest bit first.
  ///
  /// - Precondition: The netlist has it.
  func value(of port: String) -> [Bool] {
    guard let nets = graph.outputs[port] else { preconditionFailure("no output \(port)") }
    return nets.map { memory.values[$0] }
  }

  // MARK: Reset

  /// Resets the flip-flops, those without one to 0, and begins to count.
  ///
  /// - Parameters:
  ///   - port: The input that resets while it is 0. All other inputs are 0.
  func reset(_ port: String) {
    for net in 0..<graph.netCount { memory.values[net] = net == 1 }
    for gate in 0..<memory.gateCount { memory.gates[gate].state = 0 }
    for index in 0..<graph.flipFlopCount { store(false, in: index) }
    settle()
    for index in 0..<graph.flipFlopCount {
      let gate = graph.gates[index]
      let value = { (pin: String) in
        gate.cell.inputs.firstIndex { $0.name == pin }.map { self.memory.values[gate.inputs[$0]] }
          ?? false
      }
      if gate.cell.flipFlop?.preset?.value(value) == true { store(true, in: index) }
      if gate.cell.flipFlop?.clear?.value(value) == true { store(false, in: index) }
    }
    for net in graph.inputs[port] ?? [] { memory.values[net] = true }
    settle()
    clockIsHigh = false
    memory.energy.update(repeating: 0, count: memory.blockCount * 3)
    memory.toggles.update(repeating: 0, count: graph.netCount)
    (toggles, settledToggles) = (0, 0)
  }

  private func store(_ bit: Bool, in index: Int) {
    let mask = UInt16(1) << UInt16(memory.gates[index].stateBits - 1)
    if bit { memory.gates[index].state |= mask } else { memory.gates[index].state &= ~mask }
    memory.values[graph.gates[index].net] =
      bit != memory.kinds[memory.kindOfGate[index]].isInverse
  }

  /// Works out all logic from inputs and flip-flops, without delay and without counting.
  private func settle() {
    for index in graph.gates.indices {
      let gate = graph.gates[index]
      var state: UInt16 = 0
      for (pin, net) in gate.inputs.enumerated() where memory.values[net] {
        state |= 1 << UInt16(pin)
      }
      let stored = memory.gates[index].state & ~((1 << UInt16(gate.inputs.count)) - 1)
      memory.gates[index].state = gate.isFlipFlop ? state | stored : state
      if !gate.isFlipFlop {
        memory.values[gate.net] = memory.truths[Int(memory.gates[index].truth) + Int(state)]
      }
    }
    // What flip-flops see of logic that comes after them in the order.
    for index in 0..<graph.flipFlopCount {
      let gate = graph.gates[index]
      for (pin, net) in gate.inputs.enumerated() {
        let mask = UInt16(1) << UInt16(pin)
        if memory.values[net] {
          memory.gates[index].state |= mask
        } else {
          memory.gates[index].state &= ~mask
        }
      }
    }
  }

  // MARK: One cycle

  /// One clock cycle: the edge, the new inputs shortly after it, and all that follows.
  ///
  /// - Parameter inputs: New values of inputs, lowest bit first; the others stay.
  func cycle(_ inputs: [(port: String, bits: [Bool])] = []) {
    clockIsHigh = true
    for index in 0..<graph.flipFlopCount { clock(index) }
    insert(inputs)
    run()
    if clockIsHigh { fall() }
    endCycle()
  }

  /// New values of inputs late in a cycle, and all that follows before the next edge.
  ///
  /// - Parameter inputs: Lowest bit first; the others stay.
  func change(_ inputs: [(port: String, bits: [Bool])]) {
    insert(inputs)
    run()
    endCycle()
  }

  private func insert(_ inputs: [(port: String, bits: [Bool])]) {
    for (port, bits) in inputs {
      guard let nets = graph.inputs[port] else { preconditionFailure("no input \(port)") }
      precondition(bits.count == nets.count, "\(port): \(bits.count) bits for \(nets.count)")
      for (net, bit) in zip(nets, bits) where memory.values[net] != bit {
        wheel.insert(net, at: inputDelay)
      }
    }
  }

  /// Until nothing changes any more.
  private func run() {
    var now = 0
    while wheel.count > 0 {
      now = wheel.nextTime(from: now)
      if clockIsHigh && now >= halfPeriod { fall() }
      while true {
        let net = wheel.take(at: now)
        guard net >= 0 else { break }
        change(net)
      }
      for index in 0..<agendaCount { evaluate(Int(memory.agenda[index]), now: now) }
      agendaCount = 0
    }
  }

  /// Counts the nets that are left with another value.
  private func endCycle() {
    for index in 0..<changedCount {
      let net = Int(memory.changed[index])
      memory.isChanged[net] = false
      // An odd number of changes leaves another value.
      settledToggles += Int(memory.parity[net])
      memory.parity[net] = 0
    }
    changedCount = 0
  }

  /// The rising edge at a flip-flop.
  private func clock(_ index: Int) {
    let gate = memory.gates + index
    countClock(index, rises: true)
    let state = Int(gate.pointee.state)
    let mask = 1 << (Int(gate.pointee.stateBits) - 1)
    let bit = memory.truths[Int(gate.pointee.truth) + state]
    guard bit != (state & mask != 0) else { return }
    let net = Int(gate.pointee.net)
    wheel.insert(
      net, at: Int(memory.values[net] ? gate.pointee.fallDelay : gate.pointee.riseDelay))
  }

  /// The falling edge, at all flip-flops.
  private func fall() {
    clockIsHigh = false
    for index in 0..<graph.flipFlopCount { countClock(index, rises: false) }
  }

  /// What an edge costs at a clock pin; the pin's level goes into the state.
  private func countClock(_ index: Int, rises: Bool) {
    let gate = memory.gates + index
    let clock = memory.clockPins[index]
    let mask = UInt16(1) << UInt16(clock)
    if rises { gate.pointee.state |= mask } else { gate.pointee.state &= ~mask }
    let energy = memory.clockEnergies[index]
    var joules = rises ? energy.rise : energy.fall
    if gate.pointee.hasPinEnergies {
      let source = memory.pins[
        Int(gate.pointee.arcs) + row(clock, rises, gate) + Int(gate.pointee.state)]
      if source != CellKind.none {
        joules += memory.internals[Int(gate.pointee.energies) + Int(source)]
      }
    }
    memory.energy[Int(gate.pointee.block) * 3 + 2] += joules
  }

  @inline(__always)
  private func row(
    _ pin: Int, _ rises: Bool, _ gate: UnsafeMutablePointer<SimulatorMemory.Gate>
  ) -> Int {
    (pin * 2 + (rises ? 1 : 0)) << Int(gate.pointee.stateBits)
  }

  /// A net takes its other value: what it costs, and who looks at it.
  @inline(__always)
  private func change(_ net: Int) {
    let rises = !memory.values[net]
    memory.values[net] = rises
    memory.toggles[net] &+= 1
    memory.parity[net] ^= 1
    toggles &+= 1
    if !memory.isChanged[net] {
      memory.isChanged[net] = true
      memory.changed[changedCount] = Int32(net)
      changedCount += 1
    }
    let driver = Int(memory.drivers[net])
    if driver >= 0 { countOutput(driver, rises: rises) }
    for index in Int(memory.firstReader[net])..<Int(memory.firstReader[net + 1]) {
      let reader = memory.readers + index
      let number = Int(reader.pointee.gate)
      let gate = memory.gates + number
      let pin = reader.pointee.pin
      gate.pointee.state ^= 1 << UInt16(pin)
      gate.pointee.cause = pin
      let block = Int(gate.pointee.block) * 3
      memory.energy[block] += rises ? reader.pointee.rise : reader.pointee.fall
      if gate.pointee.hasPinEnergies {
        let source = memory.pins[
          Int(gate.pointee.arcs) + row(Int(pin), rises, gate) + Int(gate.pointee.state)]
        if source != CellKind.none {
          memory.energy[block + 1] += memory.internals[Int(gate.pointee.energies) + Int(source)]
        }
      }
      if !gate.pointee.isFlipFlop && !gate.pointee.isMarked {
        gate.pointee.isMarked = true
        memory.agenda[agendaCount] = Int32(number)
        agendaCount += 1
      }
    }
  }

  /// What a change of a gate's output costs inside; a flip-flop now holds its new bit.
  @inline(__always)
  private func countOutput(_ number: Int, rises: Bool) {
    let gate = memory.gates + number
    let cause = gate.pointee.isFlipFlop ? memory.clockPins[number] : Int(gate.pointee.cause)
    let source = memory.arcs[
      Int(gate.pointee.arcs) + row(cause, rises, gate) + Int(gate.pointee.state)]
    if source != CellKind.none {
      memory.energy[Int(gate.pointee.block) * 3 + 1] +=
        memory.internals[Int(gate.pointee.energies) + Int(source)]
    }
    if gate.pointee.isFlipFlop {
      gate.pointee.state ^= 1 << UInt16(gate.pointee.stateBits - 1)
    }
  }

  /// Looks at a gate whose inputs have changed, and plans or takes back a change of its output.
  @inline(__always)
  private func evaluate(_ number: Int, now: Int) {
    let gate = memory.gates + number
    gate.pointee.isMarked = false
    let value = memory.truths[Int(gate.pointee.truth) + Int(gate.pointee.state)]
    let net = Int(gate.pointee.net)
    let differs = value != memory.values[net]
    if wheel.contains(net) {
      if !differs { wheel.remove(net) }
    } else if differs {
      wheel.insert(
        net, at: now + Int(value ? gate.pointee.riseDelay : gate.pointee.fallDelay))
    }
  }
}
