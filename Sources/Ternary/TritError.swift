/// Why bytes could not be read as trits.
///
/// A vector is row 0 of a matrix with one row.
public enum TritError: Error, Equatable {
  /// A size is not positive, or there are more columns than an exact `Int32` sum allows.
  case unsupportedSize(rows: Int, columns: Int)
  /// The buffer had `bytes` bytes where `needed` were expected.
  case wrongLength(bytes: Int, needed: Int)
  /// The two bits at `row`, `column` were `10`, which encodes nothing.
  case reservedPattern(row: Int, column: Int)
  /// The `five_in_eight` byte at `index` was `byte`, one of 243–255, which encode nothing.
  case reservedByte(_ byte: UInt8, index: Int)
  /// A bit or digit after the last trit of `row` was set.
  case paddingNotZero(row: Int)
}

extension TritError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unsupportedSize(let rows, let columns):
      """
      trits: expected a positive number of rows and 1 to \(TritMatrix.maximumColumns) columns, \
      found \(rows) × \(columns)
      """
    case .wrongLength(let bytes, let needed):
      "trits: expected \(needed) bytes, found \(bytes)"
    case .reservedPattern(let row, let column):
      "trits: row \(row), column \(column): expected 00, 01 or 11, found the reserved pattern 10"
    case .reservedByte(let byte, let index):
      "trits: five_in_eight byte \(index): expected 0 to 242, found \(byte)"
    case .paddingNotZero(let row):
      "trits: row \(row): expected zeros after the last column, found others"
    }
  }
}
