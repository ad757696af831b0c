private import Workload

extension ModelConfiguration {
  /// Sums of products stay inside `Int32` below this number of inputs.
  static let maximumSize = (1 << 24) - 1

  /// Reads the JSON text of a `config.json`.
  ///
  /// Everything that changes the arithmetic must be present and supported: an unknown activation
  /// or quantisation is an error and never replaced by the usual one.
  public init(file: String, json: [UInt8]) throws(ModelFileError) {
    let root = try JSONObject(file: file, parsing: json)
    let family = try Family(root)
    try Self.checkSupported(root)
    let hidden = try root.integer("hidden_size", in: 1...Self.maximumSize)
    let heads = try root.integer("num_attention_heads", in: 1...Self.maximumSize)
    let keyValueHeads =
      root["num_key_value_heads"] == nil
      ? heads : try root.integer("num_key_value_heads", in: 1...heads)
    guard heads % keyValueHeads == 0 else {
      throw root.mismatch("num_key_value_heads", expected: "a divisor of \(heads) heads")
    }
    let storage = try Self.weightStorage(root, family)
    self.init(
      vocabularySize: try root.integer("vocab_size", in: 1...Self.maximumSize),
      hiddenSize: hidden,
      intermediateSize: try root.integer("intermediate_size", in: 1...Self.maximumSize),
      layerCount: try root.integer("num_hidden_layers", in: 1...100_000),
      headCount: heads, keyValueHeadCount: keyValueHeads,
      headSize: try Self.headSize(root, hidden: hidden, heads: heads),
      contextLength: try root.integer("max_position_embeddings", in: 1...Self.maximumSize),
      normEpsilon: try root.positiveFloat("rms_norm_eps"),
      rotaryBase: try Self.rotaryBase(root),
      endOfTextTokens: try Self.endOfTextTokens(root),
      activation: try Self.activation(root),
      hasSubNorms: family != .llama,
      hasTiedHead: try root.flag("tie_word_embeddings", default: false),
      weightStorage: storage,
      activationQuantization: storage == .ternaryValues ? .none : .int8,
      isSynthetic: try root.flag("synthetic", default: false))
  }

  /// The decoders that `config.json` can name.
  private enum Family {
    /// `BitNetForCausalLM` of transformers: sub-norms.
    case bitnet
    /// `BitnetForCausalLM` of the 1bitLLM checkpoints, which call themselves llama: sub-norms under
    /// other names, and no quantisation object.
    case bitnetOf2024
    /// `LlamaForCausalLM` and the like: no sub-norms.
    case llama

    init(_ root: JSONObject) throws(ModelFileError) {
      switch try root.string("model_type") {
      case "bitnet": self = .bitnet
      case "llama":
        let names = root["architectures"] == nil ? [] : try root.array("architectures")
        self = names.contains(.string("BitnetForCausalLM")) ? .bitnetOf2024 : .llama
      default:
        throw root.mismatch(
          "model_type", expected: "\"bitnet\" or \"llama\" (nothing else is supported)")
      }
    }
  }

  /// Refuses what would change the arithmetic and is not done here.
  private static func checkSupported(_ root: JSONObject) throws(ModelFileError) {
    for key in [
      "attention_bias", "mlp_bias", "use_sliding_window", "use_qk_norm", "qk_layernorm",
    ] {
      try root.require(key, .bool(false), default: .bool(false))
    }
    for key in [
      "rope_scaling", "sliding_window", "attn_logit_softcapping", "final_logit_softcapping",
      "embedding_multiplier", "residual_multiplier", "attention_multiplier", "logits_scaling",
      "num_experts", "num_local_experts",
    ] {
      try root.require(key, .null, default: .null)
    }
    if let factor = root["partial_rotary_factor"], factor != .integer(1), factor != .number(1) {
      throw root.mismatch("partial_rotary_factor", expected: "1 (nothing else is supported)")
    }
    try root.require("input_bits", .integer(8), default: .integer(8))
  }

  private static func activation(_ root: JSONObject) throws(ModelFileError) -> FeedForwardActivation
  {
    guard root["hidden_act"] != nil,
      let activation = FeedForwardActivation(rawValue: try root.string("hidden_act"))
    else {
      throw root.mismatch(
        "hidden_act", expected: "\"relu2\" or \"silu\" (nothing else is supported)")
    }
    return activation
  }

  /// Heads fill the hidden state unless their size is given.
  private static func headSize(
    _ root: JSONObject, hidden: Int, heads: Int
  ) throws(ModelFileError) -> Int {
    if root["head_dim"] != nil {
      let size = try root.integer("head_dim", in: 2...max(2, maximumSize / heads))
      guard size % 2 == 0 else { throw root.mismatch("head_dim", expected: "an even number") }
      return size
    }
    guard hidden % heads == 0, hidden / heads % 2 == 0 else {
      throw root.mismatch(
        "num_attention_heads",
        expected: "a number of heads of even size that fill \(hidden) hidden values")
    }
    return hidden / heads
  }

  /// The base stands at the top or, in newer files, in an object of its own.
  private static func rotaryBase(_ root: JSONObject) throws(ModelFileError) -> Float {
    guard root["rope_parameters"] != nil else { return try root.positiveFloat("rope_theta") }
    let parameters = try root.object("rope_parameters")
    try parameters.require("rope_type", .string("default"), default: .string("default"))
    return try parameters.positiveFloat("rope_theta")
  }

  /// One token or several; absent means that nothing ends a text.
  private static func endOfTextTokens(_ root: JSONObject) throws(ModelFileError) -> [Int] {
    guard let value = root["eos_token_id"] else { return [] }
    let elements = if case .array(let several) = value { several } else { [value] }
    var tokens: [Int] = []
    for element in elements {
      guard case .integer(let token) = element, token >= 0 else {
        throw root.mismatch("eos_token_id", expected: "a token or an array of tokens")
      }
      tokens.append(token)
    }
    return tokens
  }

  /// Without a quantisation object the 1bitLLM checkpoints hold master weights, and those of other
  /// Llama-style models must be ternary as they are.
  private static func weightStorage(
    _ root: JSONObject, _ family: Family
  ) throws(ModelFileError) -> WeightStorage {
    if root["quantization_config"] == nil {
      switch family {
      case .bitnetOf2024:
        // One bit stands for −1, 0 and +1 in these files.
        try root.require("weight_bits", .integer(1))
        return .absmean
      case .llama: return .ternaryValues
      case .bitnet: break
      }
    }
    return try weightStorage(try root.object("quantization_config"))
  }

  private static func weightStorage(
    _ quantization: JSONObject
  ) throws(ModelFileError) -> WeightStorage {
    try quantization.require("quant_method", .string("bitnet"))
    try quantization.require("use_rms_norm", .bool(false), default: .bool(false))
    if quantization["modules_to_not_convert"] != nil {
      try quantization.require("modules_to_not_convert", .array([.string("lm_head")]))
    }
    let linearClass =
      quantization["linear_class"] == nil ? "bitlinear" : try quantization.string("linear_class")
    guard let packed = WeightStorage(rawValue: linearClass),
      [.autobitlinear, .bitlinear].contains(packed)
    else {
      throw quantization.mismatch("linear_class", expected: "\"autobitlinear\" or \"bitlinear\"")
    }
    let quantizer =
      quantization["weight_quantizer"] == nil
      ? "absmean" : try quantization.string("weight_quantizer")
    guard let online = WeightStorage(rawValue: quantizer), [.absmean, .sign].contains(online)
    else {
      throw quantization.mismatch("weight_quantizer", expected: "\"absmean\" or \"sign\"")
    }
    switch quantization["quantization_mode"] ?? .string("offline") {
    case .string("online"): return online
    case .string("offline"):
      guard online == .absmean else {
        throw quantization.mismatch(
          "weight_quantizer", expected: "\"absmean\" with packed weights")
      }
      return packed
    default:
      throw quantization.mismatch("quantization_mode", expected: "\"offline\" or \"online\"")
    }
  }
}
