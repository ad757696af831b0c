import Architecture

/// Goes from point to point and changes only what differs.
struct PointCursor {
  private let space: DesignSpace
  private let conditions: Conditions
  private(set) var number = 0
  private var digits: [Int]
  private var parameters: Architecture.Parameters
  private var mapping = MappingPolicy.standard
  private var keyValueBits: Int?
  /// The sum of the hash terms of the keys that no parameter changes.
  private let constantTerms: UInt64
  /// By parameter and value.
  private let terms: [[UInt64]]
  /// The values of the names of conditions.
  private(set) var slots: [Double]
  /// By derived key: the settings that were made for values so far.
  private var settings: [[UInt64: Derivation]]
  /// The sum of the hash terms of derived keys.
  private var derivedTerms: UInt64 = 0
  /// Why a derived value is not possible.
  private var problem: ArchitectureError?

  private enum Derivation {
    case setting(Architecture.Setting, term: UInt64)
    case problem(ArchitectureError)
  }

  /// - Parameter conditions: Those of the space, or others in the same names.
  init(_ space: DesignSpace, conditions: Conditions? = nil) {
    self.space = space
    self.conditions = conditions ?? space.conditions
    digits = [Int](repeating: 0, count: space.parameters.count)
    parameters = space.base.parameters
    terms = space.parameters.map { parameter in
      parameter.values.map { value in
        value.design.reduce(0) { $0 &+ PointHash.term($1.keyPath, $1.text) }
      }
    }
    let varied = Set(
      space.parameters.flatMap { $0.values[0].settings.map(\.keyPath) }
        + space.derived.map(\.keyPath))
    let constant =
      parameters.design.filter { !varied.contains($0.keyPath) }
      + (varied.contains(DesignSpace.mappingName)
        ? [] : [(DesignSpace.mappingName, mapping.rawValue)])
    constantTerms = constant.reduce(0) { $0 &+ PointHash.term($1.keyPath, $1.text) }
    slots = self.conditions.initialSlots
    settings = space.derived.map { _ in [:] }
    for index in space.parameters.indices { put(index) }
    derive()
  }

  /// Goes to point `number`.
  mutating func move(to number: Int) {
    guard number != self.number else { return }
    if number == self.number + 1 {
      advance()
    } else {
      let digits = space.digits(of: number)
      for index in digits.indices where digits[index] != self.digits[index] {
        self.digits[index] = digits[index]
        put(index)
      }
    }
    self.number = number
    derive()
  }

  private mutating func advance() {
    for index in digits.indices.reversed() {
      digits[index] += 1
      if digits[index] == space.parameters[index].values.count { digits[index] = 0 }
      put(index)
      if digits[index] != 0 { return }
    }
  }

  /// Puts the value of one parameter in its place.
  private mutating func put(_ index: Int) {
    let value = space.parameters[index].values[digits[index]]
    value.setting?.apply(to: &parameters)
    if let mapping = value.mapping { self.mapping = mapping }
    if let bits = value.keyValueBits { keyValueBits = bits }
    for (slot, number) in conditions.assignments[index][digits[index]] {
      slots[slot] = number
    }
  }

  /// Computes what follows from the parameters.
  private mutating func derive() {
    guard !space.derived.isEmpty else { return }
    problem = nil
    derivedTerms = 0
    for (index, key) in space.derived.enumerated() {
      let value = key.value(slots)
      switch derivation(index, key, value) {
      case .setting(let setting, let term):
        setting.apply(to: &parameters)
        derivedTerms &+= term
        slots[key.slot] = Double(setting.values[0].text) ?? value
      case .problem(let error): problem = problem ?? error
      }
    }
  }

  private mutating func derivation(
    _ index: Int, _ key: DerivedKey, _ value: Double
  ) -> Derivation {
    if let known = settings[index][value.bitPattern] { return known }
    let derivation: Derivation
    do throws(ArchitectureError) {
      let setting = try key.setting(value)
      derivation = .setting(
        setting, term: PointHash.term(key.keyPath, setting.values[0].text))
    } catch {
      derivation = .problem(error)
    }
    settings[index][value.bitPattern] = derivation
    return derivation
  }

  var hash: PointHash {
    var sum = constantTerms &+ derivedTerms
    for index in digits.indices { sum &+= terms[index][digits[index]] }
    return PointHash(sum: sum)
  }

  /// - Throws: ``ArchitectureError`` when the values do not go together.
  func point() throws(ArchitectureError) -> DesignPoint {
    if let problem { throw problem }
    return DesignPoint(
      try Architecture(parameters: parameters), mapping: mapping, keyValueBits: keyValueBits)
  }

  /// Notes the metrics that conditions ask for.
  mutating func note(_ metrics: PointMetrics, workload: Int) {
    for (slot, metric) in conditions.metricSlots[workload] {
      slots[slot] = metrics[metric]?.typical ?? .nan
    }
  }
}
