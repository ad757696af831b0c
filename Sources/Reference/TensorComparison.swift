/// How one tensor of this runtime compares with the recorded one.
public struct TensorComparison: Equatable, Sendable, Encodable {
  /// The tensor's name in the golden file.
  public let name: String
  /// Values compared.
  public let count: Int
  /// Values farther apart than the tolerance allows; without a tolerance, values not equal.
  public let differing: Int
  /// The first of them.
  public let first: Difference?
  /// The largest difference over the largest recorded magnitude; 0 for equal tensors.
  public let relativeError: Double
  /// The largest relative error that passes: 0 where every value must be equal, nil where the
  /// comparison informs and does not decide.
  public let tolerance: Double?

  public let passes: Bool

  /// One value on both sides.
  public struct Difference: Equatable, Sendable, Encodable {
    public let row: Int
    public let column: Int
    public let found: Double
    public let expected: Double
  }

  /// Compares two row-major tensors of the same size.
  ///
  /// - Precondition: Sizes are equal and `columns` is positive.
  init<Value: BinaryFloatingPoint>(
    _ name: String, found: [Value], expected: [Value], columns: Int, tolerance: Double? = 0
  ) {
    self.init(
      name, count: found.count, columns: columns, tolerance: tolerance,
      expectedCount: expected.count
    ) { (Double(found[$0]), Double(expected[$0])) }
  }

  /// Compares two row-major tensors of integers, exactly.
  init<Value: FixedWidthInteger>(
    _ name: String, found: [Value], expected: [Value], columns: Int
  ) {
    self.init(
      name, count: found.count, columns: columns, tolerance: 0, expectedCount: expected.count
    ) { (Double(found[$0]), Double(expected[$0])) }
  }

  private init(
    _ name: String, count: Int, columns: Int, tolerance: Double?, expectedCount: Int,
    values: (Int) -> (found: Double, expected: Double)
  ) {
    precondition(count == expectedCount && columns > 0, "\(name): \(count) and \(expectedCount)")
    let largest = (0..<count).reduce(0.0) { max($0, values($1).expected.magnitude) }
    var differing = 0
    var first: Difference?
    var largestDifference = 0.0
    for index in 0..<count {
      let (found, expected) = values(index)
      guard found != expected else { continue }
      // A NaN must fail, so it counts as an infinite difference.
      let difference = (found - expected).magnitude
      largestDifference = max(largestDifference, difference.isNaN ? .infinity : difference)
      if let tolerance, difference <= tolerance * largest { continue }
      differing += 1
      if first == nil {
        first = Difference(
          row: index / columns, column: index % columns, found: found, expected: expected)
      }
    }
    self.name = name
    self.count = count
    self.differing = differing
    self.first = first
    self.tolerance = tolerance
    let relativeError = largestDifference == 0 ? 0 : largestDifference / largest
    self.relativeError = relativeError
    passes = tolerance.map { relativeError <= $0 } ?? true
  }
}
