import Architecture
import Energy
import Foundation
import Testing

@testable import Exploration

@Suite("Sweeps in FPGAs")
struct FPGASweepTests {
  /// A space over devices, which differ in what logic takes and in how much there is.
  private static func space(
    technology: String = "xck26, lfe5u-25f",
    objectives: String = "request_latency_s, luts, device_share",
    more: String = "constraints: [rows * lanes <= 64, device_share <= 0.5]"
  ) throws -> DesignSpace {
    try Fixture.space(
      """
        technology: [\(technology)]
        rows: [1, 3, 8, 16]
        lanes: [5, 8, 16]
        datapath: [xor_popcount, int8_mac]
        clock_mhz: [100, 250]
      """, more: more, objectives: objectives)
  }

  /// What the point takes, counted block by block.
  private static func use(_ point: DesignPoint) throws -> FPGAUse {
    let target = try FPGATarget(named: point.architecture.parameters.technology)
    return try FPGAUse(point.architecture, on: try #require(target))
  }

  private static func sum(_ use: FPGAUse, _ resources: [FPGAResource]) -> Double {
    use.blocks.flatMap { block in resources.compactMap { block.resources[$0]?.typical } }
      .reduce(0, +)
  }

  @Test("a sweep keeps, counts and judges points by what each takes of its device")
  func sweep() async throws {
    let space = try Self.space()
    let folder = try Folder()
    let store = try await Fixture.run(Fixture.sweep(space), into: folder.file("a.sqlite"))
    let stored = Dictionary(
      uniqueKeysWithValues: try store.points().map { ($0.number, $0.metrics[0]) })
    var rejected = 0
    for number in 0..<space.count {
      let point = try space.point(number)
      let parameters = point.architecture.parameters
      guard parameters.rows * parameters.lanes <= 64 else { continue }
      let use = try Self.use(point)
      let largest = try #require(use.shares.map(\.share).max())
      guard largest <= 0.5 else {
        rejected += 1
        #expect(stored[number] == nil)
        continue
      }
      let metrics = try #require(stored[number])
      let alone = try Fixture.evaluators[0].metrics(of: point)
      #expect(metrics == alone)
      func isClose(_ metric: Metric, _ value: Double) throws -> Bool {
        abs(try #require(metrics[metric]).typical - value) <= 1e-9 * max(1, value)
      }
      #expect(try isClose(.luts, Self.sum(use, [.lut, .lutRAM])))
      #expect(try isClose(.flipFlops, Self.sum(use, [.ff])))
      #expect(try isClose(.blockRAMs, Self.sum(use, [.ram])))
      #expect(try isClose(.dsps, Self.sum(use, [.dsp])))
      #expect(try isClose(.deviceShare, largest))
      let luts = try #require(metrics[.luts])
      #expect(luts.low < luts.typical && luts.typical < luts.high)
    }
    #expect(rejected > 0 && !stored.isEmpty)
    #expect(try store.progress().tally.rejected == [0, rejected])
    #expect(try store.progress().tally.unfit == 0)
    #expect(try store.frontNumbers() == Self.front(of: stored))
  }

  /// By comparing all pairs.
  private static func front(of points: [Int: PointMetrics]) -> Set<Int> {
    func vector(_ metrics: PointMetrics) -> [Double] {
      [metrics[.requestLatency], metrics[.luts], metrics[.deviceShare]].map { $0!.typical }
    }
    return Set(
      points.filter { _, metrics in
        let mine = vector(metrics)
        return !points.values.contains { other in
          let theirs = vector(other)
          return zip(theirs, mine).allSatisfy { $0 <= $1 } && theirs != mine
        }
      }.keys)
  }

  @Test("an FPGA changes no cycle, and has neither energy nor area")
  func times() throws {
    var parameters = try Architecture.sample(named: "default").parameters
    let cells = try Fixture.evaluators[0].metrics(
      of: DesignPoint(Architecture(parameters: parameters)))
    parameters.technology = "ecp5"
    let architecture = try Architecture(parameters: parameters)
    let fpga = try Fixture.evaluators[0].metrics(of: DesignPoint(architecture))
    for metric in Metric.allCases {
      switch metric.price {
      case nil: #expect(fpga[metric] == cells[metric], "\(metric)")
      case .cells: #expect(fpga[metric] == nil && cells[metric] != nil, "\(metric)")
      case .fpga: #expect(fpga[metric] != nil && cells[metric] == nil, "\(metric)")
      // A family has no size.
      case .device: #expect(fpga[metric] == nil && cells[metric] == nil)
      }
    }
    let details = try Fixture.evaluators[0].details(of: DesignPoint(architecture))
    #expect(details.decode?.layers.allSatisfy { $0.energy == nil } == true)
  }

  @Test("a mapping is searched by cycles; by energy, which nobody knows, it is refused")
  func mappings() throws {
    var parameters = try Architecture.sample(named: "default").parameters
    parameters.technology = "xck26"
    let architecture = try Architecture(parameters: parameters)
    func cycles(_ mapping: MappingPolicy) throws -> Int {
      let point = DesignPoint(architecture, mapping: mapping)
      return try #require(try Fixture.evaluators[0].metrics(of: point).prefill).cycles
    }
    let (fastest, standard) = (try cycles(.fastest), try cycles(.standard))
    #expect(fastest <= standard)
    #expect(
      problem { _ = try cycles(.leastEnergy) }
        == "default: mapping least_energy: expected cells, whose energy is known, found the FPGA "
        + "xck26")
  }

  @Test(
    "what the technologies of a space do not know is refused before the first point",
    arguments: [
      (
        "xck26", "area_mm2",
        "area_mm2: expected cells as technology, found the FPGA xck26, of which no energy and no "
          + "area is known"
      ),
      (
        "cmos-7nm, ecp5", "request_energy_j",
        "request_energy_j: expected cells as technology, found the FPGA ecp5, of which no energy and "
          + "no area is known"
      ),
      ("cmos-7nm", "luts", "luts: expected an FPGA as technology, found cmos-7nm"),
      (
        "xck26, cmos-7nm", "block_rams",
        "block_rams: expected an FPGA as technology, found cmos-7nm"
      ),
      (
        "xck26, ecp5", "device_share",
        "device_share: expected a device as technology, found ecp5"
      ),
    ])
  func refusals(technology: String, objective: String, message: String) throws {
    let asked = try [
      Self.space(technology: technology, objectives: objective, more: ""),
      // A cap asks as an objective does.
      Self.space(
        technology: technology, objectives: "request_latency_s",
        more: "constraints: [\(objective) <= 1]"),
    ]
    for space in asked {
      #expect(
        problem {
          _ = try SweepRunner(
            Fixture.sweep(space), evaluators: Fixture.evaluators, threads: 1)
        } == "space.yaml: " + message)
    }
  }

  @Test("a technology that is none is refused before the first point")
  func unknownTechnology() throws {
    let space = try Self.space(
      technology: "cmos-7nm, cmos-9nm", objectives: "request_latency_s", more: "")
    let found = problem {
      _ = try SweepRunner(Fixture.sweep(space), evaluators: Fixture.evaluators, threads: 1)
    }
    #expect(
      found?.hasPrefix("space.yaml: technology: expected one of cmos-45nm, cmos-7nm, or an ")
        == true)
    #expect(found?.hasSuffix(", found cmos-9nm") == true)
  }

  @Test("a space whose mappings need energies is refused")
  func refusedMapping() throws {
    let space = try Fixture.space(
      "  technology: [xck26]\n  mapping: [standard, least_energy]", more: "",
      objectives: "request_latency_s")
    #expect(
      problem {
        _ = try SweepRunner(Fixture.sweep(space), evaluators: Fixture.evaluators, threads: 1)
      } == "space.yaml: mapping least_energy: expected cells as technology, found the FPGA xck26, "
        + "of which no energy and no area is known")
  }

  @Test("a store lists what its technologies know, and says where it is from")
  func metrics() async throws {
    let folder = try Folder()
    func store(_ technology: String) async throws -> ExplorationStore {
      let space = try Self.space(
        technology: technology, objectives: "request_latency_s", more: "")
      return try await Fixture.run(
        Fixture.sweep(space), into: folder.file("\(technology.prefix(9)).sqlite"))
    }
    let resources: Set<Metric> = [.luts, .flipFlops, .blockRAMs, .dsps]
    let device = try await store("xck26")
    let known = Set(device.metrics.map(\.metric))
    #expect(known.isSuperset(of: resources.union([.deviceShare])))
    #expect(known.isDisjoint(with: [.area, .requestEnergy, .efficiency]))
    let origins = try device.origins()
    #expect(Set(origins.keys) == Set(device.metrics.map(\.name)))
    #expect(origins["dsps"]?.provenance == .synthesised)
    // Some are memories, which follow by rule.
    #expect(origins["luts"]?.provenance == .modelled)
    #expect(origins["device_share"]?.source.contains("Kria K26: AMD DS987") == true)
    // A family has no share, and of what not all points have there is nothing.
    let family = try await store("ecp5")
    #expect(Set(family.metrics.map(\.metric)).isSuperset(of: resources))
    #expect(!family.metrics.map(\.metric).contains(.deviceShare))
    let mixed = try await store("cmos-7nm, ecp5")
    #expect(Set(mixed.metrics.map(\.metric)).isDisjoint(with: resources.union([.area])))
    #expect(try mixed.points().count == mixed.sweep.space.count)
  }

  @Test("queries filter and sort by resources, and by the name of the device")
  func queries() async throws {
    let space = try Self.space()
    let folder = try Folder()
    let store = try await Fixture.run(Fixture.sweep(space), into: folder.file("a.sqlite"))
    var query = PointQuery()
    query.conditions = ["technology == xck26", "luts <= 6000"]
    query.order = "luts"
    var found: [StoredPoint] = []
    try store.forEachPoint(query) { found.append($0) }
    let all = try store.points()
    let expected = all.filter {
      store.parameters(of: $0).contains { $0 == ("technology", "xck26") }
        && $0.metrics[0][.luts]!.typical <= 6000
    }
    #expect(!found.isEmpty && found.count < all.count)
    #expect(Set(found.map(\.number)) == Set(expected.map(\.number)))
    let luts = found.map { $0.metrics[0][.luts]!.typical }
    #expect(luts == luts.sorted())
  }
}
