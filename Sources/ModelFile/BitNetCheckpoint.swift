public import Workload

/// The weights of a ternary decoder, checked against its configuration.
public struct BitNetCheckpoint: Sendable {
  public let configuration: ModelConfiguration
  /// Vocabulary × hidden.
  public let embedding: EmbeddingTable
  /// Vocabulary × hidden; the embedding itself where the head is tied.
  public let head: EmbeddingTable
  public let blocks: [Block]
  /// Hidden; the norm before the head.
  public let finalNorm: [Float]

  /// One transformer block: seven ternary layers and two or four norms.
  public struct Block: Sendable {
    /// Hidden.
    public let inputNorm: [Float]
    public let query: LinearLayer
    public let key: LinearLayer
    public let value: LinearLayer
    /// On the concatenated heads; nil in blocks without sub-norms.
    public let attentionSubNorm: [Float]?
    public let attentionOutput: LinearLayer
    /// Hidden.
    public let postAttentionNorm: [Float]
    public let gate: LinearLayer
    public let up: LinearLayer
    /// Intermediate; nil in blocks without sub-norms.
    public let feedForwardSubNorm: [Float]?
    public let down: LinearLayer

    /// The ternary layers in the order of execution.
    public var linearLayers: [LinearLayer] { [query, key, value, attentionOutput, gate, up, down] }
  }

  /// All ternary layers of the network in the order of execution.
  public var linearLayers: [LinearLayer] { blocks.flatMap(\.linearLayers) }
}
