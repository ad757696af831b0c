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
    of queries: [Float], from position: Int, _ configuration: ModelConfiguration
  ) -> [Float] {
    let width = configuration.querySize
    let size = configuration.headSize
    let group = configuration.headCount / configuration.keyValueHeadCount
    var outputs = [Float](repeating: 0, count: queries.count)
    var scores = [Float](repeating: 0, count: position + queries.count / width)
    outputs.withUnsafeMutableBufferPointer { outputs in
      queries.withUnsafeBufferPointer { queries in
        scores.withUnsafeMutableBufferPointer { scores in
          for row in 0..<queries.count / width {
            let visible = UnsafeMutableBufferPointer(rebasing: scores[...(position + row)])
            for head in 0..<configuration.headCount {
              let start = row * width + head * size
              attend(
                UnsafeBufferPointer(rebasing: queries[start..<start + size]),
                column: head / group * size, stride: configuration.keyValueSize, scores: visible,
                into: UnsafeMutableBufferPointer(rebasing: outputs[start..<start + size]))
            }
          }
        }
      }
    }
    return outputs
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
