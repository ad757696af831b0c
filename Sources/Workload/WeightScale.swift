/// How the stored scales of a matrix turn its exact integer sums into real outputs.
///
/// Published checkpoints hold the same number in two opposite ways; mixing them up is silent and
/// ruins the model. Source: the `autobitlinear` and `bitlinear` classes of Hugging Face transformers.
public enum WeightScale: Hashable, Sendable {
  /// `autobitlinear`: the mean magnitude of all weights, multiplied.
  case multiply(Float)
  /// `bitlinear`: the inverse of the mean magnitude of all weights, divided by.
  case divide(Float)
  /// A factor for every group of consecutive outputs; the last group may be shorter.
  case rowGroups([Float], rowsPerGroup: Int)
  /// A factor for every output and group of consecutive inputs, row by row; the last group of a row
  /// may be shorter. Sums end with the group, so an output has one sum for each.
  case inputGroups([Float], columnsPerGroup: Int)

  /// Sums that make one output of a matrix with `columns` inputs.
  public func sumsPerOutput(columns: Int) -> Int {
    switch self {
    case .multiply, .divide, .rowGroups: 1
    case .inputGroups(_, let size): columns / size + (columns % size == 0 ? 0 : 1)
    }
  }

  /// The output of a matrix with one sum per output, for activations that were scaled by
  /// `activationScale`. The order of the float operations is the one of transformers.
  ///
  /// - Precondition: The scale is not of ``inputGroups(_:columnsPerGroup:)``.
  public func output(row: Int, sum: Int32, activationScale: Float) -> Float {
    switch self {
    case .multiply(let scale): return Float(sum) / activationScale * scale
    case .divide(let scale): return Float(sum) / (scale * activationScale)
    case .rowGroups(let scales, let size):
      return Float(sum) / activationScale * scales[row / size]
    case .inputGroups: preconditionFailure("an output of several sums")
    }
  }

  /// The output of the sums of all groups of inputs of one row: Σ sum · scale in single precision in
  /// the order of the inputs, over the activations' scale.
  ///
  /// - Precondition: The scale is of ``inputGroups(_:columnsPerGroup:)``, with `sums.count` groups.
  public func output(row: Int, sums: some Collection<Int32>, activationScale: Float) -> Float {
    guard case .inputGroups(let scales, _) = self else {
      preconditionFailure("an output of one sum")
    }
    let first = row * sums.count
    return zip(sums, scales[first..<first + sums.count]).reduce(Float(0)) {
      $0 + Float($1.0) * $1.1
    } / activationScale
  }

  /// The factors to multiply by, whichever way they were stored: one for the matrix, or one for each
  /// group in the order of the case.
  public var factors: [Float] {
    switch self {
    case .multiply(let scale): [scale]
    case .divide(let scale): [1 / scale]
    case .rowGroups(let scales, _), .inputGroups(let scales, _): scales
    }
  }

  /// Whether there are as many scales as a matrix of these sizes needs.
  public func fits(rows: Int, columns: Int) -> Bool {
    switch self {
    case .multiply, .divide: true
    case .rowGroups(let scales, let size):
      size > 0 && scales.count == rows / size + (rows % size == 0 ? 0 : 1)
    case .inputGroups(let scales, let size):
      size > 0 && scales.count == rows * sumsPerOutput(columns: columns)
    }
  }
}
