/// A matrix of ternary weights: rows of packed trits, four to a byte, lowest column in the lowest bits.
///
/// Each trit is a two-bit two's-complement number: `00` is 0, `01` is +1 and `11` is −1. The
/// pattern `10` has no meaning and never appears in a value of this type. Every row starts at a
/// byte, so row `r` is `bytes[r * rowBytes ..< (r + 1) * rowBytes]`.
///
/// - Invariant: The unused bits of a row's last byte are zero, so equal matrices have equal bytes.
public struct TritMatrix: Equatable, Sendable {
  /// Outputs, N.
  public let rows: Int
  /// Inputs, K.
  public let columns: Int
  /// The packed rows: `rows * rowBytes` bytes.
  public let bytes: [UInt8]

  /// Bytes of one packed row.
  public var rowBytes: Int { (columns + 3) / 4 }

  /// A matrix of `rows * columns` values, row by row.
  ///
  /// - Precondition: Sizes are positive, `trits` has `rows * columns` values, each −1, 0 or +1.
  public init(rows: Int, columns: Int, trits: [Int8]) {
    precondition(rows > 0 && columns > 0, "matrix of \(rows)×\(columns)")
    precondition(trits.count == rows * columns, "\(trits.count) trits for \(rows)×\(columns)")
    let rowBytes = (columns + 3) / 4
    var bytes = [UInt8](repeating: 0, count: rows * rowBytes)
    for row in 0..<rows {
      for column in 0..<columns {
        let trit = trits[row * columns + column]
        precondition(-1...1 ~= trit, "weight \(trit) at row \(row), column \(column)")
        bytes[row * rowBytes + column / 4] |=
          (UInt8(bitPattern: trit) & 0b11) << (2 * UInt8(column % 4))
      }
    }
    self.rows = rows
    self.columns = columns
    self.bytes = bytes
  }

  /// The weight at `row`, `column`: −1, 0 or +1.
  public subscript(row: Int, column: Int) -> Int8 {
    precondition(row >= 0 && row < rows && column >= 0 && column < columns)
    let pair = bytes[row * rowBytes + column / 4] >> (2 * UInt8(column % 4)) & 0b11
    // Sign-extend two bits: 11 becomes −1.
    return Int8(bitPattern: pair << 6) >> 6
  }
}
