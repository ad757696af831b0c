/// A packed vector of ternary weights, in the coding ``TritCodec/twoBit``.
///
/// - Invariant: No pair is `10` and the unused bits of the last byte are zero, so equal vectors
///   have equal bytes. There are at most ``TritMatrix/maximumColumns`` trits.
public struct TritVector: Equatable, Sendable {
  /// The number of trits.
  public let count: Int
  /// The packed trits: `(count + 3) / 4` bytes.
  public let bytes: [UInt8]

  /// A vector of values that are −1, 0 or +1.
  ///
  /// - Precondition: Every value is −1, 0 or +1, and there are not too many.
  public init(_ trits: [Int8]) {
    precondition(trits.count <= TritMatrix.maximumColumns, "vector of \(trits.count) trits")
    count = trits.count
    bytes = TritCodec.twoBit.encode(trits)
  }

  /// Reads `count` trits from bytes that came from outside the program.
  ///
  /// - Throws: ``TritError`` when `count` is negative or too large, the buffer is not exactly as
  ///   long as `count` trits need, holds an illegal pair, or has padding other than zero.
  public init(packed bytes: [UInt8], count: Int) throws(TritError) {
    guard 0...TritMatrix.maximumColumns ~= count else {
      throw .unsupportedSize(rows: 1, columns: count)
    }
    let needed = TritCodec.twoBit.byteCount(trits: count)
    guard bytes.count == needed else { throw .wrongLength(bytes: bytes.count, needed: needed) }
    try TwoBit.validate(bytes[...], columns: count, row: 0)
    self.init(unchecked: bytes, count: count)
  }

  init(unchecked bytes: [UInt8], count: Int) {
    self.count = count
    self.bytes = bytes
  }

  /// The weight at `index`: −1, 0 or +1.
  ///
  /// - Precondition: `index` is in `0..<count`.
  public subscript(index: Int) -> Int8 {
    precondition(index >= 0 && index < count, "trit \(index) of \(count)")
    return TwoBit.trit(bytes[index / 4], place: index % 4)
  }

  /// The values, one to an element.
  public var trits: [Int8] { (0..<count).map { self[$0] } }

  /// How many trits are −1, 0 and +1.
  public var counts: TritCounts { TwoBit.counts(bytes, count: count) }

  /// The dot product with int8 `activations`.
  ///
  /// The result is exact: its magnitude is at most `128 * count`, which fits `Int32`.
  ///
  /// - Precondition: `activations.count == count`.
  public func dot(_ activations: [Int8]) -> Int32 {
    precondition(activations.count == count, "\(activations.count) activations for \(count) trits")
    var sum: Int32 = 0
    for index in 0..<count { sum += Int32(self[index]) * Int32(activations[index]) }
    return sum
  }
}
