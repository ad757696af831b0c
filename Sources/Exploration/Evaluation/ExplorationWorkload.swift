public import Workload

/// The matmuls that a design point is judged by: those of a prompt, and those of a generated token.
public struct ExplorationWorkload: Equatable, Sendable {
  /// One matmul with ternary weights.
  public struct Layer: Equatable, Sendable {
    /// The place in the network: `layers.0.self_attn.q_proj`.
    public let name: String
    public let shape: MatmulShape
    /// Weights that are −1 or +1.
    public let nonzeros: Int

    /// - Precondition: There are no more nonzeros than weights.
    public init(name: String, shape: MatmulShape, nonzeros: Int) {
      precondition(0...shape.n * shape.k ~= nonzeros, "\(name): \(nonzeros) nonzero weights")
      self.name = name
      self.shape = shape
      self.nonzeros = nonzeros
    }

    /// - Parameter zeroShare: The share of weights that are 0.
    public init(name: String, shape: MatmulShape, zeroShare: Double) {
      let weights = shape.n * shape.k
      let zeros = (zeroShare * Double(weights)).rounded()
      self.init(name: name, shape: shape, nonzeros: weights - Int(zeros))
    }
  }

  /// One pass over layers, in order.
  public struct Phase: Equatable, Sendable {
    /// Tokens that it takes in, of all sequences.
    public let tokens: Int
    public let layers: [Layer]

    /// - Precondition: There is a token and a layer.
    public init(tokens: Int, layers: [Layer]) {
      precondition(tokens > 0 && !layers.isEmpty, "\(tokens) tokens, \(layers.count) layers")
      self.tokens = tokens
      self.layers = layers
    }
  }

  public let name: String
  /// Where shapes and zeros come from.
  public let source: String
  /// The prompts of all sequences; `nil` when nothing but generation counts.
  public let prefill: Phase?
  /// A token of every sequence; `nil` when nothing is generated.
  public let decode: Phase?
  /// How often ``decode`` runs.
  public let decodeSteps: Int
  /// What the attention of decoded tokens reads; `nil` where it is not known.
  public let keyValues: KeyValueCache?

  /// - Precondition: There is a phase, and `decodeSteps` is positive where something is decoded.
  public init(
    name: String, source: String, prefill: Phase?, decode: Phase?, decodeSteps: Int,
    keyValues: KeyValueCache? = nil
  ) {
    precondition(prefill != nil || decode != nil, "\(name) has no phase")
    precondition((decode == nil) == (decodeSteps == 0), "\(name): \(decodeSteps) decode steps")
    self.name = name
    self.source = source
    self.prefill = prefill
    self.decode = decode
    self.decodeSteps = decodeSteps
    self.keyValues = keyValues
  }
}

extension ExplorationWorkload {
  /// How much of a model is run.
  public struct Request: Equatable, Sendable {
    /// Tokens of the prompt of each sequence; may be 0.
    public var promptTokens: Int
    /// Tokens that each sequence generates; may be 0.
    public var generatedTokens: Int
    /// Sequences that run together.
    public var batch: Int
    /// Tokens whose keys and values a decoded token reads, or `nil` for those that the request has
    /// before it, on average.
    public var context: Int?

    /// - Precondition: None is negative, the batch is not empty, and there is a token.
    public init(promptTokens: Int, generatedTokens: Int, batch: Int = 1, context: Int? = nil) {
      precondition(
        promptTokens >= 0 && generatedTokens >= 0 && promptTokens + generatedTokens > 0
          && batch > 0, "\(batch) × (\(promptTokens) + \(generatedTokens)) tokens")
      self.promptTokens = promptTokens
      self.generatedTokens = generatedTokens
      self.batch = batch
      self.context = context
    }
  }

  /// A matrix of N × K ternary weights.
  public struct Matrix: Equatable, Sendable {
    public let name: String
    public let n: Int
    public let k: Int
    public let nonzeros: Int

    /// - Precondition: The sizes are positive, and there are no more nonzeros than weights.
    public init(name: String, n: Int, k: Int, nonzeros: Int) {
      precondition(n > 0 && k > 0 && 0...n * k ~= nonzeros, "\(name): \(n)×\(k), \(nonzeros)")
      (self.name, self.n, self.k, self.nonzeros) = (name, n, k, nonzeros)
    }
  }

  /// All matrices of a model, each used once for every token.
  ///
  /// The prompt gives the first generated token, so that `generatedTokens - 1` are decoded after
  /// one.
  ///
  /// - Parameter keyValues: Keys and values of a token, and heads that they belong to.
  public init(
    name: String, source: String, matrices: [Matrix], request: Request,
    keyValues: (values: Int, heads: Int)? = nil
  ) {
    func phase(tokens: Int) -> Phase {
      Phase(
        tokens: tokens,
        layers: matrices.map {
          Layer(
            name: $0.name, shape: MatmulShape(m: tokens, n: $0.n, k: $0.k), nonzeros: $0.nonzeros)
        })
    }
    let prompt = request.batch * request.promptTokens
    let steps = max(0, request.generatedTokens - (prompt > 0 ? 1 : 0))
    self.init(
      name: name, source: source, prefill: prompt > 0 ? phase(tokens: prompt) : nil,
      decode: steps > 0 ? phase(tokens: request.batch) : nil, decodeSteps: steps,
      keyValues: keyValues.map {
        KeyValueCache(
          values: $0.values, heads: $0.heads,
          tokens: request.context ?? request.promptTokens + steps / 2,
          isCounted: request.context != nil)
      })
  }
}
