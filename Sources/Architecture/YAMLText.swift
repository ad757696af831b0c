package import Yams

/// Parses one YAML document and turns what Yams throws into an ``ArchitectureError``.
package func composeYAML(_ text: String, file: String) throws(ArchitectureError) -> Node? {
  do {
    // Yams hands the parser a pointer that it keeps; of a string of fewer than 16 bytes, which
    // has no storage of its own, it would dangle. The blank lines rule that out.
    let padded = text + String(repeating: "\n", count: 16)
    return try Parser(yaml: padded, encoding: .utf8).singleRoot()
  } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
    let mark = context.mark
    throw .repeated(keys[0], at: .init(file: file, line: mark.line, column: mark.column))
  } catch {
    let (problem, line, column) =
      (error as? YamlError)?.problemAndPlace ?? ("an error: \(error)", nil, nil)
    throw ArchitectureError(
      position: .init(file: file, line: line, column: column), keyPath: "", expected: "YAML",
      found: problem)
  }
}

extension ArchitectureError {
  /// The error of a key that is there twice.
  static func repeated(_ key: String, at position: Position) -> Self {
    Self(position: position, keyPath: key, expected: "each key once", found: "the key again")
  }
}

extension YamlError {
  /// What is wrong in a few words, and where.
  fileprivate var problemAndPlace: (problem: String, line: Int?, column: Int?) {
    switch self {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _):
      let whileDoing = context.map { " \($0.text)" } ?? ""
      return ("an error: \(problem)\(whileDoing)", mark.line, mark.column)
    case .composer(nil, let problem, let mark, _):
      return ("an error: \(problem)", mark.line, mark.column)
    case .composer(.some, _, let mark, _): return ("a second document", mark.line, mark.column)
    case .reader(let problem, let offset, _, let yaml):
      let before = yaml.prefix(offset ?? 0)
      let column = before.reversed().prefix { !$0.isNewline }.count + 1
      return ("an error: \(problem)", before.count(where: \.isNewline) + 1, column)
    default: return ("an error: \(self)", nil, nil)
    }
  }
}

extension Node {
  /// The node as an error message names it.
  package var inWords: String {
    switch self {
    case .mapping: "keys and values"
    case .sequence: "a list"
    case .alias: "an alias"
    case .scalar(let scalar): scalar.inWords
    }
  }
}

extension Node.Scalar {
  /// The scalar as an error message names it: numbers as they are, all else in quotes.
  package var inWords: String {
    if style == .plain && string.isEmpty { return "nothing" }
    let isNumber = style == .plain && string.utf8.allSatisfy { "+-.0123456789e".utf8.contains($0) }
    return isNumber ? string : "\"\(string)\""
  }
}
