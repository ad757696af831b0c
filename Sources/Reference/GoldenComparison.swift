private import ModelFile
private import Workload

/// The result of running a model against a recorded run of another implementation.
///
/// *Teacher-forced*, every layer receives the recorded input: int8 activations and int32 sums must
/// be equal, everywhere. *Free-running*, only the tokens are given: float sums may be ordered
/// differently, so an activation that lies on a rounding tie may fall on the other side, and
/// everything after it moves. Such a flip is accepted only where the tie is shown.
public struct GoldenComparison: Equatable, Sendable, Encodable {
  /// T, the tokens of the recorded run.
  public let tokens: Int
  /// For each recorded layer `.q`, `.act_scale`, `.acc`, `.w_scale` and `.y`.
  public let teacherForced: [TensorComparison]
  public let freeRunning: FreeRunning

  /// Every tensor of both halves is as near as its rule asks.
  public let passes: Bool

  /// The largest relative error of floats where no activation has flipped.
  public static let floatTolerance = 2e-6
  /// The largest relative error of logits after a flip at a tie.
  public static let flippedTolerance = 3e-2
  /// How far from a tie, in steps of int8, an activation may be to flip.
  public static let tieDistance = 1e-4

  /// Runs `model` against the golden file at `path`.
  ///
  /// - Throws: When the file is damaged or is not one of this model's sizes, or a token is not in
  ///   the vocabulary.
  public init(model: BitNetModel, golden path: String) throws(ReferenceError) {
    let golden = try wrappingModelFileError { () throws(ModelFileError) in
      try GoldenFile(path: path, model: model)
    }
    var calls: [String: GoldenCall] = [:]
    var teacherForced: [TensorComparison] = []
    for layer in model.linearLayers {
      let recorded = try wrappingModelFileError { () throws(ModelFileError) in
        try golden.call(of: layer)
      }
      guard let call = recorded else { continue }
      let isComputed = model.configuration.weightStorage.isMaster
      teacherForced += try Self.teacherForced(
        layer, call, scaleTolerance: isComputed ? Self.floatTolerance : 0)
      calls[layer.name] = call
    }
    tokens = golden.tokens.count
    self.teacherForced = teacherForced
    let freeRunning = try FreeRunning(model: model, golden: golden, calls: calls)
    self.freeRunning = freeRunning
    passes = teacherForced.allSatisfy(\.passes) && freeRunning.passes
  }

  /// Runs one layer on its recorded input.
  ///
  /// - Parameter scaleTolerance: Above 0 for scales that were computed and not read, because the
  ///   order of their sums is free.
  private static func teacherForced(
    _ layer: LinearLayer, _ golden: GoldenCall, scaleTolerance: Double
  ) throws(ReferenceError) -> [TensorComparison] {
    let shape = layer.shape(tokens: golden.activationScales.count)
    guard
      let activations = QuantizedActivations(quantizing: golden.inputs, columns: shape.k)
    else { throw .notFinite(layer: layer.name) }
    let call = LinearCall(layer: layer, inputs: golden.inputs, activations: activations)
    return [
      TensorComparison(
        "\(layer.name).q", found: activations.values, expected: golden.activations,
        columns: shape.k),
      TensorComparison(
        "\(layer.name).act_scale", found: activations.scales, expected: golden.activationScales,
        columns: 1),
      TensorComparison(
        "\(layer.name).acc", found: call.accumulators, expected: golden.accumulators,
        columns: shape.n * layer.sumsPerOutput),
      TensorComparison(
        "\(layer.name).w_scale", found: layer.scale.factors, expected: golden.weightScale,
        columns: 1, tolerance: scaleTolerance),
      TensorComparison(
        "\(layer.name).y", found: call.outputs, expected: golden.outputs, columns: shape.n,
        tolerance: floatTolerance),
    ]
  }
}
