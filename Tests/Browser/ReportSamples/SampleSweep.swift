import Energy
public import Report

/// A page as `setun report` makes it of an exploration: a space of `points` designs, two of them in
/// detail, and baselines.
///
/// Area, latency and energy are plain functions of the parameters, so that tests can compute them
/// again: see ``SamplePoint``.
public func samplePage(points count: Int, name: String = "sample space") -> ReportPage {
  let points = (0..<count).map(SamplePoint.init)
  let front = SamplePoint.front(of: points)
  let designs = Set([front.first, front.last].compactMap { $0 }).sorted().map {
    sampleDesign(points[$0], at: $0)
  }
  var int8 = designs.first?.metrics ?? [:]
  for key in int8.keys {
    guard let value = int8[key] else { continue }
    int8[key] = MetricValue(
      low: 3 * value.low, typical: 3 * value.typical, high: 3 * value.high,
      provenance: .literature, source: "three times the ternary array")
  }
  return ReportPage(
    kind: "design space", title: "\(name), \(count) points",
    lead: "Made by a formula, to look at and to test with.", toolVersion: "0.1.0",
    date: "2026-01-02T03:04:05Z", facts: [.init("evaluated", "\(2 * count) points")],
    commands: [
      .init("explored the space", ["setun", "explore", "my space.yaml"]),
      .init("made this page", ["setun", "report", "it's.setun"]),
    ],
    metrics: sampleMetrics,
    sweep: SweepReport(
      hashes: points.map(\.hash),
      parameters: [
        .init(name: "rows", values: points.map { .number(Double($0.rows)) }),
        .init(name: "lanes", values: points.map { .number(Double($0.lanes)) }),
        .init(name: "clock_mhz", values: points.map { .number($0.clockMHz) }),
        .init(name: "datapath", values: points.map { .text($0.datapath) }),
      ],
      columns: [
        "area_mm2": column(points.map(\.area), provenance: .literature, from: 0.8, to: 1.3),
        "decode_j_per_token": column(
          points.map(\.energy), provenance: .assumed, from: 0.5, to: 1.7),
        "decode_latency_s": .init(
          typical: points.map(\.latency), provenance: .counted, source: "closed form"),
        "decode_utilisation": .init(
          typical: points.map { $0.number % 7 == 0 ? .nan : $0.utilisation },
          provenance: .counted, source: "closed form"),
      ],
      objectives: ["area_mm2", "decode_j_per_token"], front: front, total: 2 * count),
    designs: designs,
    baselines: [
      BaselineReport(
        name: "int8 array", description: "int8 products, equal throughput and buffers",
        metrics: int8),
      BaselineReport(name: "FP16 array", absence: "No figures were found for this technology."),
    ],
    inputs: [.init("my space.yaml", .text("rows: [1, 2]\n</script><b>&\n"))],
    notes: ["Attention is not included."])
}

/// One design of the sample space.
public struct SamplePoint: Sendable {
  public let number: Int
  public let rows: Int
  public let lanes: Int
  public let clockMHz: Double
  public let datapath: String

  /// Parameters are scattered over the space by a multiplicative hash, the same in every run.
  public init(_ number: Int) {
    self.number = number
    let bits = (UInt64(number) &+ 1) &* 0x9E37_79B9_7F4A_7C15
    rows = 1 << (2 + Int(bits >> 32 & 0xFFFF) % 6)
    lanes = 1 << (4 + Int(bits >> 40 & 0xFFFF) % 5)
    clockMHz = [250, 500, 800, 1000][Int(bits >> 48 & 0xFF) % 4]
    datapath = ["negate", "split_sign", "lookup"][Int(bits >> 56) % 3]
  }

  public var hash: String {
    let digits = String((UInt64(number) &+ 1) &* 0xD6E8_FEB8_6659_FD93, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Between 0 and 1, different for every point.
  private var spread: Double { Double(number * 7919 % 10007) / 10007 }

  /// In mm².
  public var area: Double { Double(rows * lanes) * 8e-6 * (1 + 0.4 * spread) }
  /// In s.
  public var latency: Double { 3e6 / Double(min(rows * lanes, 64)) / (clockMHz * 1e6) }
  /// In J a token.
  public var energy: Double {
    13e-6 * (1 + 20 / Double(rows * lanes)) * (1.2 - 0.2 * spread) + area * 0.05 * latency
  }
  /// A share.
  public var utilisation: Double { min(1, 64 / Double(rows * lanes)) }

  /// Indices of the points that no other beats in area and energy, in the order of the area.
  public static func front(of points: [SamplePoint]) -> [Int] {
    var best = Double.infinity
    return points.indices.sorted { points[$0].area < points[$1].area }.filter {
      guard points[$0].energy < best else { return false }
      best = points[$0].energy
      return true
    }
  }
}

private let sampleMetrics = [
  MetricDescription(
    key: "area_mm2", title: "area", unit: "mm²", format: .plain, preference: .lower,
    explanation: "Of all blocks"),
  MetricDescription(
    key: "decode_j_per_token", title: "decode energy", unit: "J/token", format: .prefixed,
    preference: .lower, explanation: "With the memory outside"),
  MetricDescription(
    key: "decode_latency_s", title: "decode latency", unit: "s", format: .prefixed,
    preference: .lower, explanation: "From one token to the next"),
  MetricDescription(
    key: "decode_utilisation", title: "decode utilisation", unit: "", format: .share,
    preference: .higher, explanation: "Useful products over possible ones"),
]

private func column(
  _ values: [Double], provenance: Provenance, from low: Double, to high: Double
) -> SweepReport.Column {
  .init(
    typical: values, bounds: (values.map { low * $0 }, values.map { high * $0 }),
    provenance: provenance, source: "a formula")
}

private func sampleDesign(_ point: SamplePoint, at index: Int) -> DesignReport {
  let run = sampleReport(blocks: 1)
  var design = DesignReport(run)
  design.name = "point-\(point.hash.prefix(8))"
  design.reason = "an end of the front"
  design.point = index
  design.metrics = [
    "area_mm2": .init(
      low: 0.8 * point.area, typical: point.area, high: 1.3 * point.area, provenance: .literature,
      source: "a formula"),
    "decode_j_per_token": .init(
      low: 0.5 * point.energy, typical: point.energy, high: 1.7 * point.energy,
      provenance: .assumed, source: "a formula"),
    "decode_latency_s": .init(
      low: point.latency, typical: point.latency, high: point.latency, provenance: .counted,
      source: "closed form"),
  ]
  design.facts.append(.init("mapping", "standard"))
  return design
}
