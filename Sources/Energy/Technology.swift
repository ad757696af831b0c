/// What the primitive parts of a design cost in one process, each figure with range and source.
///
/// Energies are in joules per use of one bit at random data, areas in µm². Files come with the
/// module (``names``) or from the user; the keys are those of ``Key``.
public struct Technology: Equatable, Sendable {
  /// The name that architecture files use: `cmos-7nm`.
  public let name: String
  /// One paragraph on where the figures come from.
  public let description: String
  /// The node of the cells in nm, or `nil` where the file does not state it.
  public let node: Int?
  /// The calibration of `setun calibrate` that is of the same cells, if there is one: the name of one
  /// that comes along, or a file.
  public let calibration: String?
  public let supplyVoltage: Estimate<Volts>
  public let energy: Energies
  public let area: Areas
  /// Leakage power of a µm² of standard cells.
  public let logicLeakage: Estimate<WattsPerSquareMicrometre>
  public let operations: Operations
  public let sram: SRAMScaling
  /// What clock tree and wires add to the dynamic energy of cells and memories on the chip, as a
  /// share of it.
  public var clockTreeAndWires: Estimate<Ratio>

  /// The published shares, for technologies whose file states none.
  public static let publishedClockTreeAndWires = Estimate<Ratio>(
    low: 0.06, typical: 0.10, high: 0.15, provenance: .literature,
    source: "clock tree and wires: 6–15% in published designs, typical an assumption between them")

  /// Energies of one bit of a primitive.
  public struct Energies: Equatable, Sendable {
    /// A full adder in a carry-propagate adder, per addition.
    public let adderBit: Estimate<Joules>
    /// AND and XOR of one activation bit with a trit, per product.
    public let selectBit: Estimate<Joules>
    /// Both clock edges of a flip-flop that keeps its value.
    public let registerClock: Estimate<Joules>
    /// A change of a flip-flop's value, without the clock.
    public let registerToggle: Estimate<Joules>
  }

  /// Areas of standard cells, before placement.
  public struct Areas: Equatable, Sendable {
    public let adderBit: Estimate<SquareMicrometres>
    public let selectBit: Estimate<SquareMicrometres>
    public let registerBit: Estimate<SquareMicrometres>
    /// A two-input NAND gate.
    public let gate: Estimate<SquareMicrometres>
  }

  /// Energies of whole operations, as published tables give them: for baselines only.
  public struct Operations: Equatable, Sendable {
    public let int8Add: Estimate<Joules>
    public let int32Add: Estimate<Joules>
    public let int8Multiply: Estimate<Joules>
    public let fp16Add: Estimate<Joules>
    public let fp16Multiply: Estimate<Joules>
  }

  /// Which node of the SRAM table stands in, and what its figures are multiplied by.
  public struct SRAMScaling: Equatable, Sendable {
    public let node: Int
    public let energy: Estimate<Ratio>
    public let leakage: Estimate<Ratio>
    public let area: Estimate<Ratio>
    public let delay: Estimate<Ratio>
  }

  /// The figures of a technology file. The raw value is the YAML key and ends with the unit.
  enum Key: String, CaseIterable {
    case supplyVoltage = "supply_voltage_V"
    case adderBitEnergy = "adder_bit_energy_fJ"
    case selectBitEnergy = "select_bit_energy_fJ"
    case registerClockEnergy = "register_clock_energy_fJ"
    case registerToggleEnergy = "register_toggle_energy_fJ"
    case adderBitArea = "adder_bit_area_um2"
    case selectBitArea = "select_bit_area_um2"
    case registerBitArea = "register_bit_area_um2"
    case gateArea = "gate_area_um2"
    case logicLeakage = "logic_leakage_nW_per_um2"
    case int8AddEnergy = "int8_add_energy_pJ"
    case int32AddEnergy = "int32_add_energy_pJ"
    case int8MultiplyEnergy = "int8_multiply_energy_pJ"
    case fp16AddEnergy = "fp16_add_energy_pJ"
    case fp16MultiplyEnergy = "fp16_multiply_energy_pJ"
    case sramEnergyRatio = "sram_energy_ratio"
    case sramLeakageRatio = "sram_leakage_ratio"
    case sramAreaRatio = "sram_area_ratio"
    case sramDelayRatio = "sram_delay_ratio"
    case clockTreeAndWiresRatio = "clock_tree_and_wires_ratio"

    /// Whether a file must state it.
    var isRequired: Bool { self != .clockTreeAndWiresRatio }

    /// What a figure in the key's unit is multiplied by to get V, J, µm² or W/µm².
    var factor: Double {
      if rawValue.hasSuffix("_fJ") { return 1e-15 }
      if rawValue.hasSuffix("_pJ") { return 1e-12 }
      if rawValue.hasSuffix("_nW_per_um2") { return 1e-9 }
      return 1
    }

    /// What figures of the file that err together have in common: voltage, corner and library of its
    /// cells, what its adders leave out.
    var origin: String {
      switch self {
      case .adderBitEnergy, .selectBitEnergy, .registerClockEnergy, .registerToggleEnergy:
        "cell energies"
      case .adderBitArea, .selectBitArea, .registerBitArea, .gateArea: "cell areas"
      case .int8AddEnergy, .int32AddEnergy, .int8MultiplyEnergy, .fp16AddEnergy,
        .fp16MultiplyEnergy:
        "operation energies"
      case .supplyVoltage, .logicLeakage, .sramEnergyRatio, .sramLeakageRatio, .sramAreaRatio,
        .sramDelayRatio, .clockTreeAndWiresRatio:
        rawValue
      }
    }
  }
}

extension Technology {
  /// Reads a technology file.
  ///
  /// - Parameters:
  ///   - yaml: The text.
  ///   - file: What messages call it.
  /// - Throws: ``EnergyError`` with file and line at the first unknown, missing or illegal entry.
  public init(yaml: String, file: String) throws(EnergyError) {
    let reader = try TechnologyReader(yaml: yaml, file: file)
    name = try reader.text("name")
    description = try reader.text("description")
    node = try reader.optionalInteger("node_nm")
    calibration = try reader.optionalText("calibration").map { Self.path($0, beside: file) }
    supplyVoltage = try reader.figure(.supplyVoltage)
    energy = Energies(
      adderBit: try reader.figure(.adderBitEnergy), selectBit: try reader.figure(.selectBitEnergy),
      registerClock: try reader.figure(.registerClockEnergy),
      registerToggle: try reader.figure(.registerToggleEnergy))
    area = Areas(
      adderBit: try reader.figure(.adderBitArea), selectBit: try reader.figure(.selectBitArea),
      registerBit: try reader.figure(.registerBitArea), gate: try reader.figure(.gateArea))
    logicLeakage = try reader.figure(.logicLeakage)
    operations = Operations(
      int8Add: try reader.figure(.int8AddEnergy), int32Add: try reader.figure(.int32AddEnergy),
      int8Multiply: try reader.figure(.int8MultiplyEnergy),
      fp16Add: try reader.figure(.fp16AddEnergy),
      fp16Multiply: try reader.figure(.fp16MultiplyEnergy))
    sram = SRAMScaling(
      node: try reader.integer("sram_node_nm"), energy: try reader.figure(.sramEnergyRatio),
      leakage: try reader.figure(.sramLeakageRatio), area: try reader.figure(.sramAreaRatio),
      delay: try reader.figure(.sramDelayRatio))
    clockTreeAndWires =
      try reader.optionalFigure(.clockTreeAndWiresRatio) ?? Self.publishedClockTreeAndWires
  }
}
