/// A small seeded generator, so that a failure can be repeated from its printed seed.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

extension SplitMix64 {
  /// `count` values of −1, 0 and +1, equally likely.
  public mutating func trits(_ count: Int) -> [Int8] {
    (0..<count).map { _ in Int8(truncatingIfNeeded: next() % 3) - 1 }
  }

  /// `count` values of −128 to 127, equally likely.
  public mutating func activations(_ count: Int) -> [Int8] {
    (0..<count).map { _ in Int8(truncatingIfNeeded: next()) }
  }

  /// `count` numbers from −`magnitude` to `magnitude`.
  public mutating func floats(_ count: Int, magnitude: Float) -> [Float] {
    (0..<count).map { _ in Float.random(in: -magnitude...magnitude, using: &self) }
  }
}

extension SplitMix64 {
  /// A generator for one of many things that are drawn from one seed: each list of numbers gives a
  /// sequence of its own.
  public init(seed: Int, _ path: Int...) {
    self.init(seed: seed)
    for step in path {
      let mixed = next() ^ UInt64(bitPattern: Int64(step)) &* 0xD6E8_FEB8_6659_FD93
      self.init(seed: Int(bitPattern: UInt(mixed)))
    }
  }
}
