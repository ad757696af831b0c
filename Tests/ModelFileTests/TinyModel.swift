import ModelFile

/// The smallest model with every part: hidden 4, intermediate 6, one block, two heads, vocabulary 3.
///
/// Six rows of gate and up do not fill their planes, so padding rows are there too.
struct TinyModel {
  var weights = SafetensorsWriter()

  static let configurationText = """
    {"model_type":"bitnet","vocab_size":3,"hidden_size":4,"intermediate_size":6,
     "num_hidden_layers":1,"num_attention_heads":2,"num_key_value_heads":1,"hidden_act":"relu2",
     "max_position_embeddings":8,"rms_norm_eps":1e-05,"tie_word_embeddings":true,
     "rope_theta":10000.0,"eos_token_id":2,
     "quantization_config":{"quant_method":"bitnet","linear_class":"autobitlinear"}}
    """

  static let block = "model.layers.0"

  /// Name, rows and columns of every ternary layer, in the order of execution.
  static let linears = [
    ("self_attn.q_proj", 4, 4), ("self_attn.k_proj", 2, 4), ("self_attn.v_proj", 2, 4),
    ("self_attn.o_proj", 4, 4), ("mlp.gate_proj", 6, 4), ("mlp.up_proj", 6, 4),
    ("mlp.down_proj", 4, 6),
  ]

  init() {
    weights.addBF16("model.embed_tokens.weight", [3, 4], (1...12).map { Float($0) / 4 })
    for norm in ["input_layernorm", "post_attention_layernorm", "self_attn.attn_sub_norm"] {
      weights.addBF16("\(Self.block).\(norm).weight", [4], [1, 2, 1, 0.5])
    }
    weights.addBF16("\(Self.block).mlp.ffn_sub_norm.weight", [6], [1, 1, 2, 1, 1, 1])
    weights.addBF16("model.norm.weight", [4], [1, 1, 1, 1])
    for (seed, (name, rows, columns)) in Self.linears.enumerated() {
      let trits = Self.trits(seed, rows * columns)
      weights.add(
        "\(Self.block).\(name).weight", "U8", [(rows + 3) / 4, columns],
        pack(trits, rows: rows, columns: columns))
      weights.addBF16("\(Self.block).\(name).weight_scale", [1], [1.25])
    }
  }

  /// A fixed mixture of weights.
  static func trits(_ seed: Int, _ count: Int) -> [Int8] {
    (0..<count).map { Int8(($0 * 5 + seed + $0 / 3) % 3) - 1 }
  }

  /// Changes the tensor whose name ends in `suffix`.
  mutating func change(_ suffix: String, _ body: (inout SafetensorsWriter.Tensor) -> Void) {
    let index = weights.tensors.firstIndex { $0.name.hasSuffix(suffix) }
    if let index { body(&weights.tensors[index]) }
  }

  static func load(
    _ file: [UInt8], configuration: String = configurationText
  ) throws(ModelFileError) -> BitNetCheckpoint {
    try BitNetCheckpoint(
      configuration: ModelConfiguration(file: "config.json", json: Array(configuration.utf8)),
      weights: SafetensorsFiles(SafetensorsFile(path: "f", bytes: file)))
  }
}
