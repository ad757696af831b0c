public import Activity
public import Architecture

/// What each event costs in one architecture and technology.
///
/// A pure function of three values: the prices are worked out once, and the energy of a layer is
/// the sum over its event counts times them. Cells, SRAM and external memory; clock tree and wires are
/// a share on top, as ``Technology/clockTreeAndWires`` states it. Flip-flops outside the memories are
/// clocked in every cycle.
public struct EnergyModel: Sendable {
  public let architecture: Architecture
  public let technology: Technology
  /// SRAM figures, or `nil` for those that come with the module.
  let table: SRAMTable?
  /// Every price, by component in the order of ``EnergyComponent``.
  public internal(set) var prices: [EnergyPrice]
  public internal(set) var area: AreaModel
  /// What ``replacing(with:)`` put in place of the model's own figures.
  var accelergy: AccelergyTables?
  /// What ``calibrated(by:)`` prices the tree array with, and the blocks around it.
  public internal(set) var calibration: CalibratedTechnology?
  var array: CalibratedArray?

  /// - Parameter table: SRAM figures, or `nil` for the table that comes with the module.
  /// - Throws: ``EnergyError`` when the SRAM table lacks the node and flavour, or cannot be read.
  public init(
    architecture: Architecture, technology: Technology, table: SRAMTable? = nil
  ) throws(EnergyError) {
    self.architecture = architecture
    self.technology = technology
    self.table = table
    let structure = Structure(architecture)
    let memories = try MemoryCosts(
      architecture: architecture, technology: technology, table: table)
    area = AreaModel(structure: structure, technology: technology, memories: memories)
    let list = PriceList(
      structure: structure, technology: technology, memories: memories, area: area)
    let parts = EnergyComponent.allCases.flatMap(list.prices(of:)).filter { $0.quantity > 0 }
    prices = Self.addingClockTreeAndWires(technology.clockTreeAndWires, to: parts)
  }

  /// The prices with one more for every event that moves something on the chip.
  static func addingClockTreeAndWires(
    _ ratio: Estimate<Ratio>, to prices: [EnergyPrice]
  ) -> [EnergyPrice] {
    let onChip = prices.filter(\.component.isDynamicOnChip)
    let additions = Event.allCases.compactMap { event -> EnergyPrice? in
      let energies = onChip.filter { $0.event == event }.map(\.energy)
      guard !energies.isEmpty else { return nil }
      return EnergyPrice(
        component: .clockTreeAndWires, event: event, what: "share of cells and memories",
        quantity: 1, each: Estimate.sum(energies).times(ratio).from(ratio.source))
    }
    return EnergyComponent.allCases.flatMap { component in
      (component == .clockTreeAndWires ? additions : prices.filter { $0.component == component })
    }
  }

  /// The same sources on another architecture.
  ///
  /// - Parameter isOtherArray: Whether what was put in place of the array's figures does not hold.
  /// - Throws: As the initialiser, and ``replacing(with:)``.
  public func repriced(
    for architecture: Architecture, isOtherArray: Bool = false
  ) throws(EnergyError) -> EnergyModel {
    var model = try EnergyModel(
      architecture: architecture, technology: technology, table: table)
    if let calibration, !isOtherArray || calibration.model(of: .treeArray, in: architecture) != nil
    {
      model = try model.calibrated(by: calibration)
    }
    guard let tables = isOtherArray ? accelergy?.withoutArray : accelergy else { return model }
    return tables.isEmpty ? model : try model.replacing(with: tables)
  }

  /// The energy of the work that `counts` counted.
  ///
  /// Products must be counted, by the hardware or from the weights: ``Event/laneAdd``,
  /// ``Event/laneSubtract`` and ``Event/laneSkip`` price the lanes.
  public func energy(of counts: EventCounts) -> LayerEnergy {
    LayerEnergy(prices: prices, counts: counts)
  }

  /// The energy of a bit to or from external memory.
  public var energyPerExternalBit: Estimate<Joules> {
    architecture.parameters.memory.energyPerBit
  }

  /// Seconds of `cycles` clock cycles.
  public func seconds(cycles: UInt64) -> Double {
    Double(cycles) / (architecture.parameters.clockMHz * 1e6)
  }
}
