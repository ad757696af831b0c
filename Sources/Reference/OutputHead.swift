private import CTernaryKernels
internal import ModelFile

/// What the head of a model computes with.
public enum HeadPrecision: String, CaseIterable, Sendable {
  /// The values as the file has them, and floats.
  case stored
  /// Int8 rows and int8 hidden rows, each scaled by its largest magnitude: half the memory traffic
  /// of a 16-bit head, and other logits than those of the published model. On the built-in model
  /// perplexity moves from 19.62 to 19.59 on 256 tokens of its kind of text, and from 6087 to 6124
  /// on 1,536 of another kind.
  case int8
}

/// The head: products of hidden rows with the row of every token of the vocabulary.
struct OutputHead: Sendable {
  private let table: EmbeddingTable
  /// Nil where scores are computed from the table itself.
  private let quantized: QuantizedActivations?

  init(_ table: EmbeddingTable, precision: HeadPrecision, on pool: WorkerPool) {
    self.table = table
    quantized = precision == .int8 ? Self.quantize(table, on: pool) : nil
  }

  /// Multiplications that are worth waking another thread.
  private static let partSize = 1 << 16

  /// The scores of rows of hidden values: a row of the vocabulary for each.
  func scores(of hidden: [Float], on pool: WorkerPool) -> [Float] {
    let tokens = hidden.count / table.columns
    return [Float](unsafeUninitializedCapacity: tokens * table.rows) { scores, initialized in
      initialized = tokens * table.rows
      guard let scores = scores.baseAddress else { return }
      if let quantized {
        int8Scores(hidden, quantized, into: scores, on: pool)
      } else {
        floatScores(hidden, into: scores, on: pool)
      }
    }
  }

  private func floatScores(
    _ hidden: [Float], into scores: UnsafeMutablePointer<Float>, on pool: WorkerPool
  ) {
    let (vocabulary, columns, rowBytes) = (table.rows, table.columns, table.rowBytes)
    let tokens = hidden.count / columns
    let kernel = setun_scores_select() ?? setun_scores_generic
    let minimum = max(1, Self.partSize / (tokens * columns))
    hidden.withUnsafeBufferPointer { hidden in
      table.bytes.withUnsafeBytes { bytes in
        guard let hidden = hidden.baseAddress, let bytes = bytes.baseAddress else { return }
        pool.split(vocabulary, unit: 8, minimum: minimum) { rows in
          if let type = table.format.kernelType {
            kernel(
              bytes + rows.lowerBound * rowBytes, type, rows.count, columns, columns, hidden,
              tokens, scores + rows.lowerBound, vocabulary)
            return
          }
          withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { decoded in
            for row in rows {
              table.decode(row: row, into: decoded)
              kernel(
                decoded.baseAddress, SETUN_F32, 1, columns, columns, hidden, tokens,
                scores + row, vocabulary)
            }
          }
        }
      }
    }
  }

  private func int8Scores(
    _ hidden: [Float], _ head: QuantizedActivations, into scores: UnsafeMutablePointer<Float>,
    on pool: WorkerPool
  ) {
    let (vocabulary, columns) = (table.rows, table.columns)
    let tokens = hidden.count / columns
    guard let inputs = QuantizedActivations(quantizing: hidden, columns: columns, on: pool) else {
      // A hidden value that is not finite leaves no score that is.
      scores.update(repeating: .nan, count: tokens * vocabulary)
      return
    }
    let kernel = setun_int8_product_select() ?? setun_int8_product_generic
    let minimum = max(1, Self.partSize / (tokens * columns))
    head.values.withUnsafeBufferPointer { table in
      guard let table = table.baseAddress else { return }
      pool.split(vocabulary, unit: 8, minimum: minimum) { rows in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: tokens * rows.count) { sums in
          guard let sums = sums.baseAddress else { return }
          kernel(
            table + rows.lowerBound * columns, rows.count, columns, inputs.values, tokens, sums,
            rows.count)
          for token in 0..<tokens {
            for (index, row) in rows.enumerated() {
              scores[token * vocabulary + row] =
                Float(sums[token * rows.count + index])
                / (inputs.scales[token] * head.scales[row])
            }
          }
        }
      }
    }
  }

  /// Every row of `table` in int8 with its scale.
  private static func quantize(_ table: EmbeddingTable, on pool: WorkerPool) -> QuantizedActivations
  {
    let quantizeRow = setun_quantize_row_select() ?? setun_quantize_row_generic
    let columns = table.columns
    var scales = [Float](repeating: 0, count: table.rows)
    let values = [Int8](unsafeUninitializedCapacity: table.rows * columns) { values, initialized in
      initialized = table.rows * columns
      scales.withUnsafeMutableBufferPointer { scales in
        guard let values = values.baseAddress, let scales = scales.baseAddress else { return }
        pool.split(table.rows) { rows in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { decoded in
            for row in rows {
              table.decode(row: row, into: decoded)
              scales[row] = quantizeRow(decoded.baseAddress, columns, values + row * columns)
            }
          }
        }
      }
    }
    return QuantizedActivations(
      tokens: table.rows, columns: columns, values: values, scales: scales)
  }
}

extension EmbeddingTable.Format {
  /// The type as the kernels call it; nil for blocks.
  fileprivate var kernelType: SetunFloatType? {
    switch self {
    case .f32: SETUN_F32
    case .f16: SETUN_F16
    case .bf16: SETUN_BF16
    case .blocks: nil
    }
  }
}
