import Activity
import Architecture

/// The blocks around the tree array of one architecture in a calibrated cell library.
///
/// Memories are no part of them: SRAM models price these.
struct CalibratedBlocks: Sendable {
  private let models: [(block: Block, model: CalibratedModel)]
  private let library: String
  private let structure: Structure

  /// What their leakage is called among the prices.
  static let name = "blocks around the trees"

  /// `nil` where a block was not calibrated.
  init?(_ technology: CalibratedTechnology, architecture: Architecture) {
    var models: [(block: Block, model: CalibratedModel)] = []
    for block in Block.allCases where block != .treeArray {
      guard let model = technology.model(of: block, in: architecture) else { return nil }
      models.append((block, model))
    }
    self.models = models
    library = technology.name
    structure = Structure(architecture)
  }

  // MARK: Energy

  /// Whether `price` stays beside these: all but cells of the blocks.
  static func isOther(_ price: EnergyPrice) -> Bool {
    switch price.component {
    case .accumulators, .output: price.what == "bank reads" || price.what == "bank writes"
    case .control: false
    default: true
    }
  }

  /// Prices of all blocks.
  ///
  /// What data makes toggle is taken from densities, whether toggles were counted or not: next to the
  /// clock it is little.
  var prices: [EnergyPrice] {
    models.flatMap { block, model in
      zip(model.energy.terms, model.energy.coefficients).flatMap { term, value -> [EnergyPrice] in
        guard value > 0 else { return [] }
        var each: Estimate<Joules> = model.energy.estimate(
          value, .energy, "\(block.rawValue), \(term.rawValue)", library: library)
        if term.countsBits { each = each.scaled(by: EnergyModel.density) }
        let what = "\(block.rawValue.replacing("_", with: " ")): \(Self.words(term))"
        var prices: [EnergyPrice] = []
        Self.uses(of: term, in: block, structure) { event, quantity in
          guard quantity > 0 else { return }
          prices.append(
            EnergyPrice(
              component: Self.component(of: block), event: event, what: what, quantity: quantity,
              each: each))
        }
        return prices
      }
    }
  }

  private static func component(of block: Block) -> EnergyComponent {
    switch block {
    case .treeArray: .array
    case .accumulators: .accumulators
    case .outputStage, .storeUnit: .output
    default: .control
    }
  }

  private static func words(_ term: CalibratedTerm) -> String {
    switch term {
    case .clock: "clocks of flip-flops"
    case _ where term.countsBits: "estimated toggles of \(term.rawValue.replacing("_", with: " "))"
    default: term.rawValue.replacing("_", with: " ")
    }
  }

  /// Tells events, and how many units of `term` each of them stands for:
  /// ``CalibratedTerm/totals(of:counts:toggles:in:)``, with a random bit toggling every other time.
  static func uses(
    of term: CalibratedTerm, in block: Block, _ structure: Structure,
    _ tell: (_ event: Event, _ quantity: Double) -> Void
  ) {
    let architecture = structure.architecture
    func tellBeats(_ quantity: Double) {
      for event in [Event.weightBufferWrite, .activationBufferWrite, .multiplierBufferWrite] {
        tell(event, quantity)
      }
    }
    var interval: Double { Double(architecture.operandInterval) }
    var busBytes: Double { Double(architecture.parameters.busBytes) }
    switch term {
    case .clock: tell(.cycles, Double(structure.flipFlops(of: block)))
    case .cycles: tell(.cycles, 1)
    case .busyCycles: tell(.busy, 1)
    case .beatsRead: tellBeats(1)
    case .decodedBits where architecture.parameters.weightCoding != .fiveInEight: break
    case .beatsWritten: tell(.outputBytesWritten, 1 / busBytes)
    case .bursts:
      tell(.readBurst, 1)
      tell(.writeBurst, 1)
    case .resultsFinished: tell(.outputResult, 1)
    case .requantisations: tell(.requantisation, 1)
    case .sums: tell(.busy, Double(structure.trees * architecture.sumBits) / 2 / interval)
    case .partialSums: tell(.busy, Double(structure.resultBits) / 2 / interval)
    case .results:
      let bits = architecture.parameters.rows * architecture.accumulatorBits
      tell(.outputResult, Double(bits) / 2)
    case .readBeats, .decodedBits: tellBeats(4 * busBytes)
    case .writeBeats: tell(.outputBytesWritten, 4)
    case .weights where architecture.parameters.laneCounters:
      let trits = architecture.parameters.rows * architecture.parameters.lanes
      tell(.weightBufferRead, ExpectedToggles.tritBits * Double(trits))
    default: break
    }
  }

  // MARK: Area and leakage

  /// The area model with the cells of these blocks as calibrated; memories stay.
  func replacing(in area: AreaModel) -> AreaModel {
    var area = area
    area.areas = area.areas.map { old in
      guard let model = models.first(where: { $0.block == old.block })?.model else { return old }
      let cells = zip(model.area.terms, model.area.coefficients).compactMap {
        term, value -> AreaModel.Term? in
        let count = term.count(in: old.block, of: structure)
        guard count > 0, value > 0 else { return nil }
        return AreaModel.Term(
          block: old.block, part: term.rawValue.replacing("_", with: " "), count: count,
          each: model.area.estimate(
            value, .area, "\(old.block.rawValue), \(term.rawValue)", library: library),
          isLogic: false)
      }
      return AreaModel.BlockArea(old.block, old.terms.filter { !$0.isLogic } + cells)
    }
    return area
  }

  /// Watts of all these blocks.
  var leakage: Estimate<Watts> {
    .sum(
      models.map { block, model in
        model.leakage.estimate(
          model.leakage.value { $0.count(in: block, of: structure) }, .leakage, block.rawValue,
          library: library)
      }
    ).from("calibration \(library): leakage of the blocks around the array")
  }
}

extension CalibratedTerm {
  /// Whether it counts bits that toggle, and not what happened.
  var countsBits: Bool {
    switch self {
    case .sums, .partialSums, .results, .readBeats, .decodedBits, .writeBeats, .weights: true
    default: false
    }
  }
}
