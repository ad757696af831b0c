public import Activity
public import Architecture

extension EnergyModel {
  /// The model with the cells that the technology is calibrated with, where it is: as sweeps price.
  ///
  /// - Throws: As the initialiser, and ``calibrated(by:)``.
  public init(
    priced architecture: Architecture, in technology: Technology, table: SRAMTable? = nil
  ) throws(EnergyError) {
    let own = try EnergyModel(architecture: architecture, technology: technology, table: table)
    let cells = try technology.calibratedCells()
    self = if let cells { try own.calibrated(by: cells) } else { own }
  }

  /// The model with the tree array priced by a cell library's calibration, and with it the blocks
  /// around it where all of them were calibrated.
  ///
  /// Its energy follows from what toggles: from toggles that were counted, exact to the error of the
  /// held-out measurements, or else from the density of the operands, good to ``densityError``. Its
  /// area and leakage follow from counts of parts. Memories, operand registers and side band stay as
  /// they are.
  ///
  /// - Throws: ``EnergyError`` where the calibration does not cover the architecture's datapath and
  ///   pipelining.
  public func calibrated(by technology: CalibratedTechnology) throws(EnergyError) -> EnergyModel {
    guard let model = technology.model(of: .treeArray, in: architecture) else {
      throw technology.uncovered(architecture)
    }
    let array = CalibratedArray(model, library: technology.name, architecture: architecture)
    var calibrated = self
    calibrated.calibration = technology
    calibrated.array = array
    let blocks = CalibratedBlocks(technology, architecture: architecture)
    calibrated.area = area.replacingTree(with: array)
    if let blocks { calibrated.area = blocks.replacing(in: calibrated.area) }
    var own = array.densityPrices + [leakage("trees", array.leakage)]
    own.append(
      leakage(
        "\(PriceList.standardCells) outside the trees",
        calibrated.area.logicLeakage(self.technology)))
    if let blocks { own += blocks.prices + [leakage(CalibratedBlocks.name, blocks.leakage)] }
    let others = prices.filter { blocks == nil || CalibratedBlocks.isOther($0) }
    calibrated.prices = Self.addingClockTreeAndWires(
      self.technology.clockTreeAndWires,
      to: others.compactMap(array.remaining) + own)
    return calibrated
  }

  /// Leakage over a clock period.
  private func leakage(_ what: String, _ power: Estimate<Watts>) -> EnergyPrice {
    EnergyPrice(
      component: .leakage, event: .cycles, what: what, quantity: 1,
      each: power.over(seconds: seconds(cycles: 1)))
  }

  /// The model with the array priced as ``technology`` prices it: without a calibration.
  ///
  /// - Throws: As the initialiser, and ``replacing(with:)``.
  public func uncalibrated() throws(EnergyError) -> EnergyModel {
    let model = try EnergyModel(
      architecture: architecture, technology: technology, table: table)
    guard let accelergy else { return model }
    return try model.replacing(with: accelergy)
  }

  /// Whether what toggles decides on energies: the array is calibrated, and not stated otherwise.
  public var pricesToggles: Bool {
    array != nil && accelergy?.energies[EnergyComponent.array.rawValue] == nil
  }

  /// The fastest clock of the tree array in the calibrated cells, or `nil` without a calibration.
  public var clock: CalibratedClock? { calibration?.clock(of: architecture) }

  /// How far estimates from densities may be off: a constant energy of a product missed data that it
  /// was not fitted to by 8–22% in the mean of five libraries, and by up to 60%.
  public static let densityError = 0.22

  /// The energy of work that was counted, and of what toggled in it.
  ///
  /// See ``pricesToggles``: without a calibration toggles change nothing.
  public func energy(of counts: EventCounts, toggles: Toggles) -> LayerEnergy {
    energy(of: counts, switching: .exact(toggles), in: "")
  }

  /// The energy of work that was counted, and of what toggled in it as far as that is known: a sample
  /// adds what 95 of 100 samples stay within, densities add ``densityError``.
  ///
  /// See ``pricesToggles``: without a calibration toggles change nothing.
  ///
  /// - Parameter run: What the sample is of. Samples of different runs err independently.
  public func energy(
    of counts: EventCounts, switching: Switching, in run: String
  ) -> LayerEnergy {
    guard let array, pricesToggles else { return energy(of: counts) }
    let busy = counts[.busy]
    let others = prices.filter { !array.isDensity($0) && $0.component != .clockTreeAndWires }
    let counted = array.prices(switching.toggles, perBusyCycle: busy)
    let error = error(of: switching, in: run, array)
    let own = counted.map { price in
      // Clocks are counted, however little is known of the toggles.
      price.event == .cycles
        ? price
        : EnergyPrice(
          component: price.component, event: price.event, what: price.what,
          quantity: price.quantity, each: price.each.scaled(by: error))
    }
    return LayerEnergy(
      prices: Self.addingClockTreeAndWires(technology.clockTreeAndWires, to: others + own),
      counts: counts)
  }

  /// What the energy of toggles is multiplied by: 1, within what is not known of them.
  private func error(
    of switching: Switching, in run: String, _ array: CalibratedArray
  ) -> Estimate<Ratio> {
    switch switching {
    case .exact: return Estimate(1, provenance: .counted, source: "counted toggles")
    case .density: return Self.density
    case .sampled(let sample):
      let tiles = "toggles of \(sample.tiles.count) of \(sample.population) n-tiles"
      // Of the toggles alone: clocks are in no tile.
      let error = sample.error95 { tile in
        array.prices(tile, perBusyCycle: 1).filter { $0.event != .cycles }
          .reduce(0) { $0 + $1.energy.typical }
      }
      guard let error else {
        return Self.density.from("\(tiles), which does not tell the error, taken as 22%")
      }
      return Estimate(
        low: max(0, 1 - error), typical: 1, high: 1 + error, provenance: .modelled,
        source: "\(tiles), 95% of such samples within \(percent(error))",
        origin: "sample of \(run)")
    }
  }

  /// 1, within ``densityError``.
  static let density = Estimate<Ratio>(
    low: 1 - densityError, typical: 1, high: 1 + densityError, provenance: .modelled,
    source: "toggles estimated from densities, to 22%", origin: "toggles estimated from densities")
}

extension CalibratedTechnology {
  /// What is wrong with an architecture whose array was not calibrated.
  func uncovered(_ architecture: Architecture) -> EnergyError {
    let parameters = architecture.parameters
    return EnergyError(
      "calibration \(name): expected a tree array of \(parameters.datapath.rawValue) with "
        + "tree_register_every \(parameters.treeRegisterEvery) and \(parameters.lanes) lanes, found "
        + "none among \(models.count) models")
  }
}

extension AreaModel {
  /// The model with the trees of the array as calibrated; flip-flops outside them stay.
  func replacingTree(with array: CalibratedArray) -> AreaModel {
    var model = self
    model.areas = areas.map { block in
      guard block.block == .treeArray else { return block }
      let others = block.terms.compactMap { term in
        term.part == "flip-flops" ? array.outsideTree(term) : nil
      }
      return BlockArea(.treeArray, array.areaTerms + others)
    }
    return model
  }
}
