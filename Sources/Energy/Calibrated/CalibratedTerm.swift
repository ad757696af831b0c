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
  /// ``Toggles/activations``, times the full adders of tables, which all rows share, for each lane.
  case tables
  /// ``Toggles/weights``, times the tokens that share them.
  case weights
  /// ``Toggles/terms``.
  case terms
  /// ``Toggles/levels`` that are the first after a register, or after the terms; in `carry_save`, whose
  /// registers stand elsewhere, as if they stood there.
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
  /// ``Toggles/readBeats`` where a decoder of weights stands behind them, else 0.
  case decodedBits = "decoded_bits"
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

extension CalibratedTerm {
  /// The terms of energy of a tree array.
  ///
  /// - Parameters:
  ///   - toggles: What toggled at the array.
  ///   - cycles: Clock cycles, busy or not.
  ///   - architecture: The accelerator that the array is part of.
  public static func totals(
    of toggles: Toggles, cycles: UInt64, in architecture: Architecture
  ) -> [CalibratedTerm: Double] {
    let parameters = architecture.parameters
    var totals: [CalibratedTerm: Double] = [
      .clock: Double(Structure(architecture).treeRegisters) * Double(cycles),
      .activations: Double(toggles.activations) * Double(parameters.rows),
      .weights: Double(toggles.weights) * Double(parameters.tokensPerWeight),
      .terms: Double(toggles.terms), .sums: Double(toggles.sums),
    ]
    totals[.tables] =
      Double(toggles.activations) * Double(Tree.tableAdderBits(parameters))
      / Double(parameters.lanes)
    let every = parameters.treeRegisterEvery
    for (index, count) in toggles.levels.enumerated() {
      let depth = every == 0 ? index : index % every
      totals[[.level1, .level2, .level3][safe: depth] ?? .level4, default: 0] += Double(count)
    }
    return totals
  }

  /// How many of these parts a block has: what its area and leakage follow from. None of what is a total
  /// of a run.
  public func count(in block: Block, of architecture: Architecture) -> Double {
    let structure = Structure(architecture)
    return block == .treeArray
      ? count(inTrees: structure.tree, of: structure) : count(in: block, of: structure)
  }

  /// How many of these parts the tree array has, of which `tree` is one tree.
  func count(inTrees tree: Tree, of structure: Structure) -> Double {
    let trees = Double(structure.trees)
    let tokens = Double(structure.architecture.parameters.tokensPerWeight)
    return switch self {
    case .flipFlops: trees * Double(tree.registers)
    case .termBits: trees * tree.selectBits + tokens * tree.planeSelectBits
    case .adderBits: trees * tree.adderBits
    case .tableBits: tokens * Double(tree.tableAdderBits)
    case .multiplierBits: trees * tree.multiplierAdderBits
    case .one: 1
    default: 0
    }
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? { index < count ? self[index] : nil }
}
