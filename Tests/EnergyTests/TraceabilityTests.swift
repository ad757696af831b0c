import Activity
import Architecture
import Testing

@testable import Energy

/// A block of area or energy that cannot be traced to its source does not exist.
@Suite struct TraceabilityTests {
  /// Models with every kind of source.
  static func models() throws -> [(String, EnergyModel)] {
    var models = try EnergyModelTests.models().map { ("\($0.technology.name)", $0) }
    let at45 = try Technology(named: "cmos-45nm")
    let small = try EnergyModel(architecture: architecture(), technology: at45)
    models.append(("calibrated", try small.calibrated(by: CalibratedModelTests.calibration())))
    var tables = AccelergyTables()
    try tables.add(yaml: AccelergyTests.ert, file: "ert.yaml")
    try tables.add(yaml: AccelergyTests.art, file: "art.yaml")
    models.append(("accelergy", try small.replacing(with: tables)))
    let parts = try SRAMTable.parts(csv: SRAMPartTests.list, file: "m.csv")
    models.append(
      (
        "macros",
        try EnergyModel(
          architecture: architecture(), technology: at45, table: SRAMTable(parts: parts))
      ))
    models.append(
      (
        "scaled",
        try EnergyModel(
          architecture: architecture(), technology: at45.scaled(to: .init(node: 10, volts: 0.75)))
      ))
    return models
  }

  /// A source names something, and is no sum of things that are not named.
  private func isTraceable<U: Unit>(_ figure: Estimate<U>) -> Bool {
    let pieces = figure.source.split(separator: ";", omittingEmptySubsequences: false)
    let isNamed = pieces.allSatisfy { $0.contains(where: \.isLetter) }
    return isNamed && figure.source != "sum" && !pieces.contains(" sum")
      && figure.deviations.parts.allSatisfy { $0.origin.contains(where: \.isLetter) }
  }

  @Test("every term of energy is a count, a use and a figure with a source")
  func energy() throws {
    for (name, model) in try Self.models() {
      let layer = model.energy(of: sampleCounts())
      #expect(layer.terms.count == model.prices.count)
      for term in layer.terms {
        let place = "\(name): \(term.price.component.rawValue): \(term.price.what)"
        #expect(isTraceable(term.price.each), "\(place): \(term.price.each.source)")
        #expect(!term.price.what.isEmpty && term.price.quantity > 0, "\(place)")
        let energy = Double(term.count) * term.price.quantity * term.price.each.typical
        #expect(close(term.energy.typical, energy), "\(place)")
      }
      // Nothing is in the total that is not a term.
      #expect(close(layer.total.typical, layer.terms.reduce(0) { $0 + $1.energy.typical }))
    }
  }

  @Test("every component and block names its sources, and what each of them contributes")
  func contributions() throws {
    for (name, model) in try Self.models() {
      let layer = model.energy(of: sampleCounts())
      for component in EnergyComponent.allCases where layer[component].high > 0 {
        let place = "\(name): \(component.rawValue)"
        #expect(isTraceable(layer[component]), "\(place): \(layer[component].source)")
        let own = layer.contributions.filter { $0.part == component }
        #expect(own.allSatisfy { $0.amount > 0 && !$0.source.isEmpty }, "\(place)")
        #expect(close(own.reduce(0) { $0 + $1.amount }, layer[component].typical), "\(place)")
        #expect(own.map(\.provenance).max() == layer[component].provenance, "\(place)")
      }
      for block in model.area.areas {
        #expect(isTraceable(block.area), "\(name): \(block.block): \(block.area.source)")
        let own = model.area.contributions.filter { $0.part == block.block }
        #expect(close(own.reduce(0) { $0 + $1.amount }, block.area.typical), "\(block.block)")
      }
    }
  }

  @Test("every block of area is parts with a source, and nothing else")
  func area() throws {
    for (name, model) in try Self.models() {
      #expect(model.area.areas.map(\.block) == Block.allCases)
      for block in model.area.areas {
        #expect(!block.terms.isEmpty, "\(name): \(block.block.rawValue)")
        for term in block.terms {
          #expect(isTraceable(term.each), "\(name): \(term.part): \(term.each.source)")
          #expect(!term.part.isEmpty && term.count > 0)
        }
        let sum = block.terms.reduce(0) { $0 + $1.count * $1.each.typical }
        #expect(close(block.area.typical, sum), "\(name): \(block.block.rawValue)")
      }
      #expect(
        close(model.area.total.typical, model.area.areas.reduce(0) { $0 + $1.area.typical }))
    }
  }

  @Test("every memory of an accelerator is accessed, leaks and has an area")
  func memories() throws {
    let model = try EnergyModel(
      architecture: architecture {
        ($0.output, $0.multiplierBufferWords, $0.busBytes) = (.int8, 1024, 8)
      },
      technology: Technology(named: "cmos-45nm"))
    let leaking = model.prices.filter { $0.component == .leakage }.map(\.what)
    #expect(
      leaking == [
        "standard cells", "weight buffer banks", "activation buffer banks", "accumulator banks",
        "multiplier buffer banks",
      ])
    let multipliers = try #require(model.prices.last { $0.component == .leakage })
    // 1,024 × 64 bits: the 8 KB row, 6.20 + 0.25 mW.
    let row = try SRAMTable.standard().macro(
      bits: 64, words: 1024, flavour: .highPerformance, node: 45)
    #expect(row.basis == .exact)
    #expect(close(multipliers.each.typical, row.leakage.typical / 500e6))
  }
}
