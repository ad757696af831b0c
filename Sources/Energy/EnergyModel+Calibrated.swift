public import Activity
import Architecture

extension EnergyModel {
  /// The model with the tree array priced by a cell library's calibration.
  ///
  /// Its energy follows from what toggles: from toggles that were counted, exact to the error of the
  /// held-out measurements, or else from the density of the operands, good to ``densityError``. Its
  /// area and leakage follow from counts of parts. Operand registers, side band and all other blocks
  /// stay as they are.
  ///
  /// - Throws: ``EnergyError`` where the calibration does not cover the architecture's datapath and
  ///   pipelining.
  public func calibrated(by technology: CalibratedTechnology) throws(EnergyError) -> EnergyModel {
    guard let model = technology.model(of: .treeArray, in: architecture) else {
      let parameters = architecture.parameters
      throw EnergyError(
        "calibration \(technology.name): expected a tree array of \(parameters.datapath.rawValue) with "
          + "tree_register_every \(parameters.treeRegisterEvery) and \(parameters.lanes) lanes, found "
          + "none among \(technology.models.count) models")
    }
    let array = CalibratedArray(model, library: technology.name, architecture: architecture)
    var calibrated = self
    calibrated.calibration = technology
    calibrated.array = array
    calibrated.area = area.replacingTree(with: array)
    let logicShare = calibrated.area.logic.typical / area.logic.typical
    calibrated.prices = Self.addingClockTreeAndWires(
      self.technology.clockTreeAndWires,
      to: prices.compactMap { array.remaining($0, logicShare: logicShare) }
        + array.densityPrices + [leakage(of: array)])
    return calibrated
  }

  /// The array's leakage over a clock period; that of the other cells shrinks by what it stood for.
  private func leakage(of array: CalibratedArray) -> EnergyPrice {
    EnergyPrice(
      component: .leakage, event: .cycles, what: "trees", quantity: 1,
      each: array.leakage.over(seconds: seconds(cycles: 1)))
  }

  /// How far estimates from densities may be off: a constant energy of a product missed data that it
  /// was not fitted to by 8–22% in the mean of five libraries, and by up to 60%.
  public static let densityError = 0.22

  /// The energy of work that was counted, and of what toggled in it.
  ///
  /// Without a calibration toggles change nothing: see ``calibrated(by:)``.
  public func energy(of counts: EventCounts, toggles: Toggles) -> LayerEnergy {
    guard let array else { return energy(of: counts) }
    let busy = counts[.busy]
    let others = prices.filter { !array.isDensity($0) && $0.component != .clockTreeAndWires }
    let exact = array.prices(toggles, perBusyCycle: busy)
    return LayerEnergy(
      prices: Self.addingClockTreeAndWires(technology.clockTreeAndWires, to: others + exact),
      counts: counts)
  }
}

extension AreaModel {
  /// The cells whose leakage follows from their area.
  fileprivate var logic: Estimate<SquareMicrometres> {
    .sum(areas.flatMap(\.terms).filter(\.isLogic).map(\.area))
  }

  /// The model with the trees of the array as calibrated; flip-flops outside them stay.
  func replacingTree(with array: CalibratedArray) -> AreaModel {
    var model = self
    model.areas = areas.map { block in
      guard block.block == .treeArray else { return block }
      let others = block.terms.compactMap { term in
        term.part == "flip-flops" ? array.outsideTree(term) : nil
      }
      let terms = array.areaTerms + others
      return BlockArea(block: .treeArray, area: .sum(terms.map(\.area)), terms: terms)
    }
    return model
  }
}
