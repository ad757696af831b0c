/// A matrix of ternary weights.
///
/// It holds its weights once, in the coding ``TritCodec/twoBit`` or, after
/// ``packedForProducts()``, in the one that the kernels of this processor read fastest.
///
/// - Invariant: No pair of a two-bit row is `10` and the unused bits of its last byte are zero, so
///   equal matrices have equal bytes. There are 1 to ``maximumColumns`` columns.
public struct TritMatrix: Equatable, Sendable {
  /// The most columns with which every sum of trit × int8 products fits `Int32`:
  /// `128 * (2^24 - 1) < 2^31`.
  public static let maximumColumns = (1 << 24) - 1

  /// Outputs, N.
  public let rows: Int
  /// Inputs, K.
  public let columns: Int
  let storage: Storage

  /// The rows in ``TritCodec/twoBit``: `rows * rowBytes` bytes, row `r` from `r * rowBytes` on.
  ///
  /// Decoded at every access where the weights are held in another coding.
  public var bytes: [UInt8] { twoBitRows(0..<rows) }

  /// Bytes of one two-bit row.
  public var rowBytes: Int { (columns + 3) / 4 }

  /// A matrix of `rows * columns` values, row by row.
  ///
  /// - Precondition: Sizes are positive, `columns` is at most ``maximumColumns``, and `trits` has
  ///   `rows * columns` values, each −1, 0 or +1.
  public init(rows: Int, columns: Int, trits: [Int8]) {
    precondition(
      rows > 0 && 1...Self.maximumColumns ~= columns, "matrix of \(rows)×\(columns)")
    precondition(trits.count == rows * columns, "\(trits.count) trits for \(rows)×\(columns)")
    var bytes = [UInt8]()
    bytes.reserveCapacity(rows * TritCodec.twoBit.byteCount(trits: columns))
    for row in 0..<rows {
      TwoBit.encode(trits[row * columns..<(row + 1) * columns], into: &bytes)
    }
    self.rows = rows
    self.columns = columns
    storage = .twoBit(bytes)
  }

  /// Reads a matrix from packed rows that came from outside the program.
  ///
  /// - Parameter bytes: `rows` rows of `(columns + 3) / 4` bytes.
  /// - Throws: ``TritError`` when a size is not supported, the buffer has another length, a pair
  ///   is illegal, or the padding of a row is not zero.
  public init(rows: Int, columns: Int, packed bytes: [UInt8]) throws(TritError) {
    guard rows > 0, 1...Self.maximumColumns ~= columns else {
      throw .unsupportedSize(rows: rows, columns: columns)
    }
    let rowBytes = TritCodec.twoBit.byteCount(trits: columns)
    let (needed, overflow) = rows.multipliedReportingOverflow(by: rowBytes)
    guard !overflow else { throw .unsupportedSize(rows: rows, columns: columns) }
    guard bytes.count == needed else { throw .wrongLength(bytes: bytes.count, needed: needed) }
    for row in 0..<rows {
      let packedRow = bytes[row * rowBytes..<(row + 1) * rowBytes]
      try TwoBit.validate(packedRow, columns: columns, row: row)
    }
    self.rows = rows
    self.columns = columns
    storage = .twoBit(bytes)
  }

  /// The weight at `row`, `column`: −1, 0 or +1.
  ///
  /// - Precondition: The indices are inside the matrix.
  public subscript(row: Int, column: Int) -> Int8 {
    precondition(
      row >= 0 && row < rows && column >= 0 && column < columns,
      "weight at \(row), \(column) of \(rows)×\(columns)")
    switch storage {
    case .twoBit(let bytes):
      return TwoBit.trit(bytes[row * rowBytes + column / 4], place: column % 4)
    case .triples:
      return TwoBit.trit(twoBitRows(row..<row + 1)[column / 4], place: column % 4)
    }
  }

  /// The weights of output `row`.
  ///
  /// - Precondition: `row` is in `0..<rows`.
  public func row(_ row: Int) -> TritVector {
    precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
    return TritVector(unchecked: twoBitRows(row..<row + 1), count: columns)
  }

  /// The exact product `Y = X · Wᵀ`, in plain Swift.
  ///
  /// - Parameters:
  ///   - activations: X, `tokens` rows of ``columns`` values.
  ///   - tokens: Rows of X and Y, M.
  /// - Returns: Y, `tokens` rows of ``rows`` sums.
  /// - Precondition: `activations` has `tokens * columns` values.
  public func multiply(_ activations: [Int8], tokens: Int = 1) -> [Int32] {
    precondition(
      tokens >= 0 && activations.count == tokens * columns,
      "\(activations.count) activations for \(tokens) tokens of \(columns)")
    let bytes = bytes
    var sums = [Int32](repeating: 0, count: tokens * rows)
    for token in 0..<tokens {
      for row in 0..<rows {
        var sum: Int32 = 0
        for column in 0..<columns {
          let trit = TwoBit.trit(bytes[row * rowBytes + column / 4], place: column % 4)
          sum += Int32(trit) * Int32(activations[token * columns + column])
        }
        sums[token * rows + row] = sum
      }
    }
    return sums
  }
}
