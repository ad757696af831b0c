internal import ModelFile

/// The rotated keys and the values of one block, a row for every token.
struct AttentionCache: Sendable {
  private var keys: [Float] = []
  private var values: [Float] = []

  /// Floats held.
  var count: Int { keys.count + values.count }

  mutating func append(keys newKeys: [Float], values newValues: [Float]) {
    keys += newKeys
    values += newValues
  }

  /// Drops what was appended after the first `count` values.
  mutating func truncate(to count: Int) {
    keys.removeLast(max(keys.count - count, 0))
    values.removeLast(max(values.count - count, 0))
  }

  /// Causal grouped-query attention of `queries`, whose first row stands at `position`: the
  /// concatenated heads, a row for every query.
  ///
  /// Consecutive query heads share a key head. Scores are scaled by 1/√size and go through softmax
  /// in single precision.
  func attention(
    of queries: [Float], from position: Int, _ configuration: ModelConfiguration,
    on pool: WorkerPool
  ) -> [Float] {
    let heads = configuration.headCount
    let size = configuration.headSize
    let group = heads / configuration.keyValueHeadCount
    let tokens = queries.count / (heads * size)
    return [Float](unsafeUninitializedCapacity: queries.count) { outputs, initialized in
      initialized = queries.count
      queries.withUnsafeBufferPointer { queries in
        guard let outputs = outputs.baseAddress, let queries = queries.baseAddress else { return }
        // A part is a few heads of one token after the other.
        let minimum = max(1, (1 << 15) / (size * (position + tokens)))
        pool.split(tokens * heads, minimum: minimum, partsPerThread: 16) { parts in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: position + tokens) { scores in
            for part in parts {
              let (row, head) = part.quotientAndRemainder(dividingBy: heads)
              attend(
                UnsafeBufferPointer(start: queries + part * size, count: size),
                column: head / group * size, stride: configuration.keyValueSize,
                scores: UnsafeMutableBufferPointer(rebasing: scores[...(position + row)]),
                into: UnsafeMutableBufferPointer(start: outputs + part * size, count: size))
            }
          }
        }
      }
    }
  }

  /// One head of one query over the tokens that `scores` has room for.
  private func attend(
    _ query: UnsafeBufferPointer<Float>, column: Int, stride: Int,
    scores: UnsafeMutableBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>
  ) {
    let scale = 1 / Float(query.count).squareRoot()
    keys.withUnsafeBufferPointer { keys in
      guard let query = query.baseAddress, let keys = keys.baseAddress else { return }
      for token in scores.indices {
        scores[token] =
          FloatOperations.dot(query, keys + token * stride + column, count: output.count) * scale
      }
    }
    FloatOperations.softmax(scores)
    values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress, let output = output.baseAddress else { return }
      FloatOperations.weightedSum(
        of: values + column, stride: stride, weights: scores, into: output, count: query.count)
    }
  }
}
