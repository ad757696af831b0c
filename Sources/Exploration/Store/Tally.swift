/// What became of the points that a sweep looked at.
public struct Tally: Codable, Equatable, Sendable {
  /// Points that were looked at; a search that looks at one twice counts it twice.
  public var visited = 0
  /// By condition: points that it ruled out before they were evaluated. The first that does not
  /// hold counts.
  public var pruned: [Int]
  /// Values that do not go together.
  public var illegal = 0
  /// Layers that the hardware cannot hold, or designs that cannot be counted or priced.
  public var unfit = 0
  /// By condition: points that it ruled out by their metrics.
  public var rejected: [Int]
  /// Points that are in the store.
  public var kept = 0
  /// Why the first illegal point was, and the first unfit one.
  public var illegalExample: String?
  public var unfitExample: String?

  init(conditions: Int) {
    pruned = Array(repeating: 0, count: conditions)
    rejected = pruned
  }

  /// Points whose metrics were computed.
  public var evaluated: Int { kept + rejected.reduce(0, +) }

  /// Both together; examples of the left one come first.
  public static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum.visited += right.visited
    sum.illegal += right.illegal
    sum.unfit += right.unfit
    sum.kept += right.kept
    for index in sum.pruned.indices {
      sum.pruned[index] += right.pruned[index]
      sum.rejected[index] += right.rejected[index]
    }
    sum.illegalExample = left.illegalExample ?? right.illegalExample
    sum.unfitExample = left.unfitExample ?? right.unfitExample
    return sum
  }
}
