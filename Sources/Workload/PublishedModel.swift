/// A ternary decoder that was published: its sizes, and what its blocks are made of.
public struct PublishedModel: Hashable, Sendable {
  /// Short and unique: `2b-4t`.
  public let name: String
  /// As its authors call it.
  public let title: String
  public let shape: DecoderShape
  public let block: Block
  /// Whether the head is the embedding.
  public let hasTiedHead: Bool
  /// The longest sequence, in tokens.
  public let contextLength: Int
  /// The base of the rotary position encoding.
  public let rotaryBase: Float
  /// Where the sizes come from.
  public let source: String

  public init(
    name: String, title: String, shape: DecoderShape, block: Block, hasTiedHead: Bool,
    contextLength: Int, rotaryBase: Float, source: String
  ) {
    self.name = name
    self.title = title
    self.shape = shape
    self.block = block
    self.hasTiedHead = hasTiedHead
    self.contextLength = contextLength
    self.rotaryBase = rotaryBase
    self.source = source
  }

  /// The three kinds of block.
  public enum Block: String, Sendable {
    /// Sub-norms and squared ReLU.
    case bitnet
    /// Sub-norms and SiLU.
    case bitnetOf2024
    /// SiLU, no sub-norms.
    case llama
  }
}

extension PublishedModel {
  /// All models, smallest first within a family.
  public static let all: [PublishedModel] =
    papers + [bitnet2B4T] + falcon3 + [
      PublishedModel(
        name: "llama3-8b", title: "Llama3-8B-1.58",
        shape: DecoderShape(
          vocabularySize: 128_256, hiddenSize: 4096, intermediateSize: 14_336, layerCount: 32,
          headCount: 32, keyValueHeadCount: 8, headSize: 128),
        block: .llama, hasTiedHead: false, contextLength: 8192, rotaryBase: 500_000,
        source: "config.json of HF1BitLLM/Llama3-8B-1.58-100B-tokens")
    ]

  /// The model of a name, in any case; nil when there is none.
  public init?(named name: String) {
    guard let model = Self.all.first(where: { $0.name == name.lowercased() }) else { return nil }
    self = model
  }

  private static let bitnet2B4T = PublishedModel(
    name: "2b-4t", title: "BitNet b1.58 2B4T",
    shape: DecoderShape(
      vocabularySize: 128_256, hiddenSize: 2560, intermediateSize: 6912, layerCount: 30,
      headCount: 20, keyValueHeadCount: 5, headSize: 128),
    block: .bitnet, hasTiedHead: true, contextLength: 4096, rotaryBase: 500_000,
    source: "config.json of microsoft/bitnet-b1.58-2B-4T; sizes confirmed by the published files")

  /// The sizes of the papers on BitNet b1.58.
  private static let papers: [PublishedModel] = {
    let reproduced = "config.json of the 1bitLLM checkpoint of this size"
    let faq = "The Era of 1-bit LLMs: Training Tips, Code and FAQ, table of configurations"
    let llama = "LLaMA (arXiv 2302.13971), whose shape the b1.58 paper (arXiv 2402.17764) uses"
    let llama2 =
      "Llama 2 (arXiv 2307.09288); the b1.58 paper (arXiv 2402.17764) names the size only"
    return [
      paper("700m", 1536, 4096, layers: 24, heads: 16, vocabulary: 32_002, reproduced),
      paper("1.3b", 2048, 5460, layers: 24, heads: 32, vocabulary: 32_002, reproduced),
      paper("3b", 3200, 8640, layers: 26, heads: 32, vocabulary: 32_002, reproduced),
      paper("3.9b", 3200, 12_800, layers: 26, heads: 32, vocabulary: 32_002, faq),
      paper("7b", 4096, 11_008, layers: 32, heads: 32, vocabulary: 32_000, llama),
      paper("13b", 5120, 13_824, layers: 40, heads: 40, vocabulary: 32_000, llama),
      paper("30b", 6656, 17_920, layers: 60, heads: 52, vocabulary: 32_000, llama),
      paper(
        "70b", 8192, 28_672, layers: 80, heads: 64, keyValueHeads: 8, vocabulary: 32_000, llama2),
    ]
  }()

  private static func paper(
    _ name: String, _ hidden: Int, _ intermediate: Int, layers: Int, heads: Int,
    keyValueHeads: Int? = nil, vocabulary: Int, _ source: String
  ) -> PublishedModel {
    PublishedModel(
      name: name, title: "BitNet b1.58 \(name.uppercased())",
      shape: DecoderShape(
        vocabularySize: vocabulary, hiddenSize: hidden, intermediateSize: intermediate,
        layerCount: layers, headCount: heads, keyValueHeadCount: keyValueHeads ?? heads,
        headSize: hidden / heads),
      block: .bitnetOf2024, hasTiedHead: true, contextLength: 2048, rotaryBase: 10_000,
      source: source)
  }

  private static let falcon3: [PublishedModel] = [
    ("1b", 2048, 8192, 18, 8), ("3b", 3072, 9216, 22, 12), ("7b", 3072, 23_040, 28, 12),
    ("10b", 3072, 23_040, 40, 12),
  ].map { size, hidden, intermediate, layers, heads in
    PublishedModel(
      name: "falcon3-\(size)", title: "Falcon3-\(size.uppercased())-Instruct-1.58bit",
      shape: DecoderShape(
        vocabularySize: 131_072, hiddenSize: hidden, intermediateSize: intermediate,
        layerCount: layers, headCount: heads, keyValueHeadCount: 4, headSize: 256),
      block: .llama, hasTiedHead: false, contextLength: size == "1b" ? 8192 : 32_768,
      rotaryBase: 1_000_042,
      source: "config.json of tiiuae/Falcon3-\(size.uppercased())-Instruct-1.58bit")
  }
}
