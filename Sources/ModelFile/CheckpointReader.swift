private import Foundation
private import Ternary
private import Workload

extension BitNetCheckpoint {
  /// Reads `config.json` and `model.safetensors` of a model directory.
  ///
  /// - Throws: When a file is missing or damaged, the model is of another kind, or a tensor is
  ///   missing, has another type or shape, holds an illegal code or a value that is not finite, or
  ///   has no place in the model.
  public init(directory: String) throws(ModelFileError) {
    let config = directory + "/config.json"
    if directory.hasSuffix(".gguf") || directory.hasSuffix(".safetensors") {
      throw ModelFileError(
        file: directory,
        problem: "expected a directory with config.json and model.safetensors, found a file name "
          + "(GGUF and single files are not supported)")
    }
    try self.init(
      configuration: ModelConfiguration(file: config, json: try readFile(config)),
      weights: SafetensorsFile(path: directory + "/model.safetensors"))
  }

  /// Takes every tensor of `weights`; none may be left over.
  public init(
    configuration: ModelConfiguration, weights: SafetensorsFile
  ) throws(ModelFileError) {
    var reader = CheckpointReader(file: weights, configuration: configuration)
    let hidden = configuration.hiddenSize
    let embedding = try reader.floats(
      "model.embed_tokens.weight", [configuration.vocabularySize, hidden])
    var blocks: [Block] = []
    for index in 0..<configuration.layerCount { blocks.append(try reader.block(index)) }
    let finalNorm = try reader.floats("model.norm.weight", [hidden])
    try reader.checkHead(equals: embedding)
    try reader.checkNothingLeft()
    self.init(
      configuration: configuration, embedding: embedding, blocks: blocks, finalNorm: finalNorm)
  }
}

/// The bytes of a whole file of moderate size.
package func readFile(_ path: String) throws(ModelFileError) -> [UInt8] {
  do {
    return try Array(Data(contentsOf: URL(fileURLWithPath: path)))
  } catch {
    throw ModelFileError(file: path, problem: "cannot be read (\(error.localizedDescription))")
  }
}

/// Takes tensors out of a checkpoint and remembers which.
private struct CheckpointReader {
  let file: SafetensorsFile
  let configuration: ModelConfiguration
  private var taken: Set<String> = []

  init(file: SafetensorsFile, configuration: ModelConfiguration) {
    self.file = file
    self.configuration = configuration
  }

  mutating func block(_ index: Int) throws(ModelFileError) -> BitNetCheckpoint.Block {
    let hidden = configuration.hiddenSize
    let intermediate = configuration.intermediateSize
    let keyValue = configuration.keyValueSize
    let block = "layers.\(index)"
    return BitNetCheckpoint.Block(
      inputNorm: try floats("model.\(block).input_layernorm.weight", [hidden]),
      query: try linear("\(block).self_attn.q_proj", rows: hidden, columns: hidden),
      key: try linear("\(block).self_attn.k_proj", rows: keyValue, columns: hidden),
      value: try linear("\(block).self_attn.v_proj", rows: keyValue, columns: hidden),
      attentionSubNorm: try floats("model.\(block).self_attn.attn_sub_norm.weight", [hidden]),
      attentionOutput: try linear("\(block).self_attn.o_proj", rows: hidden, columns: hidden),
      postAttentionNorm: try floats("model.\(block).post_attention_layernorm.weight", [hidden]),
      gate: try linear("\(block).mlp.gate_proj", rows: intermediate, columns: hidden),
      up: try linear("\(block).mlp.up_proj", rows: intermediate, columns: hidden),
      feedForwardSubNorm: try floats("model.\(block).mlp.ffn_sub_norm.weight", [intermediate]),
      down: try linear("\(block).mlp.down_proj", rows: hidden, columns: intermediate))
  }

  /// A tensor of finite floats.
  mutating func floats(_ name: String, _ shape: [Int]) throws(ModelFileError) -> [Float] {
    taken.insert(name)
    let values = try file.floats(name, shape: shape)
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw ModelFileError(
        file: file.path, place: name,
        problem: "expected finite values, found \(values[index]) at element \(index)")
    }
    return values
  }

  private mutating func linear(
    _ name: String, rows: Int, columns: Int
  ) throws(ModelFileError) -> LinearLayer {
    let tensor = "model.\(name).weight"
    taken.insert(tensor)
    if let type = file.tensors[tensor]?.type, [.bf16, .f16, .f32].contains(type) {
      throw ModelFileError(
        file: file.path, place: tensor,
        problem: "expected U8 (packed ternary weights), found \(type.rawValue); master weights "
          + "that are quantised while loading are not supported")
    }
    let (_, bytes) = try file.bytes(
      of: tensor, as: [.u8], shape: [TernaryPlanes.packedRows(rows), columns])
    let weights = try TernaryPlanes.decode(
      bytes, rows: rows, columns: columns, file: file.path, tensor: tensor)
    let scale = try floats("\(tensor)_scale", [1])[0]
    guard scale > 0 else {
      throw ModelFileError(
        file: file.path, place: "\(tensor)_scale",
        problem: "expected a scale above 0, found \(scale)")
    }
    return LinearLayer(
      name: name, weights: weights,
      scale: configuration.scaleConvention == .bitlinear ? .divide(scale) : .multiply(scale))
  }

  /// Some checkpoints store the tied head a second time.
  mutating func checkHead(equals embedding: [Float]) throws(ModelFileError) {
    let name = "lm_head.weight"
    guard file.tensors[name] != nil else { return }
    let head = try floats(name, [configuration.vocabularySize, configuration.hiddenSize])
    guard head == embedding else {
      throw ModelFileError(
        file: file.path, place: name,
        problem: "expected the embedding (tie_word_embeddings is true), found other values")
    }
  }

  func checkNothingLeft() throws(ModelFileError) {
    if let stranger = file.tensors.keys.filter({ !taken.contains($0) }).min() {
      throw ModelFileError(
        file: file.path, place: stranger, problem: "expected no such tensor in this model")
    }
  }
}
