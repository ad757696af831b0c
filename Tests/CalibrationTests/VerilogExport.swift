import Liberty

@testable import Calibration

/// A netlist as Verilog with the delays of ``GateSimulator``, and a bench that counts the changes of
/// every net: for other people's simulators.
struct VerilogExport {
  let simulator: GateSimulator
  /// For each cycle the inputs that are given a value.
  let cycles: [[(port: String, bits: [Bool])]]
  /// The net of the clock.
  let clock: Int

  private var graph: GateGraph { simulator.graph }

  /// Prints a line `NET CHANGES` for every net that changed.
  ///
  /// - Parameter hasDelays: Without, only what a cycle leaves changed is counted.
  func module(hasDelays: Bool) -> String {
    let period = 4 * EventWheel.span
    var lines = ["`timescale 1ns/1ns", "module bench;", "reg clk = 0; integer counting = 0;"]
    for net in 0..<graph.netCount where net != clock {
      lines.append("wire n\(net); integer c\(net) = 0; reg p\(net) = 0;")
      if hasDelays {
        lines.append("always @(n\(net)) if (counting != 0) c\(net) = c\(net) + 1;")
      }
    }
    lines += ["assign n0 = 1'b0; assign n1 = 1'b1;"]
    for net in graph.inputs.values.joined() where net != clock {
      let isOne = simulator.netValues[net]
      lines += ["reg i\(net) = \(isOne ? 1 : 0); assign n\(net) = i\(net);"]
    }
    for (index, gate) in graph.gates.enumerated() {
      let delay =
        hasDelays ? "#(\(simulator.delays[index].rise), \(simulator.delays[index].fall)) " : ""
      if let flipFlop = gate.cell.flipFlop {
        let output = gate.cell.outputs[gate.output].function == .pin(flipFlop.state)
        let stored = simulator.netValues[gate.net] == output
        lines += [
          "reg s\(index) = \(stored ? 1 : 0);",
          "always @(posedge clk) s\(index) <= \(text(flipFlop.next, of: gate));",
          "assign \(delay)n\(gate.net) = \(output ? "" : "~")s\(index);",
        ]
      } else {
        let function = gate.cell.outputs[gate.output].function
        lines += ["assign \(delay)n\(gate.net) = \(text(function, of: gate));"]
      }
    }
    let nets = (2..<graph.netCount).filter { $0 != clock }
    lines += ["initial begin", "#\(64 * period); counting = 1;"]
    lines += nets.map { "p\($0) = n\($0);" }
    for cycle in cycles {
      lines += ["clk = 1; #\(hasDelays ? simulator.inputDelay : 1);"]
      for (port, bits) in cycle {
        for (net, bit) in zip(graph.inputs[port]!, bits) {
          lines += ["i\(net) = \(bit ? 1 : 0);"]
        }
      }
      lines += ["#\(period) clk = 0; #\(period);"]
      if !hasDelays { lines.append("count;") }
    }
    for net in nets {
      lines += ["if (c\(net) > 0) $display(\"\(net) %0d\", c\(net));"]
    }
    lines += ["$finish; end", "task count; begin"]
    lines += nets.map { "if (n\($0) != p\($0)) c\($0) = c\($0) + 1; p\($0) = n\($0);" }
    lines += ["end endtask", "endmodule", ""]
    return lines.joined(separator: "\n")
  }

  private func text(_ function: BooleanFunction, of gate: GateGraph.Gate) -> String {
    switch function {
    case .pin(let name):
      let pin = gate.cell.inputs.firstIndex { $0.name == name }!
      return "n\(gate.inputs[pin])"
    case .constant(let value): return value ? "1'b1" : "1'b0"
    case .not(let inner): return "~(\(text(inner, of: gate)))"
    case .and(let left, let right): return "(\(text(left, of: gate)) & \(text(right, of: gate)))"
    case .or(let left, let right): return "(\(text(left, of: gate)) | \(text(right, of: gate)))"
    case .xor(let left, let right): return "(\(text(left, of: gate)) ^ \(text(right, of: gate)))"
    }
  }
}
