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

  /// How many of these parts a block around the tree array has.
  func count(in block: Block, of structure: Structure) -> Double {
    let architecture = structure.architecture
    let count =
      switch (self, block) {
      case (.flipFlops, _): structure.flipFlops(of: block)
      case (.adderBits, .outputStage): structure.requantiserAdderBits
      case (.adderBits, .eventCounters): structure.laneCounterAdderBits
      case (.selectedBits, .storeUnit): structure.writeDataRegisters * architecture.outputBeats
      case (.decodedBytes, .loadUnit) where architecture.parameters.weightCoding == .fiveInEight:
        architecture.parameters.busBytes
      case (.one, _): 1
      default: 0
      }
    return Double(count)
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
