private import ModelFile
private import Workload

/// The free-running half of a ``GoldenComparison``: only the tokens came from the recorded run.
public struct FreeRunning: Equatable, Sendable, Encodable {
  /// The inputs `.x` of every layer. For information; they do not decide.
  public let inputs: [TensorComparison]
  /// Int8 activations that differ although no earlier difference can have reached them.
  public let flips: [Flip]
  /// The logits of the tokens that no flip can have reached; nil when there are none.
  public let cleanLogits: TensorComparison?
  /// All logits.
  public let logits: TensorComparison

  /// Every flip is at a tie and all logits are as near as that allows.
  public let passes: Bool

  /// An int8 activation that was rounded to the other side.
  public struct Flip: Equatable, Sendable, Encodable {
    public let layer: String
    /// The token.
    public let row: Int
    public let column: Int
    public let found: Int8
    public let expected: Int8
    /// How far the scaled activation is from the nearest n + ½, the farther of both sides.
    public let tieDistance: Double
  }

  init(
    model: BitNetModel, golden: GoldenFile, calls: [String: GoldenCall]
  ) throws(ReferenceError) {
    var inputs: [TensorComparison] = []
    var flips: [Flip] = []
    // Attention is causal: a flip in one row reaches that row and those after it.
    var cleanRows = golden.tokens.count
    var session = Session(model)
    let logits = try session.forward(golden.tokens) { call in
      guard let recorded = calls[call.layer.name] else { return }
      inputs.append(
        TensorComparison(
          "\(call.layer.name).x", found: call.inputs, expected: recorded.inputs,
          columns: call.shape.k, tolerance: nil))
      let found = Self.flips(call, recorded, rows: cleanRows)
      flips += found
      cleanRows = found.map(\.row).min() ?? cleanRows
    }
    let columns = logits.vocabularySize
    let clean = cleanRows * columns
    self.inputs = inputs
    self.flips = flips
    cleanLogits =
      cleanRows == 0
      ? nil
      : TensorComparison(
        "logits of the first \(cleanRows) tokens", found: Array(logits.values[..<clean]),
        expected: Array(golden.logits[..<clean]), columns: columns,
        tolerance: GoldenComparison.floatTolerance)
    self.logits = TensorComparison(
      "logits", found: logits.values, expected: golden.logits, columns: columns,
      tolerance: flips.isEmpty
        ? GoldenComparison.floatTolerance : GoldenComparison.flippedTolerance)
    passes =
      self.logits.passes && cleanLogits?.passes != false
      && flips.allSatisfy { $0.tieDistance < GoldenComparison.tieDistance }
  }

  private static func flips(_ call: LinearCall, _ golden: GoldenCall, rows: Int) -> [Flip] {
    let columns = call.shape.k
    var flips: [Flip] = []
    for index in 0..<rows * columns
    where call.activations.values[index] != golden.activations[index] {
      let row = index / columns
      flips.append(
        Flip(
          layer: call.layer.name, row: row, column: index % columns,
          found: call.activations.values[index], expected: golden.activations[index],
          tieDistance: max(
            distanceToTie(call.inputs[index], call.activations.scales[row]),
            distanceToTie(golden.inputs[index], golden.activationScales[row]))))
    }
    return flips
  }

  /// The distance of `input · scale` from the nearest n + ½.
  static func distanceToTie(_ input: Float, _ scale: Float) -> Double {
    let scaled = Double(input) * Double(scale)
    return ((scaled - scaled.rounded(.down)) - 0.5).magnitude
  }
}
