import Architecture
import Yams

/// A key whose value follows from parameters: `memory.bytes_per_cycle: 8 GB / 1 s / clock_mhz`.
struct DerivedKey: Sendable {
  let keyPath: String
  /// As it was written.
  let text: String
  /// The slot of the key among the names of conditions.
  let slot: Int
  private let node: Condition.Node
  private let base: Architecture
  /// The slots that it reads.
  let slots: Set<Int>

  /// Reads `derived`, a mapping of keys to formulas that may be absent.
  static func list(
    _ node: SpaceNode?, base: Architecture, names: Conditions.Names
  ) throws(ExplorationError) -> [DerivedKey] {
    var keys: [DerivedKey] = []
    for (key, value) in try node?.entries(expected: "keys with formulas") ?? [] {
      keys.append(try DerivedKey(key, value, base: base, names: names))
    }
    let derived = Set(keys.map(\.slot))
    for key in keys where !key.slots.isDisjoint(with: derived) {
      throw node!.fault("formulas of parameters", found: "\(key.keyPath), of another derived key")
    }
    return keys
  }

  private init(
    _ keyPath: String, _ node: SpaceNode, base: Architecture, names: Conditions.Names
  ) throws(ExplorationError) {
    guard Architecture.Setting.text(1, for: keyPath) != nil,
      let slot = names.vocabulary.slot(of: keyPath)
    else {
      throw node.fault("a key of an architecture file that holds a number", found: keyPath)
    }
    guard !names.isVaried(slot) else {
      throw node.fault("a key that no parameter decides", found: keyPath)
    }
    self.keyPath = keyPath
    self.slot = slot
    self.base = base
    text = try node.text(expected: "a formula")
    do {
      var parser = ConditionParser(tokens: try ConditionToken.tokens(of: text), names.vocabulary)
      guard let unit = ScaledUnit(DesignSpace.Parameter.unit(of: keyPath)) else {
        preconditionFailure("no unit of \(keyPath)")
      }
      self.node = try parser.quantity(in: unit)
    } catch {
      throw node.fault(error)
    }
    var slots: Set<Int> = []
    self.node.collectSlots(into: &slots)
    self.slots = slots
    guard slots.isDisjoint(with: names.metricSlots.keys) else {
      throw node.fault("a formula of parameters", found: "one of metrics")
    }
  }

  /// The value in `slots`.
  func value(_ slots: [Double]) -> Double { Condition.value(node, slots) }

  /// The key with `value`, rounded to what it can hold.
  ///
  /// - Throws: ``ArchitectureError`` for a value that no design can have.
  func setting(_ value: Double) throws(ArchitectureError) -> Architecture.Setting {
    guard let text = Architecture.Setting.text(value, for: keyPath) else {
      throw ArchitectureError(keyPath: keyPath, expected: "a number", found: "\(value)")
    }
    return try Architecture.Setting([(keyPath, .init(text, .implicit, .plain))], base: base)
  }
}
