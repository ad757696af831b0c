private import CTernaryKernels
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
    let size = configuration.headSize
    let keyHeads = configuration.keyValueHeadCount
    let group = configuration.headCount / keyHeads
    let tokens = queries.count / (configuration.headCount * size)
    return [Float](unsafeUninitializedCapacity: queries.count) { outputs, initialized in
      initialized = queries.count
      queries.withUnsafeBufferPointer { queries in
        guard let outputs = outputs.baseAddress, let queries = queries.baseAddress else { return }
        let scoreCount = group * (position + tokens)
        // An element is the query heads of a token that share a key head: they lie side by side.
        let minimum = max(1, (1 << 15) / (size * scoreCount))
        pool.split(tokens * keyHeads, minimum: minimum, partsPerThread: 16) { elements in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: scoreCount) { scores in
            for element in elements {
              let (row, head) = element.quotientAndRemainder(dividingBy: keyHeads)
              attend(
                queries + element * group * size, count: group, size: size,
                visible: position + row + 1, column: head * size,
                stride: configuration.keyValueSize, scores: scores,
                into: outputs + element * group * size)
            }
          }
        }
      }
    }
  }

  /// The heads `queries` of one token over the first `visible` tokens, by the key head at `column`.
  private func attend(
    _ queries: UnsafePointer<Float>, count: Int, size: Int, visible: Int, column: Int, stride: Int,
    scores: UnsafeMutableBufferPointer<Float>, into outputs: UnsafeMutablePointer<Float>
  ) {
    let score = setun_scores_select() ?? setun_scores_generic
    let weightedSums = setun_weighted_sums_select() ?? setun_weighted_sums_generic
    let scale = 1 / Float(size).squareRoot()
    guard let base = scores.baseAddress else { return }
    keys.withUnsafeBufferPointer { keys in
      guard let keys = keys.baseAddress else { return }
      score(keys + column, SETUN_F32, visible, size, stride, queries, count, base, visible)
    }
    for head in 0..<count {
      let row = UnsafeMutableBufferPointer(start: base + head * visible, count: visible)
      for token in row.indices { row[token] *= scale }
      FloatOperations.softmax(row)
    }
    values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress else { return }
      weightedSums(values + column, visible, size, stride, base, count, visible, outputs)
    }
  }
}
