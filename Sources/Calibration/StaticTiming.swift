import Liberty

/// Delays and transitions of a netlist, in the library's unit of time.
///
/// Cells as synthesis chose them, no wires; the clock is ideal. Inputs are driven by flip-flops of
/// their own, whose transition is the median of those in the netlist. What depends on enables alone
/// is as fast as an input: synthesis without sizes leaves such nets with hundreds of readers, which
/// every real flow buffers.
struct StaticTiming {
  /// What a net's gate sees at its output, with a rising and a falling edge.
  private(set) var loads: [(rise: Double, fall: Double)]
  /// The slowest transition of each net.
  private(set) var transitions: [(rise: Double, fall: Double)]
  /// The latest arrival at each net after the clock.
  private(set) var arrivals: [(rise: Double, fall: Double)]
  /// Delay of each gate to its output, of a flip-flop from the clock: the mean of its inputs.
  private(set) var delays: [(rise: Double, fall: Double)]
  /// From one clock to the next, over the longest path between flip-flops or from an input to one,
  /// with its set-up.
  private(set) var period = 0.0

  /// - Parameters:
  ///   - enables: Inputs that are enables.
  ///   - inputArrival: When inputs change; `nil` for the median of the flip-flops.
  ///   - inputTransition: How slowly; `nil` for the same.
  init(
    _ graph: GateGraph, enables: Set<String> = [], inputArrival: Double? = nil,
    inputTransition: Double? = nil
  ) {
    loads = [(rise: Double, fall: Double)](repeating: (0, 0), count: graph.netCount)
    for gate in graph.gates where gate.isFirst {
      for (net, pin) in zip(gate.inputs, gate.cell.inputs) {
        loads[net].rise += pin.capacitance.rise
        loads[net].fall += pin.capacitance.fall
      }
    }
    transitions = [(rise: Double, fall: Double)](repeating: (0, 0), count: graph.netCount)
    arrivals = transitions
    delays = []
    delays.reserveCapacity(graph.gates.count)
    for gate in graph.gates[..<graph.flipFlopCount] { launch(gate) }
    let launched = graph.gates[..<graph.flipFlopCount].map(\.net)
    let slope = inputTransition ?? Self.median(launched.map { transitions[$0].rise })
    let start = inputArrival ?? Self.median(launched.map { arrivals[$0].rise })
    for net in graph.inputs.values.joined() {
      transitions[net] = (slope, slope)
      arrivals[net] = (start, start)
    }
    var isEnable = [Bool](repeating: false, count: graph.netCount)
    isEnable.replaceSubrange(0..<2, with: [true, true])
    for name in enables { for net in graph.inputs[name] ?? [] { isEnable[net] = true } }
    for gate in graph.gates[graph.flipFlopCount...] {
      if gate.inputs.allSatisfy({ isEnable[$0] }) {
        isEnable[gate.net] = true
        transitions[gate.net] = (slope, slope)
        arrivals[gate.net] = (start, start)
        delays.append((0, 0))
      } else {
        pass(gate)
      }
    }
    for gate in graph.gates[..<graph.flipFlopCount] where gate.isFirst { capture(gate) }
  }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }

  /// From the clock, whose edge is perfect, to the output of a flip-flop.
  private mutating func launch(_ gate: GateGraph.Gate) {
    let load = loads[gate.net]
    for arc in gate.cell.outputs[gate.output].arcs where arc.sense == .clock {
      arrivals[gate.net].rise = arc.delay.rise.value(transition: 0, load: load.rise)
      arrivals[gate.net].fall = arc.delay.fall.value(transition: 0, load: load.fall)
      transitions[gate.net].rise = arc.transition.rise.value(transition: 0, load: load.rise)
      transitions[gate.net].fall = arc.transition.fall.value(transition: 0, load: load.fall)
    }
    delays.append(arrivals[gate.net])
  }

  /// From the inputs to the output of a gate: the worst of all edges, and their mean delay.
  private mutating func pass(_ gate: GateGraph.Gate) {
    let load = loads[gate.net]
    var (sum, count) = ((rise: 0.0, fall: 0.0), (rise: 0.0, fall: 0.0))
    for arc in gate.cell.outputs[gate.output].arcs {
      guard let pin = gate.cell.inputs.firstIndex(where: { $0.name == arc.input }) else { continue }
      let net = gate.inputs[pin]
      for rises in [true, false] where arc.sense.passes(rises, to: true) {
        let slope = rises ? transitions[net].rise : transitions[net].fall
        let delay = arc.delay.rise.value(transition: slope, load: load.rise)
        let start = rises ? arrivals[net].rise : arrivals[net].fall
        arrivals[gate.net].rise = max(arrivals[gate.net].rise, start + delay)
        transitions[gate.net].rise = max(
          transitions[gate.net].rise,
          arc.transition.rise.value(transition: slope, load: load.rise))
        sum.rise += delay
        count.rise += 1
      }
      for rises in [true, false] where arc.sense.passes(rises, to: false) {
        let slope = rises ? transitions[net].rise : transitions[net].fall
        let delay = arc.delay.fall.value(transition: slope, load: load.fall)
        let start = rises ? arrivals[net].rise : arrivals[net].fall
        arrivals[gate.net].fall = max(arrivals[gate.net].fall, start + delay)
        transitions[gate.net].fall = max(
          transitions[gate.net].fall,
          arc.transition.fall.value(transition: slope, load: load.fall))
        sum.fall += delay
        count.fall += 1
      }
    }
    delays.append((sum.rise / max(count.rise, 1), sum.fall / max(count.fall, 1)))
  }

  /// What arrives at a flip-flop, and its set-up.
  private mutating func capture(_ gate: GateGraph.Gate) {
    for (net, pin) in zip(gate.inputs, gate.cell.inputs) {
      for setup in pin.setups {
        let rise = setup.rise.value(transition: transitions[net].rise, load: 0)
        let fall = setup.fall.value(transition: transitions[net].fall, load: 0)
        period = max(period, arrivals[net].rise + rise, arrivals[net].fall + fall)
      }
    }
  }
}

extension Cell.Sense {
  /// Whether an edge of the input makes such an edge of the output.
  fileprivate func passes(_ rises: Bool, to rising: Bool) -> Bool {
    switch self {
    case .positive: rises == rising
    case .negative: rises != rising
    case .both: true
    case .clock: rises
    }
  }
}
