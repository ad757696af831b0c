/// The sizes of a ternary decoder: what decides the work of a token, whatever the weights are.
public struct DecoderShape: Hashable, Sendable {
  public var vocabularySize: Int
  public var hiddenSize: Int
  public var intermediateSize: Int
  public var layerCount: Int
  /// Query heads.
  public var headCount: Int
  /// Key and value heads; divides `headCount`.
  public var keyValueHeadCount: Int
  /// Values of one head.
  public var headSize: Int

  public init(
    vocabularySize: Int, hiddenSize: Int, intermediateSize: Int, layerCount: Int, headCount: Int,
    keyValueHeadCount: Int, headSize: Int
  ) {
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.intermediateSize = intermediateSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headSize = headSize
  }

  /// Outputs of the query projection, inputs of the attention's output projection.
  public var querySize: Int { headCount * headSize }
  /// Outputs of the key and of the value projection.
  public var keyValueSize: Int { keyValueHeadCount * headSize }

  /// The seven ternary layers of every block.
  public enum Linear: String, CaseIterable, Sendable {
    case query = "self_attn.q_proj"
    case key = "self_attn.k_proj"
    case value = "self_attn.v_proj"
    case attentionOutput = "self_attn.o_proj"
    case gate = "mlp.gate_proj"
    case up = "mlp.up_proj"
    case down = "mlp.down_proj"
  }

  /// Outputs and inputs of a ternary layer.
  public func size(of linear: Linear) -> (rows: Int, columns: Int) {
    switch linear {
    case .query: (querySize, hiddenSize)
    case .key, .value: (keyValueSize, hiddenSize)
    case .attentionOutput: (hiddenSize, querySize)
    case .gate, .up: (intermediateSize, hiddenSize)
    case .down: (hiddenSize, intermediateSize)
    }
  }

  /// Weights of all ternary layers.
  public var ternaryWeights: Int {
    layerCount
      * Linear.allCases.reduce(0) {
        let size = size(of: $1)
        return $0 + size.rows * size.columns
      }
  }
}

/// One product of a forward pass.
public struct NamedMatmul: Hashable, Sendable {
  /// The place in the network: `layers.0.self_attn.q_proj`, `layers.0.scores`, `head`.
  public let name: String
  /// The sizes of one execution.
  public let shape: MatmulShape
  /// Executions with operands of their own: the query heads of attention, 1 elsewhere.
  public let count: Int
  public let kind: Kind

  /// What multiplies.
  public enum Kind: String, Sendable {
    /// Ternary weights and int8 activations.
    case ternary
    /// Queries and keys, or probabilities and values, both from the run.
    case attention
    /// Weights of 16 bits.
    case head
  }

  /// Multiply-accumulates of all executions.
  public var macs: Int { count * shape.macs }
}

extension DecoderShape {
  /// The products of a forward pass of `tokens` after `context` others, in order; the head scores
  /// the last token.
  ///
  /// Attention counts all keys for every query; the causal half of a prefill is not left out.
  ///
  /// - Precondition: `tokens` is positive and `context` not negative.
  public func matmuls(tokens: Int, context: Int = 0) -> [NamedMatmul] {
    precondition(tokens > 0 && context >= 0, "\(tokens) tokens after \(context)")
    let blocks = (0..<layerCount).flatMap { layer in
      Linear.allCases.flatMap { linear in
        let size = size(of: linear)
        let matmul = NamedMatmul(
          name: "layers.\(layer).\(linear.rawValue)",
          shape: MatmulShape(m: tokens, n: size.rows, k: size.columns), count: 1, kind: .ternary)
        guard linear == .attentionOutput else { return [matmul] }
        return attention(layer, tokens: tokens, keys: context + tokens) + [matmul]
      }
    }
    let head = NamedMatmul(
      name: "head", shape: MatmulShape(m: 1, n: vocabularySize, k: hiddenSize), count: 1,
      kind: .head)
    return blocks + [head]
  }

  private func attention(_ layer: Int, tokens: Int, keys: Int) -> [NamedMatmul] {
    [
      NamedMatmul(
        name: "layers.\(layer).scores", shape: MatmulShape(m: tokens, n: keys, k: headSize),
        count: headCount, kind: .attention),
      NamedMatmul(
        name: "layers.\(layer).values", shape: MatmulShape(m: tokens, n: headSize, k: keys),
        count: headCount, kind: .attention),
    ]
  }
}
