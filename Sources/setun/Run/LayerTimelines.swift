import Architecture
import Machine
import Mapping
import Reference
import Report
import Workload

/// What the accelerator does when, layer by layer.
struct LayerTimelines {
  /// One group for each phase.
  let groups: [PerfettoTrace.Group]

  /// Runs every layer on the cycle-level model and writes down what it does.
  init(
    _ trace: [PhaseTrace], on architecture: Architecture, _ behaviour: ExternalMemory.Behaviour,
    _ progress: Progress
  ) throws {
    groups = try trace.map { phase in
      PerfettoTrace.Group(
        name: phase.name,
        parts: try phase.calls.map { call in
          try Task.checkCancellation()
          progress.update("\(phase.name) of \(call.layer.name), timeline")
          return try Self.part(call, architecture, behaviour)
        })
    }
  }

  private static func part(
    _ call: LinearCall, _ architecture: Architecture, _ behaviour: ExternalMemory.Behaviour
  ) throws -> PerfettoTrace.Part {
    let job = try Job(call, on: architecture)
    let machine = TimelineMachine(architecture)
    let memory = ExternalMemory(
      architecture, byteCount: Testbench<TimelineMachine>.Placement(job).end,
      behaviour: behaviour)
    let bench = try Testbench(machine, architecture: architecture, memory: memory)
    _ = try bench.run(job, weights: call.layer.weights, activations: call.activations.values)
    return PerfettoTrace.Part(
      name: call.layer.name, timeline: machine.timeline, cycles: machine.cycles)
  }
}
