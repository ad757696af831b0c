public import Energy

/// The points of an exploration, column by column.
///
/// Where there are more points than a page bears, the command takes a part of them; ``total`` says
/// of how many.
public struct SweepReport: Sendable {
  /// A parameter that the space varies, with the value of each point.
  public struct Parameter: Sendable {
    /// As in the architecture file.
    public var name: String
    public var values: [Value]

    public init(name: String, values: [Value]) {
      self.name = name
      self.values = values
    }
  }

  /// A value of a parameter: one that can be an axis, or one that cannot.
  public enum Value: Equatable, Sendable {
    case number(Double)
    case text(String)
  }

  /// A metric with the value of each point; one that is not known is not a number.
  public struct Column: Sendable {
    public var typical: [Double]
    /// The bounds of each point, or `nil` where the values are exact.
    public var bounds: (low: [Double], high: [Double])?
    public var provenance: Provenance
    public var source: String

    /// - Precondition: There are as many bounds as values.
    public init(
      typical: [Double], bounds: (low: [Double], high: [Double])? = nil, provenance: Provenance,
      source: String
    ) {
      if let bounds {
        precondition(bounds.low.count == typical.count && bounds.high.count == typical.count)
      }
      self.typical = typical
      self.bounds = bounds
      self.provenance = provenance
      self.source = source
    }
  }

  /// What identifies each point.
  public var hashes: [String]
  public var parameters: [Parameter]
  /// By the key of the metric.
  public var columns: [String: Column]
  /// Keys of the metrics that the exploration was after.
  public var objectives: [String]
  /// Indices of the points that no other beats in every objective.
  public var front: [Int]
  /// Points in the store.
  public var total: Int

  /// - Precondition: Every column has a value for each hash, `front` are indices of points, and
  ///   `total` is no smaller than their number.
  public init(
    hashes: [String], parameters: [Parameter], columns: [String: Column], objectives: [String],
    front: [Int], total: Int
  ) {
    precondition(parameters.allSatisfy { $0.values.count == hashes.count })
    precondition(columns.values.allSatisfy { $0.typical.count == hashes.count })
    precondition(front.allSatisfy(hashes.indices.contains) && total >= hashes.count)
    self.hashes = hashes
    self.parameters = parameters
    self.columns = columns
    self.objectives = objectives
    self.front = front
    self.total = total
  }
}
