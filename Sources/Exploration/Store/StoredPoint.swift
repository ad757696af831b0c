import GRDB
import Workload

/// A point of a store.
public struct StoredPoint: Equatable, Sendable {
  /// Its place in the space.
  public let number: Int
  public let hash: PointHash
  /// In the order of the workloads.
  public let metrics: [PointMetrics]

  /// The value of a metric, or `nil` where the workload does not have it.
  public subscript(objective: DesignSpace.Objective) -> Bounded? {
    metrics[objective.workload][objective.metric]
  }
}

/// Reads and writes the rows of `point` for the workloads of one sweep.
struct PointCodec {
  /// What all points have in common.
  private let workloads: [ExplorationWorkload]
  private let products: [(prefill: Int, decode: Int)]
  /// Whether points are in FPGAs.
  private let hasResources: Bool
  /// Columns before those of the workloads.
  private let designColumns: Int

  init(_ sweep: Sweep) {
    workloads = sweep.workloads
    hasResources = sweep.space.prices(.luts)
    designColumns =
      Self.areaColumn + 3 + (hasResources ? 3 * StoreSchema.resources.count : 0)
    products = workloads.map { workload in
      func products(_ phase: ExplorationWorkload.Phase?) -> Int {
        phase?.layers.reduce(0) { $0 + $1.shape.macs } ?? 0
      }
      return (products(workload.prefill), products(workload.decode))
    }
  }

  /// After number, hash, clock and products.
  private static let areaColumn = 4
  static let phaseColumns = 5
  /// Of both phases, of keys and values, and of the accuracy.
  static let workloadColumns = 2 * phaseColumns + 6

  var insertion: String {
    let columns = designColumns + Self.workloadColumns * workloads.count
    let marks = Array(repeating: "?", count: columns).joined(separator: ", ")
    return "INSERT OR IGNORE INTO point VALUES (\(marks))"
  }

  /// The values of a row in the order of the columns.
  func values(
    number: Int, hash: PointHash, metrics: some Collection<PointMetrics>
  ) -> [DatabaseValue] {
    let first = metrics.first!
    var values: [DatabaseValue] = [
      number.databaseValue, Int64(bitPattern: hash.bits).databaseValue,
      first.clockHertz.databaseValue, first.peakProducts.databaseValue,
    ]
    func add(_ value: Bounded?) {
      values.append((value?.low).databaseValue)
      values.append((value?.typical).databaseValue)
      values.append((value?.high).databaseValue)
    }
    add(first.area)
    if hasResources {
      let resources = first.resources
      for value in [
        resources?.luts, resources?.flipFlops, resources?.blockRAMs, resources?.dsps,
        resources?.deviceShare,
      ] { add(value) }
    }
    for workload in metrics {
      for phase in [workload.prefill, workload.decode] {
        values.append(phase.map(\.cycles).databaseValue)
        values.append(phase.map(\.memoryBytes).databaseValue)
        add(phase?.energy)
      }
      let keyValues = workload.decode?.keyValues
      values.append((keyValues?.bytes).databaseValue)
      add(keyValues?.energy)
      values.append((workload.accuracy?.perplexity).databaseValue)
      values.append((workload.accuracy?.published).databaseValue)
    }
    return values
  }

  /// The point in a row of `SELECT * FROM point`.
  func point(_ row: Row) -> StoredPoint {
    let area = bounded(row, Self.areaColumn)
    let resources = resources(row)
    let metrics = workloads.indices.map { index in
      let column = designColumns + Self.workloadColumns * index
      let workload = workloads[index]
      let keyValues = column + 2 * Self.phaseColumns
      var decode = phase(
        row, column + Self.phaseColumns, workload.decode, products[index].decode)
      if let bytes = row[keyValues] as Int?, let energy = bounded(row, keyValues + 1) {
        decode?.keyValues = .init(bytes: bytes, energy: energy)
      }
      return PointMetrics(
        prefill: phase(row, column, workload.prefill, products[index].prefill),
        decode: decode,
        decodeSteps: workload.decodeSteps, clockHertz: row[2], peakProducts: row[3], area: area,
        resources: resources,
        accuracy: (row[keyValues + 4] as Double?).map {
          .init(perplexity: $0, published: row[keyValues + 5])
        })
    }
    return StoredPoint(
      number: row[0], hash: PointHash(bits: UInt64(bitPattern: row[1] as Int64)), metrics: metrics)
  }

  private func phase(
    _ row: Row, _ column: Int, _ phase: ExplorationWorkload.Phase?, _ products: Int
  ) -> PointMetrics.Phase? {
    guard let phase else { return nil }
    return PointMetrics.Phase(
      tokens: phase.tokens, cycles: row[column], products: products, memoryBytes: row[column + 1],
      energy: bounded(row, column + 2))
  }

  private func resources(_ row: Row) -> PointMetrics.Resources? {
    let column = Self.areaColumn + 3
    guard hasResources, let luts = bounded(row, column), let flipFlops = bounded(row, column + 3),
      let blockRAMs = bounded(row, column + 6), let dsps = bounded(row, column + 9)
    else { return nil }
    return PointMetrics.Resources(
      luts: luts, flipFlops: flipFlops, blockRAMs: blockRAMs, dsps: dsps,
      deviceShare: bounded(row, column + 12))
  }

  /// The three columns from `column` on; `nil` where they are empty.
  private func bounded(_ row: Row, _ column: Int) -> Bounded? {
    (row[column] as Double?).map {
      Bounded(low: $0, typical: row[column + 1], high: row[column + 2])
    }
  }
}
