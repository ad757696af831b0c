/// The sizes and constants of a BitNet b1.58 decoder, from its `config.json`.
public struct ModelConfiguration: Equatable, Sendable, Encodable {
  public let vocabularySize: Int
  public let hiddenSize: Int
  public let intermediateSize: Int
  public let layerCount: Int
  /// Query heads.
  public let headCount: Int
  /// Key and value heads; divides `headCount`.
  public let keyValueHeadCount: Int
  /// The longest sequence, in tokens.
  public let contextLength: Int
  /// Added to the mean square in every RMSNorm.
  public let normEpsilon: Float
  /// The base of the rotary position encoding.
  public let rotaryBase: Float
  /// Tokens that end a text; generation stops after them.
  public let endOfTextTokens: [Int]
  /// What the stored weight scales mean.
  public let scaleConvention: ScaleConvention

  /// The two meanings of a stored weight scale, named as in `linear_class`.
  public enum ScaleConvention: String, Sendable, Encodable {
    /// The mean magnitude of the weights, to multiply by.
    case autobitlinear
    /// Its inverse, to divide by.
    case bitlinear
  }

  /// Values of one head.
  public var headSize: Int { hiddenSize / headCount }
  /// Outputs of the key and of the value projection.
  public var keyValueSize: Int { keyValueHeadCount * headSize }
}

extension ModelConfiguration {
  /// Sums of products stay inside `Int32` below this number of inputs.
  private static let maximumSize = (1 << 24) - 1

  /// Reads the JSON text of a `config.json`.
  ///
  /// Everything that changes the arithmetic must be present and supported: an unknown activation
  /// or quantisation is an error and never replaced by the usual one.
  public init(file: String, json: [UInt8]) throws(ModelFileError) {
    let root = try JSONObject(file: file, parsing: json)
    try Self.checkSupported(root)
    vocabularySize = try root.integer("vocab_size", in: 1...Self.maximumSize)
    hiddenSize = try root.integer("hidden_size", in: 1...Self.maximumSize)
    intermediateSize = try root.integer("intermediate_size", in: 1...Self.maximumSize)
    layerCount = try root.integer("num_hidden_layers", in: 1...100_000)
    headCount = try root.integer("num_attention_heads", in: 1...hiddenSize)
    keyValueHeadCount = try root.integer("num_key_value_heads", in: 1...headCount)
    contextLength = try root.integer("max_position_embeddings", in: 1...Self.maximumSize)
    normEpsilon = try root.positiveFloat("rms_norm_eps")
    rotaryBase = try Self.rotaryBase(root)
    endOfTextTokens = try Self.endOfTextTokens(root)
    scaleConvention = try Self.scaleConvention(root)
    guard hiddenSize % headCount == 0, hiddenSize / headCount % 2 == 0 else {
      throw root.mismatch(
        "num_attention_heads",
        expected: "a number of heads of even size that fill \(hiddenSize) hidden values")
    }
    guard headCount % keyValueHeadCount == 0 else {
      throw root.mismatch("num_key_value_heads", expected: "a divisor of \(headCount) heads")
    }
    if root["head_dim"] != nil { try root.require("head_dim", .integer(hiddenSize / headCount)) }
  }

  private static func checkSupported(_ root: JSONObject) throws(ModelFileError) {
    try root.require("model_type", .string("bitnet"))
    try root.require("hidden_act", .string("relu2"))
    try root.require("tie_word_embeddings", .bool(true))
    try root.require("attention_bias", .bool(false), default: .bool(false))
    try root.require("rope_scaling", .null, default: .null)
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

  private static func scaleConvention(
    _ root: JSONObject
  ) throws(ModelFileError) -> ScaleConvention {
    let quantization = try root.object("quantization_config")
    try quantization.require("quant_method", .string("bitnet"))
    try quantization.require(
      "quantization_mode", .string("offline"), default: .string("offline"))
    try quantization.require("use_rms_norm", .bool(false), default: .bool(false))
    guard quantization["linear_class"] != nil else { return .bitlinear }
    guard let convention = ScaleConvention(rawValue: try quantization.string("linear_class")) else {
      throw quantization.mismatch("linear_class", expected: "\"autobitlinear\" or \"bitlinear\"")
    }
    return convention
  }
}
