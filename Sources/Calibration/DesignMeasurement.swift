import Architecture
import Energy
import Foundation
import Liberty

/// What one netlist showed: its size, and its energy on every recording and schedule.
struct DesignMeasurement: Codable, Sendable {
  var squareMicrometres: Double
  var leakageWatts: Double
  var flipFlops: Int
  /// Seconds of its longest path.
  var periodSeconds: Double
  var runs: [Run]

  struct Run: Codable, Sendable {
    var recording: String
    var schedule: Schedule
    var measurement: ArrayMeasurement
  }

  /// Measures a netlist.
  ///
  /// - Throws: ``CalibrationError`` when a cell is unknown, or a sum is wrong.
  init(
    _ design: ArrayDesign, netlist: URL, library: CellLibrary, recordings: [LayerRecording]
  ) throws(CalibrationError) {
    let text = String(decoding: try Synthesiser.read(netlist), as: UTF8.self)
    let graph = try GateGraph(
      GateNetlist(text, file: netlist.lastPathComponent), library: library)
    let timing = StaticTiming(graph, enables: ["valid_i"])
    let simulator = try GateSimulator(graph, timing: timing)
    squareMicrometres = graph.areas.reduce(0, +)
    leakageWatts = graph.leakages.reduce(0, +) * library.units.watts
    flipFlops = graph.flipFlops.reduce(0, +)
    periodSeconds = timing.period * library.units.seconds
    let bench = ArrayBench(design: design, latency: graph.inputs["valid_i"]?.count ?? 1)
    runs = []
    for recording in recordings {
      for schedule in Schedule.allCases {
        let steps = schedule.steps(of: recording, for: design)
        runs.append(
          Run(
            recording: recording.name, schedule: schedule,
            measurement: try bench.run(steps, on: simulator)))
      }
    }
  }
}

extension ArrayDesign {
  /// An accelerator with this array, for the counts that follow from one.
  ///
  /// - Throws: ``CalibrationError`` when there is no such accelerator.
  func architecture() throws(CalibrationError) -> Architecture {
    do {
      var parameters = try Architecture.sample(named: "default").parameters
      parameters.datapath = datapath
      parameters.rows = rows
      parameters.lanes = lanes
      parameters.tokensPerWeight = tokens
      parameters.treeRegisterEvery = registerEvery
      parameters.zeroGating = zeroGating
      return try Architecture(parameters: parameters)
    } catch {
      throw CalibrationError("\(name): \(error)")
    }
  }
}
