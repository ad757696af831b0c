public import Workload

extension SplitMix64 {
  public init(seed: Int) { self.init(state: UInt64(bitPattern: Int64(seed))) }
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
