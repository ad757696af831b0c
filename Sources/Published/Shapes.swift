import Workload

extension DecoderShape {
  /// A shape from the widths of its layers; heads are of 64 values where that divides them.
  init(layers: Int, hidden: Int, ffn: Int, queries: Int? = nil, keysAndValues: Int, vocabulary: Int)
  {
    let queries = queries ?? hidden
    self.init(
      vocabularySize: vocabulary, hiddenSize: hidden, intermediateSize: ffn, layerCount: layers,
      headCount: queries / 64, keyValueHeadCount: keysAndValues / 64, headSize: 64)
  }

  /// The 70B of the b1.58 paper, whose figures follow from LLaMA's proportions and as many keys as
  /// queries, not from Llama 2's.
  static let paper70B = DecoderShape(
    layers: 80, hidden: 8192, ffn: 22_016, keysAndValues: 8192, vocabulary: 32_000)

  /// The shape of a published model.
  static func published(_ name: String) -> DecoderShape { PublishedModel(named: name)!.shape }

  /// Weights of the embedding and of the output head, each.
  var embeddingWeights: Int { vocabularySize * hiddenSize }
}
