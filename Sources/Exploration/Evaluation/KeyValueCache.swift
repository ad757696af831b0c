/// What tokens leave in memory for the attention of later ones.
///
/// The attention itself is no part of the accelerator. Its traffic is modelled: a decoded token reads
/// the keys and values of the tokens before it once, and writes its own.
public struct KeyValueCache: Equatable, Codable, Sendable {
  /// Keys and values of a token, of all blocks together.
  public var values: Int
  /// Heads that they belong to; where they are quantised, each has a scale of ``scaleBits``.
  public var heads: Int
  /// Tokens before it that a decoded token reads.
  public var tokens: Int
  /// Whether every point counts them, not only those that say how many bits they have.
  public var isCounted: Bool

  /// - Precondition: There are values and heads.
  public init(values: Int, heads: Int, tokens: Int, isCounted: Bool) {
    precondition(values > 0 && heads > 0 && tokens >= 0, "\(values) values, \(heads) heads")
    self.values = values
    self.heads = heads
    self.tokens = tokens
    self.isCounted = isCounted
  }

  /// Bits of a value that is not quantised: a half-precision float.
  public static let floatBits = 16
  /// Bits of a scale.
  public static let scaleBits = 16

  /// Bytes of a token with `bits` a value.
  public func tokenBytes(bits: Int) -> Int {
    (values * bits + (bits < Self.floatBits ? heads * Self.scaleBits : 0) + 7) / 8
  }

  /// Bytes that a decoded token moves with `bits` a value.
  public func decodeBytes(bits: Int) -> Int { (tokens + 1) * tokenBytes(bits: bits) }
}
