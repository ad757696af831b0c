import Architecture
internal import Workload

/// The name of a design wherever it is met: 64 bits of all its keys but name and description, of the
/// mapping, and of the bits of keys and values where they are said.
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
    var terms = point.architecture.parameters.design.map { Self.term($0.keyPath, $0.text) }
    if let bits = point.keyValueBits {
      terms.append(Self.term(DesignSpace.keyValueName, "\(bits)"))
    }
    self.init(sum: terms.reduce(Self.term("mapping", point.mapping.rawValue), &+))
  }

  /// From the sum of the terms of all keys. A sum, so that a point costs a few additions.
  init(sum: UInt64) { self.init(bits: SplitMix64.mixed(sum)) }

  /// What a key with a value adds.
  static func term(_ key: String, _ value: String) -> UInt64 {
    SplitMix64.mixed(fnv1a64("\(key)=\(value)".utf8))
  }
}
