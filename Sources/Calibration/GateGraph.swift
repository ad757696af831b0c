import Liberty

/// A netlist with the cells of its library found, in the order in which signals run through it.
struct GateGraph {
  /// One output of a cell, with the inputs that it depends on.
  struct Gate {
    let block: Int
    let cell: Cell
    let kind: Int
    /// Index of the output among those of the cell.
    let output: Int
    /// Nets of the cell's inputs, in the order of ``Cell/inputs``.
    let inputs: [Int]
    let net: Int
    /// The first gate of its cell counts what the cell's inputs cost; the others do not again.
    let isFirst: Bool
    var isFlipFlop: Bool { cell.flipFlop != nil }
  }

  let netCount: Int
  let blocks: [String]
  /// Flip-flops first, then logic in topological order.
  private(set) var gates: [Gate]
  let flipFlopCount: Int
  /// The cells that occur, by ``Gate/kind``.
  private(set) var kinds: [Cell] = []
  let inputs: [String: [Int]]
  let outputs: [String: [Int]]
  let library: CellLibrary
  /// Area of each block, in the library's unit.
  let areas: [Double]
  /// Leakage of each block, in the library's unit.
  let leakages: [Double]
  /// Flip-flops of each block.
  let flipFlops: [Int]

  /// - Throws: ``CalibrationError`` when a cell or pin is not in the library, or logic runs in a loop.
  init(_ netlist: GateNetlist, library: CellLibrary) throws(CalibrationError) {
    netCount = netlist.netCount
    blocks = netlist.blocks
    inputs = netlist.inputs
    outputs = netlist.outputs
    self.library = library
    var areas = [Double](repeating: 0, count: blocks.count)
    var leakages = areas
    var counts = [Int](repeating: 0, count: blocks.count)
    var stateful: [Gate] = []
    var logic: [Gate] = []
    var numbers: [String: Int] = [:]
    for instance in netlist.instances {
      guard let cell = library.cells[instance.type] else {
        throw CalibrationError("\(instance.type): not among the logic cells of \(library.name)")
      }
      let kind = numbers[cell.name] ?? kinds.count
      if kind == kinds.count {
        numbers[cell.name] = kind
        kinds.append(cell)
      }
      areas[instance.block] += cell.area
      leakages[instance.block] += cell.leakage
      counts[instance.block] += cell.flipFlop == nil ? 0 : 1
      let nets = Dictionary(instance.pins.map { ($0.name, $0.net) }) { first, _ in first }
      var pins: [Int] = []
      for input in cell.inputs {
        guard let net = nets[input.name] else {
          throw CalibrationError("\(cell.name): input \(input.name) is not connected")
        }
        pins.append(net)
      }
      var isFirst = true
      for (index, output) in cell.outputs.enumerated() {
        guard let net = nets[output.name] else { continue }
        let gate = Gate(
          block: instance.block, cell: cell, kind: kind, output: index, inputs: pins, net: net,
          isFirst: isFirst)
        isFirst = false
        if gate.isFlipFlop { stateful.append(gate) } else { logic.append(gate) }
      }
    }
    flipFlopCount = stateful.count
    gates = stateful + (try Self.ordered(logic, netCount: netCount))
    self.areas = areas
    self.leakages = leakages
    flipFlops = counts
  }

  /// Each gate after those that drive it.
  private static func ordered(
    _ logic: [Gate], netCount: Int
  ) throws(CalibrationError) -> [Gate] {
    var driver = [Int](repeating: -1, count: netCount)
    for (index, gate) in logic.enumerated() { driver[gate.net] = index }
    var waits = logic.map { gate in Set(gate.inputs).count { driver[$0] >= 0 } }
    var readers = [[Int]](repeating: [], count: netCount)
    for (index, gate) in logic.enumerated() {
      for net in Set(gate.inputs) where driver[net] >= 0 { readers[net].append(index) }
    }
    var order = logic.indices.filter { waits[$0] == 0 }
    var next = 0
    while next < order.count {
      for reader in readers[logic[order[next]].net] {
        waits[reader] -= 1
        if waits[reader] == 0 { order.append(reader) }
      }
      next += 1
    }
    guard order.count == logic.count else {
      let stuck = logic.indices.first { waits[$0] > 0 }!
      throw CalibrationError("\(logic[stuck].cell.name): logic runs in a loop through its output")
    }
    return order.map { logic[$0] }
  }
}
