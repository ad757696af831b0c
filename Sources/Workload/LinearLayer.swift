public import Ternary

/// How a layer's inputs were rounded when its weights were trained.
public enum ActivationQuantization: String, Hashable, Sendable, Encodable {
  /// To int8 by the largest magnitude of every token.
  case int8
  /// Not at all: the layer multiplies floats.
  case none
}

/// One BitLinear of a network: a ternary matrix with a name and its scales.
public struct LinearLayer: Equatable, Sendable {
  /// The place in the network: `layers.0.self_attn.q_proj`.
  public let name: String
  /// N × K: a row per output, a column per input; held as the products on this processor read them.
  public let weights: TritMatrix
  public let scale: WeightScale
  public let activations: ActivationQuantization

  /// - Precondition: There are as many scales as the weights need.
  public init(
    name: String, weights: TritMatrix, scale: WeightScale,
    activations: ActivationQuantization = .int8
  ) {
    precondition(
      scale.fits(rows: weights.rows, columns: weights.columns),
      "\(name): \(scale.factors.count) scales for \(weights.rows)×\(weights.columns)")
    self.name = name
    self.weights = weights.packedForProducts()
    self.scale = scale
    self.activations = activations
  }

  /// The sizes of this layer's product for a number of tokens.
  ///
  /// - Precondition: `tokens` is positive.
  public func shape(tokens: Int) -> MatmulShape {
    MatmulShape(m: tokens, n: weights.rows, k: weights.columns)
  }

  /// Exact sums that make one output: 1 unless scales change along the inputs.
  public var sumsPerOutput: Int { scale.sumsPerOutput(columns: weights.columns) }
}
