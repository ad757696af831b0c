public import Workload

/// The sizes and constants of a ternary decoder, from its `config.json` or its GGUF metadata.
public struct ModelConfiguration: Equatable, Sendable, Encodable {
  public let vocabularySize: Int
  public let hiddenSize: Int
  public let intermediateSize: Int
  public let layerCount: Int
  /// Query heads.
  public let headCount: Int
  /// Key and value heads; divides `headCount`.
  public let keyValueHeadCount: Int
  /// Values of one head; even. The heads together may be wider than the hidden state.
  public let headSize: Int
  /// The longest sequence, in tokens.
  public let contextLength: Int
  /// Added to the mean square in every RMSNorm.
  public let normEpsilon: Float
  /// The base of the rotary position encoding.
  public let rotaryBase: Float
  /// Tokens that end a text; generation stops after them.
  public let endOfTextTokens: [Int]
  /// The non-linearity of the gate.
  public let activation: FeedForwardActivation
  /// Whether the inputs of the attention's output and of the down projection are normalised.
  public let hasSubNorms: Bool
  /// Whether the head is the embedding.
  public let hasTiedHead: Bool
  /// How the file holds the weights of the ternary layers.
  public let weightStorage: WeightStorage
  /// How the inputs of the ternary layers are rounded.
  public let activationQuantization: ActivationQuantization
  /// Whether the weights were drawn at random to have a shape, and not trained.
  public let isSynthetic: Bool

  /// What is done to the gate before it multiplies the other half of the feed-forward network.
  public enum FeedForwardActivation: String, Sendable, Encodable {
    /// `max(x, 0)²`.
    case squaredReLU = "relu2"
    /// `x / (1 + e⁻ˣ)`.
    case silu
  }

  /// How a file holds the weights of the ternary layers, and what its scales mean.
  public enum WeightStorage: String, Sendable, Encodable {
    /// Packed, with their mean magnitude, to multiply by.
    case autobitlinear
    /// Packed, with the inverse of their mean magnitude, to divide by.
    case bitlinear
    /// Floats as they were trained, to be made ternary by their mean magnitude while loading.
    case absmean
    /// Floats as they were trained, of the binary BitNet of 2023: to be made ±1 while loading. No
    /// model of this kind was published; `"weight_quantizer": "sign"` in an online
    /// `quantization_config` is Setun's own way to say it.
    case sign
    /// Floats that take no values but −s, 0 and s within a row.
    case ternaryValues
    /// Blocks of a GGUF file, which carry their own scales.
    case gguf

    /// Whether weights are packed trits in a safetensors file.
    public var isPacked: Bool { self == .autobitlinear || self == .bitlinear }

    /// Whether weights are floats, made ternary or binary while loading.
    public var isMaster: Bool { self == .absmean || self == .sign }
  }

  /// The sizes alone.
  public var shape: DecoderShape {
    DecoderShape(
      vocabularySize: vocabularySize, hiddenSize: hiddenSize, intermediateSize: intermediateSize,
      layerCount: layerCount, headCount: headCount, keyValueHeadCount: keyValueHeadCount,
      headSize: headSize)
  }

  /// Outputs of the query projection, inputs of the attention's output projection.
  public var querySize: Int { headCount * headSize }
  /// Outputs of the key and of the value projection.
  public var keyValueSize: Int { keyValueHeadCount * headSize }
}
