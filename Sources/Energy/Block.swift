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
}

/// What a layer's energy is divided into.
public enum EnergyComponent: String, CaseIterable, Sendable {
  case array
  case weightBuffer = "weight_buffer"
  case activationBuffer = "activation_buffer"
  case accumulators
  case output
  case control
  case externalMemory = "external_memory"
  case leakage
}
