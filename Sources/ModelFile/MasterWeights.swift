internal import Ternary
internal import Workload

/// Weights as they were trained, made ternary or binary while loading.
enum MasterWeights {
  /// The ternary weights of BitNet b1.58: `clamp(round(w / m), −1, 1)` with the mean magnitude
  /// `m ≥ 1e-5`, half to even, in single precision by the reciprocal of m. The mean is summed in
  /// double precision. Source: `WeightQuant` of transformers' BitNet integration.
  static func absmean(_ weights: [Float], rows: Int, columns: Int) -> (TritMatrix, WeightScale) {
    let mean = max(
      Float(
        sum(weights, columns: columns) { Double($0.magnitude) }
          / Double(weights.count)), 1e-5)
    let factor = 1 / mean
    let matrix = pack(weights, rows: rows, columns: columns) { weight in
      Int8(max(-1, min(1, (weight * factor).rounded(.toNearestOrEven))))
    }
    return (matrix, .multiply(1 / factor))
  }

  /// The binary weights of BitNet: +1 where a weight is above the mean of all and −1 elsewhere, and
  /// the mean magnitude as their scale. Source: Wang et al., "BitNet: Scaling 1-bit Transformers for
  /// Large Language Models" (arXiv 2310.11453), equations 1–3 and 11. The paper scales activations
  /// to 128 and clips them below it; here they are rounded to ±127 as in b1.58.
  static func sign(_ weights: [Float], rows: Int, columns: Int) -> (TritMatrix, WeightScale) {
    let count = Double(weights.count)
    let mean = Float(sum(weights, columns: columns) { Double($0) } / count)
    let magnitude = Float(sum(weights, columns: columns) { Double($0.magnitude) } / count)
    let matrix = pack(weights, rows: rows, columns: columns) { weight in weight > mean ? 1 : -1 }
    return (matrix, .multiply(max(magnitude, .leastNormalMagnitude)))
  }

  /// Weights that are −s, 0 or s within each row: their signs, and s for each row, or one s for all
  /// where they are equal. A row of zeros takes the scale of its neighbour.
  ///
  /// - Returns: Nil for the scale when a row has two magnitudes, with the place of the second.
  static func ternaryValues(
    _ weights: [Float], rows: Int, columns: Int
  ) throws(StrangeWeight) -> (TritMatrix, WeightScale) {
    var scales: [Float] = []
    for row in 0..<rows {
      let values = weights[row * columns..<(row + 1) * columns]
      guard let first = values.first(where: { $0 != 0 })?.magnitude else {
        scales.append(scales.last ?? 0)
        continue
      }
      if let index = values.firstIndex(where: { $0 != 0 && $0.magnitude != first }) {
        throw StrangeWeight(
          row: row, column: index - row * columns, value: weights[index], magnitude: first)
      }
      if scales.allSatisfy({ $0 == 0 }) { scales = scales.map { _ in first } }
      scales.append(first)
    }
    let matrix = pack(weights, rows: rows, columns: columns) { weight in
      weight == 0 ? 0 : weight > 0 ? 1 : -1
    }
    guard let scale = scales.first, scales.allSatisfy({ $0 == scale }) else {
      return (matrix, .rowGroups(scales, rowsPerGroup: 1))
    }
    return (matrix, .multiply(scale))
  }

  /// A weight of another magnitude than its row's.
  struct StrangeWeight: Error {
    let row: Int
    let column: Int
    let value: Float
    let magnitude: Float
  }

  /// Σ term(weight) in double precision, in rows that are summed on their own.
  private static func sum(
    _ weights: [Float], columns: Int, _ term: @Sendable (Float) -> Double
  ) -> Double {
    let rows = weights.withUnsafeBufferPointer { weights in
      nonisolated(unsafe) let weights = weights
      return parallelRows(weights.count / columns, rowSize: 1, of: Double.self) { row, total in
        total.pointee = 0
        for index in row * columns..<(row + 1) * columns { total.pointee += term(weights[index]) }
      }
    }
    return rows.reduce(0, +)
  }

  private static func pack(
    _ weights: [Float], rows: Int, columns: Int, _ trit: @Sendable (Float) -> Int8
  ) -> TritMatrix {
    let rowBytes = (columns + 3) / 4
    let packed = weights.withUnsafeBufferPointer { weights in
      nonisolated(unsafe) let weights = weights
      return parallelRows(rows, rowSize: rowBytes, of: UInt8.self) { row, target in
        target.initialize(repeating: 0, count: rowBytes)
        for column in 0..<columns {
          let value = trit(weights[row * columns + column])
          target[column / 4] |= (UInt8(bitPattern: value) & 0b11) << UInt8(2 * (column % 4))
        }
      }
    }
    do { return try TritMatrix(rows: rows, columns: columns, packed: packed) } catch {
      preconditionFailure("packed weights: \(error)")
    }
  }
}
