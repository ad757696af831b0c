private import Workload

extension SyntheticCheckpoint {
  /// The checkpoint as a GGUF file: ternary blocks of `type`, an embedding of halves.
  ///
  /// The architecture is `llama` or `bitnet`, which llama.cpp runs; it does so with SiLU where a key
  /// of the metadata says squared ReLU. There is no tokenizer.
  ///
  /// - Throws: When a matrix has rows that are no whole number of blocks.
  /// - Precondition: `type` is a ternary one.
  public func gguf(_ type: GGUFTensorType) throws(ModelFileError) -> GGUFBuilder {
    precondition(type.isTernary, type.name)
    let widths = DecoderShape.Linear.allCases.map { shape.size(of: $0).columns }
    if let width = widths.first(where: { $0 % type.blockSize != 0 }) {
      throw ModelFileError(
        file: model.title,
        problem: "expected rows of a multiple of \(type.blockSize) weights for \(type.name), found "
          + "\(width)")
    }
    var file = GGUFBuilder()
    for (key, value) in metadata(type) { file.add(key, value) }
    addTable("token_embd", "model.embed_tokens", to: &file)
    for layer in 0..<shape.layerCount {
      for norm in norms(layer) { addNorm(norm.name, norm.size, to: &file) }
      for linear in DecoderShape.Linear.allCases {
        let matrix = reordered(matrix(layer, linear), linear)
        file.add(
          "blk.\(layer).\(linear.ggufName).weight", type, rows: matrix.rows,
          columns: matrix.columns, scale: scale(layer, linear)
        ) { matrix.matrix }
      }
    }
    addNorm("norm", shape.hiddenSize, to: &file)
    if !model.hasTiedHead { addTable("output", "lm_head", to: &file) }
    return file
  }

  private func metadata(_ type: GGUFTensorType) -> [(String, GGUFValue)] {
    let architecture = model.block == .llama ? "llama" : "bitnet"
    let sizes: [(String, Int)] = [
      ("vocab_size", shape.vocabularySize),
      ("context_length", model.contextLength),
      ("embedding_length", shape.hiddenSize),
      ("block_count", shape.layerCount),
      ("feed_forward_length", shape.intermediateSize),
      ("rope.dimension_count", shape.headSize),
      ("attention.head_count", shape.headCount),
      ("attention.head_count_kv", shape.keyValueHeadCount),
      ("attention.key_length", shape.headSize),
      ("attention.value_length", shape.headSize),
    ]
    var metadata: [(String, GGUFValue)] = [
      ("general.architecture", .string(architecture)),
      ("general.name", .string(label)),
      ("setun.synthetic", .bool(true)),
      ("tokenizer.ggml.model", .string("none")),
      ("\(architecture).attention.layer_norm_rms_epsilon", .float32(1e-5)),
      ("\(architecture).rope.freq_base", .float32(model.rotaryBase)),
      (
        "\(architecture).hidden_activation",
        .string(model.block == .bitnet ? "relu2" : "silu")
      ),
    ]
    metadata += sizes.map { ("\(architecture).\($0)", .uint32(UInt32($1))) }
    return metadata
  }

  private func addTable(_ name: String, _ seedName: String, to file: inout GGUFBuilder) {
    let (rows, columns) = (shape.vocabularySize, shape.hiddenSize)
    file.add(
      "\(name).weight", .f16, shape: [rows, columns],
      pieces: (rows + Self.tableRows - 1) / Self.tableRows
    ) { piece in
      let first = piece * Self.tableRows
      return tableBytes("\(seedName).weight", rows: first..<min(first + Self.tableRows, rows)) {
        FloatBits.half($0)
      }
    }
  }

  /// Adds a norm by its name in Hugging Face files.
  private func addNorm(_ name: String, _ size: Int, to file: inout GGUFBuilder) {
    let names = [
      ("layers.", "blk."), (".input_layernorm", ".attn_norm"),
      (".post_attention_layernorm", ".ffn_norm"), (".self_attn.attn_sub_norm", ".attn_sub_norm"),
      (".mlp.ffn_sub_norm", ".ffn_sub_norm"),
    ]
    let ggufName = names.reduce(name == "norm" ? "output_norm" : name) {
      $0.replacing($1.0, with: $1.1)
    }
    file.add("\(ggufName).weight", .f32, shape: [size]) { norm("model.\(name).weight", size) }
  }

  /// llama.cpp's Llama keeps the halves of every query and key head alternating.
  private func reordered(
    _ matrix: SyntheticMatrix, _ linear: DecoderShape.Linear
  ) -> SyntheticMatrix {
    guard model.block == .llama, linear == .query || linear == .key else { return matrix }
    var matrix = matrix
    matrix.alternatingHeadSize = shape.headSize
    return matrix
  }
}

extension DecoderShape.Linear {
  /// The name within a block of a GGUF file.
  var ggufName: String {
    switch self {
    case .query: "attn_q"
    case .key: "attn_k"
    case .value: "attn_v"
    case .attentionOutput: "attn_output"
    case .gate: "ffn_gate"
    case .up: "ffn_up"
    case .down: "ffn_down"
    }
  }
}
