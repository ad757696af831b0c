public import Ternary

/// Exact results to which every other executor is compared.
///
/// The arithmetic is that of GNU MP's integers, which grow as needed: nothing here can wrap,
/// saturate or round, and nothing is shared with the kernels, the model or the RTL.
public enum Oracle {
  /// The exact product `Y = X · Wᵀ`.
  ///
  /// All tokens are computed in one integer: a column of X is the number `Σ x[t] · 2^(64 t)`, so
  /// adding and subtracting columns as the weights say makes the number `Σ y[t] · 2^(64 t)`. A
  /// product of 3 million weights and 32 tokens takes about 0.1 s.
  ///
  /// - Parameters:
  ///   - weights: W, N × K.
  ///   - activations: X, `tokens` rows of `weights.columns` values.
  ///   - tokens: Rows of X and Y, M.
  /// - Returns: Y, `tokens` rows of `weights.rows` sums.
  /// - Throws: ``OracleError`` when X has not `tokens * weights.columns` values or a sum does not
  ///   fit `Int32`.
  public static func multiply(
    weights: TritMatrix, activations: [Int8], tokens: Int
  ) throws(OracleError) -> [Int32] {
    let (needed, overflow) = tokens.multipliedReportingOverflow(by: weights.columns)
    guard tokens >= 0, !overflow, activations.count == needed else {
      throw .wrongLength(
        activations: activations.count, tokens: tokens, columns: weights.columns)
    }
    // One sum for each row of W, and the column of X that is being added.
    let column = weights.rows
    let sums = Integers(count: weights.rows + 1, fieldCount: tokens)
    for k in 0..<weights.columns {
      sums[column] = (0..<tokens).map { Int64(activations[$0 * weights.columns + k]) }
      for n in 0..<weights.rows {
        switch weights[n, k] {
        case 1: sums.add(column, to: n)
        case -1: sums.subtract(column, from: n)
        default: break
        }
      }
    }
    var product = [Int32](repeating: 0, count: tokens * weights.rows)
    for n in 0..<weights.rows {
      for (token, sum) in sums[n].enumerated() {
        product[token * weights.rows + n] = try narrow(sum, row: n, token: token)
      }
    }
    return product
  }

  /// The sum as `Int32`, if it fits.
  static func narrow(_ sum: Int64, row: Int, token: Int) throws(OracleError) -> Int32 {
    guard let narrow = Int32(exactly: sum) else {
      throw .outsideInt32(sum, row: row, token: token)
    }
    return narrow
  }
}

/// Why there is no exact result.
public enum OracleError: Error, Equatable {
  /// The number of activations is not tokens × columns.
  case wrongLength(activations: Int, tokens: Int, columns: Int)
  /// The exact sum of `row` and `token` does not fit `Int32`.
  case outsideInt32(_ sum: Int64, row: Int, token: Int)
}

extension OracleError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongLength(let activations, let tokens, let columns):
      "oracle: expected \(tokens) tokens × \(columns) activations, found \(activations)"
    case .outsideInt32(let sum, let row, let token):
      "oracle: row \(row), token \(token): expected a sum that fits 32 bits, found \(sum)"
    }
  }
}
