import Architecture
import Yams

extension DesignSpace.Parameter {
  /// Reads `parameters`: to each name a list, a range, or named bundles of keys.
  ///
  /// Names that are no keys are variables of formulas.
  static func list(
    _ node: SpaceNode, base: Architecture
  ) throws(ExplorationError) -> [DesignSpace.Parameter] {
    var parameters: [DesignSpace.Parameter] = []
    var owners: [String: String] = [:]
    for (name, value) in try node.entries(expected: "parameters with their values") {
      let parameter = try DesignSpace.Parameter(name, value, base: base)
      guard !parameters.contains(where: { $0.name == name }) else {
        throw value.fault("each parameter once", found: "\(name) again")
      }
      for key in parameter.values[0].settings.map(\.keyPath) {
        if let owner = owners.updateValue(name, forKey: key) {
          throw value.fault("each key in one parameter", found: "\(key), which \(owner) decides")
        }
      }
      parameters.append(parameter)
    }
    guard !parameters.isEmpty else { throw node.fault("at least one parameter", found: "none") }
    return parameters
  }

  private init(
    _ name: String, _ node: SpaceNode, base: Architecture
  ) throws(ExplorationError) {
    let keys = Architecture.Setting.keyPaths
    self.name = name
    unit = Self.unit(of: name)
    if name == DesignSpace.mappingName {
      values = try node.list(expected: "a list of mappings").map {
        element throws(ExplorationError) in
        let mapping = try element.choice(MappingPolicy.self)
        return DesignSpace.Value(
          text: mapping.rawValue, settings: [(name, mapping.rawValue)], setting: nil,
          mapping: mapping)
      }
    } else if name == DesignSpace.keyValueName {
      values = try Self.scalars(node).map { scalar, place throws(ExplorationError) in
        let bits = try Self.keyValueBits(scalar.string, place)
        return DesignSpace.Value(
          text: "\(bits)", settings: [(name, "\(bits)")], setting: nil, mapping: nil,
          keyValueBits: bits)
      }
    } else if keys.contains(name) {
      values = try Self.scalars(node).map { scalar, place throws(ExplorationError) in
        let setting = try Self.setting([(name, scalar)], base, place)
        return DesignSpace.Value(
          text: setting.values.first { $0.keyPath == name }!.text.withoutQuotes,
          settings: setting.values, setting: setting, mapping: nil)
      }
    } else if case .mapping(let mapping) = node.node, mapping["from"] == nil {
      values = try Self.bundles(node, base: base)
    } else {
      values = try Self.scalars(node).map { scalar, _ in
        DesignSpace.Value(
          text: scalar.string, settings: [(name, scalar.string)], setting: nil, mapping: nil)
      }
    }
    var seen: Set<String> = []
    for value in values where !seen.insert(value.text).inserted {
      throw node.fault("each value once", found: "\(value.text) again")
    }
  }

  /// A list of scalars or a range.
  private static func scalars(
    _ node: SpaceNode
  ) throws(ExplorationError) -> [(scalar: Node.Scalar, place: SpaceNode)] {
    if case .mapping = node.node {
      return try ValueRange.values(node).map { (Node.Scalar($0, .implicit, .plain), node) }
    }
    return try node.list(expected: "a list of values, or from and to with step or times")
      .map { element throws(ExplorationError) in (try element.scalar(expected: "a value"), element)
      }
  }

  /// Names, each with the same keys.
  private static func bundles(
    _ node: SpaceNode, base: Architecture
  ) throws(ExplorationError) -> [DesignSpace.Value] {
    var values: [DesignSpace.Value] = []
    for (name, bundle) in try node.entries(expected: "named bundles of keys") {
      var scalars: [(String, Node.Scalar)] = []
      var variables: [(keyPath: String, text: String)] = []
      var mapping: MappingPolicy?
      var keyValueBits: Int?
      for (key, value) in try bundle.entries(expected: "keys of an architecture file") {
        if key == DesignSpace.mappingName {
          mapping = try value.choice(MappingPolicy.self)
        } else if key == DesignSpace.keyValueName {
          keyValueBits = try Self.keyValueBits(try value.text(expected: keyValueRule), value)
        } else if Architecture.Setting.keyPaths.contains(key) {
          scalars.append((key, try value.scalar(expected: "a value")))
        } else {
          variables.append((key, try value.text(expected: "a value")))
        }
      }
      let setting = try setting(scalars, base, bundle)
      let settings =
        setting.values + (mapping.map { [(DesignSpace.mappingName, $0.rawValue)] } ?? [])
        + (keyValueBits.map { [(DesignSpace.keyValueName, "\($0)")] } ?? []) + variables
      guard !settings.isEmpty else { throw bundle.fault("at least one key", found: "none") }
      let keys = settings.map(\.keyPath)
      guard values.isEmpty || values[0].settings.map(\.keyPath) == keys else {
        throw bundle.fault(
          "the keys of the first bundle, "
            + values[0].settings.map(\.keyPath).joined(separator: ", "),
          found: keys.joined(separator: ", "))
      }
      values.append(
        .init(
          text: name, settings: settings, setting: setting, mapping: mapping,
          keyValueBits: keyValueBits))
    }
    guard !values.isEmpty else { throw node.fault("named bundles of keys", found: "none") }
    return values
  }

  private static let keyValueRule =
    "2 to 8 bits, or \(KeyValueCache.floatBits) for floats that are not rounded"

  private static func keyValueBits(
    _ text: String, _ place: SpaceNode
  ) throws(ExplorationError) -> Int {
    guard let bits = Int(text), 2...8 ~= bits || bits == KeyValueCache.floatBits else {
      throw place.fault(keyValueRule, found: text)
    }
    return bits
  }

  private static func setting(
    _ scalars: [(String, Node.Scalar)], _ base: Architecture, _ place: SpaceNode
  ) throws(ExplorationError) -> Architecture.Setting {
    do {
      return try Architecture.Setting(scalars, base: base)
    } catch {
      throw place.fault(error)
    }
  }

  /// The unit of the values of a key, in the notation of ``ScaledUnit``.
  static func unit(of key: String) -> String {
    switch key {
    case "clock_mhz": "MHz"
    case "bus_bytes": "B"
    case "memory.latency_cycles": "cycles"
    case "memory.bytes_per_cycle": "B/cycle"
    case "memory.picojoules_per_bit.low", "memory.picojoules_per_bit.typical",
      "memory.picojoules_per_bit.high":
      "pJ/bit"
    default: ""
    }
  }
}

extension String {
  /// What stands between the quotes of a YAML scalar; one without quotes unchanged.
  var withoutQuotes: String {
    count > 1 && first == "\"" && last == "\"" ? String(dropFirst().dropLast()) : self
  }
}
