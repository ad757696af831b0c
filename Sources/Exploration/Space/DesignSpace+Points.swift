public import Architecture

extension DesignSpace {
  /// Which value each parameter has at point `number`.
  ///
  /// - Precondition: `number` is in `0..<count`.
  public func digits(of number: Int) -> [Int] {
    precondition(0..<count ~= number, "point \(number) of \(count)")
    var rest = number
    var digits = [Int](repeating: 0, count: parameters.count)
    for index in parameters.indices.reversed() {
      (rest, digits[index]) = rest.quotientAndRemainder(dividingBy: parameters[index].values.count)
    }
    return digits
  }

  /// The number of the point with these values.
  func number(of digits: [Int]) -> Int {
    zip(digits, parameters).reduce(0) { $0 * $1.1.values.count + $1.0 }
  }

  /// The design at point `number`, under the name `name` or that of the base.
  ///
  /// - Throws: ``ArchitectureError`` when the values do not go together.
  public func point(_ number: Int, name: String? = nil) throws(ArchitectureError) -> DesignPoint {
    var cursor = PointCursor(self)
    cursor.move(to: number)
    var point = try cursor.point()
    guard let name else { return point }
    var parameters = point.architecture.parameters
    parameters.name = name
    parameters.description = "Point \(number) of the design space \(self.name)."
    point.architecture = try Architecture(parameters: parameters)
    return point
  }

  /// The hash of point `number`: of all that decides what the design does and costs.
  public func hash(of number: Int) -> PointHash {
    var cursor = PointCursor(self)
    cursor.move(to: number)
    return cursor.hash
  }
}

/// The name of a design wherever it is met: 64 bits of all its keys but name and description, and of
/// the mapping.
public struct PointHash: Hashable, Sendable {
  public let bits: UInt64

  public init(bits: UInt64) { self.bits = bits }

  /// 16 hexadecimal digits.
  public var description: String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension PointHash: CustomStringConvertible {}

extension PointHash {
  /// The hash of a design that was met outside a space.
  public init(_ point: DesignPoint) {
    let terms = point.architecture.parameters.design.map { Self.term($0.keyPath, $0.text) }
    self.init(sum: terms.reduce(Self.term("mapping", point.mapping.rawValue), &+))
  }

  /// From the sum of the terms of all keys. A sum, so that a point costs a few additions.
  init(sum: UInt64) { self.init(bits: Self.mixed(sum)) }

  /// What a key with a value adds.
  static func term(_ key: String, _ value: String) -> UInt64 {
    mixed(fnv1a64("\(key)=\(value)".utf8))
  }

  /// A bijection in which every bit depends on all. Source: the finaliser of SplitMix64
  /// (Steele, Lea and Flood, 2014).
  static func mixed(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}

/// Goes from point to point and changes only what differs.
struct PointCursor {
  private let space: DesignSpace
  private(set) var number = 0
  private var digits: [Int]
  private var parameters: Architecture.Parameters
  private var mapping = MappingPolicy.standard
  /// The sum of the hash terms of the keys that no parameter changes.
  private let constantTerms: UInt64
  /// By parameter and value.
  private let terms: [[UInt64]]
  /// The values of the names of conditions.
  private(set) var slots: [Double]

  init(_ space: DesignSpace) {
    self.space = space
    digits = [Int](repeating: 0, count: space.parameters.count)
    parameters = space.base.parameters
    terms = space.parameters.map { parameter in
      parameter.values.map { value in
        value.settings.reduce(0) { $0 &+ PointHash.term($1.keyPath, $1.text) }
      }
    }
    let varied = Set(space.parameters.flatMap { $0.values[0].settings.map(\.keyPath) })
    let constant =
      parameters.design.filter { !varied.contains($0.keyPath) }
      + (varied.contains(DesignSpace.mappingName)
        ? [] : [(DesignSpace.mappingName, mapping.rawValue)])
    constantTerms = constant.reduce(0) { $0 &+ PointHash.term($1.keyPath, $1.text) }
    slots = space.conditions.initialSlots
    for index in space.parameters.indices { put(index) }
  }

  /// Goes to point `number`.
  mutating func move(to number: Int) {
    if number == self.number + 1 {
      advance()
    } else if number != self.number {
      let digits = space.digits(of: number)
      for index in digits.indices where digits[index] != self.digits[index] {
        self.digits[index] = digits[index]
        put(index)
      }
    }
    self.number = number
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
    for (slot, number) in space.conditions.assignments[index][digits[index]] {
      slots[slot] = number
    }
  }

  var hash: PointHash {
    var sum = constantTerms
    for index in digits.indices { sum &+= terms[index][digits[index]] }
    return PointHash(sum: sum)
  }

  /// - Throws: ``ArchitectureError`` when the values do not go together.
  func point() throws(ArchitectureError) -> DesignPoint {
    DesignPoint(try Architecture(parameters: parameters), mapping: mapping)
  }

  /// Notes the metrics that conditions ask for.
  mutating func note(_ metrics: PointMetrics, workload: Int) {
    for (slot, metric) in space.conditions.metricSlots[workload] {
      slots[slot] = metrics[metric]?.typical ?? .nan
    }
  }
}
