private import Ternary
internal import Workload

extension BitNetCheckpoint {
  /// Takes every tensor of a GGUF file; none may be left over.
  ///
  /// - Parameter activation: What the user says of the feed-forward network's non-linearity; nil
  ///   leaves it to the file (``GGUFArchitecture``).
  /// - Throws: When the model is of another kind, or a tensor is missing, has another type or shape,
  ///   holds an illegal code or a value that is not finite, or has no place in the model.
  public init(
    _ file: GGUFFile, activation: ModelConfiguration.FeedForwardActivation? = nil
  ) throws(ModelFileError) {
    let architecture = try GGUFArchitecture(file.metadata, activation: activation)
    let configuration = try ModelConfiguration(file, architecture)
    var reader = GGUFCheckpointReader(
      file: file, configuration: configuration, architecture: architecture)
    let embedding = try reader.table("token_embd.weight")
    let head = configuration.hasTiedHead ? embedding : try reader.table("output.weight")
    var blocks: [Block] = []
    for index in 0..<configuration.layerCount { blocks.append(try reader.block(index)) }
    let finalNorm = try reader.floats("output_norm", configuration.hiddenSize)
    try reader.checkNothingLeft()
    self.init(
      configuration: configuration, embedding: embedding, head: head, blocks: blocks,
      finalNorm: finalNorm)
  }
}

/// Takes tensors out of a GGUF file and remembers which.
private struct GGUFCheckpointReader {
  let file: GGUFFile
  let configuration: ModelConfiguration
  let architecture: GGUFArchitecture
  private var taken: Set<String> = []

  init(file: GGUFFile, configuration: ModelConfiguration, architecture: GGUFArchitecture) {
    self.file = file
    self.configuration = configuration
    self.architecture = architecture
  }

  mutating func block(_ index: Int) throws(ModelFileError) -> BitNetCheckpoint.Block {
    let hidden = configuration.hiddenSize
    let intermediate = configuration.intermediateSize
    let query = configuration.querySize
    let (name, block) = ("layers.\(index)", "blk.\(index)")
    return BitNetCheckpoint.Block(
      inputNorm: try floats("\(block).attn_norm", hidden),
      query: try rotated(
        "\(name).self_attn.q_proj", "\(block).attn_q", heads: configuration.headCount),
      key: try rotated(
        "\(name).self_attn.k_proj", "\(block).attn_k", heads: configuration.keyValueHeadCount),
      value: try linear(
        "\(name).self_attn.v_proj", "\(block).attn_v", rows: configuration.keyValueSize,
        columns: hidden),
      attentionSubNorm: try subNorm("\(block).attn_sub_norm", query),
      attentionOutput: try linear(
        "\(name).self_attn.o_proj", "\(block).attn_output", rows: hidden, columns: query),
      postAttentionNorm: try floats("\(block).ffn_norm", hidden),
      gate: try linear(
        "\(name).mlp.gate_proj", "\(block).ffn_gate", rows: intermediate, columns: hidden),
      up: try linear(
        "\(name).mlp.up_proj", "\(block).ffn_up", rows: intermediate, columns: hidden),
      feedForwardSubNorm: try subNorm("\(block).ffn_sub_norm", intermediate),
      down: try linear(
        "\(name).mlp.down_proj", "\(block).ffn_down", rows: hidden, columns: intermediate))
  }

  mutating func floats(_ name: String, _ count: Int) throws(ModelFileError) -> [Float] {
    let tensor = name + ".weight"
    taken.insert(tensor)
    let values = try file.floats(tensor, shape: [count])
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw file.error(
        tensor, "expected finite values, found \(values[index]) at element \(index)")
    }
    return values
  }

  private mutating func subNorm(
    _ name: String, _ count: Int
  ) throws(ModelFileError) -> [Float]? {
    configuration.hasSubNorms ? try floats(name, count) : nil
  }

  mutating func table(_ name: String) throws(ModelFileError) -> EmbeddingTable {
    taken.insert(name)
    let columns = configuration.hiddenSize
    let table = try file.table(name, rows: configuration.vocabularySize, columns: columns)
    if let row = firstRowNotFinite(name, table) {
      let values = table.row(row)
      let column = values.firstIndex { !$0.isFinite } ?? 0
      throw file.error(
        name,
        "expected finite values, found \(values[column]) at element \(row * columns + column)")
    }
    return table
  }

  private func firstRowNotFinite(_ name: String, _ table: EmbeddingTable) -> Int? {
    guard case .blocks = table.format, let type = file.tensors[name]?.type else {
      return table.firstRowNotFinite
    }
    return GGUFFloatBlocks.firstRowNotFinite(type, table.bytes, rows: table.rows)
  }

  private mutating func linear(
    _ name: String, _ place: String, rows: Int, columns: Int
  ) throws(ModelFileError) -> LinearLayer {
    let tensor = place + ".weight"
    taken.insert(tensor)
    if let scale = GGUFFile.scaleName(of: tensor) { taken.insert(scale) }
    let (weights, scale) = try file.ternary(tensor, rows: rows, columns: columns)
    return LinearLayer(
      name: name, weights: weights, scale: scale,
      activations: configuration.activationQuantization)
  }

  /// A projection whose outputs are turned by the rotary encoding, in the order of halves.
  private mutating func rotated(
    _ name: String, _ place: String, heads: Int
  ) throws(ModelFileError) -> LinearLayer {
    let size = configuration.headSize
    let layer = try linear(
      name, place, rows: heads * size, columns: configuration.hiddenSize)
    guard architecture.hasAlternatingHeads else { return layer }
    return layer.takingRows { row in
      let (head, place) = (row / size, row % size)
      return head * size + place % (size / 2) * 2 + place / (size / 2)
    }
  }

  func checkNothingLeft() throws(ModelFileError) {
    if let stranger = file.tensors.keys.filter({ !taken.contains($0) }).min() {
      throw file.error(stranger, "expected no such tensor in this model")
    }
  }
}

extension LinearLayer {
  /// The layer whose row `r` is row `order(r)` of this one.
  fileprivate func takingRows(_ order: (Int) -> Int) -> LinearLayer {
    let rows = (0..<weights.rows).map(order)
    let size = weights.rowBytes
    let packed = rows.flatMap { weights.bytes[$0 * size..<($0 + 1) * size] }
    let matrix: TritMatrix
    do {
      matrix = try TritMatrix(rows: weights.rows, columns: weights.columns, packed: packed)
    } catch {
      preconditionFailure("rows of a matrix: \(error)")
    }
    return LinearLayer(
      name: name, weights: matrix, scale: scale.takingRows(rows), activations: activations)
  }
}

extension WeightScale {
  /// The scale of a matrix whose rows are these of another.
  func takingRows(_ rows: [Int]) -> WeightScale {
    switch self {
    case .multiply, .divide: self
    case .rowGroups(let scales, let size):
      .rowGroups(rows.map { scales[$0 / size] }, rowsPerGroup: 1)
    case .inputGroups(let scales, let size):
      .inputGroups(
        rows.flatMap { row in
          let groups = scales.count / rows.count
          return scales[row * groups..<(row + 1) * groups]
        }, columnsPerGroup: size)
    }
  }
}
