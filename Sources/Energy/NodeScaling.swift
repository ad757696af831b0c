/// Energy and area of the same cells in another node and at another supply voltage.
///
/// Stillmaker and Baas, "Scaling equations for the accurate prediction of CMOS device performance from
/// 180 nm to 7 nm" (Integration, 2017): energy ∝ aV² + bV + c, area relative to 45 nm. Against
/// synthesis in two nodes it was 2.3 times off in energy and 24% in area, so that its error bar is a
/// factor of 2.5 for energy and of 1.25 for area. It does not cover leakage.
public struct NodeScaling: Equatable, Sendable {
  /// A node, and the voltage of its supply.
  public struct Point: Equatable, Sendable, CustomStringConvertible {
    public let node: Int
    public let volts: Double

    public init(node: Int, volts: Double) {
      self.node = node
      self.volts = volts
    }

    public var description: String { "\(node) nm at \(volts) V" }
  }

  public static let energyErrorFactor = 2.5
  public static let areaErrorFactor = 1.25

  /// What figures of the old point are multiplied by.
  public let energy: Estimate<Ratio>
  public let area: Estimate<Ratio>

  private struct Node {
    let a, b, c, area: Double

    func energy(_ volts: Double) -> Double { (a * volts + b) * volts + c }
  }

  private static let nodes: [Int: Node] = [
    130: Node(a: 7.171, b: -6.709, c: 2.904, area: 6.4),
    90: Node(a: 4.762, b: -4.781, c: 2.092, area: 2.8),
    65: Node(a: 3.755, b: -4.398, c: 1.975, area: 1.5),
    45: Node(a: 1.103, b: -0.362, c: 0.2767, area: 1),
    32: Node(a: 0.9559, b: -0.7823, c: 0.471, area: 0.46),
    20: Node(a: 0.373, b: -0.1582, c: 0.04104, area: 0.21),
    16: Node(a: 0.2958, b: -0.1241, c: 0.03024, area: 0.19),
    14: Node(a: 0.2363, b: -0.09675, c: 0.02239, area: 0.17),
    10: Node(a: 0.2068, b: -0.09311, c: 0.02375, area: 0.10),
    7: Node(a: 0.1776, b: -0.09097, c: 0.02447, area: 0.059),
  ]

  /// - Throws: ``EnergyError`` when a node is not tabulated or a voltage is out of its range.
  public init(from old: Point, to new: Point) throws(EnergyError) {
    let (before, after) = (try Self.node(old), try Self.node(new))
    let source = "Stillmaker and Baas 2017, \(old) to \(new), within a factor of"
    func ratio(_ typical: Double, _ factor: Double, _ what: String) -> Estimate<Ratio> {
      Estimate(
        low: typical / factor, typical: typical, high: typical * factor, provenance: .scaled,
        source: "\(source) \(factor)", origin: "node scaling of \(what)")
    }
    energy = ratio(
      after.energy(new.volts) / before.energy(old.volts), Self.energyErrorFactor, "energy")
    area = ratio(after.area / before.area, Self.areaErrorFactor, "area")
  }

  private static func node(_ point: Point) throws(EnergyError) -> Node {
    guard let node = nodes[point.node] else {
      let known = nodes.keys.sorted().map(String.init).joined(separator: ", ")
      throw EnergyError("node scaling: expected one of \(known) nm, found \(point.node) nm")
    }
    // The fits were made for 0.5 V upwards, to the highest supply of the oldest node.
    guard 0.5...1.4 ~= point.volts else {
      throw EnergyError("node scaling: expected 0.5 to 1.4 V, found \(point.volts) V")
    }
    return node
  }
}

extension Technology {
  /// The technology in another node: every figure `scaled`, with the error bar of the formula.
  ///
  /// Leakage, which the formula does not cover, stays as it is for a µm² of cells, and shrinks with
  /// the area for memories; both are assumptions with the error bar of energy.
  ///
  /// - Throws: ``EnergyError`` when the file does not state its node, or ``NodeScaling`` refuses.
  public func scaled(to new: NodeScaling.Point) throws(EnergyError) -> Technology {
    guard let node else {
      throw EnergyError("\(name): node_nm: missing, which scaling starts from")
    }
    let scaling = try NodeScaling(
      from: .init(node: node, volts: supplyVoltage.typical), to: new)
    let (energyRatio, areaRatio) = (scaling.energy, scaling.area)
    let leakageRatio = Estimate<Ratio>(
      low: 1 / NodeScaling.energyErrorFactor, typical: 1, high: NodeScaling.energyErrorFactor,
      provenance: .assumed, source: "leakage of a µm² taken to stay as in \(node) nm",
      origin: "node scaling of leakage")
    return Technology(
      name: "\(name)-at-\(new.node)nm",
      description: "\(description) Scaled from \(node) nm: good to a factor of 2.5 only.",
      node: new.node, calibration: nil,
      supplyVoltage: Estimate(new.volts, provenance: .assumed, source: "as asked for"),
      energy: Energies(
        adderBit: energy.adderBit.scaled(by: energyRatio),
        selectBit: energy.selectBit.scaled(by: energyRatio),
        registerClock: energy.registerClock.scaled(by: energyRatio),
        registerToggle: energy.registerToggle.scaled(by: energyRatio)),
      area: Areas(
        adderBit: area.adderBit.scaled(by: areaRatio),
        selectBit: area.selectBit.scaled(by: areaRatio),
        registerBit: area.registerBit.scaled(by: areaRatio), gate: area.gate.scaled(by: areaRatio)),
      logicLeakage: logicLeakage.scaled(by: leakageRatio),
      operations: Operations(
        int8Add: operations.int8Add.scaled(by: energyRatio),
        int32Add: operations.int32Add.scaled(by: energyRatio),
        int8Multiply: operations.int8Multiply.scaled(by: energyRatio),
        fp16Add: operations.fp16Add.scaled(by: energyRatio),
        fp16Multiply: operations.fp16Multiply.scaled(by: energyRatio)),
      sram: SRAMScaling(
        node: sram.node, energy: sram.energy.scaled(by: energyRatio),
        leakage: sram.leakage.scaled(by: areaRatio).scaled(by: leakageRatio),
        area: sram.area.scaled(by: areaRatio), delay: sram.delay),
      clockTreeAndWires: clockTreeAndWires)
  }
}
