public import Activity
public import Architecture

/// What a calibrated model multiplies a coefficient with. The raw value is its name in the file.
///
/// Terms of energy are totals of a run; terms of area and leakage are counts of parts.
public enum CalibratedTerm: String, CaseIterable, Codable, Sendable {
  // Energy: totals of a run.

  /// Flip-flops of the block, times cycles.
  case clock
  /// ``Toggles/activations``, times the rows that each of them reaches.
  case activations
  /// ``Toggles/weights``, times the tokens that share them.
  case weights
  /// ``Toggles/terms``.
  case terms
  /// ``Toggles/levels`` that are the first, second, third after the last register.
  case level1 = "level_1"
  case level2 = "level_2"
  case level3 = "level_3"
  /// … and all that are further from it.
  case level4 = "level_4"
  /// ``Toggles/sums``.
  case sums
  /// ``Toggles/partialSums``.
  case partialSums = "partial_sums"
  /// ``Toggles/results``.
  case results
  /// ``Toggles/readBeats``.
  case readBeats = "read_beats"
  /// ``Toggles/writeBeats``.
  case writeBeats = "write_beats"
  /// ``Event/busy``.
  case busyCycles = "busy_cycles"
  /// ``Event/cycles``.
  case cycles
  /// Beats of weights, activations and multipliers that entered their buffers.
  case beatsRead = "beats_read"
  /// Beats of results that left.
  case beatsWritten = "beats_written"
  /// ``Event/readBurst`` and ``Event/writeBurst``.
  case bursts
  /// ``Event/outputResult``.
  case resultsFinished = "results_finished"
  /// ``Event/requantisation``.
  case requantisations

  // Area and leakage: counts.

  /// Flip-flops of the block.
  case flipFlops = "flip_flops"
  /// Bits of all terms of a tree array that depend on a trit.
  case termBits = "term_bits"
  /// Full adders of the tree.
  case adderBits = "adder_bits"
  /// Full adders of tables that all rows share.
  case tableBits = "table_bits"
  /// Full adders and gates of multipliers.
  case multiplierBits = "multiplier_bits"
  /// Multiplexer bits that choose among values: queues, held registers.
  case selectedBits = "selected_bits"
  /// Bytes of weights that are taken apart in parallel.
  case decodedBytes = "decoded_bytes"
  /// 1: what is there once, whatever the size.
  case one
}

/// One run of one accelerator as the terms see it.
public struct CalibratedRun: Sendable {
  public let architecture: Architecture
  public let events: EventCounts
  public let toggles: Toggles

  public init(architecture: Architecture, events: EventCounts, toggles: Toggles) {
    self.architecture = architecture
    self.events = events
    self.toggles = toggles
  }
}
