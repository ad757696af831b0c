import Activity
import Architecture
import Energy

/// Fits the model of one block around the tree array to what accelerators showed.
struct BlockFit {
  let block: Block
  let training: [AcceleratorDesign]
  let heldOut: [AcceleratorDesign]
  let measured: [AcceleratorDesign: AcceleratorMeasurement]

  /// The blocks with a model of their own.
  static let blocks = Block.allCases.filter { $0 != .treeArray }

  /// The terms of a block's energy: frozen before anything was measured.
  static func energyTerms(of block: Block) -> [CalibratedTerm] {
    switch block {
    case .treeArray: []
    case .weightBuffer, .activationBuffer: [.clock, .beatsRead, .busyCycles]
    case .accumulators: [.clock, .sums, .partialSums]
    case .outputStage: [.clock, .results, .resultsFinished, .requantisations]
    case .loadUnit: [.clock, .readBeats, .decodedBits, .beatsRead, .bursts]
    case .storeUnit: [.clock, .writeBeats, .beatsWritten, .bursts]
    case .controller: [.clock, .cycles, .busyCycles]
    case .jobQueue, .controlRegisters: [.clock, .cycles]
    case .eventCounters: [.clock, .cycles, .busyCycles, .weights]
    }
  }

  /// The terms of its area and leakage.
  static func areaTerms(of block: Block) -> [CalibratedTerm] {
    switch block {
    case .outputStage, .eventCounters: [.flipFlops, .adderBits]
    case .loadUnit: [.flipFlops, .decodedBytes]
    case .storeUnit: [.flipFlops, .selectedBits]
    default: [.flipFlops]
    }
  }

  /// The modules at the top of the RTL that make up a block.
  static func modules(of block: Block) -> [String] {
    block == .controller ? ["controller", "loop_nest"] : [block.rawValue]
  }

  func model() -> CalibratedModel {
    CalibratedModel(
      block: block.rawValue,
      energy: TermFit.fit(Self.energyTerms(of: block), points(energy)).fit,
      area: TermFit.fit(
        Self.areaTerms(of: block), points { size($0, \.squareMicrometres) }
      ).fit,
      leakage: TermFit.fit(Self.areaTerms(of: block), points { size($0, \.leakageWatts) }).fit)
  }

  private func points(_ make: (AcceleratorDesign) -> [TermFit.Point]) -> TermFit.Points {
    TermFit.Points(
      training: training.filter(isTypical).flatMap(make),
      heldOut: heldOut.filter(isTypical).flatMap(make))
  }

  /// Whether the structure describes the block: where a tile fills no beat, synthesis shares flip-flops
  /// of the store unit between its places.
  private func isTypical(_ design: AcceleratorDesign) -> Bool {
    let parameters = design.architecture.parameters
    return block != .storeUnit
      || parameters.rows * design.architecture.resultBytes >= parameters.busBytes
  }

  private func energy(_ design: AcceleratorDesign) -> [TermFit.Point] {
    measured[design]!.runs.map { run in
      var counts = run.counts
      // Of the cycles that were measured, which the bench ends a few later.
      counts[.cycles] = run.cycles
      let totals = CalibratedTerm.totals(
        of: block, counts: counts, toggles: run.toggles, in: design.architecture)
      let costs = Self.modules(of: block).compactMap { run.blocks[$0] }
      return TermFit.Point(
        name: "\(design.name), \(run.recording)",
        terms: Self.energyTerms(of: block).map { totals[$0] ?? 0 },
        measured: costs.reduce(0) { $0 + $1.joules },
        first: costs.reduce(0) { $0 + $1.clockJoules })
    }
  }

  private func size(
    _ design: AcceleratorDesign, _ figure: KeyPath<AcceleratorMeasurement.Size, Double>
  ) -> [TermFit.Point] {
    let sizes = Self.modules(of: block).compactMap { measured[design]!.blocks[$0] }
    return [
      TermFit.Point(
        name: design.name,
        terms: Self.areaTerms(of: block).map { $0.count(in: block, of: design.architecture) },
        measured: sizes.reduce(0) { $0 + $1[keyPath: figure] })
    ]
  }
}
