private import Ternary
private import Workload

extension BitNetCheckpoint {
  /// Reads the model at `path`: a directory with `config.json` and `model.safetensors` or its index,
  /// a safetensors file with `config.json` beside it, or a GGUF file.
  ///
  /// - Parameter activation: The non-linearity of a GGUF file that does not say it; nil leaves it to
  ///   the file.
  /// - Throws: When a file is missing or damaged, the model is of another kind, or a tensor is
  ///   missing, has another type or shape, holds an illegal code or a value that is not finite, or
  ///   has no place in the model.
  public init(
    path: String, activation: ModelConfiguration.FeedForwardActivation? = nil
  ) throws(ModelFileError) {
    if path.hasSuffix(".gguf") {
      try self.init(GGUFFile(path: path), activation: activation)
      return
    }
    let isFile = path.hasSuffix(".safetensors")
    let config = (isFile ? directory(of: path) : path) + "/config.json"
    guard activation == nil else {
      throw ModelFileError(
        file: config, problem: "expected a GGUF file, whose activation may be chosen")
    }
    try self.init(
      configuration: ModelConfiguration(file: config, json: try readFile(config)),
      weights: isFile
        ? SafetensorsFiles(SafetensorsFile(path: path)) : SafetensorsFiles(directory: path))
  }

  /// Takes every tensor of `weights`; none may be left over.
  public init(
    configuration: ModelConfiguration, weights: SafetensorsFiles
  ) throws(ModelFileError) {
    var reader = CheckpointReader(weights: weights, configuration: configuration)
    let embedding = try reader.table("model.embed_tokens.weight")
    var blocks: [Block] = []
    for index in 0..<configuration.layerCount { blocks.append(try reader.block(index)) }
    let finalNorm = try reader.floats("model.norm.weight", [configuration.hiddenSize])
    let head = try reader.head(embedding)
    try reader.checkNothingLeft()
    self.init(
      configuration: configuration, embedding: embedding, head: head, blocks: blocks,
      finalNorm: finalNorm)
  }
}

/// The bytes of a whole file of moderate size.
package func readFile(_ path: String) throws(ModelFileError) -> [UInt8] {
  try InputFile(path: path).bytes()
}

/// The directory of a file, `.` for a bare name.
package func directory(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Takes tensors out of a checkpoint and remembers which.
private struct CheckpointReader {
  let weights: SafetensorsFiles
  let configuration: ModelConfiguration
  private var taken: Set<String> = []

  init(weights: SafetensorsFiles, configuration: ModelConfiguration) {
    self.weights = weights
    self.configuration = configuration
  }

  mutating func block(_ index: Int) throws(ModelFileError) -> BitNetCheckpoint.Block {
    let hidden = configuration.hiddenSize
    let intermediate = configuration.intermediateSize
    let (query, keyValue) = (configuration.querySize, configuration.keyValueSize)
    let block = "layers.\(index)"
    return BitNetCheckpoint.Block(
      inputNorm: try floats("model.\(block).input_layernorm.weight", [hidden]),
      query: try linear("\(block).self_attn.q_proj", rows: query, columns: hidden),
      key: try linear("\(block).self_attn.k_proj", rows: keyValue, columns: hidden),
      value: try linear("\(block).self_attn.v_proj", rows: keyValue, columns: hidden),
      attentionSubNorm: try subNorm(
        ["\(block).self_attn.attn_sub_norm", "\(block).self_attn.inner_attn_ln"], query),
      attentionOutput: try linear("\(block).self_attn.o_proj", rows: hidden, columns: query),
      postAttentionNorm: try floats("model.\(block).post_attention_layernorm.weight", [hidden]),
      gate: try linear("\(block).mlp.gate_proj", rows: intermediate, columns: hidden),
      up: try linear("\(block).mlp.up_proj", rows: intermediate, columns: hidden),
      feedForwardSubNorm: try subNorm(
        ["\(block).mlp.ffn_sub_norm", "\(block).mlp.ffn_layernorm"], intermediate),
      down: try linear("\(block).mlp.down_proj", rows: hidden, columns: intermediate))
  }

  /// A tensor of finite floats.
  mutating func floats(_ name: String, _ shape: [Int]) throws(ModelFileError) -> [Float] {
    taken.insert(name)
    let file = try weights.file(of: name)
    let values = try file.floats(name, shape: shape)
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw ModelFileError(
        file: file.path, place: name,
        problem: "expected finite values, found \(values[index]) at element \(index)")
    }
    return values
  }

  /// The norm under the first of its names that the file has; nil in a model without sub-norms.
  private mutating func subNorm(
    _ names: [String], _ size: Int
  ) throws(ModelFileError) -> [Float]? {
    guard configuration.hasSubNorms else { return nil }
    let tensors = names.map { "model.\($0).weight" }
    return try floats(tensors.first { weights.tensors[$0] != nil } ?? tensors[0], [size])
  }

  /// A table of finite floats, vocabulary × hidden, in the type of the file.
  mutating func table(_ name: String) throws(ModelFileError) -> EmbeddingTable {
    taken.insert(name)
    let file = try weights.file(of: name)
    let (rows, columns) = (configuration.vocabularySize, configuration.hiddenSize)
    let (entry, bytes) = try file.bytes(
      of: name, as: [.f32, .bf16, .f16], shape: [rows, columns])
    let format: EmbeddingTable.Format =
      switch entry.type {
      case .bf16: .bf16
      case .f16: .f16
      default: .f32
      }
    let table = EmbeddingTable(rows: rows, columns: columns, format: format, bytes: bytes)
    if let row = table.firstRowNotFinite {
      let values = table.row(row)
      let column = values.firstIndex { !$0.isFinite } ?? 0
      throw ModelFileError(
        file: file.path, place: name,
        problem: "expected finite values, found \(values[column]) at element "
          + "\(row * columns + column)")
    }
    return table
  }

  /// The head of its own, or the embedding, which some checkpoints store a second time.
  mutating func head(_ embedding: EmbeddingTable) throws(ModelFileError) -> EmbeddingTable {
    let name = "lm_head.weight"
    if configuration.hasTiedHead && weights.tensors[name] == nil { return embedding }
    let head = try table(name)
    guard !configuration.hasTiedHead || head == embedding else {
      throw ModelFileError(
        file: try weights.file(of: name).path, place: name,
        problem: "expected the embedding (tie_word_embeddings is true), found other values")
    }
    return configuration.hasTiedHead ? embedding : head
  }

  func checkNothingLeft() throws(ModelFileError) {
    if let stranger = weights.tensors.keys.filter({ !taken.contains($0) }).min() {
      throw ModelFileError(
        file: try weights.file(of: stranger).path, place: stranger,
        problem: "expected no such tensor in this model")
    }
  }
}

extension CheckpointReader {
  fileprivate mutating func linear(
    _ name: String, rows: Int, columns: Int
  ) throws(ModelFileError) -> LinearLayer {
    let tensor = "model.\(name).weight"
    if configuration.weightStorage.isPacked {
      return try packed(name, tensor, rows: rows, columns: columns)
    }
    let weights = try floats(tensor, [rows, columns])
    let (matrix, scale) =
      switch configuration.weightStorage {
      case .sign: MasterWeights.sign(weights, rows: rows, columns: columns)
      case .ternaryValues: try ternaryValues(weights, tensor, rows: rows, columns: columns)
      default: MasterWeights.absmean(weights, rows: rows, columns: columns)
      }
    return LinearLayer(
      name: name, weights: matrix, scale: scale,
      activations: configuration.activationQuantization)
  }

  private mutating func packed(
    _ name: String, _ tensor: String, rows: Int, columns: Int
  ) throws(ModelFileError) -> LinearLayer {
    taken.insert(tensor)
    let file = try weights.file(of: tensor)
    if let type = file.tensors[tensor]?.type, [.bf16, .f16, .f32].contains(type) {
      throw ModelFileError(
        file: file.path, place: tensor,
        problem: "expected U8 (packed ternary weights), found \(type.rawValue); master weights "
          + "need the quantization_mode \"online\"")
    }
    let (_, bytes) = try file.bytes(
      of: tensor, as: [.u8], shape: [TernaryPlanes.packedRows(rows), columns])
    let matrix = try TernaryPlanes.decode(
      bytes, rows: rows, columns: columns, file: file.path, tensor: tensor)
    let scale = try floats("\(tensor)_scale", [1])[0]
    guard scale > 0 else {
      throw ModelFileError(
        file: try weights.file(of: "\(tensor)_scale").path, place: "\(tensor)_scale",
        problem: "expected a scale above 0, found \(scale)")
    }
    return LinearLayer(
      name: name, weights: matrix,
      scale: configuration.weightStorage == .bitlinear ? .divide(scale) : .multiply(scale),
      activations: configuration.activationQuantization)
  }

  private func ternaryValues(
    _ weights: [Float], _ tensor: String, rows: Int, columns: Int
  ) throws(ModelFileError) -> (TritMatrix, WeightScale) {
    do {
      return try MasterWeights.ternaryValues(weights, rows: rows, columns: columns)
    } catch {
      throw ModelFileError(
        file: try self.weights.file(of: tensor).path, place: tensor,
        problem: "expected ±\(error.magnitude) or 0 as in the rest of row \(error.row), found "
          + "\(error.value) at column \(error.column); master weights need a quantization_config")
    }
  }
}
