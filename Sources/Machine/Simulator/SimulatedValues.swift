/// How much of a run is simulated.
public enum SimulatedValues: String, CaseIterable, Sendable {
  /// Every operand, sum and result.
  case full
  /// Everything that does not depend on values: cycles, stalls, transfers.
  case timingOnly = "timing_only"
}
