import Activity
import Architecture

/// The tree array of one architecture in a calibrated cell library.
struct CalibratedArray: Sendable {
  private let model: CalibratedModel
  private let library: String
  private let architecture: Architecture
  private var structure: Structure { Structure(architecture) }

  init(_ model: CalibratedModel, library: String, architecture: Architecture) {
    self.model = model
    self.library = library
    self.architecture = architecture
  }

  // MARK: Energy

  /// The coefficients of energy, each with the error of held-out measurements.
  private var coefficients: [(term: CalibratedTerm, each: Estimate<Joules>)] {
    zip(model.energy.terms, model.energy.coefficients).map { term, value in
      (term, model.energy.estimate(value, .energy, term.rawValue, library: library))
    }
  }

  /// Prices from counted toggles; the mean over the busy cycles stands for each of them.
  func prices(_ toggles: Toggles, perBusyCycle busy: UInt64) -> [EnergyPrice] {
    guard busy > 0 else { return prices { $0 == .clock ? clock : nil } }
    // Clock cycles are priced by their own event.
    let totals = CalibratedTerm.totals(of: toggles, cycles: 0, in: architecture)
    return prices { term in
      if term == .clock { return clock }
      return totals[term].map { (.busy, $0 / Double(busy)) }
    }
  }

  private var clock: (Event, Double) { (.cycles, Double(structure.treeRegisters)) }

  private func prices(_ use: (CalibratedTerm) -> (Event, Double)?) -> [EnergyPrice] {
    coefficients.compactMap { term, each in
      guard let (event, quantity) = use(term), quantity > 0 else { return nil }
      return EnergyPrice(
        component: .array, event: event, what: Self.words(term), quantity: quantity, each: each)
    }
  }

  /// Prices where toggles were not counted.
  var densityPrices: [EnergyPrice] {
    let expected = ExpectedToggles(architecture)
    return coefficients.flatMap { term, each -> [EnergyPrice] in
      if term == .clock { return prices { $0 == .clock ? clock : nil } }
      return expected.uses(of: term).map { event, quantity in
        EnergyPrice(
          component: .array, event: event, what: Self.densityMark + Self.words(term),
          quantity: quantity, each: each.scaled(by: EnergyModel.density))
      }
    }
  }

  private static let densityMark = "estimated "

  /// Whether `price` is one of ``densityPrices``.
  func isDensity(_ price: EnergyPrice) -> Bool {
    price.component == .array
      && (price.what.hasPrefix(Self.densityMark) || price.what == Self.words(.clock))
  }

  private static func words(_ term: CalibratedTerm) -> String {
    let name = term.rawValue.replacing("_", with: " ")
    return term == .clock ? "clocks of tree flip-flops" : "toggles of \(name)"
  }

  /// What of `price` is not in the calibration: all but the trees, and the leakage of cells, which is
  /// another.
  func remaining(_ price: EnergyPrice) -> EnergyPrice? {
    func part(_ share: Double, what: String) -> EnergyPrice? {
      share == 0
        ? nil
        : EnergyPrice(
          component: price.component, event: price.event, what: what,
          quantity: price.quantity * share, each: price.each)
    }
    switch (price.component, price.what) {
    case (.array, "flip-flop clocks"), (.array, "flip-flop changes"):
      return part(
        Double(structure.registersOutsideTrees) / Double(structure.arrayRegisters),
        what: price.what + " outside the trees")
    case (.clockTreeAndWires, _), (.array, _): return nil
    case (.leakage, PriceList.standardCells): return nil
    default: return price
    }
  }

  // MARK: Area and leakage

  /// The parts of the trees.
  var areaTerms: [AreaModel.Term] {
    let (structure, tree) = (structure, structure.tree)
    return zip(model.area.terms, model.area.coefficients).compactMap { term, value in
      let count = term.count(inTrees: tree, of: structure)
      guard count > 0 else { return nil }
      return AreaModel.Term(
        block: .treeArray, part: "trees: \(term.rawValue.replacing("_", with: " "))", count: count,
        each: model.area.estimate(value, .area, term.rawValue, library: library),
        isLogic: false)
    }
  }

  /// Watts of the trees.
  var leakage: Estimate<Watts> {
    let watts = model.leakage.value { $0.count(in: .treeArray, of: architecture) }
    return model.leakage.estimate(watts, .leakage, "trees", library: library)
  }

  /// Of all flip-flops of the array those that are no part of a tree.
  func outsideTree(_ term: AreaModel.Term) -> AreaModel.Term? {
    let count = Double(structure.registersOutsideTrees)
    return count == 0
      ? nil
      : AreaModel.Term(
        block: term.block, part: "flip-flops outside the trees", count: count, each: term.each,
        isLogic: true)
  }
}

/// How many bits toggle where nobody counted: operands that are independent from one to the next,
/// random activations, and weights of which 42% are zero.
///
/// A bit that is random toggles every other time; so does each bit of a sum of such terms, the
/// copies of its sign included.
struct ExpectedToggles {
  private let architecture: Architecture
  private var parameters: Architecture.Parameters { architecture.parameters }
  private var activationBits: Double { Double(parameters.activationBits) }
  private static let zeros = 1 - Structure.gatedProductShare

  init(_ architecture: Architecture) { self.architecture = architecture }

  /// Events, and how many units of `term` each of them stands for.
  func uses(of term: CalibratedTerm) -> [(event: Event, quantity: Double)] {
    let trees = Double(parameters.rows * parameters.tokensPerWeight)
    switch term {
    case .tables:
      let adderBits = Double(Tree.tableAdderBits(parameters))
      return [(.activationBufferRead, activationBits / 2 * adderBits)].filter { $0.1 > 0 }
    case .activations:
      let changes = activationBits / 2 * Double(parameters.lanes * parameters.rows)
      return [(.activationBufferRead, changes)]
    case .weights:
      let bits = Double(parameters.rows * parameters.lanes * parameters.tokensPerWeight)
      return [(.weightBufferRead, Self.tritBits * bits)]
    case .terms:
      let bits = productBits / 2
      return [
        (.laneAdd, bits), (.laneSubtract, bits),
        (.laneSkip, bits * Structure.gatedProductShare),
      ]
    case .level1, .level2, .level3, .level4:
      return [(.busy, trees * levelBits(term) / 2)].filter { $0.1 > 0 }
    case .sums:
      let interval = Double(architecture.operandInterval)
      return [(.busy, trees * Double(architecture.sumBits) / 2 / interval)]
    default: return []
    }
  }

  /// Bits that differ between two trits: coded 00, 01 and 11 for 0, +1 and −1.
  static var tritBits: Double {
    let (zero, one) = (zeros, (1 - zeros) / 2)
    return 2 * (zero * one + 2 * zero * one + one * one)
  }

  /// Bits of terms for each product that is not zero.
  private var productBits: Double {
    switch parameters.datapath {
    case .xorPopcount, .carrySave, .carryIn: activationBits
    case .negate: activationBits + 1
    // Each sign is in a tree of its own, and moves both where signs change.
    case .splitSign: activationBits * 1.2
    case .lookup2, .lookup3, .lookup4: termBits / Double(parameters.datapath.group)
    // A bit in each cycle, half of which are 0.
    case .bitSerial: activationBits
    case .int8MAC: activationBits + 8
    }
  }

  /// Bits of one term of the tree.
  private var termBits: Double {
    switch parameters.datapath {
    case .xorPopcount, .carrySave, .carryIn, .splitSign: activationBits
    case .negate: activationBits + 1
    case .lookup2, .lookup3, .lookup4: activationBits + Double(ceilLog2(parameters.datapath.group))
    case .bitSerial: 1
    case .int8MAC: activationBits + 8
    }
  }

  /// Bits of all sums of the levels that the term stands for, of one tree.
  private func levelBits(_ term: CalibratedTerm) -> Double {
    let (every, group) = (parameters.treeRegisterEvery, parameters.datapath.group)
    let signs = [.splitSign, .bitSerial].contains(parameters.datapath) ? 2.0 : 1
    var (count, level, bits) = (ceilDivide(parameters.lanes, group), 0, 0.0)
    while count > 1 {
      let depth = every == 0 ? level : level % every
      count = (count + 1) / 2
      level += 1
      let stands: CalibratedTerm =
        depth == 0 ? .level1 : depth == 1 ? .level2 : depth == 2 ? .level3 : .level4
      if stands == term { bits += signs * Double(count) * (termBits + Double(level)) }
    }
    return bits
  }
}
