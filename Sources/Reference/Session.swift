private import ModelFile
private import Workload

/// One sequence running through a model: the keys and values of all tokens so far.
///
/// A value: a copy continues independently from the same prefix.
public struct Session: Sendable {
  public let model: BitNetModel
  /// Tokens run so far; the position of the next.
  public private(set) var position = 0

  private var caches: [AttentionCache]
  private let rotary: RotaryEncoding

  /// Which tokens of a forward pass are scored.
  public enum ScoredTokens: Sendable {
    case all
    case last
  }

  public init(_ model: BitNetModel) {
    self.model = model
    let configuration = model.configuration
    caches = Array(repeating: AttentionCache(), count: configuration.layerCount)
    rotary = RotaryEncoding(base: configuration.rotaryBase, headSize: configuration.headSize)
  }

  /// Runs `tokens` through the network after those already run.
  ///
  /// - Parameters:
  ///   - tokens: At least one; several at once are a prefill.
  ///   - scored: The tokens whose logits are returned.
  ///   - observe: Receives every execution of a ternary layer, in order.
  /// - Throws: When there is no token, one is not in the vocabulary, the context would overflow,
  ///   an activation is not finite, or the layers do not take int8. The session is then as it was before.
  public mutating func forward(
    _ tokens: [Int], scored: ScoredTokens = .all, observe: (LinearCall) -> Void = { _ in }
  ) throws(ReferenceError) -> Logits {
    try check(tokens)
    do {
      var hidden = embed(tokens)
      let rotations = rotary.rotations(from: position, count: tokens.count)
      for (index, block) in model.checkpoint.blocks.enumerated() {
        try attend(block, index, rotations, &hidden, observe)
        try feedForward(block, &hidden, observe)
      }
      position += tokens.count
      return logits(hidden, scored: scored)
    } catch {
      let width = model.configuration.keyValueSize
      for index in caches.indices { caches[index].truncate(to: position * width) }
      throw error
    }
  }

  /// Floats held for earlier tokens, over all blocks.
  var cachedValues: Int { caches.reduce(0) { $0 + $1.count } }

  private func check(_ tokens: [Int]) throws(ReferenceError) {
    let configuration = model.configuration
    guard configuration.activationQuantization == .int8 else {
      throw .activationsNotQuantized(layer: model.checkpoint.blocks[0].query.name)
    }
    guard !tokens.isEmpty else { throw .emptyPrompt }
    guard tokens.count <= configuration.contextLength - position else {
      throw .contextExceeded(
        tokens: position + tokens.count, contextLength: configuration.contextLength)
    }
    try model.check(tokens)
  }

  private func embed(_ tokens: [Int]) -> [Float] {
    tokens.flatMap(model.checkpoint.embedding.row)
  }

  private mutating func attend(
    _ block: BitNetCheckpoint.Block, _ index: Int, _ rotations: RotaryEncoding.Rotations,
    _ hidden: inout [Float], _ observe: (LinearCall) -> Void
  ) throws(ReferenceError) {
    let configuration = model.configuration
    let input = norm(hidden, block.inputNorm)
    let activations = try quantize(input, for: block.query.name, columns: configuration.hiddenSize)
    var projections = [block.query, block.key, block.value].map { layer in
      let call = LinearCall(
        layer: layer, inputs: input, activations: activations, numerics: model.numerics,
        on: model.pool)
      observe(call)
      return call.outputs
    }
    rotations.rotate(&projections[0], columns: configuration.querySize, on: model.pool)
    rotations.rotate(&projections[1], columns: configuration.keyValueSize, on: model.pool)
    for part in 1...2 {
      model.numerics.roundKeyValues(&projections[part], headSize: configuration.headSize)
    }
    caches[index].append(keys: projections[1], values: projections[2])
    let heads = caches[index].attention(
      of: projections[0], from: position, configuration, on: model.pool)
    try addLinear(block.attentionOutput, norm(heads, block.attentionSubNorm), &hidden, observe)
  }

  private func feedForward(
    _ block: BitNetCheckpoint.Block, _ hidden: inout [Float], _ observe: (LinearCall) -> Void
  ) throws(ReferenceError) {
    let input = norm(hidden, block.postAttentionNorm)
    let activations = try quantize(
      input, for: block.gate.name, columns: model.configuration.hiddenSize)
    let gate = LinearCall(
      layer: block.gate, inputs: input, activations: activations, numerics: model.numerics,
      on: model.pool)
    observe(gate)
    let up = LinearCall(
      layer: block.up, inputs: input, activations: activations, numerics: model.numerics,
      on: model.pool)
    observe(up)
    let product =
      switch model.configuration.activation {
      case .squaredReLU:
        FloatOperations.squaredReLU(
          gate.outputs, times: up.outputs, columns: model.configuration.intermediateSize,
          on: model.pool)
      case .silu:
        FloatOperations.silu(
          gate.outputs, times: up.outputs, columns: model.configuration.intermediateSize,
          on: model.pool)
      }
    try addLinear(block.down, norm(product, block.feedForwardSubNorm), &hidden, observe)
  }

  /// Without weights there is no norm here.
  private func norm(_ inputs: [Float], _ weights: [Float]?) -> [Float] {
    guard let weights else { return inputs }
    return FloatOperations.rmsNorm(
      inputs, weights: weights, epsilon: model.configuration.normEpsilon, on: model.pool)
  }
}
