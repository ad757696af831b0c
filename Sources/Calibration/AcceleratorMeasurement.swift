import Activity
import Architecture
import Energy
import Foundation
import Liberty
import Machine
import Mapping
import Ternary
import Workload

/// One accelerator whose blocks are measured.
public struct AcceleratorDesign: Hashable, Sendable {
  /// For tables and files.
  public let name: String
  let architecture: Architecture

  public static func == (one: Self, other: Self) -> Bool {
    one.name == other.name
      && one.architecture.configurationHash == other.architecture.configurationHash
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// What the netlist of one accelerator showed, block by block.
struct AcceleratorMeasurement: Codable, Sendable {
  /// Of one block, by its name in the RTL.
  struct Size: Codable, Sendable {
    var squareMicrometres: Double
    var leakageWatts: Double
    var flipFlops: Int
  }

  /// Of one block in one job.
  struct Cost: Codable, Sendable {
    var clockJoules: Double
    var joules: Double
  }

  /// One job.
  struct Run: Codable, Sendable {
    var recording: String
    var cycles: UInt64
    var events: [UInt64]
    var toggles: Toggles
    var blocks: [String: Cost]

    var counts: EventCounts {
      var counts = EventCounts()
      for event in Event.allCases { counts[event] = events[event.rawValue] }
      return counts
    }
  }

  var blocks: [String: Size]
  var runs: [Run]

  /// Tokens of a job; its n-tiles; its most k-tiles.
  private static let job = (tokens: 6, nTiles: 3, kTiles: 16)

  /// Measures a netlist.
  ///
  /// - Throws: ``CalibrationError`` when a cell is unknown, or a result is wrong.
  init(
    _ design: AcceleratorDesign, netlist: URL, library: CellLibrary, recordings: [LayerRecording]
  ) throws(CalibrationError) {
    let text = String(decoding: try Synthesiser.read(netlist), as: UTF8.self)
    let graph = try GateGraph(
      GateNetlist(text, file: netlist.lastPathComponent), library: library)
    let simulator = try GateSimulator(graph, timing: StaticTiming(graph))
    blocks = [:]
    for (index, block) in graph.blocks.enumerated() {
      blocks[block] = Size(
        squareMicrometres: graph.areas[index],
        leakageWatts: graph.leakages[index] * library.units.watts,
        flipFlops: graph.flipFlops[index])
    }
    runs = []
    for recording in recordings {
      runs.append(try Self.run(recording, on: simulator, of: design))
    }
  }

  private static func run(
    _ recording: LayerRecording, on simulator: GateSimulator, of design: AcceleratorDesign
  ) throws(CalibrationError) -> Run {
    let architecture = design.architecture
    do {
      let (job, weights, activations) = try operands(of: recording, on: architecture)
      let device = GateDevice(simulator, architecture: architecture)
      let bench = try Testbench(
        device, architecture: architecture,
        memory: ExternalMemory(architecture, byteCount: Testbench<GateDevice>.Placement(job).end))
      let descriptor = bench.load(job, weights: weights, activations: activations)
      try bench.write(.interruptEnable, 1)
      try bench.start(descriptor)
      let (begin, before) = (bench.cycle, simulator.energies)
      while !device.outputs.irq { try bench.tick(waitingFor: "the end of the job") }
      let after = simulator.energies
      let model = Simulator(architecture)
      let expected = try model.run(job, weights: weights, activations: activations)
      guard bench.outputs(of: job, at: descriptor) == expected.outputs else {
        throw CalibrationError("the netlist gives another Y than the model")
      }
      var costs: [String: Cost] = [:]
      for (index, block) in simulator.graph.blocks.enumerated() {
        let clock = after[index].clock - before[index].clock
        let data =
          after[index].pins - before[index].pins + after[index].cells - before[index].cells
        costs[block] = Cost(clockJoules: clock, joules: clock + data)
      }
      return Run(
        recording: recording.name, cycles: bench.cycle - begin,
        events: Event.allCases.map { expected.counts[$0] },
        toggles: model.toggles(of: job, weights: weights, activations: activations),
        blocks: costs)
    } catch {
      throw CalibrationError("\(design.name), \(recording.name): \(error)")
    }
  }

  /// A job of the first tokens, inputs and outputs of a layer.
  private static func operands(
    of recording: LayerRecording, on architecture: Architecture
  ) throws -> (Job, TritMatrix, [Int8]) {
    let parameters = architecture.parameters
    let shape = MatmulShape(
      m: min(job.tokens, recording.tokens),
      n: min(job.nTiles * parameters.rows - 1, recording.outputs),
      k: min(job.kTiles * parameters.lanes - 1, recording.inputs))
    let trits = (0..<shape.n).flatMap { row in
      recording.weights[row * recording.inputs..<row * recording.inputs + shape.k]
    }
    let activations = (0..<shape.m).flatMap { token in
      recording.activations[token * recording.inputs..<token * recording.inputs + shape.k]
    }
    // Sums of so many products have some ten bits more than results.
    let requantisation =
      parameters.output == .int8 ? Requantisation(multipliers: .all(40_000), shift: 22) : nil
    return (
      try Job(shape, on: architecture, requantisation: requantisation),
      TritMatrix(rows: shape.n, columns: shape.k, trits: trits), activations
    )
  }
}
