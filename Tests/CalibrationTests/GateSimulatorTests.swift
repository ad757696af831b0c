import Liberty
import Testing

@testable import Calibration

@Suite("Gate simulator")
struct GateSimulatorTests {
  private func simulator(_ netlist: String, enables: Set<String> = []) throws -> GateSimulator {
    let graph = try GateGraph(
      GateNetlist(netlist, file: "test"), library: SmallLibrary.library())
    return try GateSimulator(graph, timing: StaticTiming(graph, enables: enables))
  }

  @Test("a flip-flop and an inverter cost what the library says, change by change")
  func energiesByHand() throws {
    let simulator = try simulator(
      """
      input clk 2
      input rst 3
      input d 4
      output q 5 6
      cell block DFF CK=2 RN=3 D=4 Q=5
      cell block INV A=5 Y=6
      """)
    simulator.reset("rst")
    // d rises: only D's capacitance, 2 fF at 1 V. Clock: 6 + 5 inside, 4 fF twice.
    simulator.cycle([("d", [true])])
    var energy = simulator.energies[0]
    #expect(abs(energy.pins - 1e-15) < 1e-21)
    #expect(abs(energy.cells) < 1e-21)
    #expect(abs(energy.clock - 15e-15) < 1e-21)
    // q rises: 9 inside, 2 fF of the inverter; the inverter falls: 1 inside, nothing behind it.
    simulator.cycle()
    energy = simulator.energies[0]
    #expect(abs(energy.pins - 2e-15) < 1e-21)
    #expect(abs(energy.cells - 10e-15) < 1e-21)
    #expect(abs(energy.clock - 30e-15) < 1e-21)
    #expect(simulator.value(of: "q") == [true, false])
    #expect(simulator.toggles == 3 && simulator.settledToggles == 3)
    #expect(simulator.graph.areas == [6] && simulator.graph.leakages == [14])
  }

  @Test("the energy of an arc is that of its input and of the state of the others")
  func conditions() throws {
    let simulator = try simulator(
      """
      input clk 2
      input rst 3
      input a 4
      input b 5
      output y 6
      cell block NAND2 A=4 B=5 Y=6
      """)
    simulator.reset("rst")
    simulator.cycle([("a", [true])])
    #expect(simulator.energies[0].cells == 0)
    // b rises: 3 fF; y falls because of B while A is 1: 2.
    simulator.cycle([("b", [true])])
    #expect(abs(simulator.energies[0].cells - 2e-15) < 1e-21)
    #expect(abs(simulator.energies[0].pins - 2.5e-15) < 1e-21)
    // a falls: 2 fF; y rises because of A: 2.
    simulator.cycle([("a", [false])])
    #expect(abs(simulator.energies[0].cells - 4e-15) < 1e-21)
  }

  @Test("a pulse through unequal ways is counted, and is swallowed where a gate is too slow for it")
  func glitches() throws {
    // x and three inverters of it meet in a NAND: while they travel both are 1.
    let netlist = { (tail: String) in
      """
      input clk 2
      input rst 3
      input x 4
      output y 8
      cell block INV A=4 Y=5
      cell block INV A=5 Y=6
      cell block INV A=6 Y=7
      cell block NAND2 A=4 B=7 Y=8
      \(tail)
      """
    }
    let free = try simulator(netlist(""))
    free.reset("rst")
    free.cycle([("x", [true])])
    // x, three inverters, and y twice.
    #expect(free.toggles == 6 && free.settledToggles == 4)
    // Forty readers make the NAND slower than the pulse is long.
    let readers = (0..<40).map { "cell block INV A=8 Y=\(9 + $0)" }.joined(separator: "\n")
    let slow = try simulator(netlist(readers))
    slow.reset("rst")
    slow.cycle([("x", [true])])
    #expect(slow.toggles == 4 && slow.settledToggles == 4)
  }

  @Test("the longest path is the sum of its delays and the set-up")
  func timing() throws {
    let graph = try GateGraph(
      GateNetlist(
        """
        input clk 2
        input rst 3
        cell block DFF CK=2 RN=3 D=7 Q=4
        cell block INV A=4 Y=5
        cell block XOR2 A=5 B=4 Y=7
        """, file: "test"), library: SmallLibrary.library())
    // Clock to Q with 2 + 2 fF 0.104; the inverter with 2 fF, falling 0.024; the XOR with 2 fF
    // 0.032; set-up, falling 0.07.
    #expect(abs(StaticTiming(graph).period - (0.104 + 0.024 + 0.032 + 0.07)) < 1e-9)
  }

  @Test("random netlists settle to what their functions say, and changes add up")
  func randomNetlists() throws {
    for seed in 1...20 {
      let random = RandomNetlist(seed: UInt64(seed), inputs: 6, flipFlops: 5, gates: 60)
      let simulator = try simulator(random.text)
      simulator.reset("rst")
      var state = random.reset()
      for cycle in random.cycles(25) {
        state = random.next(state, inputs: cycle)
        simulator.cycle([("in", cycle)])
        #expect(Array(simulator.netValues[4...]) == Array(state[4...]), "seed \(seed)")
      }
      #expect(simulator.netToggles.reduce(0, +) == simulator.toggles)
      #expect(simulator.settledToggles <= simulator.toggles)
    }
  }

  @Test(
    "Icarus Verilog sees the same changes of every net",
    .enabled(if: OtherSimulator.isInstalled("iverilog"), "needs iverilog"))
  func icarus() throws {
    for seed in 1...3 {
      let random = RandomNetlist(seed: UInt64(seed), inputs: 6, flipFlops: 5, gates: 60)
      let simulator = try simulator(random.text)
      simulator.reset("rst")
      let cycles = random.cycles(40).map { [(port: "in", bits: $0)] }
      let export = VerilogExport(simulator: simulator, cycles: cycles, clock: 2)
      let timed = export.module(hasDelays: true)
      let settled = export.module(hasDelays: false)
      for cycle in cycles { simulator.cycle(cycle) }
      let mine = simulator.netToggles.enumerated().filter { $0.element > 0 }
      let theirs = try OtherSimulator.icarus(timed)
      #expect(theirs == Dictionary(uniqueKeysWithValues: mine.map { ($0.offset, $0.element) }))
      let sum = try OtherSimulator.icarus(settled).values.reduce(0, +)
      #expect(sum == simulator.settledToggles)
    }
  }

  @Test(
    "Verilator, without delays, sees the changes that a cycle leaves",
    .enabled(if: OtherSimulator.isInstalled("verilator"), "needs Verilator"))
  func verilator() throws {
    let random = RandomNetlist(seed: 7, inputs: 6, flipFlops: 5, gates: 60)
    let simulator = try simulator(random.text)
    simulator.reset("rst")
    let cycles = random.cycles(40).map { [(port: "in", bits: $0)] }
    let export = VerilogExport(simulator: simulator, cycles: cycles, clock: 2)
    let theirs = try OtherSimulator.verilator(export.module(hasDelays: false))
    for cycle in cycles { simulator.cycle(cycle) }
    #expect(theirs.values.reduce(0, +) == simulator.settledToggles)
    #expect(simulator.settledToggles > 500)
  }

  @Test("a flip-flop with an enable keeps what it holds")
  func enable() throws {
    let simulator = try simulator(
      """
      input clk 2
      input rst 3
      input d 4
      input e 5
      output q 6
      cell block DFFE CK=2 D=4 E=5 Q=6
      """)
    simulator.reset("rst")
    var seen: [Bool] = []
    for (data, enable) in [(true, false), (true, true), (false, false), (false, true)] {
      simulator.cycle([("d", [data]), ("e", [enable])])
      seen += simulator.value(of: "q")
    }
    simulator.cycle()
    seen += simulator.value(of: "q")
    // An edge takes what came after the one before.
    #expect(seen == [false, false, true, true, false])
  }

  @Test("inputs that change late in a cycle are seen by its logic, and by the next edge")
  func lateInputs() throws {
    let simulator = try simulator(
      """
      input clk 2
      input rst 3
      input d 4
      output y 5
      output q 6
      cell block INV A=4 Y=5
      cell block DFF CK=2 RN=3 D=4 Q=6
      """)
    simulator.reset("rst")
    simulator.change([("d", [true])])
    #expect(simulator.value(of: "y") == [false] && simulator.value(of: "q") == [false])
    let energy = simulator.energies[0]
    // The pins of both, 2 fF each, and the inverter's fall; no clock.
    #expect(abs(energy.pins - 2e-15) < 1e-21 && abs(energy.cells - 1e-15) < 1e-21)
    #expect(energy.clock == 0)
    simulator.cycle()
    #expect(simulator.value(of: "q") == [true])
  }

  @Test(
    "a netlist that cannot be run is refused",
    arguments: [
      ("cell b NAND9 A=2", "NAND9: not among the logic cells of small"),
      ("cell b LATCH Q=2", "LATCH: not among the logic cells of small"),
      ("cell b NAND2 A=2 Y=3", "NAND2: input B is not connected"),
      (
        "cell b INV A=2 Y=3\ncell b INV A=3 Y=2",
        "INV: logic runs in a loop through its output"
      ),
      ("wire x 3", "test:1: expected input, output or cell, found “wire x 3”"),
      ("input x y", "test:1: expected a net, found “y”"),
      ("cell b INV A:2", "test:1: expected PIN=NET, found “A:2”"),
    ])
  func refusals(netlist: String, message: String) {
    #expect(throws: CalibrationError(message)) { _ = try simulator(netlist) }
  }
}
