/// A hardware block that has an area of its own. Named as in `rtl/`.
public enum Block: String, CaseIterable, Sendable {
  case treeArray = "tree_array"
  case weightBuffer = "weight_buffer"
  case activationBuffer = "activation_buffer"
  case accumulators
  case outputStage = "output_stage"
  case loadUnit = "load_unit"
  case storeUnit = "store_unit"
  case controller
  case jobQueue = "job_queue"
  case controlRegisters = "control_registers"
  case eventCounters = "event_counters"

  /// Those whose energy is that of ``EnergyComponent/control``.
  static let control: [Block] = [
    .weightBuffer, .activationBuffer, .loadUnit, .controller, .jobQueue, .controlRegisters,
    .eventCounters,
  ]
}

/// What a layer's energy is divided into.
public enum EnergyComponent: String, CaseIterable, Sendable {
  case array
  case weightBuffer = "weight_buffer"
  case activationBuffer = "activation_buffer"
  case accumulators
  case output
  case control
  /// What distributes the clock, and what joins the cells: a share of the components above.
  case clockTreeAndWires = "clock_tree_and_wires"
  case externalMemory = "external_memory"
  case leakage

  /// Whether clock tree and wires add a share to it: what switches on the chip.
  var isDynamicOnChip: Bool {
    switch self {
    case .array, .weightBuffer, .activationBuffer, .accumulators, .output, .control: true
    case .clockTreeAndWires, .externalMemory, .leakage: false
    }
  }
}
