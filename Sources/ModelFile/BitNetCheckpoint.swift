public import Workload

/// The weights of a BitNet b1.58 decoder, checked against its configuration.
public struct BitNetCheckpoint: Sendable {
  public let configuration: ModelConfiguration
  /// Vocabulary × hidden; also the head.
  public let embedding: [Float]
  public let blocks: [Block]
  /// Hidden; the norm before the head.
  public let finalNorm: [Float]

  /// One transformer block: seven ternary layers and four norms.
  public struct Block: Sendable {
    /// Hidden.
    public let inputNorm: [Float]
    public let query: LinearLayer
    public let key: LinearLayer
    public let value: LinearLayer
    /// Hidden; on the concatenated heads.
    public let attentionSubNorm: [Float]
    public let attentionOutput: LinearLayer
    /// Hidden.
    public let postAttentionNorm: [Float]
    public let gate: LinearLayer
    public let up: LinearLayer
    /// Intermediate.
    public let feedForwardSubNorm: [Float]
    public let down: LinearLayer

    /// The ternary layers in the order of execution.
    public var linearLayers: [LinearLayer] { [query, key, value, attentionOutput, gate, up, down] }
  }

  /// All ternary layers of the network in the order of execution.
  public var linearLayers: [LinearLayer] { blocks.flatMap(\.linearLayers) }
}
