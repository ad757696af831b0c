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

  init(_ workloads: [ExplorationWorkload]) {
    self.workloads = workloads
    products = workloads.map { workload in
      func products(_ phase: ExplorationWorkload.Phase?) -> Int {
        phase?.layers.reduce(0) { $0 + $1.shape.macs } ?? 0
      }
      return (products(workload.prefill), products(workload.decode))
    }
  }

  static let designColumns = 7
  static let phaseColumns = 5
  /// Of both phases, of keys and values, and of the accuracy.
  static let workloadColumns = 2 * phaseColumns + 6

  var insertion: String {
    let columns = Self.designColumns + Self.workloadColumns * workloads.count
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
      first.area.low.databaseValue, first.area.typical.databaseValue,
      first.area.high.databaseValue,
    ]
    for workload in metrics {
      for phase in [workload.prefill, workload.decode] {
        values.append(phase.map(\.cycles).databaseValue)
        values.append(phase.map(\.memoryBytes).databaseValue)
        values.append(phase.map(\.energy.low).databaseValue)
        values.append(phase.map(\.energy.typical).databaseValue)
        values.append(phase.map(\.energy.high).databaseValue)
      }
      let keyValues = workload.decode?.keyValues
      values.append((keyValues?.bytes).databaseValue)
      values.append((keyValues?.energy.low).databaseValue)
      values.append((keyValues?.energy.typical).databaseValue)
      values.append((keyValues?.energy.high).databaseValue)
      values.append((workload.accuracy?.perplexity).databaseValue)
      values.append((workload.accuracy?.published).databaseValue)
    }
    return values
  }

  /// The point in a row of `SELECT * FROM point`.
  func point(_ row: Row) -> StoredPoint {
    let area = Bounded(low: row[4], typical: row[5], high: row[6])
    let metrics = workloads.indices.map { index in
      let column = Self.designColumns + Self.workloadColumns * index
      let workload = workloads[index]
      let keyValues = column + 2 * Self.phaseColumns
      var decode = phase(
        row, column + Self.phaseColumns, workload.decode, products[index].decode)
      if let bytes = row[keyValues] as Int? {
        decode?.keyValues = .init(
          bytes: bytes,
          energy: Bounded(
            low: row[keyValues + 1], typical: row[keyValues + 2], high: row[keyValues + 3]))
      }
      return PointMetrics(
        prefill: phase(row, column, workload.prefill, products[index].prefill),
        decode: decode,
        decodeSteps: workload.decodeSteps, clockHertz: row[2], peakProducts: row[3], area: area,
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
      energy: Bounded(low: row[column + 2], typical: row[column + 3], high: row[column + 4]))
  }
}
