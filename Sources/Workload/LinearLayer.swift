public import Ternary

/// How a stored weight scale turns an integer sum into a real output.
///
/// Published checkpoints hold the same number in two opposite ways; mixing them up is silent and
/// ruins the model. Source: the `autobitlinear` and `bitlinear` classes of Hugging Face transformers.
public enum WeightScale: Hashable, Sendable {
  /// `autobitlinear`: the mean magnitude of the weights, multiplied.
  case multiply(Float)
  /// `bitlinear`: the inverse of the mean magnitude, divided by.
  case divide(Float)

  /// The output for an exact `sum` of products with activations that were scaled by
  /// `activationScale`. The order of the float operations is the one of transformers.
  public func output(sum: Int32, activationScale: Float) -> Float {
    switch self {
    case .multiply(let scale): Float(sum) / activationScale * scale
    case .divide(let scale): Float(sum) / (scale * activationScale)
    }
  }

  /// The factor to multiply by, whichever way it was stored.
  public var factor: Float {
    switch self {
    case .multiply(let scale): scale
    case .divide(let scale): 1 / scale
    }
  }
}

/// One BitLinear of a network: a ternary matrix with a name and one scale.
public struct LinearLayer: Equatable, Sendable {
  /// The place in the network: `layers.0.self_attn.q_proj`.
  public let name: String
  /// N × K: a row per output, a column per input.
  public let weights: TritMatrix
  public let scale: WeightScale

  public init(name: String, weights: TritMatrix, scale: WeightScale) {
    self.name = name
    self.weights = weights
    self.scale = scale
  }

  /// The sizes of this layer's product for a number of tokens.
  ///
  /// - Precondition: `tokens` is positive.
  public func shape(tokens: Int) -> MatmulShape {
    MatmulShape(m: tokens, n: weights.rows, k: weights.columns)
  }
}
