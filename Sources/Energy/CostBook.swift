package import Architecture

/// The energies and areas of ``EnergyModel`` as plain numbers, for sweeps: a million architectures a
/// second instead of a few thousand. Where the technology names a calibration, they are those of
/// ``EnergyModel/calibrated(by:)``.
///
/// It adds the same prices and areas in another order, and without their sources: totals agree with
/// the model's to the last digits. What recurs from point to point, memories and trees, is kept.
package final class CostBook {
  package let technology: Technology
  private let table: SRAMTable
  private var origins = Origins()
  private var memories: [MemoryKey: MemoryFigures] = [:]
  private var latest = [MemoryFigures?](repeating: nil, count: 4)
  private var trees: [TreeKey: Tree] = [:]
  private let cells: CellFigures
  private var calibration: CalibratedBook?
  /// The costs of architectures that were met lately, by a part of what they depend on.
  private var latestParts = [(Architecture.Parameters, PartCosts)?](
    repeating: nil, count: latestPartsCount)
  /// A power of two.
  private static let latestPartsCount = 1024

  /// - Parameter table: SRAM figures, or `nil` for the table that comes with the module.
  /// - Throws: ``EnergyError`` when the table or the calibration cannot be read.
  package init(_ technology: Technology, table: SRAMTable? = nil) throws(EnergyError) {
    self.technology = technology
    if let table { self.table = table } else { self.table = try SRAMTable.standard() }
    cells = CellFigures(technology, &origins)
    calibration = try technology.calibratedCells().map { CalibratedBook($0, &origins) }
    // Origins are numbered in an order of their own, whatever memories come first: the order in which
    // squares are added decides on last bits.
    for flavour in Architecture.Parameters.SRAMFlavour.allCases {
      for (bits, words) in [(61, 1009), (2, 2)] {
        let memory = Memory(banks: 1, bits: bits, words: words)
        let key = MemoryKey(bits: bits, words: words, flavour: flavour)
        guard
          let cost = try? MemoryCost(
            memory, flavour: flavour, technology: technology, table: self.table)
        else { continue }
        _ = MemoryFigures(cost, key, &origins)
      }
    }
  }

  /// What `architecture` costs.
  ///
  /// - Throws: ``EnergyError`` when the SRAM table lacks the node and flavour, or the calibration the
  ///   tree array.
  package func costs(of architecture: Architecture) throws(EnergyError) -> PointCosts {
    let parameters = architecture.parameters
    let place = parameters.placeOfParts & (Self.latestPartsCount - 1)
    if let (known, parts) = latestParts[place], known.hasParts(of: parameters) {
      return PointCosts(parts, parameters)
    }
    let parts = try partCosts(of: architecture)
    latestParts[place] = (parameters, parts)
    return PointCosts(parts, parameters)
  }

  private func partCosts(of architecture: Architecture) throws(EnergyError) -> PartCosts {
    let structure = Structure(architecture)
    let flavour = architecture.parameters.sramFlavour
    let memories = MemorySet(
      weightBuffer: try figures(structure.weightBuffer, flavour, slot: 0),
      activationBuffer: try figures(structure.activationBuffer, flavour, slot: 1),
      accumulators: try figures(structure.accumulatorMemory, flavour, slot: 2),
      multiplierBuffer: try multiplierFigures(structure, flavour))
    let calibrated = try calibration?.costs(of: structure, &origins)
    return PartCosts(structure, tree(architecture), cells, memories, calibrated)
  }

  private func multiplierFigures(
    _ structure: Structure, _ flavour: Architecture.Parameters.SRAMFlavour
  ) throws(EnergyError) -> MemorySet.Banks? {
    guard let memory = structure.multiplierBuffer else { return nil }
    return try figures(memory, flavour, slot: 3)
  }

  /// - Parameter slot: Where the figures are that were asked for before, in all likelihood the same.
  private func figures(
    _ memory: Memory, _ flavour: Architecture.Parameters.SRAMFlavour, slot: Int
  ) throws(EnergyError) -> MemorySet.Banks {
    let key = MemoryKey(bits: memory.bits, words: memory.words, flavour: flavour)
    if let figures = latest[slot], figures.key == key {
      return MemorySet.Banks(count: Double(memory.banks), figures: figures)
    }
    let figures: MemoryFigures
    if let known = memories[key] {
      figures = known
    } else {
      let cost = try MemoryCost(memory, flavour: flavour, technology: technology, table: table)
      figures = MemoryFigures(cost, key, &origins)
      memories[key] = figures
    }
    latest[slot] = figures
    return MemorySet.Banks(count: Double(memory.banks), figures: figures)
  }

  private struct TreeKey: Hashable {
    let lanes: Int
    let activationBits: Int
    let datapath: Architecture.Parameters.Datapath
    let registerEvery: Int
  }

  private func tree(_ architecture: Architecture) -> Tree {
    let parameters = architecture.parameters
    let key = TreeKey(
      lanes: parameters.lanes, activationBits: parameters.activationBits,
      datapath: parameters.datapath, registerEvery: parameters.treeRegisterEvery)
    if let known = trees[key] { return known }
    let tree = Tree(architecture)
    trees[key] = tree
    return tree
  }
}

extension Architecture.Parameters {
  /// Whether architectures with the two are made of the same parts.
  ///
  /// What is not known to make no difference makes one: so do parameters that will be added.
  func hasParts(of other: Self) -> Bool {
    var like = self
    like.clockMHz = other.clockMHz
    like.memory = other.memory
    return like == other
  }

  /// A number that differs for most designs whose parts differ.
  var placeOfParts: Int {
    // Enumerations have few cases, a byte each.
    let kind = withUnsafeBytes(of: datapath) { Int($0[0]) }
    func mixed(_ sum: Int, _ a: Int, _ b: Int, _ c: Int) -> Int {
      let product = (sum &+ a &+ b << 20 &+ c << 40) &* 0x5851_F42D_4C95_7F2D
      return product ^ product >> 29
    }
    var sum = mixed(kind, rows, lanes, tokensPerWeight)
    sum = mixed(sum, weightBufferWords, activationBufferWords, accumulatorDepth)
    return mixed(sum, outstandingReads, busBytes, treeRegisterEvery)
  }
}

/// A number for each origin that moves figures.
struct Origins {
  /// The most origins of one technology and its memories.
  static let most = 16
  private var numbers: [String: Int] = [:]

  mutating func number(of origin: String) -> Int {
    if let known = numbers[origin] { return known }
    let number = numbers.count
    precondition(number < Self.most, "more than \(Self.most) origins: \(numbers.keys.sorted())")
    numbers[origin] = number
    return number
  }
}

/// An estimate as plain numbers.
struct PlainFigure {
  var typical = 0.0
  private(set) var low = 0.0
  private(set) var high = 0.0
  /// Up to four origins, and how far each moves the figure.
  private(set) var origins = SIMD4<Int32>(repeating: -1)
  private(set) var below = SIMD4<Double>()
  private(set) var above = SIMD4<Double>()

  init<U: Unit>(_ estimate: Estimate<U>, _ known: inout Origins) {
    (low, typical, high) = (estimate.low, estimate.typical, estimate.high)
    let parts = estimate.deviations.parts
    precondition(parts.count <= 4, "\(parts.count) origins of \(estimate.source)")
    for (index, part) in parts.enumerated() {
      origins[index] = Int32(known.number(of: part.origin))
      (below[index], above[index]) = (part.below, part.above)
    }
  }
}

/// A sum of figures, with its deviation by origin.
struct PlainSum {
  var typical = 0.0
  private(set) var below = SIMD16<Double>()
  private(set) var above = SIMD16<Double>()

  mutating func add(_ count: Double, _ figure: PlainFigure) {
    typical += count * figure.typical
    for index in 0..<4 where figure.origins[index] >= 0 {
      let origin = Int(figure.origins[index])
      below[origin] += count * figure.below[index]
      above[origin] += count * figure.above[index]
    }
  }

  mutating func add(_ count: Double, _ other: PlainSum) {
    typical += count * other.typical
    below += count * other.below
    above += count * other.above
  }

  /// The product, as of two estimates: to first order, and within the products of the bounds.
  func times(_ figure: PlainFigure) -> PlainSum {
    var product = PlainSum()
    product.add(figure.typical, self)
    var deviation = figure
    deviation.typical = 0
    product.add(typical, deviation)
    let (floor, ceiling) = (bounds.low * figure.low, bounds.high * figure.high)
    let (low, typical, high) = product.bounds
    if low < floor { product.below *= (typical - floor) / (typical - low) }
    if high > ceiling { product.above *= (ceiling - typical) / (high - typical) }
    return product
  }

  /// Adds as much again as `share` says.
  mutating func grow(by share: PlainFigure) {
    let typical = typical
    self.typical += typical * share.typical
    below *= 1 + share.typical
    above *= 1 + share.typical
    var deviation = share
    deviation.typical = 0
    add(typical, deviation)
  }

  var bounds: PointCosts.Bounds {
    let (below, above) = squares
    return (typical - below.squareRoot(), typical, typical + above.squareRoot())
  }

  /// The squares of the deviations.
  var squares: (below: Double, above: Double) { ((below * below).sum(), (above * above).sum()) }
}

/// What decides the figures of a bank.
struct MemoryKey: Hashable {
  let bits: Int
  let words: Int
  let flavour: Architecture.Parameters.SRAMFlavour
}

/// What one bank of a memory costs.
final class MemoryFigures {
  let key: MemoryKey
  let read: PlainFigure
  let write: PlainFigure
  let area: PlainFigure
  let leakage: PlainFigure

  init(_ cost: MemoryCost, _ key: MemoryKey, _ origins: inout Origins) {
    self.key = key
    read = PlainFigure(cost.readEnergy, &origins)
    write = PlainFigure(cost.writeEnergy, &origins)
    area = PlainFigure(cost.area, &origins)
    leakage = PlainFigure(cost.leakage, &origins)
  }
}

/// The memories of one architecture.
struct MemorySet {
  struct Banks {
    let count: Double
    let figures: MemoryFigures
  }

  let weightBuffer: Banks
  let activationBuffer: Banks
  let accumulators: Banks
  let multiplierBuffer: Banks?
}

/// What the cells of a technology cost.
final class CellFigures {
  let adder: PlainFigure
  let select: PlainFigure
  let clock: PlainFigure
  let toggle: PlainFigure
  let adderArea: PlainFigure
  let selectArea: PlainFigure
  let registerArea: PlainFigure
  let gateArea: PlainFigure
  let leakage: PlainFigure
  let clockTreeAndWires: PlainFigure

  init(_ technology: Technology, _ origins: inout Origins) {
    adder = PlainFigure(technology.energy.adderBit, &origins)
    select = PlainFigure(technology.energy.selectBit, &origins)
    clock = PlainFigure(technology.energy.registerClock, &origins)
    toggle = PlainFigure(technology.energy.registerToggle, &origins)
    adderArea = PlainFigure(technology.area.adderBit, &origins)
    selectArea = PlainFigure(technology.area.selectBit, &origins)
    registerArea = PlainFigure(technology.area.registerBit, &origins)
    gateArea = PlainFigure(technology.area.gate, &origins)
    leakage = PlainFigure(technology.logicLeakage, &origins)
    clockTreeAndWires = PlainFigure(technology.clockTreeAndWires, &origins)
  }
}
