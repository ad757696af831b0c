public import Activity
public import Architecture

extension CalibratedTerm {
  /// The terms of energy of the blocks around the tree array.
  ///
  /// - Parameters:
  ///   - counts: What happened in a run.
  ///   - toggles: What toggled in it.
  ///   - architecture: The accelerator that the block is part of.
  public static func totals(
    of block: Block, counts: EventCounts, toggles: Toggles, in architecture: Architecture
  ) -> [CalibratedTerm: Double] {
    let structure = Structure(architecture)
    let parameters = architecture.parameters
    func total(_ events: Event...) -> Double { events.reduce(0) { $0 + Double(counts[$1]) } }
    return [
      .clock: Double(structure.flipFlops(of: block)) * total(.cycles),
      .cycles: total(.cycles), .busyCycles: total(.busy),
      .weights: parameters.laneCounters ? Double(toggles.weights) : 0,
      .sums: Double(toggles.sums), .partialSums: Double(toggles.partialSums),
      .results: Double(toggles.results), .resultsFinished: total(.outputResult),
      .requantisations: total(.requantisation),
      .readBeats: Double(toggles.readBeats), .writeBeats: Double(toggles.writeBeats),
      .decodedBits: parameters.weightCoding == .fiveInEight ? Double(toggles.readBeats) : 0,
      .beatsRead: total(.weightBufferWrite, .activationBufferWrite, .multiplierBufferWrite),
      .beatsWritten: total(.outputBytesWritten) / Double(parameters.busBytes),
      .bursts: total(.readBurst, .writeBurst),
    ]
  }

  /// The counts that area and leakage of a block around the tree array follow from.
  public static func counts(
    of block: Block, in architecture: Architecture
  ) -> [CalibratedTerm: Double] {
    let structure = Structure(architecture)
    let parameters = architecture.parameters
    let adders: Double =
      switch block {
      case .outputStage: Double(structure.requantiserAdderBits)
      case .eventCounters: Double(structure.laneCounterAdderBits)
      default: 0
      }
    return [
      .flipFlops: Double(structure.flipFlops(of: block)), .adderBits: adders,
      .selectedBits: block == .storeUnit
        ? Double(structure.writeDataRegisters * architecture.outputBeats) : 0,
      .decodedBytes: block == .loadUnit && parameters.weightCoding == .fiveInEight
        ? Double(parameters.busBytes) : 0,
    ]
  }
}

extension Structure {
  /// Flip-flops of a block outside the tree array, but for those that are the words of a memory.
  func flipFlops(of block: Block) -> Int {
    switch block {
    case .accumulators: accumulatorRegisters
    case .outputStage: outputQueueRegisters + requantiserRegisters
    default: registers(of: block)
    }
  }
}
