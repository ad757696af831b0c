/// The product `X · Wᵀ` by its definition, from plain values: what packed and tiled executions
/// are compared to.
///
/// - Parameters:
///   - weights: W, `rows` rows of `columns` trits.
///   - activations: X, `tokens` rows of `columns` values.
/// - Returns: Y, `tokens` rows of `rows` sums.
public func expectedProduct(
  weights: [Int8], activations: [Int8], rows: Int, columns: Int, tokens: Int = 1
) -> [Int32] {
  (0..<tokens).flatMap { token in
    (0..<rows).map { row in
      let w = weights[row * columns..<(row + 1) * columns]
      let x = activations[token * columns..<(token + 1) * columns]
      return Int32(zip(w, x).reduce(0) { $0 + Int($1.0) * Int($1.1) })
    }
  }
}
