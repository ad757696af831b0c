import Architecture

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
