/// A group of a Liberty file as it is written: `cell (DFFX1) { … }`.
public struct LibertyGroup: Sendable {
  /// What kind of group it is: `library`, `cell`, `pin`.
  public let kind: String
  /// What stands in its parentheses.
  public let arguments: [String]
  /// The line that it begins in, from 1.
  public let line: Int
  /// `name : value;` has one value, `name (a, b);` as many as are listed. Without quotes.
  public internal(set) var attributes: [Attribute] = []
  /// The groups inside it, in order.
  public internal(set) var groups: [LibertyGroup] = []

  /// One attribute.
  public struct Attribute: Sendable {
    public let name: String
    public let values: [String]
    public let line: Int
  }

  /// The first argument, or nothing.
  public var name: String { arguments.first ?? "" }

  /// The groups of one kind inside it.
  public func groups(_ kind: String) -> [LibertyGroup] { groups.filter { $0.kind == kind } }

  /// The values of an attribute that is stated once, or of its first statement.
  public func values(_ name: String) -> [String]? {
    attributes.first { $0.name == name }?.values
  }

  /// The only value of an attribute.
  public func value(_ name: String) -> String? { values(name)?.first }

  /// The number that an attribute states, or `nil` where it is missing.
  ///
  /// - Throws: ``LibertyError`` when it is there and no number.
  public func number(_ name: String) throws(LibertyError) -> Double? {
    guard let attribute = attributes.first(where: { $0.name == name }) else { return nil }
    guard let text = attribute.values.first, let number = Double(text) else {
      throw LibertyError(
        line: attribute.line,
        "\(name): expected a number, found “\(attribute.values.joined(separator: ", "))”")
    }
    return number
  }
}

/// Why a Liberty file was refused. The message says where, what was expected and what was found.
public struct LibertyError: Error, Equatable, CustomStringConvertible {
  public let line: Int
  public let message: String

  public var description: String { "line \(line): \(message)" }

  public init(line: Int, _ message: String) {
    self.line = line
    self.message = message
  }
}
