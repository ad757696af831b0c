import Activity
import Architecture

/// What a calibration says of architectures, as plain numbers: the prices, areas and leakages of
/// ``EnergyModel/calibrated(by:)`` where toggles are not counted.
struct CalibratedBook {
  private let technology: CalibratedTechnology
  /// The blocks around the tree array; as with ``CalibratedBlocks`` all or none.
  private var blocks: [(block: Block, figures: Figures)] = []
  private var arrays: [ArrayKey: Figures] = [:]

  /// What decides which coefficients an array has.
  private struct ArrayKey: Hashable {
    let datapath: Architecture.Parameters.Datapath
    let registerEvery: Int
    let lanes: Int
    let zeroGating: Bool
  }

  /// - Parameter origins: Gets those of the calibration in an order of their own, whatever
  ///   architectures come first.
  init(_ technology: CalibratedTechnology, _ origins: inout Origins) {
    self.technology = technology
    _ = PlainFigure(EnergyModel.density, &origins)
    for quantity in CalibratedFit.Quantity.allCases {
      _ = origins.number(of: quantity.origin(in: technology.name))
    }
    for block in Block.allCases where block != .treeArray {
      guard let model = technology.models.first(where: { $0.block == block.rawValue }) else {
        blocks = []
        return
      }
      blocks.append((block, Figures(model, library: technology.name, &origins)))
    }
  }

  /// - Parameter tree: One tree of the array.
  /// - Throws: ``EnergyError`` where the calibration does not cover the architecture.
  mutating func costs(
    of structure: Structure, _ tree: Tree, _ origins: inout Origins
  ) throws(EnergyError) -> CalibratedCosts {
    var costs = CalibratedCosts(coversBlocks: !blocks.isEmpty)
    let array = try array(of: structure.architecture, &origins)
    let expected = ExpectedToggles(structure.architecture)
    array.energy.each { term, figure in
      if term == .clock {
        costs.energies.add(Double(structure.trees * tree.registers), figure, of: .cycles)
      } else {
        for (event, quantity) in expected.uses(of: term) {
          costs.energies.add(quantity, figure, of: event)
        }
      }
    }
    costs.addParts(of: array) { $0.count(inTrees: tree, of: structure) }
    for (block, figures) in blocks {
      figures.energy.each { term, figure in
        CalibratedBlocks.uses(of: term, in: block, structure) { event, quantity in
          costs.energies.add(quantity, figure, of: event)
        }
      }
      costs.addParts(of: figures) { $0.count(in: block, of: structure) }
    }
    return costs
  }

  private mutating func array(
    of architecture: Architecture, _ origins: inout Origins
  ) throws(EnergyError) -> Figures {
    let parameters = architecture.parameters
    let key = ArrayKey(
      datapath: parameters.datapath, registerEvery: parameters.treeRegisterEvery,
      lanes: parameters.lanes, zeroGating: parameters.zeroGating)
    if let known = arrays[key] { return known }
    guard let model = technology.model(of: .treeArray, in: architecture) else {
      throw technology.uncovered(architecture)
    }
    let figures = Figures(model, library: technology.name, &origins)
    arrays[key] = figures
    return figures
  }
}

/// The coefficients of a model with their ranges, but for those that are 0.
private struct Figures {
  let energy: [(term: CalibratedTerm, figure: PlainFigure)]
  let area: [(term: CalibratedTerm, figure: PlainFigure)]
  let leakage: [(term: CalibratedTerm, figure: PlainFigure)]

  init(_ model: CalibratedModel, library: String, _ origins: inout Origins) {
    func figures<U: Unit>(
      _ fit: CalibratedFit, _ quantity: CalibratedFit.Quantity, _ unit: U.Type,
      isEstimated: (CalibratedTerm) -> Bool = { _ in false }
    ) -> [(CalibratedTerm, PlainFigure)] {
      zip(fit.terms, fit.coefficients).filter { $0.1 > 0 }.map { term, value in
        let each: Estimate<U> = fit.estimate(value, quantity, "", library: library)
        return (
          term,
          PlainFigure(isEstimated(term) ? each.scaled(by: EnergyModel.density) : each, &origins)
        )
      }
    }
    // Toggles are estimated, other events are counted.
    let isArray = model.datapath != nil
    energy = figures(model.energy, .energy, Joules.self) {
      isArray ? $0 != .clock : $0.countsBits
    }
    area = figures(model.area, .area, SquareMicrometres.self)
    leakage = figures(model.leakage, .leakage, Watts.self)
  }
}

/// What a calibration says of one architecture.
struct CalibratedCosts {
  /// In J, for one of each event.
  var energies = EventSums()
  /// In µm².
  private(set) var area = PlainSum()
  /// In W.
  private(set) var leakage = PlainSum()
  /// Whether the blocks around the tree array are in it.
  let coversBlocks: Bool

  init(coversBlocks: Bool) { self.coversBlocks = coversBlocks }

  fileprivate mutating func addParts(of figures: Figures, count: (CalibratedTerm) -> Double) {
    figures.area.each { area.add(count($0), $1) }
    figures.leakage.each { leakage.add(count($0), $1) }
  }
}

extension [(term: CalibratedTerm, figure: PlainFigure)] {
  /// Looks at each where it is: to copy one takes as long as to add it.
  fileprivate func each(_ body: (CalibratedTerm, PlainFigure) -> Void) {
    withUnsafeBufferPointer { all in
      for index in all.indices { body(all[index].term, all[index].figure) }
    }
  }
}
