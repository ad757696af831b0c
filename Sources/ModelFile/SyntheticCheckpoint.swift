public import Workload

/// A checkpoint with the shape of a published model and random weights, which have the shares of
/// zeros that BitNet b1.58 2B4T has in layers as deep. For measuring speed and energy, not for text.
public struct SyntheticCheckpoint: Sendable {
  /// What it has the shape of, with fewer layers where asked for.
  public let model: PublishedModel
  public let shape: DecoderShape
  public let seed: UInt64

  /// - Parameter layers: How many of the first layers to make; all of them when nil.
  /// - Precondition: `layers` is in `1...model.shape.layerCount`.
  public init(_ model: PublishedModel, layers: Int? = nil, seed: UInt64) {
    let layers = layers ?? model.shape.layerCount
    precondition(1...model.shape.layerCount ~= layers, "\(layers) layers of \(model.title)")
    self.model = model
    self.seed = seed
    var shape = model.shape
    shape.layerCount = layers
    self.shape = shape
  }

  /// What the files say of themselves.
  public var label: String { "random weights with the shape of \(model.title), seed \(seed)" }

  /// Whether stored scales divide, as in published models of this kind.
  private var isBitlinear: Bool { model.block == .llama }

  /// The text of `config.json`.
  public var configurationText: String {
    let isLlama = model.block == .llama
    let members: [(String, String)] = [
      ("architectures", "[\"\(isLlama ? "LlamaForCausalLM" : "BitNetForCausalLM")\"]"),
      ("model_type", isLlama ? "\"llama\"" : "\"bitnet\""),
      ("synthetic", "true"),
      ("synthetic_origin", JSONText.quoted(label)),
      ("vocab_size", "\(shape.vocabularySize)"),
      ("hidden_size", "\(shape.hiddenSize)"),
      ("intermediate_size", "\(shape.intermediateSize)"),
      ("num_hidden_layers", "\(shape.layerCount)"),
      ("num_attention_heads", "\(shape.headCount)"),
      ("num_key_value_heads", "\(shape.keyValueHeadCount)"),
      ("head_dim", "\(shape.headSize)"),
      ("hidden_act", model.block == .bitnet ? "\"relu2\"" : "\"silu\""),
      ("max_position_embeddings", "\(model.contextLength)"),
      ("rms_norm_eps", "1e-05"),
      ("rope_theta", "\(model.rotaryBase)"),
      ("tie_word_embeddings", "\(model.hasTiedHead)"),
      ("attention_bias", "false"),
      ("torch_dtype", "\"bfloat16\""),
      (
        "quantization_config",
        "{\"quant_method\": \"bitnet\", \"quantization_mode\": \"offline\", "
          + "\"linear_class\": \"\(isBitlinear ? "bitlinear" : "autobitlinear")\"}"
      ),
    ]
    let lines = members.map { "  \"\($0)\": \($1)" }
    return "{\n\(lines.joined(separator: ",\n"))\n}\n"
  }

  /// `model.safetensors`: packed weights, bfloat16 for the rest.
  public var safetensors: SafetensorsBuilder {
    var file = SafetensorsBuilder()
    file.add(metadata: "format", "pt")
    file.add(metadata: "synthetic", label)
    addTable("model.embed_tokens.weight", to: &file)
    for layer in 0..<shape.layerCount {
      for norm in norms(layer) { addNorm("model.\(norm.name).weight", norm.size, to: &file) }
      for linear in DecoderShape.Linear.allCases {
        addLinear("model.layers.\(layer).\(linear.rawValue).weight", layer, linear, to: &file)
      }
    }
    addNorm("model.norm.weight", shape.hiddenSize, to: &file)
    if !model.hasTiedHead { addTable("lm_head.weight", to: &file) }
    return file
  }

  private func addLinear(
    _ name: String, _ layer: Int, _ linear: DecoderShape.Linear,
    to file: inout SafetensorsBuilder
  ) {
    let matrix = matrix(layer, linear)
    let scale = scale(layer, linear)
    file.add(name, .u8, shape: [TernaryPlanes.packedRows(matrix.rows), matrix.columns]) { _ in
      matrix.planes
    }
    let stored = isBitlinear ? 1 / scale : scale
    file.add("\(name)_scale", .bf16, shape: [1]) { _ in FloatBits.brainBytes([stored]) }
  }

  private func addNorm(_ name: String, _ size: Int, to file: inout SafetensorsBuilder) {
    file.add(name, .bf16, shape: [size]) { _ in FloatBits.brainBytes(norm(name, size)) }
  }

  private func addTable(_ name: String, to file: inout SafetensorsBuilder) {
    let (rows, columns) = (shape.vocabularySize, shape.hiddenSize)
    file.add(
      name, .bf16, shape: [rows, columns], pieces: (rows + Self.tableRows - 1) / Self.tableRows
    ) { piece in
      let first = piece * Self.tableRows
      return tableBytes(name, rows: first..<min(first + Self.tableRows, rows)) {
        FloatBits.brain($0)
      }
    }
  }

  /// Rows of a table that are made at once.
  static let tableRows = 4096
}

/// What is in the tensors.
extension SyntheticCheckpoint {
  /// The norms of a block, by their names in Hugging Face files.
  func norms(_ layer: Int) -> [(name: String, size: Int)] {
    let block = "layers.\(layer)"
    let always = [
      ("\(block).input_layernorm", shape.hiddenSize),
      ("\(block).post_attention_layernorm", shape.hiddenSize),
    ]
    guard model.block != .llama else { return always }
    return always + [
      ("\(block).self_attn.attn_sub_norm", shape.querySize),
      ("\(block).mlp.ffn_sub_norm", shape.intermediateSize),
    ]
  }

  /// The weights of a ternary layer.
  func matrix(_ layer: Int, _ linear: DecoderShape.Linear) -> SyntheticMatrix {
    let size = shape.size(of: linear)
    let depth = model.shape.layerCount
    return SyntheticMatrix(
      rows: size.rows, columns: size.columns,
      zeroShare: ZeroShares.bitnet2B4T.zeros(of: linear, layer: layer, of: depth),
      deadShare: ZeroShares.bitnet2B4T.deadRows(of: linear, layer: layer, of: depth),
      deadSeed: seed(of: "layers.\(layer).dead"),
      seed: seed(of: "layers.\(layer).\(linear.rawValue)"))
  }

  /// The factor of a ternary layer, exact in bfloat16: 1.2 to 3 as in 2B4T where sub-norms cancel it,
  /// and elsewhere what keeps outputs as large as inputs.
  func scale(_ layer: Int, _ linear: DecoderShape.Linear) -> Float {
    var generator = SplitMix64(
      seed: seed(of: "layers.\(layer).\(linear.rawValue).scale"), stream: 0)
    let matrix = matrix(layer, linear)
    let share = Float(1 - matrix.zeroShare)
    let value =
      model.block == .llama
      ? 1 / (Float(matrix.columns) * share).squareRoot()
      : 1.2 + 1.8 * Float(generator.next() >> 40) * 0x1p-24
    return FloatBits.float(brain: FloatBits.brain(value))
  }

  /// The weights of a norm, around 1 and exact in bfloat16.
  func norm(_ name: String, _ size: Int) -> [Float] {
    var generator = SplitMix64(seed: seed(of: name), stream: 0)
    return (0..<size).map { _ in
      FloatBits.float(brain: FloatBits.brain(1 + generator.normal() / 8))
    }
  }

  /// Rows of the embedding or the head in a type of 16 bits. Rows are about as long as 2.
  func tableBytes(
    _ name: String, rows: Range<Int>, _ bits: @Sendable (Float) -> UInt16
  ) -> [UInt8] {
    let columns = shape.hiddenSize
    let factor = 2 / Float(columns).squareRoot()
    let seed = seed(of: name)
    return parallelRows(rows.count, rowSize: 2 * columns, of: UInt8.self) { row, target in
      var generator = SplitMix64(seed: seed, stream: UInt64(rows.lowerBound + row))
      for column in 0..<columns {
        let word = bits(FloatBits.float(brain: FloatBits.brain(generator.normal() * factor)))
        target[2 * column] = UInt8(truncatingIfNeeded: word)
        target[2 * column + 1] = UInt8(truncatingIfNeeded: word >> 8)
      }
    }
  }

  /// The seed of one tensor: that of the checkpoint and the name's FNV-1a hash.
  private func seed(of name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
