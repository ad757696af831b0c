public import Architecture
import Energy

extension RunReport.ArchitectureSummary {
  /// The summary of `architecture`, with every parameter under its key in the architecture file.
  ///
  /// Peaks follow from the file alone, so they are as good as its clock and its memory.
  public init(_ architecture: Architecture, configurationHash: String) {
    let parameters = architecture.parameters
    let hertz = parameters.clockMHz * 1e6
    let bytesPerCycle = Double(parameters.memory.milliBytesPerCycle) / 1000
    self.init(
      name: parameters.name, description: parameters.description,
      configurationHash: configurationHash, parameters: parameters.named,
      technology: parameters.technology,
      peakThroughput: .init(
        Double(parameters.rows * parameters.lanes * parameters.tokensPerWeight) * hertz
          / Double(architecture.operandInterval), provenance: .assumed,
        source: "rows × lanes × tokens per weight × clock of the architecture file"
          + (architecture.operandInterval == 1
            ? "" : ", over \(architecture.operandInterval) cycles an operand")),
      peakBandwidth: .init(
        bytesPerCycle * hertz, provenance: .assumed,
        source: "\(parameters.memory.kind): bytes per cycle × clock of the architecture file"))
  }
}

extension Architecture.Parameters {
  fileprivate var named: [RunReport.Parameter] {
    [
      .init("rows", "\(rows)"),
      .init("lanes", "\(lanes)"),
      .init("tokens_per_weight", "\(tokensPerWeight)"),
      .init("activation_bits", "\(activationBits)"),
      .init("weight_coding", weightCoding.rawValue),
      .init("datapath", datapath.rawValue),
      .init("tree_register_every", "\(treeRegisterEvery)"),
      .init("dataflow", dataflow.rawValue),
      .init("zero_gating", "\(zeroGating)"),
      .init("lane_counters", "\(laneCounters)"),
      .init("weight_buffer_words", "\(weightBufferWords)"),
      .init("activation_buffer_words", "\(activationBufferWords)"),
      .init("accumulator_depth", "\(accumulatorDepth)"),
      .init("accumulator_bits", accumulatorBits.map { "\($0)" } ?? "derived"),
      .init("output", output.rawValue),
      .init("multiplier_buffer_words", "\(multiplierBufferWords)"),
      .init("output_queue_depth", "\(outputQueueDepth)"),
      .init("job_queue_depth", "\(jobQueueDepth)"),
      .init("bus_bytes", "\(busBytes)"),
      .init("outstanding_reads", "\(outstandingReads)"),
      .init("clock_mhz", JSONValue.shortest(clockMHz)),
      .init("sram_flavour", sramFlavour.rawValue),
      .init("memory.kind", memory.kind),
      .init("memory.latency_cycles", "\(memory.latencyCycles)"),
      .init(
        "memory.bytes_per_cycle", JSONValue.shortest(Double(memory.milliBytesPerCycle) / 1000)),
      .init("memory.picojoules_per_bit", memory.picojoulesPerBit.text),
    ]
  }
}

extension Architecture.Parameters.Memory.Range {
  fileprivate var text: String {
    [low, typical, high].map(JSONValue.shortest).joined(separator: " / ")
  }
}
