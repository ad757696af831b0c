private import Workload

/// The decoder that a GGUF file says it holds.
public struct GGUFArchitecture: Equatable, Sendable {
  /// `general.architecture`, which is also the prefix of the model's keys.
  public let name: String
  /// Whether the inputs of the attention's output and of the down projection are normalised.
  public let hasSubNorms: Bool
  /// Whether the rows of the query and key projections stand in the order of llama.cpp's Llama, in
  /// which the two halves of a head alternate.
  public let hasAlternatingHeads: Bool
  public let activation: ModelConfiguration.FeedForwardActivation
  public let activationSource: ActivationSource

  /// Where the non-linearity of the feed-forward network was taken from.
  public enum ActivationSource: Equatable, Sendable {
    /// The caller said so.
    case option
    /// This key of the metadata says so.
    case metadata(key: String)
    /// All files of the architecture have it.
    case architecture
    /// Nothing says so: files named `bitnet` hold 1bitLLM's models, with SiLU, but also models of
    /// 2B-4T's style, with squared ReLU.
    case assumed
  }

  /// - Parameter activation: What the user says of the non-linearity; nil leaves it to the file.
  /// - Throws: When the architecture is another or the metadata names another non-linearity.
  public init(
    _ metadata: GGUFMetadata, activation: ModelConfiguration.FeedForwardActivation? = nil
  ) throws(ModelFileError) {
    name = try metadata.string("general.architecture")
    let known: (ModelConfiguration.FeedForwardActivation, ActivationSource)
    switch name {
    case "bitnet": known = (.silu, .assumed)
    case "bitnet-25", "bitnet-b1.58": known = (.squaredReLU, .architecture)
    case "llama": known = (.silu, .architecture)
    default:
      throw metadata.mismatch(
        "general.architecture", expected: "bitnet, bitnet-25, bitnet-b1.58 or llama")
    }
    hasSubNorms = name != "llama"
    hasAlternatingHeads = name == "llama"
    let key = "\(name).hidden_activation"
    if let activation {
      (self.activation, activationSource) = (activation, .option)
    } else if metadata[key] != nil {
      guard
        let named = ModelConfiguration.FeedForwardActivation(
          rawValue: try metadata.string(key))
      else { throw metadata.mismatch(key, expected: "\"relu2\" or \"silu\"") }
      (self.activation, activationSource) = (named, .metadata(key: key))
    } else {
      (self.activation, activationSource) = known
    }
  }
}

extension ModelConfiguration {
  /// Reads the metadata of a GGUF file.
  ///
  /// - Throws: When a key is missing or out of range, or asks for something that is not supported.
  public init(_ file: GGUFFile, _ architecture: GGUFArchitecture) throws(ModelFileError) {
    let metadata = file.metadata
    let model = architecture.name
    let hidden = try metadata.integer("\(model).embedding_length", in: 1...Self.maximumSize)
    let heads = try metadata.integer("\(model).attention.head_count", in: 1...Self.maximumSize)
    let keyValueKey = "\(model).attention.head_count_kv"
    let keyValueHeads =
      metadata[keyValueKey] == nil ? heads : try metadata.integer(keyValueKey, in: 1...heads)
    guard heads % keyValueHeads == 0 else {
      throw metadata.mismatch(keyValueKey, expected: "a divisor of \(heads) heads")
    }
    let headSize = try Self.headSize(metadata, model, hidden: hidden, heads: heads)
    try Self.checkRotary(metadata, model, headSize: headSize)
    let baseKey = "\(model).rope.freq_base"
    self.init(
      vocabularySize: try Self.vocabularySize(file),
      hiddenSize: hidden,
      intermediateSize: try metadata.integer(
        "\(model).feed_forward_length", in: 1...Self.maximumSize),
      layerCount: try metadata.integer("\(model).block_count", in: 1...100_000),
      headCount: heads, keyValueHeadCount: keyValueHeads, headSize: headSize,
      contextLength: try metadata.integer("\(model).context_length", in: 1...Self.maximumSize),
      normEpsilon: try metadata.positiveFloat("\(model).attention.layer_norm_rms_epsilon"),
      // The format's own default.
      rotaryBase: metadata[baseKey] == nil ? 10_000 : try metadata.positiveFloat(baseKey),
      endOfTextTokens: try Self.endOfTextTokens(metadata),
      activation: architecture.activation,
      hasSubNorms: architecture.hasSubNorms,
      hasTiedHead: file.tensors["output.weight"] == nil,
      weightStorage: .gguf,
      activationQuantization: .int8,
      isSynthetic: try metadata.flag("setun.synthetic", default: false))
  }

  /// Rows of the embedding: files need not say the number elsewhere.
  private static func vocabularySize(_ file: GGUFFile) throws(ModelFileError) -> Int {
    let name = "token_embd.weight"
    guard let shape = file.tensors[name]?.shape else {
      throw file.error(name, "expected this tensor, found none")
    }
    guard shape.count == 2, shape[0] <= maximumSize else {
      throw file.error(name, "expected vocabulary × hidden values, found \(shape)")
    }
    return shape[0]
  }

  /// Heads fill the hidden state unless their size is given.
  private static func headSize(
    _ metadata: GGUFMetadata, _ model: String, hidden: Int, heads: Int
  ) throws(ModelFileError) -> Int {
    let keys = ["key_length", "value_length"].map { "\(model).attention.\($0)" }
    let given = keys.filter { metadata[$0] != nil }
    guard let first = given.first else {
      guard hidden % heads == 0, hidden / heads % 2 == 0 else {
        throw metadata.mismatch(
          "\(model).attention.head_count",
          expected: "a number of heads of even size that fill \(hidden) hidden values")
      }
      return hidden / heads
    }
    let size = try metadata.integer(first, in: 2...max(2, maximumSize / heads))
    guard size % 2 == 0 else { throw metadata.mismatch(first, expected: "an even number") }
    for key in given { _ = try metadata.integer(key, in: size...size) }
    return size
  }

  /// Refuses rotary encodings that change the angles or turn a part of a head.
  private static func checkRotary(
    _ metadata: GGUFMetadata, _ model: String, headSize: Int
  ) throws(ModelFileError) {
    let size = "\(model).rope.dimension_count"
    if metadata[size] != nil { _ = try metadata.integer(size, in: headSize...headSize) }
    let scaling = "\(model).rope.scaling.type"
    switch metadata[scaling] {
    case nil, .string("none"): break
    case .string("linear"):
      // BitNet's converter writes a scaling by 1.
      let factor = "\(model).rope.scaling.factor"
      guard try metadata.positiveFloat(factor) == 1 else {
        throw metadata.mismatch(factor, expected: "1 (nothing else is supported)")
      }
    default: throw metadata.mismatch(scaling, expected: "\"none\" (nothing else is supported)")
    }
  }

  private static func endOfTextTokens(_ metadata: GGUFMetadata) throws(ModelFileError) -> [Int] {
    var tokens: [Int] = []
    for name in ["eos", "eot", "eom"] {
      let key = "tokenizer.ggml.\(name)_token_id"
      guard metadata[key] != nil else { continue }
      let token = try metadata.integer(key, in: 0...maximumSize)
      if !tokens.contains(token) { tokens.append(token) }
    }
    return tokens
  }
}
