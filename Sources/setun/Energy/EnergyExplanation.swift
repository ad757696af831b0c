import Activity
import Architecture
import Energy
import Foundation
import Report
import Workload

/// The energy of a layer and the area of an accelerator as tables down to each source.
struct EnergyExplanation {
  let model: EnergyModel
  let layer: String
  let shape: MatmulShape
  let counts: EventCounts
  let baselines: Baselines
  /// What to keep in mind of the sources, a sentence each.
  let notes: [String]

  private var energy: LayerEnergy { model.energy(of: counts) }

  // MARK: Energy

  func text(width: Int, color: Bool) -> String {
    let energy = energy
    let parameters = model.architecture.parameters
    let title =
      "\(layer), M = \(shape.m), N = \(shape.n), K = \(shape.k), on \(parameters.name) in "
      + "\(model.technology.name): \(Self.number(energy.total, scale: 1e9)) nJ, "
      + "\(Self.number(energy.total, scale: 1e12 / Double(shape.macs))) pJ a product"
    return [
      title, "", tree.text(width: width, color: color),
      "what the bounds come from", "", origins.text(width: width, color: color),
      "on other hardware", "", others.text(width: width, color: color),
    ].joined(separator: "\n") + remarks
  }

  /// A clock that the cells do not reach, and the notes.
  private var remarks: String {
    let warning = model.clock?.warning.map { "\nwarning: \($0)\n" } ?? ""
    return warning + notes.map { "\n\($0)\n" }.joined()
  }

  /// Every component with its terms that are not zero, and their sources.
  private var tree: Listing {
    let energy = energy
    var listing = Listing([
      .init("component, event", isNumber: false), .init("count"), .init("what", isNumber: false),
      .init("uses"), .init("each", unit: "fJ"), .init("low–high", unit: "fJ"),
      .init("energy", unit: "nJ"), .init("share", unit: "%"),
      .init("provenance", isNumber: false), .init("source"),
    ])
    func share(_ estimate: Estimate<Joules>) -> String {
      Self.share(estimate.typical / energy.total.typical)
    }
    var sources: [String] = []
    for component in EnergyComponent.allCases {
      let sum = energy[component]
      listing.add([
        component.rawValue, "", "", "", "", "", Self.number(1e9 * sum.typical), share(sum),
        sum.provenance.rawValue, "",
      ])
      for term in energy.terms where term.price.component == component && term.energy.high > 0 {
        let each = term.price.each
        if !sources.contains(each.source) { sources.append(each.source) }
        listing.add([
          "  \(term.price.event.name)", "\(term.count)", term.price.what,
          Self.number(term.price.quantity), Self.number(1e15 * each.typical),
          Self.range(each, scale: 1e15), Self.number(1e9 * term.energy.typical),
          share(term.energy), each.provenance.rawValue,
          "\(sources.firstIndex(of: each.source)! + 1)",
        ])
      }
    }
    listing.close(with: [
      "total", "", "", "", "", "", Self.number(1e9 * energy.total.typical), "100",
      energy.total.provenance.rawValue, "",
    ])
    for (index, source) in sources.enumerated() { listing.note("\(index + 1) ", source) }
    return listing
  }

  /// Every term as values for programs.
  var terms: Listing {
    var listing = Listing(
      [
        "component", "event", "count", "what", "uses", "each_j_low", "each_j_typical",
        "each_j_high", "energy_j_low", "energy_j_typical", "energy_j_high", "provenance", "source",
      ].map { .init($0) })
    for term in energy.terms {
      let each = term.price.each
      listing.add([
        term.price.component.rawValue, term.price.event.name, "\(term.count)", term.price.what,
        "\(term.price.quantity)", "\(each.low)", "\(each.typical)", "\(each.high)",
        "\(term.energy.low)", "\(term.energy.typical)", "\(term.energy.high)",
        each.provenance.rawValue, each.source,
      ])
    }
    return listing
  }

  /// How far each origin moves the total.
  private var origins: Listing {
    let total = energy.total
    var listing = Listing([
      .init("origin", isNumber: false), .init("down", unit: "%"), .init("up", unit: "%"),
    ])
    for part in total.deviations.parts.sorted(by: { $0.above > $1.above }) {
      listing.add([
        part.origin, Self.number(100 * part.below / total.typical),
        Self.number(100 * part.above / total.typical),
      ])
    }
    listing.close(with: [
      "together, as independent of each other",
      Self.number(100 * (total.typical - total.low) / total.typical),
      Self.number(100 * (total.high - total.typical) / total.typical),
    ])
    return listing
  }

  /// The baselines beside the layer.
  private var others: Listing {
    let own = energy.total
    var listing = Listing([
      .init("hardware", isNumber: false), .init("time", unit: "µs"), .init("bytes"),
      .init("energy", unit: "nJ"), .init("low–high", unit: "nJ"), .init("ratio", unit: "×"),
      .init("low–high", unit: "×"),
    ])
    let seconds = model.seconds(cycles: counts[.cycles])
    let bytes = [Event.weightBytesRead, .activationBytesRead, .outputBytesWritten]
      .reduce(counts[.multiplierBytesRead]) { $0 + counts[$1] }
    listing.add([
      "ternary", Self.number(1e6 * seconds), "\(bytes)", Self.number(1e9 * own.typical),
      Self.range(own, scale: 1e9), "1", "–",
    ])
    for baseline in baselines.all {
      let compared = baseline.kind.isTrafficOnly ? energy[.externalMemory] : own
      let ratio = baseline.total.quotient(by: compared)
      listing.add([
        baseline.kind.rawValue.replacing("_", with: " ")
          + (baseline.kind.isTrafficOnly ? ", memory alone" : ""),
        Self.number(1e6 * baseline.time.typical), Self.number(baseline.memoryBytes),
        Self.number(1e9 * baseline.total.typical), Self.range(baseline.total, scale: 1e9),
        ratio.map { Self.number($0.typical) } ?? "–",
        ratio.map { Self.range($0, scale: 1) } ?? "–",
      ])
      listing.note(
        baseline.kind.rawValue.replacing("_", with: " ") + ": ",
        baseline.kind.assumptions.joined(separator: " "))
    }
    return listing
  }

  func json() throws -> String {
    let energy = energy
    return try Self.encode(
      EnergyDocument(
        layer: layer, m: shape.m, n: shape.n, k: shape.k,
        architecture: model.architecture.parameters.name, technology: model.technology.name,
        joules: .init(energy.total),
        origins: energy.total.deviations.parts.map {
          .init(origin: $0.origin, below: $0.below, above: $0.above)
        },
        terms: energy.terms.map {
          .init(
            component: $0.price.component.rawValue, event: $0.price.event.name, count: $0.count,
            what: $0.price.what, uses: $0.price.quantity, joulesEach: .init($0.price.each),
            joules: .init($0.energy))
        },
        baselines: baselines.all.map {
          .init(
            name: $0.kind.rawValue, seconds: .init($0.time), bytes: $0.memoryBytes,
            joules: .init($0.total), isTrafficOnly: $0.kind.isTrafficOnly,
            assumptions: $0.kind.assumptions)
        }))
  }

  // MARK: Area

  func areaText(width: Int, color: Bool) -> String {
    let parameters = model.architecture.parameters
    let total = model.area.total
    return "\(parameters.name) in \(model.technology.name): \(Self.number(total, scale: 1)) µm²\n\n"
      + areas.text(width: width, color: color)
  }

  /// Every part of every block.
  var areas: Listing {
    var listing = Listing([
      .init("block", isNumber: false), .init("part", isNumber: false), .init("count"),
      .init("each", unit: "µm²"), .init("low–high", unit: "µm²"), .init("area", unit: "µm²"),
      .init("share", unit: "%"), .init("provenance", isNumber: false), .init("source"),
    ])
    let total = model.area.total
    var sources: [String] = []
    for term in model.area.areas.flatMap(\.terms) {
      if !sources.contains(term.each.source) { sources.append(term.each.source) }
      listing.add([
        term.block.rawValue, term.part, Self.number(term.count), Self.number(term.each.typical),
        Self.range(term.each, scale: 1), Self.number(term.area.typical),
        Self.share(term.area.typical / total.typical), term.each.provenance.rawValue,
        "\(sources.firstIndex(of: term.each.source)! + 1)",
      ])
    }
    listing.close(with: [
      "total", "", "", "", "", Self.number(total.typical), "100", total.provenance.rawValue, "",
    ])
    for (index, source) in sources.enumerated() { listing.note("\(index + 1) ", source) }
    return listing
  }

  func areaJSON() throws -> String {
    try Self.encode(
      AreaDocument(
        architecture: model.architecture.parameters.name, technology: model.technology.name,
        squareMicrometres: .init(model.area.total),
        terms: model.area.areas.flatMap(\.terms).map {
          .init(
            block: $0.block.rawValue, part: $0.part, count: $0.count,
            squareMicrometresEach: .init($0.each), squareMicrometres: .init($0.area))
        }))
  }

  // MARK: Words

  /// A share in %, to two digits after the point.
  private static func share(_ share: Double) -> String {
    let percent = 100 * share
    return percent > 0 && percent < 0.01
      ? "<0.01" : percent.formatted(.number.precision(.fractionLength(2)).locale(locale))
  }

  private static let locale = Locale(identifier: "en_US_POSIX")

  private static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func number(_ value: Double) -> String {
    value.formatted(
      .number.precision(.significantDigits(1...4)).locale(locale))
  }

  private static func number<U: Energy.Unit>(_ estimate: Estimate<U>, scale: Double) -> String {
    "\(number(scale * estimate.typical)) (\(range(estimate, scale: scale)))"
  }

  private static func range<U: Energy.Unit>(_ estimate: Estimate<U>, scale: Double) -> String {
    estimate.low == estimate.high
      ? "–" : "\(number(scale * estimate.low))–\(number(scale * estimate.high))"
  }
}
