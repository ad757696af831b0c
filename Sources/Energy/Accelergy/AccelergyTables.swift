import Yams

/// Energies of actions and areas of components, as Accelergy writes them: ERT and ART.
///
/// Names may be paths with ranges, `soc.weight_buffer[0..3]`: their last part, without brackets, is
/// what counts. Energies are in pJ and areas in µm² in the files.
public struct AccelergyTables: Equatable, Sendable {
  /// J of an action, by component.
  public private(set) var energies: [String: [String: Double]] = [:]
  /// µm² of a component.
  public private(set) var areas: [String: Double] = [:]
  /// The files, for sources.
  public private(set) var files: [String] = []

  /// Nothing: files are added one by one.
  public init() {}

  /// Whether nothing was added.
  var isEmpty: Bool { energies.isEmpty && areas.isEmpty }

  /// The tables but for the tree array.
  var withoutArray: AccelergyTables {
    var others = self
    others.energies[EnergyComponent.array.rawValue] = nil
    others.areas[Block.treeArray.rawValue] = nil
    return others
  }

  /// Adds what is in a file: `ERT`, `ART`, or both, of Accelergy 0.2 to 0.4.
  ///
  /// Where an action has arguments, such as how many bits change, the entry with the largest of each
  /// is taken: the dearest regular use, as for random data.
  ///
  /// - Throws: ``EnergyError`` with file and line at what is neither, and at components that are
  ///   stated twice.
  public mutating func add(yaml: String, file: String) throws(EnergyError) {
    let reader = AccelergyReader(file: file)
    let root = try reader.root(yaml)
    guard root["ERT"] != nil || root["ART"] != nil else {
      throw EnergyError(file: file, line: 1, "expected the key ERT or ART, found neither")
    }
    for (name, actions) in try reader.actions(root["ERT"]) {
      guard energies.updateValue(actions, forKey: name) == nil else {
        throw EnergyError("\(file): ERT: \(name): stated twice")
      }
    }
    for (name, area) in try reader.areas(root["ART"]) {
      guard areas.updateValue(area, forKey: name) == nil else {
        throw EnergyError("\(file): ART: \(name): stated twice")
      }
    }
    files.append(file)
  }
}

/// One file taken apart.
private struct AccelergyReader {
  let file: String

  func root(_ yaml: String) throws(EnergyError) -> Node.Mapping {
    let node: Node?
    do {
      node = try compose(yaml: yaml)
    } catch {
      throw EnergyError(file: file, line: 1, "not YAML: \(error)")
    }
    guard let mapping = node?.mapping else {
      throw EnergyError(file: file, line: 1, "expected keys, found none")
    }
    return mapping
  }

  // MARK: Energies

  /// The actions of all components, of a list as in 0.3 or a mapping as in 0.2.
  func actions(_ ert: Node?) throws(EnergyError) -> [(String, [String: Double])] {
    guard let ert else { return [] }
    guard let tables = ert.mapping?["tables"] else { throw fault(ert, "ERT: tables: missing") }
    var components: [(String, [String: Double])] = []
    if let list = tables.sequence {
      for entry in list {
        let actions = try required("actions", in: entry, "ERT")
        guard let sequence = actions.sequence else {
          throw fault(actions, "ERT: actions: expected a list")
        }
        var uses: [(String, Node)] = []
        for action in sequence { uses.append((try name(of: action, "ERT"), action)) }
        components.append((component(try name(of: entry, "ERT")), try energies(of: uses)))
      }
    } else if let mapping = tables.mapping {
      for (key, actions) in mapping {
        var uses: [(String, Node)] = []
        for (action, entry) in actions.mapping ?? [:] {
          for use in entry.sequence.map(Array.init) ?? [entry] {
            uses.append((action.string ?? "?", use))
          }
        }
        components.append((component(key.string ?? "?"), try energies(of: uses)))
      }
    } else {
      throw fault(tables, "ERT: tables: expected components")
    }
    return components
  }

  /// J of each action, from the use with the largest arguments.
  private func energies(of uses: [(String, Node)]) throws(EnergyError) -> [String: Double] {
    var largest: [String: (arguments: [Double], energy: Double)] = [:]
    for (action, use) in uses {
      let energy = try number(try required("energy", in: use, "ERT"), "ERT: \(action): energy")
      let arguments = (use.mapping?["arguments"]?.mapping ?? [:])
        .sorted { ($0.key.string ?? "") < ($1.key.string ?? "") }
        .map { $0.value.scalar.flatMap { Double($0.string) } ?? 0 }
      if let known = largest[action], !known.arguments.lexicographicallyPrecedes(arguments) {
        continue
      }
      largest[action] = (arguments, energy * 1e-12)
    }
    return largest.mapValues(\.energy)
  }

  // MARK: Areas

  func areas(_ art: Node?) throws(EnergyError) -> [(String, Double)] {
    guard let art else { return [] }
    guard let tables = art.mapping?["tables"]?.sequence else {
      throw fault(art, "ART: tables: expected a list")
    }
    var areas: [(String, Double)] = []
    for entry in tables {
      let name = try name(of: entry, "ART")
      let area = try number(try required("area", in: entry, "ART"), "ART: \(name): area")
      areas.append((component(name), area * Double(Self.copies(name))))
    }
    return areas
  }

  // MARK: Names and numbers

  /// The last part of a path, without brackets.
  private func component(_ path: String) -> String {
    let bare = path.split(separator: "[", omittingEmptySubsequences: false).enumerated().map {
      $0 == 0 ? $1 : $1.drop { $0 != "]" }.dropFirst()
    }.joined()
    return bare.split(separator: ".").last.map(String.init) ?? bare
  }

  /// How many components a path stands for: the product of its ranges, `[0..3]` for four.
  static func copies(_ path: String) -> Int {
    path.split(separator: "[").dropFirst().reduce(1) { product, part in
      let ends = part.prefix { $0 != "]" }.split(separator: ".").compactMap { Int($0) }
      return product * (ends.count == 2 ? max(1, ends[1] - ends[0] + 1) : 1)
    }
  }

  private func name(of entry: Node, _ table: String) throws(EnergyError) -> String {
    guard let name = try required("name", in: entry, table).string else {
      throw fault(entry, "\(table): name: expected text")
    }
    return name
  }

  private func required(
    _ key: String, in entry: Node, _ table: String
  ) throws(EnergyError) -> Node {
    guard let value = entry.mapping?[key] else { throw fault(entry, "\(table): \(key): missing") }
    return value
  }

  private func number(_ node: Node, _ what: String) throws(EnergyError) -> Double {
    guard let text = node.scalar?.string, let value = Double(text), value >= 0, value.isFinite
    else {
      throw fault(node, "\(what): expected a number from 0, found “\(node.scalar?.string ?? "…")”")
    }
    return value
  }

  private func fault(_ node: Node, _ message: String) -> EnergyError {
    EnergyError(file: file, line: node.mark?.line ?? 1, message)
  }
}
