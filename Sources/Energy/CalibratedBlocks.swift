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
        let uses = Self.uses(of: term, in: block, structure).filter { $0.quantity > 0 }
        return uses.map { event, quantity in
          EnergyPrice(
            component: Self.component(of: block), event: event, what: what, quantity: quantity,
            each: each)
        }
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

  /// Events, and how many units of `term` each of them stands for: ``CalibratedTerm/totals(of:counts:toggles:in:)``,
  /// with a random bit toggling every other time.
  static func uses(
    of term: CalibratedTerm, in block: Block, _ structure: Structure
  ) -> [(event: Event, quantity: Double)] {
    let architecture = structure.architecture
    let parameters = architecture.parameters
    let interval = Double(architecture.operandInterval)
    let beats: [Event] = [.weightBufferWrite, .activationBufferWrite, .multiplierBufferWrite]
    let resultBits = Double(parameters.rows * architecture.accumulatorBits)
    switch term {
    case .clock: return [(.cycles, Double(structure.flipFlops(of: block)))]
    case .cycles: return [(.cycles, 1)]
    case .busyCycles: return [(.busy, 1)]
    case .beatsRead: return beats.map { ($0, 1) }
    case .decodedBits where parameters.weightCoding != .fiveInEight: return []
    case .beatsWritten: return [(.outputBytesWritten, 1 / Double(parameters.busBytes))]
    case .bursts: return [(.readBurst, 1), (.writeBurst, 1)]
    case .resultsFinished: return [(.outputResult, 1)]
    case .requantisations: return [(.requantisation, 1)]
    case .sums:
      return [(.busy, Double(structure.trees * architecture.sumBits) / 2 / interval)]
    case .partialSums: return [(.busy, Double(structure.resultBits) / 2 / interval)]
    case .results: return [(.outputResult, resultBits / 2)]
    case .readBeats, .decodedBits: return beats.map { ($0, 4 * Double(parameters.busBytes)) }
    case .writeBeats: return [(.outputBytesWritten, 4)]
    case .weights:
      let trits = parameters.laneCounters ? Double(parameters.rows * parameters.lanes) : 0
      return [(.weightBufferRead, ExpectedToggles.tritBits * trits)]
    default: return []
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
