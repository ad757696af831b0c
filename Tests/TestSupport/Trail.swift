/// The values of the loops around a point of a test.
public enum Trail {
  @TaskLocal fileprivate static var steps: [String] = []
}

/// The values of the enclosing `withEvery` loops, for the comment of an expectation:
/// `rows = 3, columns = 17`.
public var trail: String { Trail.steps.joined(separator: ", ") }

/// Runs `body` with each of `values`, and names the value in ``trail`` meanwhile.
///
/// - Throws: ``TrailError`` with what `body` threw and the trail that led there.
public func withEvery<Values: Sequence>(
  _ label: String, in values: Values, _ body: (Values.Element) throws -> Void
) throws {
  for value in values {
    try Trail.$steps.withValue(Trail.steps + ["\(label) = \(value)"]) {
      do {
        try body(value)
      } catch let error as TrailError {
        throw error
      } catch {
        throw TrailError(trail: trail, error: error)
      }
    }
  }
}

/// An error that was thrown inside `withEvery`, and with which values.
public struct TrailError: Error, CustomStringConvertible {
  public let trail: String
  public let error: any Error

  public var description: String { "\(trail): \(error)" }
}
