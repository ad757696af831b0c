import Liberty

/// The arrays of a ``GateSimulator``: plain memory, since every change of a net goes through them.
final class SimulatorMemory {
  /// Where a net is read.
  struct Reader {
    let gate: Int32
    let pin: UInt8
    /// Whether the pin's cost is counted here: each pin of a cell once, whatever its outputs.
    let isCounted: Bool
    /// Joules of the pin's capacitance at a rising and a falling edge.
    let rise: Double
    let fall: Double
  }

  /// A gate or flip-flop in motion.
  struct Gate {
    var state: UInt16 = 0
    /// The input that changed last.
    var cause: UInt8 = 0
    var isMarked = false
    let stateBits: UInt8
    let isFlipFlop: Bool
    /// Whether ``CellKind/pins`` has any.
    let hasPinEnergies: Bool
    let block: Int32
    let net: Int32
    /// Where the tables of its kind begin.
    let truth: Int32
    let arcs: Int32
    /// Where its energies begin.
    let energies: Int32
    let riseDelay: Int32
    let fallDelay: Int32
  }

  let values: UnsafeMutablePointer<Bool>
  let toggles: UnsafeMutablePointer<UInt32>
  /// Changes of a net in this cycle, modulo 2.
  let parity: UnsafeMutablePointer<UInt8>
  /// The gate at each net, or -1.
  let drivers: UnsafeMutablePointer<Int32>
  /// Where the readers of each net begin, and one more.
  let firstReader: UnsafeMutablePointer<Int32>
  let readers: UnsafeMutablePointer<Reader>
  let gates: UnsafeMutablePointer<Gate>
  let truths: UnsafeMutablePointer<Bool>
  let arcs: UnsafeMutablePointer<UInt8>
  let pins: UnsafeMutablePointer<UInt8>
  /// Joules of each gate's internal energies.
  let internals: UnsafeMutablePointer<Double>
  /// Gates to look at in this instant.
  let agenda: UnsafeMutablePointer<Int32>
  /// Nets that have changed in this cycle.
  let changed: UnsafeMutablePointer<Int32>
  let isChanged: UnsafeMutablePointer<Bool>
  /// For each block joules of pins, of cells, and of clocks.
  let energy: UnsafeMutablePointer<Double>
  let netCount: Int
  let gateCount: Int
  let blockCount: Int
  let kinds: [CellKind]
  let kindOfGate: [Int]
  /// Joules of the clock pin of each flip-flop at a rising and a falling edge, without its cell's.
  let clockEnergies: [(rise: Double, fall: Double)]
  /// The clock among the inputs of each flip-flop.
  let clockPins: [Int]

  init(
    _ graph: GateGraph, timing: StaticTiming, delays: [(rise: Int, fall: Int)]
  ) throws(CalibrationError) {
    netCount = graph.netCount
    gateCount = graph.gates.count
    blockCount = graph.blocks.count
    var kinds: [CellKind] = []
    var numbers: [KindName: Int] = [:]
    var kindOfGate: [Int] = []
    for gate in graph.gates {
      let name = KindName(kind: gate.kind, output: gate.output)
      if let known = numbers[name] {
        kindOfGate.append(known)
      } else {
        numbers[name] = kinds.count
        kindOfGate.append(kinds.count)
        kinds.append(try CellKind(gate.cell, output: gate.output))
      }
    }
    self.kinds = kinds
    self.kindOfGate = kindOfGate

    values = Self.filled(netCount, false)
    toggles = Self.filled(netCount, 0)
    parity = Self.filled(netCount, 0)
    drivers = Self.filled(netCount, -1)
    for (index, gate) in graph.gates.enumerated() { drivers[gate.net] = Int32(index) }
    isChanged = Self.filled(netCount, false)
    changed = Self.filled(netCount, 0)
    agenda = Self.filled(max(gateCount, 1), 0)
    energy = Self.filled(max(blockCount, 1) * 3, 0)

    truths = Self.copied(kinds.flatMap(\.truth))
    arcs = Self.copied(kinds.flatMap(\.arcs))
    pins = Self.copied(kinds.flatMap(\.pins))
    let truthOffsets = Self.offsets(kinds.map(\.truth.count))
    let arcOffsets = Self.offsets(kinds.map(\.arcs.count))

    var energies: [Double] = []
    var moving: [Gate] = []
    for (index, gate) in graph.gates.enumerated() {
      let kind = kinds[kindOfGate[index]]
      moving.append(
        Gate(
          stateBits: UInt8(kind.stateBits), isFlipFlop: gate.isFlipFlop,
          hasPinEnergies: gate.isFirst && kind.pins.contains { $0 != CellKind.none },
          block: Int32(gate.block), net: Int32(gate.net),
          truth: Int32(truthOffsets[kindOfGate[index]]),
          arcs: Int32(arcOffsets[kindOfGate[index]]), energies: Int32(energies.count),
          riseDelay: Int32(delays[index].rise), fallDelay: Int32(delays[index].fall)))
      for source in kind.sources {
        let net = gate.inputs[source.input]
        let slope =
          source.input == kind.clock
          ? 0 : (timing.transitions[net].rise + timing.transitions[net].fall) / 2
        let load = (timing.loads[gate.net].rise + timing.loads[gate.net].fall) / 2
        energies.append(
          source.table.valueInside(transition: slope, load: load) * graph.library.units.joules)
      }
    }
    clockPins = kindOfGate.prefix(graph.flipFlopCount).map { kinds[$0].clock ?? 0 }
    gates = Self.copied(moving)
    internals = Self.copied(energies)
    (firstReader, readers, clockEnergies) = Self.fanout(graph, kinds: kinds, of: kindOfGate)
  }

  private struct KindName: Hashable {
    let kind: Int
    let output: Int
  }

  /// The readers of each net, but for clock pins, whose energies are returned beside them.
  private static func fanout(
    _ graph: GateGraph, kinds: [CellKind], of kindOfGate: [Int]
  ) -> (
    UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Reader>, [(rise: Double, fall: Double)]
  ) {
    let half =
      graph.library.voltageVolts * graph.library.voltageVolts / 2
      * graph.library.units.farads
    var lists = [[Reader]](repeating: [], count: graph.netCount)
    var clocks: [(rise: Double, fall: Double)] = []
    for (index, gate) in graph.gates.enumerated() {
      for (pin, net) in gate.inputs.enumerated() {
        let capacitance = gate.cell.inputs[pin].capacitance
        let cost = gate.isFirst ? half : 0
        if kinds[kindOfGate[index]].clock == pin {
          clocks.append((cost * capacitance.rise, cost * capacitance.fall))
          continue
        }
        lists[net].append(
          Reader(
            gate: Int32(index), pin: UInt8(pin), isCounted: gate.isFirst,
            rise: cost * capacitance.rise, fall: cost * capacitance.fall))
      }
    }
    let starts = offsets(lists.map(\.count)) + [lists.reduce(0) { $0 + $1.count }]
    return (copied(starts.map { Int32($0) }), copied(lists.flatMap { $0 }), clocks)
  }

  private static func offsets(_ counts: [Int]) -> [Int] {
    var (total, offsets) = (0, [Int]())
    for count in counts {
      offsets.append(total)
      total += count
    }
    return offsets
  }

  private static func filled<Element>(
    _ count: Int, _ value: Element
  ) -> UnsafeMutablePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
    pointer.initialize(repeating: value, count: count)
    return pointer
  }

  private static func copied<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
    pointer.initialize(from: elements, count: elements.count)
    return pointer
  }

  deinit {
    values.deallocate()
    parity.deallocate()
    drivers.deallocate()
    toggles.deallocate()
    firstReader.deallocate()
    readers.deallocate()
    gates.deallocate()
    truths.deallocate()
    arcs.deallocate()
    pins.deallocate()
    internals.deallocate()
    agenda.deallocate()
    changed.deallocate()
    isChanged.deallocate()
    energy.deallocate()
  }
}
