import Yams

/// A technology file taken apart: every key known, every fault with its line.
struct TechnologyReader {
  private let file: String
  private let root: Node.Mapping

  private static let textKeys = ["name", "description", "calibration"]
  private static let integerKeys = ["node_nm", "sram_node_nm"]

  /// Parses `yaml` and refuses unknown keys; what is missing shows when it is asked for.
  init(yaml: String, file: String) throws(EnergyError) {
    self.file = file
    root = try Self.parse(yaml, file: file)
    let known = Self.textKeys + Self.integerKeys + Technology.Key.allCases.map(\.rawValue)
    try refuseUnknown(in: root, path: "", known: known)
  }

  private static func parse(_ yaml: String, file: String) throws(EnergyError) -> Node.Mapping {
    let node: Node?
    do {
      node = try compose(yaml: yaml)
    } catch let YamlError.scanner(_, problem, mark, _), let YamlError.parser(_, problem, mark, _),
      let YamlError.composer(_, problem, mark, _)
    {
      throw EnergyError(file: file, line: mark.line, "not YAML: \(problem)")
    } catch let YamlError.duplicatedKeysInMapping(duplicates, context) {
      throw EnergyError(
        file: file, line: context.mark.line, "\(duplicates.joined(separator: ", ")): stated twice")
    } catch {
      throw EnergyError(file: file, line: 1, "not YAML: \(error)")
    }
    guard let mapping = node?.mapping else {
      throw EnergyError(
        file: file, line: node?.mark?.line ?? 1,
        "expected a technology file with keys, found \(node.map(describe) ?? "nothing")")
    }
    return mapping
  }

  // MARK: Values

  /// The text of a top-level key, without surrounding white space.
  func text(_ key: String) throws(EnergyError) -> String {
    try text(of: key, in: root, path: key)
  }

  /// The text of a top-level key, or `nil` where the file has none.
  func optionalText(_ key: String) throws(EnergyError) -> String? {
    root[key] == nil ? nil : try text(key)
  }

  /// A positive whole number.
  func integer(_ key: String) throws(EnergyError) -> Int {
    let node = try require(key, in: root, path: key)
    guard let value = node.scalar.flatMap({ Int($0.string) }), value > 0 else {
      throw fault(node, key, "expected a positive whole number, found \(Self.describe(node))")
    }
    return value
  }

  /// A positive whole number, or `nil` where the file has none.
  func optionalInteger(_ key: String) throws(EnergyError) -> Int? {
    root[key] == nil ? nil : try integer(key)
  }

  /// A figure as of ``figure(_:)``, or `nil` where the file has none.
  func optionalFigure<U: Unit>(_ key: Technology.Key) throws(EnergyError) -> Estimate<U>? {
    root[key.rawValue] == nil ? nil : try figure(key)
  }

  /// A figure: either `value` or `low`, `typical` and `high`, with `provenance` and `source`.
  func figure<U: Unit>(_ key: Technology.Key) throws(EnergyError) -> Estimate<U> {
    let path = key.rawValue
    let node = try require(path, in: root, path: path)
    guard let entry = node.mapping else {
      throw fault(
        node, path,
        "expected value (or low, typical, high), provenance and source, "
          + "found \(Self.describe(node))")
    }
    let names = entry["value"] == nil ? ["low", "typical", "high"] : ["value"]
    try refuseUnknown(in: entry, path: path + ".", known: names + ["provenance", "source"])
    var values: [Double] = []
    for name in names {
      values.append(try number(name, in: entry, path: "\(path).\(name)") * key.factor)
    }
    guard values == values.sorted() else {
      throw fault(
        node, path,
        "expected low ≤ typical ≤ high, found "
          + names.map { Self.describe(entry[$0]!) }.joined(separator: ", "))
    }
    return Estimate(
      low: values[0], typical: values[values.count / 2], high: values[values.count - 1],
      provenance: try provenance(in: entry, path: path + ".provenance"),
      source: try text(of: "source", in: entry, path: path + ".source"),
      origin: "\(key.origin) of \(try text("name"))")
  }

  private func number(
    _ key: String, in mapping: Node.Mapping, path: String
  ) throws(EnergyError) -> Double {
    let node = try require(key, in: mapping, path: path)
    guard let value = node.scalar.flatMap({ Double($0.string) }), value > 0, value.isFinite else {
      throw fault(node, path, "expected a positive number, found \(Self.describe(node))")
    }
    return value
  }

  private func provenance(
    in mapping: Node.Mapping, path: String
  ) throws(EnergyError) -> Provenance {
    let node = try require("provenance", in: mapping, path: path)
    guard let value = node.scalar.flatMap({ Provenance(rawValue: $0.string) }) else {
      let legal = Provenance.allCases.map(\.rawValue).joined(separator: ", ")
      throw fault(node, path, "expected one of \(legal), found \(Self.describe(node))")
    }
    return value
  }

  private func text(
    of key: String, in mapping: Node.Mapping, path: String
  ) throws(EnergyError) -> String {
    let node = try require(key, in: mapping, path: path)
    let words = node.scalar?.string.split(whereSeparator: \.isWhitespace) ?? []
    guard !words.isEmpty else {
      throw fault(node, path, "expected text, found \(Self.describe(node))")
    }
    return words.joined(separator: " ")
  }

  // MARK: Faults

  private func require(
    _ key: String, in mapping: Node.Mapping, path: String
  ) throws(EnergyError) -> Node {
    guard let node = mapping[key] else {
      throw EnergyError(file: file, line: mapping.mark?.line ?? 1, "\(path): missing")
    }
    return node
  }

  private func refuseUnknown(
    in mapping: Node.Mapping, path: String, known: [String]
  ) throws(EnergyError) {
    for (key, _) in mapping where !known.contains(key.string ?? "") {
      throw fault(
        key, path + (key.string ?? "?"), "unknown key; known are \(known.joined(separator: ", "))")
    }
  }

  private func fault(_ node: Node, _ path: String, _ message: String) -> EnergyError {
    EnergyError(file: file, line: node.mark?.line ?? 1, "\(path): \(message)")
  }

  private static func describe(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "“\(scalar.string)”"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }
}
