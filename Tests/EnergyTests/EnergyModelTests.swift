import Activity
import Architecture
import Foundation
import Testing

@testable import Energy

@Suite struct EnergyModelTests {
  /// Small and default-sized, with flip-flops and macros, with lane counters and without, in both
  /// technologies.
  static func models() throws -> [EnergyModel] {
    let architectures = [
      try architecture(),
      try architecture { $0.laneCounters = false },
      try architecture {
        ($0.rows, $0.lanes, $0.busBytes, $0.treeRegisterEvery) = (16, 64, 16, 2)
        ($0.weightBufferWords, $0.activationBufferWords) = (128, 256)
        ($0.accumulatorDepth, $0.outputQueueDepth) = (32, 4)
        $0.sramFlavour = .lowStandbyPower
      },
      try architecture {
        ($0.output, $0.multiplierBufferWords, $0.accumulatorDepth) = (.int8, 128, 8)
        ($0.tokensPerWeight, $0.weightCoding, $0.datapath) = (4, .fiveInEight, .bitSerial)
      },
    ]
    return try Technology.names.flatMap { name in
      let technology = try Technology(named: name)
      return try architectures.map { try EnergyModel(architecture: $0, technology: technology) }
    }
  }

  @Test("the terms of a component add up to it, and the components to the total")
  func sums() throws {
    for model in try Self.models() {
      let layer = model.energy(of: sampleCounts())
      var total = 0.0
      for component in EnergyComponent.allCases {
        let terms = layer.terms.filter { $0.price.component == component }
        #expect(!terms.isEmpty, "\(component.rawValue)")
        let sum = terms.reduce(0) {
          $0 + Double($1.count) * $1.price.quantity * $1.price.each.typical
        }
        #expect(close(layer[component].typical, sum))
        total += sum
      }
      #expect(close(layer.total.typical, total))
      #expect(
        close(layer.onChip.typical + layer[.externalMemory].typical, layer.total.typical))
    }
  }

  @Test("what has one origin moves all terms alike, and origins are independent of each other")
  func bounds() throws {
    for model in try Self.models() {
      let layer = model.energy(of: sampleCounts())
      var (below, above): ([String: Double], [String: Double]) = ([:], [:])
      for term in layer.terms {
        let uses = Double(term.count) * term.price.quantity
        for part in term.price.each.deviations.parts {
          below[part.origin, default: 0] += uses * part.below
          above[part.origin, default: 0] += uses * part.above
        }
      }
      #expect(below.count >= 4)
      func root(_ parts: [String: Double]) -> Double {
        parts.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      }
      #expect(close(layer.total.low, layer.total.typical - root(below)))
      #expect(close(layer.total.high, layer.total.typical + root(above)))
    }
  }

  @Test("every term names a figure with a source")
  func sources() throws {
    for model in try Self.models() {
      for price in model.prices {
        #expect(!price.each.source.isEmpty && !price.what.isEmpty && price.quantity > 0)
        #expect(price.each.low > 0, "\(price.component.rawValue): \(price.what)")
      }
    }
  }

  @Test("no events cost nothing")
  func zero() throws {
    for model in try Self.models() {
      let layer = model.energy(of: EventCounts())
      #expect(layer.total.low == 0 && layer.total.high == 0)
      #expect(layer.terms.allSatisfy { $0.energy.typical == 0 })
      #expect(layer.products == 0)
    }
  }

  @Test("each event alone costs in proportion to its count", arguments: Event.allCases)
  func linear(event: Event) throws {
    for model in try Self.models() {
      func total(_ count: UInt64) -> Double {
        var counts = EventCounts()
        counts[event] = count
        return model.energy(of: counts).total.typical
      }
      #expect(close(total(1023), 1023 * total(1)))
      #expect(close(total(1 << 40), Double(1 << 40) * total(1)))
    }
  }

  @Test("the energies of two layers add up to that of their events")
  func additive() throws {
    for model in try Self.models() {
      let (once, twice) = (sampleCounts(), sampleCounts() + sampleCounts())
      let (one, two) = (model.energy(of: once), model.energy(of: twice))
      for component in EnergyComponent.allCases {
        #expect(close(two[component].typical, 2 * one[component].typical))
      }
      #expect(one.products == 480 && two.products == 960)
    }
  }

  @Test("events that only say why the array waits cost nothing by themselves")
  func free() throws {
    for model in try Self.models() {
      var free = Event.stalls + [.readBurst, .writeBurst, .accumulatorOverflow]
      // int32 results cost nothing that only int8 ones have.
      if model.architecture.parameters.output == .int32 {
        free += [.requantisation, .multiplierBufferRead, .multiplierBufferWrite]
      }
      let priced = Set(model.prices.map(\.event))
      for event in Event.allCases {
        #expect(priced.contains(event) != free.contains(event), "\(event.name)")
      }
    }
  }

  @Test("leakage is in proportion to time: to cycles, and to the clock period")
  func leakage() throws {
    let technology = try Technology(named: "cmos-45nm")
    func leakage(cycles: UInt64, clockMHz: Double) throws -> Double {
      let model = try EnergyModel(
        architecture: architecture { $0.clockMHz = clockMHz }, technology: technology)
      var counts = EventCounts()
      counts[.cycles] = cycles
      #expect(close(model.seconds(cycles: cycles), Double(cycles) / clockMHz * 1e-6))
      return model.energy(of: counts)[.leakage].typical
    }
    let base = try leakage(cycles: 1000, clockMHz: 1000)
    #expect(base > 0)
    #expect(close(try leakage(cycles: 3000, clockMHz: 1000), 3 * base))
    #expect(close(try leakage(cycles: 1000, clockMHz: 250), 4 * base))
  }

  @Test("a gated zero costs 0.58 of a product")
  func gating() throws {
    let technology = try Technology(named: "cmos-7nm")
    func product(_ event: Event) throws -> Double {
      let model = try EnergyModel(architecture: architecture(), technology: technology)
      var counts = EventCounts()
      counts[event] = 1
      return model.energy(of: counts)[.array].typical
    }
    let add = try product(.laneAdd)
    #expect(close(try product(.laneSubtract), add))
    #expect(close(try product(.laneSkip), 0.58 * add))
  }

  @Test("low-standby cells leak ten thousand times less than high-performance ones")
  func flavour() throws {
    func weightBufferLeakage(_ flavour: Architecture.Parameters.SRAMFlavour) throws -> Double {
      let model = try EnergyModel(
        architecture: architecture { $0.sramFlavour = flavour },
        technology: Technology(named: "cmos-45nm"))
      let price = model.prices.first { $0.what == "weight buffer banks" }
      return try #require(price).each.typical
    }
    let ratio = try weightBufferLeakage(.highPerformance) / weightBufferLeakage(.lowStandbyPower)
    #expect(ratio > 3000 && ratio < 30_000)
  }

  @Test("provenance is the weakest that went in")
  func provenance() throws {
    let at7 = try EnergyModel(
      architecture: architecture(), technology: Technology(named: "cmos-7nm"))
    let layer = at7.energy(of: sampleCounts())
    #expect(layer[.externalMemory].provenance == .literature)
    #expect(layer[.weightBuffer].provenance == .scaled)
    #expect(layer[.leakage].provenance == .assumed)
    #expect(layer.total.provenance == .assumed)
  }

  @Test("a technology whose node the table lacks is refused with the nodes that it has")
  func missingNode() throws {
    let yaml = TechnologyFileTests.good.replacingOccurrences(of: "nm: 45", with: "nm: 5")
    let technology = try Technology(yaml: yaml, file: "user.yaml")
    let error = #expect(throws: EnergyError.self) {
      try EnergyModel(architecture: architecture(), technology: technology)
    }
    let expected = "SRAM table: hp cells: expected a node of 22, 32, 45, 65, 90 nm, found 5 nm"
    #expect(error?.message == expected)
  }
}
