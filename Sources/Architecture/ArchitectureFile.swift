import Yams

/// The scalars of an architecture file by key, each with its place.
///
/// A value of this type has every key exactly once and no other.
struct ArchitectureFile {
  private let file: String
  private var scalars: [Key: Node.Scalar] = [:]

  /// Splits `text` into its keys.
  ///
  /// - Throws: ``ArchitectureError`` when the text is not YAML, at the first key that is unknown or
  ///   repeated, and for the first key that is missing.
  init(yaml text: String, file: String) throws(ArchitectureError) {
    self.file = file
    guard let root = try composeYAML(text, file: file) else {
      throw ArchitectureError(
        position: .init(file: file, line: 1, column: 1), keyPath: "",
        expected: "the keys of an architecture", found: "an empty file")
    }
    var sections: [String: ArchitectureError.Position] = [:]
    try collect(root, section: "", into: &sections)
    for key in Key.allCases where scalars[key] == nil && !Key.optional.contains(key) {
      // The innermost section that is there is where the key should have been.
      let section = sections.keys.filter { key.rawValue.hasPrefix($0) }.max { $0.count < $1.count }
      throw ArchitectureError(
        position: section.flatMap { sections[$0] }, keyPath: key.rawValue, expected: key.legal,
        found: "nothing")
    }
  }

  /// Whether the file has `key`, one that it may leave out.
  func has(_ key: Key) -> Bool { scalars[key] != nil }

  /// The value of `key`.
  func scalar(_ key: Key) -> Node.Scalar {
    guard let scalar = scalars[key] else { preconditionFailure("\(key) was not collected") }
    return scalar
  }

  /// Puts `scalar` where the value of `key` was.
  mutating func replace(_ key: Key, with scalar: Node.Scalar) { scalars[key] = scalar }

  /// Leaves out `keys`, which a file may leave out.
  mutating func remove(_ keys: Set<Key>) {
    precondition(keys.isSubset(of: Key.optional))
    for key in keys { scalars[key] = nil }
  }

  /// Where the value of the key with the path `keyPath` begins.
  func position(ofKeyPath keyPath: String) -> ArchitectureError.Position? {
    Key(rawValue: keyPath).flatMap { scalars[$0] }.map { position($0.mark) }
  }

  // MARK: - Walking the tree

  /// Takes the scalars of a mapping and of those within; `section` ends in a dot, or is empty.
  private mutating func collect(
    _ node: Node, section: String, into sections: inout [String: ArchitectureError.Position]
  ) throws(ArchitectureError) {
    let path = String(section.dropLast())
    guard let mapping = node.mapping else {
      throw error(at: node.mark, path, expected: "keys and values", found: node.inWords)
    }
    sections[section] = position(mapping.mark)
    for (name, value) in mapping {
      guard let leaf = name.scalar?.string else {
        throw error(at: name.mark, path, expected: "a name", found: "\(name.inWords) as a key")
      }
      let keyPath = section + leaf
      let isSection = Key.sections.contains(keyPath)
      let key = Key(rawValue: keyPath)
      // A dot would let `memory.kind` pass for the `kind` of `memory`.
      guard isSection || key != nil, !leaf.contains(".") else {
        throw error(
          at: name.mark, path, expected: Self.expectedKeys(near: leaf, in: section),
          found: "the unknown key \(name.inWords)")
      }
      // Yams refuses equal keys itself, but not those that differ only in a tag.
      let isNew = isSection ? sections["\(keyPath)."] == nil : key.map { scalars[$0] == nil }
      guard isNew == true else { throw .repeated(keyPath, at: position(name.mark)) }
      if let key {
        guard let scalar = value.scalar, scalar.style != .plain || !scalar.string.isEmpty else {
          throw error(at: value.mark, keyPath, expected: key.legal, found: value.inWords)
        }
        scalars[key] = scalar
      } else {
        try collect(value, section: "\(keyPath).", into: &sections)
      }
    }
  }

  /// The key of `section` that `leaf` was probably meant to be, or all of them.
  private static func expectedKeys(near leaf: String, in section: String) -> String {
    let all = (Key.allCases.map(\.rawValue) + Key.sections).filter { $0.hasPrefix(section) }
      .map { String($0.dropFirst(section.count)) }
      .filter { !$0.contains(".") }
    return nearest(to: leaf, among: all).map { "\"\($0)\"" }
      ?? "one of " + all.joined(separator: ", ")
  }

  // MARK: - Errors

  private func position(_ mark: Mark?) -> ArchitectureError.Position {
    .init(file: file, line: mark?.line, column: mark?.column)
  }

  private func error(
    at mark: Mark?, _ keyPath: String, expected: String, found: String
  ) -> ArchitectureError {
    ArchitectureError(
      position: position(mark), keyPath: keyPath, expected: expected, found: found)
  }
}
