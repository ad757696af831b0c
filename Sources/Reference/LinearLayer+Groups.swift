private import Ternary
internal import Workload

/// Products with a matrix whose scales change along its inputs: sums end with every group.
extension LinearLayer {
  /// The exact sums M × N × G of groups of `columns` inputs.
  func groupSums(_ activations: QuantizedActivations, columns size: Int) -> [Int32] {
    let (rows, columns) = (weights.rows, weights.columns)
    precondition(activations.columns == columns, "\(name): \(activations.columns) inputs")
    let groups = sumsPerOutput
    var sums = [Int32](repeating: 0, count: activations.tokens * rows * groups)
    sums.withUnsafeMutableBufferPointer { sums in
      activations.values.withUnsafeBufferPointer { values in
        for row in 0..<rows {
          // One row of trits serves all tokens.
          let trits = weights.row(row).trits
          trits.withUnsafeBufferPointer { trits in
            for token in 0..<activations.tokens {
              for group in 0..<groups {
                var sum: Int32 = 0
                for column in group * size..<min((group + 1) * size, columns) {
                  sum &+= Int32(trits[column]) &* Int32(values[token * columns + column])
                }
                sums[(token * rows + row) * groups + group] = sum
              }
            }
          }
        }
      }
    }
    return sums
  }

  /// The real outputs M × N of the sums of groups.
  func groupOutputs(_ accumulators: [Int32], scales: [Float]) -> [Float] {
    let (rows, groups) = (weights.rows, sumsPerOutput)
    return (0..<scales.count * rows).map { index in
      scale.output(
        row: index % rows, sums: accumulators[index * groups..<(index + 1) * groups],
        activationScale: scales[index / rows])
    }
  }
}
