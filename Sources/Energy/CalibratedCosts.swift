import Activity
import Architecture

/// What a calibration says of architectures, as plain numbers: the prices, areas and leakages of
/// ``EnergyModel/calibrated(by:)`` where toggles are not counted.
struct CalibratedBook {
  private let technology: CalibratedTechnology
  /// Figures of models, in a size of their training where `lanes` is not 0.
  private var figures: [FigureKey: Figures] = [:]
  private var arrays: [ArrayKey: Int] = [:]

  private struct FigureKey: Hashable {
    let model: Int
    let lanes: Int
  }

  /// What decides which model an array has.
  private struct ArrayKey: Hashable {
    let datapath: Architecture.Parameters.Datapath
    let registerEvery: Int
    let isPowerOfTwo: Bool
    let zeroGating: Bool
  }

  /// The coefficients of a model with their ranges.
  private struct Figures {
    var energy: [(term: CalibratedTerm, figure: PlainFigure)] = []
    var area: [(term: CalibratedTerm, figure: PlainFigure)] = []
    var leakage: [(term: CalibratedTerm, figure: PlainFigure)] = []
  }

  /// - Parameter origins: Gets those of the calibration in an order of their own, whatever
  ///   architectures come first.
  init(_ technology: CalibratedTechnology, _ origins: inout Origins) {
    self.technology = technology
    _ = PlainFigure(EnergyModel.density, &origins)
    for quantity in CalibratedFit.Quantity.allCases {
      _ = origins.number(of: quantity.origin(in: technology.name))
    }
  }

  /// - Throws: ``EnergyError`` where the calibration does not cover the architecture.
  mutating func costs(
    of structure: Structure, _ origins: inout Origins
  ) throws(EnergyError) -> CalibratedCosts {
    let architecture = structure.architecture
    var costs = CalibratedCosts()
    let array = try arrayModel(of: architecture)
    let expected = ExpectedToggles(architecture)
    add(
      figures(of: array, architecture, &origins), to: &costs,
      CalibratedTerm.counts(of: architecture)
    ) { term in
      term == .clock ? [(.cycles, Double(structure.treeRegisters))] : expected.uses(of: term)
    }
    let blocks = Block.allCases.filter { $0 != .treeArray }.map { block in
      (block, technology.models.firstIndex { $0.block == block.rawValue })
    }
    // As with `CalibratedBlocks`: all or none.
    guard blocks.allSatisfy({ $0.1 != nil }) else { return costs }
    costs.coversBlocks = true
    for (block, model) in blocks {
      add(
        figures(of: model!, architecture, &origins), to: &costs,
        CalibratedTerm.counts(of: block, in: architecture)
      ) { CalibratedBlocks.uses(of: $0, in: block, structure) }
    }
    return costs
  }

  private func add(
    _ figures: Figures, to costs: inout CalibratedCosts, _ counts: [CalibratedTerm: Double],
    uses: (CalibratedTerm) -> [(event: Event, quantity: Double)]
  ) {
    for (term, figure) in figures.energy {
      for (event, quantity) in uses(term) { costs.energies.add(quantity, figure, of: event) }
    }
    func count(_ term: CalibratedTerm) -> Double { term == .one ? 1 : counts[term] ?? 0 }
    for (term, figure) in figures.area { costs.area.add(count(term), figure) }
    for (term, figure) in figures.leakage { costs.leakage.add(count(term), figure) }
  }

  private mutating func arrayModel(of architecture: Architecture) throws(EnergyError) -> Int {
    let parameters = architecture.parameters
    let key = ArrayKey(
      datapath: parameters.datapath, registerEvery: parameters.treeRegisterEvery,
      isPowerOfTwo: parameters.lanes.nonzeroBitCount == 1, zeroGating: parameters.zeroGating)
    if let known = arrays[key] { return known }
    let model = technology.models.firstIndex { $0.covers(.treeArray, in: architecture) }
    guard let index = model else { throw technology.uncovered(architecture) }
    arrays[key] = index
    return index
  }

  private mutating func figures(
    of index: Int, _ architecture: Architecture, _ origins: inout Origins
  ) -> Figures {
    let model = technology.models[index]
    let lanes = architecture.parameters.lanes
    let key = FigureKey(
      model: index, lanes: model.sizes.contains { $0.lanes == lanes } ? lanes : 0)
    if let known = figures[key] { return known }
    let special = model.specialised(to: architecture)
    var made = Figures()
    let library = technology.name
    for (term, value) in zip(special.energy.terms, special.energy.coefficients) where value > 0 {
      let each: Estimate<Joules> = special.energy.estimate(value, .energy, "", library: library)
      // Toggles are estimated, other events are counted.
      let isEstimated = model.datapath == nil ? term.countsBits : term != .clock
      made.energy.append(
        (term, PlainFigure(isEstimated ? each.scaled(by: EnergyModel.density) : each, &origins)))
    }
    for (term, value) in zip(special.area.terms, special.area.coefficients) where value > 0 {
      let each: Estimate<SquareMicrometres> = special.area.estimate(
        value, .area, "", library: library)
      made.area.append((term, PlainFigure(each, &origins)))
    }
    for (term, value) in zip(special.leakage.terms, special.leakage.coefficients) where value > 0 {
      let each: Estimate<Watts> = special.leakage.estimate(value, .leakage, "", library: library)
      made.leakage.append((term, PlainFigure(each, &origins)))
    }
    figures[key] = made
    return made
  }
}

/// What a calibration says of one architecture.
struct CalibratedCosts {
  /// In J, for one of each event.
  var energies = EventSums()
  /// In µm².
  var area = PlainSum()
  /// In W.
  var leakage = PlainSum()
  /// Whether the blocks around the tree array are in it.
  var coversBlocks = false

  /// A sum for each event that has one.
  struct EventSums {
    private(set) var sums: [(event: Int, sum: PlainSum)] = []

    mutating func add(_ count: Double, _ figure: PlainFigure, of event: Event) {
      let place =
        sums.firstIndex { $0.event == event.rawValue }
        ?? {
          sums.append((event.rawValue, PlainSum()))
          return sums.count - 1
        }()
      sums[place].sum.add(count, figure)
    }
  }
}
