/// The operands of one layer of a real run.
public struct LayerRecording: Sendable {
  /// `layers.0.self_attn.q_proj`.
  public let name: String
  public let inputs: Int
  public let outputs: Int
  public let tokens: Int
  /// Token by token.
  public let activations: [Int8]
  /// −1, 0 and +1, output by output.
  public let weights: [Int8]

  /// - Precondition: The values fill `tokens × inputs` and `outputs × inputs`.
  public init(
    name: String, inputs: Int, outputs: Int, activations: [Int8], weights: [Int8]
  ) {
    precondition(activations.count % inputs == 0 && weights.count == outputs * inputs)
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.tokens = activations.count / inputs
    self.activations = activations
    self.weights = weights
  }
}

/// How a layer is shown to an array.
enum Schedule: String, CaseIterable, Codable, Sendable {
  /// New weights and new activations with every operand, as with `output_stationary`.
  case streamed
  /// Weights hold still while tokens pass, as with `weight_stationary`.
  case held
  /// Streamed, eight operands and then a pause of eight cycles.
  case pausing

  /// Operands of one run. Pauses cost the clock alone: they need fewer.
  var operands: Int {
    switch self {
    case .streamed, .held: 128
    case .pausing: 48
    }
  }

  /// Some cycles of `recording` as an array of this design sees it.
  ///
  /// Beyond the last input of a layer lanes get zeros, beyond its last output rows do.
  func steps(
    of recording: LayerRecording, for design: ArrayDesign
  ) -> [ArrayStep] {
    let tiles = (recording.inputs + design.lanes - 1) / design.lanes
    let rowTiles = max(1, recording.outputs / design.rows)
    let groups = max(1, recording.tokens / design.tokens)
    var steps: [ArrayStep] = []
    for operand in 0..<operands {
      // Which of the tiles of the weights, and which tokens.
      let (tile, group): (Int, Int)
      switch self {
      case .streamed, .pausing: (tile, group) = (operand, operand / tiles)
      case .held: (tile, group) = (operand / min(groups, 16), operand % min(groups, 16))
      }
      let (kTile, nTile) = (tile % tiles, tile / tiles % rowTiles)
      steps.append(
        ArrayStep(
          operand: (
            recording.weights(rows: nTile * design.rows, design.rows, from: kTile, design.lanes),
            recording.activations(
              tokens: group % groups * design.tokens, design.tokens, from: kTile, design.lanes)
          )))
      if self == .pausing && operand % 8 == 7 {
        steps += Array(repeating: ArrayStep(operand: nil), count: 8)
      }
    }
    return steps
  }
}

extension LayerRecording {
  /// The weights of some rows in one tile of the inputs.
  fileprivate func weights(rows first: Int, _ rows: Int, from tile: Int, _ lanes: Int) -> [Int8] {
    (first..<first + rows).flatMap { row in
      (tile * lanes..<(tile + 1) * lanes).map {
        row < outputs && $0 < inputs ? weights[row * inputs + $0] : 0
      }
    }
  }

  /// The activations of some tokens in one tile of the inputs.
  fileprivate func activations(
    tokens first: Int, _ count: Int, from tile: Int, _ lanes: Int
  ) -> [Int8] {
    (first..<first + count).flatMap { token in
      (tile * lanes..<(tile + 1) * lanes).map {
        token < tokens && $0 < inputs ? activations[token * inputs + $0] : 0
      }
    }
  }
}
