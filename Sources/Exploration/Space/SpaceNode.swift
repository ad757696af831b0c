import Architecture
import Yams

/// A value of a space file with its place: `space.yaml:7:3: parameters.rows`.
struct SpaceNode {
  let node: Node
  let file: String
  /// The keys that lead to it, with dots between.
  let path: String

  /// The document of `text`.
  static func root(yaml text: String, file: String) throws(ExplorationError) -> SpaceNode {
    let document: Node?
    do {
      document = try composeYAML(text, file: file)
    } catch {
      let numbers = [error.position?.line, error.position?.column].compactMap { $0 }
      throw .input(
        place: ([file] + numbers.map(String.init)).joined(separator: ":"),
        problem: (error.keyPath.isEmpty ? "" : "\(error.keyPath): ")
          + "expected \(error.expected), found \(error.found)")
    }
    guard let document else {
      throw .input(place: file, problem: "expected a design space, found an empty file")
    }
    return SpaceNode(node: document, file: file, path: "")
  }

  private func child(_ node: Node, _ name: String) -> SpaceNode {
    SpaceNode(node: node, file: file, path: path.isEmpty ? name : "\(path).\(name)")
  }

  // MARK: Values

  /// The keys of a mapping in their order, each once.
  func entries(expected: String) throws(ExplorationError) -> [(name: String, value: SpaceNode)] {
    guard let mapping = node.mapping else { throw fault(expected) }
    var entries: [(name: String, value: SpaceNode)] = []
    for (key, value) in mapping {
      guard let name = key.scalar?.string, !name.isEmpty else {
        throw child(key, "").fault("a name")
      }
      entries.append((name, child(value, name)))
    }
    return entries
  }

  /// The values of a mapping that may have `known` keys and no other.
  func section(_ known: [String]) throws(ExplorationError) -> [String: SpaceNode] {
    var section: [String: SpaceNode] = [:]
    for (name, value) in try entries(expected: "the keys \(known.joined(separator: ", "))") {
      guard known.contains(name) else {
        let expected = nearest(to: name, among: known) ?? "one of \(known.joined(separator: ", "))"
        throw value.fault(expected, found: "the unknown key \(name)")
      }
      section[name] = value
    }
    return section
  }

  /// The elements of a list that is not empty.
  func list(expected: String) throws(ExplorationError) -> [SpaceNode] {
    guard let sequence = node.sequence, !sequence.isEmpty else { throw fault(expected) }
    return sequence.enumerated().map { child($1, "\($0)") }
  }

  /// A scalar that is not empty.
  func scalar(expected: String) throws(ExplorationError) -> Node.Scalar {
    guard let scalar = node.scalar, !scalar.string.isEmpty else { throw fault(expected) }
    return scalar
  }

  func text(expected: String) throws(ExplorationError) -> String {
    try scalar(expected: expected).string
  }

  func integer(_ range: ClosedRange<Int>) throws(ExplorationError) -> Int {
    let expected = "an integer from \(range.lowerBound) to \(range.upperBound)"
    guard let value = Int(try text(expected: expected)), range.contains(value) else {
      throw fault(expected)
    }
    return value
  }

  func share() throws(ExplorationError) -> Double {
    let expected = "a number from 0 to 1"
    guard let value = Double(try text(expected: expected)), (0...1).contains(value) else {
      throw fault(expected)
    }
    return value
  }

  func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ type: Choice.Type
  ) throws(ExplorationError) -> Choice {
    let expected = type.allCases.map(\.rawValue).joined(separator: " or ")
    guard let value = Choice(rawValue: try text(expected: expected)) else { throw fault(expected) }
    return value
  }

  // MARK: Errors

  /// File, line, column and keys.
  var place: String { place(column: 0) }

  /// The error of a value that is not what was expected.
  func fault(_ expected: String, found: String? = nil) -> ExplorationError {
    .input(
      place: place(column: 0), problem: "expected \(expected), found \(found ?? node.inWords)")
  }

  /// The error of a condition, at the offending character of it.
  func fault(_ fault: ConditionFault) -> ExplorationError {
    // Quotes come before the text; in a folded text places are not where they seem.
    let isQuoted = node.scalar.map { $0.style != .plain } ?? false
    return .input(
      place: place(column: fault.offset + (isQuoted ? 1 : 0)),
      problem: "expected \(fault.expected), found \(fault.found)")
  }

  /// The error of a value that no architecture can have.
  func fault(_ error: ArchitectureError) -> ExplorationError {
    fault(error.expected, found: error.found)
  }

  private func place(column offset: Int) -> String {
    guard let mark = node.mark else { return path.isEmpty ? file : "\(file): \(path)" }
    let place = "\(file):\(mark.line):\(mark.column + offset)"
    return path.isEmpty ? place : "\(place): \(path)"
  }
}
