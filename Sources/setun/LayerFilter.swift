/// `--layers`: which of a model's ternary layers a command is about.
struct LayerFilter {
  /// The chosen names, in the model's order.
  let chosen: [String]
  private let set: Set<String>

  /// The layers of `names` that contain one of `patterns`, or all of them without a pattern.
  ///
  /// - Throws: ``Failure`` when a pattern matches nothing; it shows the first names.
  init(_ patterns: [String], of names: [String]) throws {
    for pattern in patterns where !names.contains(where: { $0.contains(pattern) }) {
      let shown = names.prefix(7).joined(separator: ", ")
      let more = names.count > 7 ? " and \(names.count - 7) more" : ""
      throw Failure("--layers: no layer's name contains '\(pattern)'; layers are \(shown)\(more)")
    }
    chosen = names.filter { name in patterns.isEmpty || patterns.contains { name.contains($0) } }
    set = Set(chosen)
  }

  /// Whether the layer of this name is chosen.
  func contains(_ name: String) -> Bool { set.contains(name) }
}
