import Liberty
/// A flat netlist of library cells, as `rtl/synth/netlist.py` writes it.
///
/// One statement a line, words between blanks; nets are numbers, 0 and 1 are the constants:
///
///     input NAME NET …            bits of a port, lowest first
///     output NAME NET …
///     cell BLOCK TYPE PIN=NET …   `-` where a cell belongs to no block
struct GateNetlist {
  /// One cell.
  struct Instance {
    let block: Int
    let type: String
    /// Pins that are connected.
    let pins: [(name: String, net: Int)]
  }

  private(set) var inputs: [String: [Int]] = [:]
  private(set) var outputs: [String: [Int]] = [:]
  private(set) var instances: [Instance] = []
  /// Names of the blocks that cells belong to.
  private(set) var blocks: [String] = []
  /// One more than the highest net.
  private(set) var netCount = 2

  /// - Throws: ``CalibrationError`` with the line of the first fault.
  init(_ text: String, file: String) throws(CalibrationError) {
    var blockNumbers: [Substring: Int] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      let words = line.split(separator: " ")
      func net(_ word: Substring) throws(CalibrationError) -> Int {
        guard let net = Int(word), net >= 0 else {
          throw CalibrationError("\(file):\(index + 1): expected a net, found “\(word)”")
        }
        netCount = max(netCount, net + 1)
        return net
      }
      switch (words[0], words.count) {
      case ("input", 2...), ("output", 2...):
        var nets: [Int] = []
        for word in words.dropFirst(2) { nets.append(try net(word)) }
        if words[0] == "input" {
          inputs[String(words[1])] = nets
        } else {
          outputs[String(words[1])] = nets
        }
      case ("cell", 3...):
        var pins: [(name: String, net: Int)] = []
        for word in words.dropFirst(3) {
          guard let split = word.firstIndex(of: "=") else {
            throw CalibrationError("\(file):\(index + 1): expected PIN=NET, found “\(word)”")
          }
          pins.append((String(word[..<split]), try net(word[word.index(after: split)...])))
        }
        let block = blockNumbers[words[1]] ?? blocks.count
        if block == blocks.count {
          blockNumbers[words[1]] = block
          blocks.append(String(words[1]))
        }
        instances.append(Instance(block: block, type: String(words[2]), pins: pins))
      default:
        throw CalibrationError(
          "\(file):\(index + 1): expected input, output or cell, found “\(line.prefix(40))”")
      }
    }
  }

  /// The cells that it is made of.
  var types: Set<String> { Set(instances.map(\.type)) }
}

public func devRun(lib: [UInt8], netlists: [(ArrayDesign, String, Int)], seed: UInt64) throws {
  var rng = SplitMix(seed)
  for (design, text, latency) in netlists {
    let c = ContinuousClock()
    var net: GateNetlist! = nil
    let t0 = try c.measure { net = try GateNetlist(text, file: "x") }
    let library = try CellLibrary(lib, cells: net.types)
    let graph = try GateGraph(net, library: library)
    let timing = StaticTiming(graph)
    let sim = try GateSimulator(graph, timing: timing)
    print(design.name, "gates", graph.gates.count, "ffs", graph.flipFlops, "area", graph.areas, "leak", graph.leakages, "period", timing.period, "parse", t0)
    for regime in 0..<4 {
      var steps: [ArrayStep] = []
      var w: [Int8] = []
      for i in 0..<300 {
        if i % 16 == 0 || regime != 1 { w = (0..<design.rows*design.lanes).map { _ in let r = rng.next() % 100; return r < 42 ? 0 : r < 71 ? 1 : -1 } }
        if regime == 3 && i % 3 > 0 { steps.append(ArrayStep(operand: nil)); continue }
        let a = (0..<design.lanes).map { _ -> Int8 in
          let g = (0..<6).reduce(0) { s, _ in s + Int(rng.next() % 61) - 30 }
          return Int8(clamping: regime == 2 ? max(0, g) : g) }
        steps.append(ArrayStep(operand: (w, a)))
      }
      var m: ArrayMeasurement! = nil
      let t = try c.measure { m = try ArrayBench(design: design, latency: latency).run(steps, on: sim) }
      print(" regime", regime, "fJ/mac", m.joules * 1e15 / Double(m.cycles * design.rows * design.lanes), "clock", m.clockJoules / m.joules, "pins", m.pinJoules / m.joules, "toggles", m.netToggles, m.settledToggles, t)
    }
  }
}
struct SplitMix { var s: UInt64; init(_ s: UInt64) { self.s = s }
  mutating func next() -> UInt64 { s &+= 0x9E3779B97F4A7C15; var z = s; z = (z ^ (z >> 30)) &* 0xBF58476D1CE4E5B9; z = (z ^ (z >> 27)) &* 0x94D049BB133111EB; return z ^ (z >> 31) } }
