import Architecture
import Energy
import Workload

/// Rows on memory: GPU memory of whole models, and the batch that two GPUs hold.
struct MemoryRows {
  let account: Accounting

  private static let paper = "BitNet b1.58 (arXiv 2402.17764)"
  private static let bytesPerFloat = 2.0
  private static let gigabyte = 1e9

  var rows: [PublishedRow] {
    get throws {
      let sizes: [(name: String, dense: Double?, ternary: Double)] = [
        ("700m", 2.08, 0.80), ("1.3b", 3.34, 1.14), ("3b", 7.89, 2.22), ("3.9b", nil, 2.38),
      ]
      return try sizes.flatMap { name, dense, ternary in
        try (dense.map { [try memory(name, published: $0, isTernary: false)] } ?? [])
          + [memory(name, published: ternary, isTernary: true)]
      } + [batch(published: 16, isTernary: false), batch(published: 176, isTernary: true)]
    }
  }

  /// Bytes of a model: embedding and head in 16 bits, layers in 16 or in 2.
  private func bytes(_ shape: DecoderShape, isTernary: Bool) -> Double {
    let layers = Double(shape.ternaryWeights) * (isTernary ? 0.25 : Self.bytesPerFloat)
    return layers + 2 * Double(shape.embeddingWeights) * Self.bytesPerFloat
  }

  private func memory(_ name: String, published: Double, isTernary: Bool) throws -> PublishedRow {
    let shape = DecoderShape.published(name)
    let computed = bytes(shape, isTernary: isTernary) / Self.gigabyte
    let layers = try account.holding(inputs: shape.intermediateSize).layers(shape, tokens: 1)
    let embeddings = 2 * Double(shape.embeddingWeights) * Self.bytesPerFloat
    let own =
      isTernary
      ? Double(layers.weightBytes) + embeddings
      : Double(shape.ternaryWeights) * Self.bytesPerFloat + embeddings
    let model = isTernary ? "BitNet" : "LLaMA"
    let rest = ((published - computed) * 1000).fixed(0)
    var reasons = [
      "Published is the memory of a running GPU. What weights do not explain, \(rest) MB, is its "
        + "runtime, activations and the cache of keys and values; the paper does not divide it."
    ]
    if isTernary {
      let bits = 8 * Double(layers.weightBytes) / Double(shape.ternaryWeights)
      reasons.append("A weight takes \(bits.fixed(2)) bits in Setun's memory, padding included.")
    }
    return PublishedRow(
      name: "bitnet-b1.58.memory.\(name).\(model.lowercased())",
      title: "\(model) \(name.uppercased()), memory", source: Self.paper + ", table 1",
      unit: "GB", published: published, decimals: 2, computed: computed,
      formula: "weights of the layers in \(isTernary ? 2 : 16) bits, embedding and head in 16",
      own: Figure(
        counted: own / Self.gigabyte, unit: "GB",
        source: isTernary
          ? "weights as the accelerator reads them, embedding and head in 16 bits"
          : "weights in 16 bits"),
      reasons: reasons)
  }

  private func batch(published: Double, isTernary: Bool) throws -> PublishedRow {
    let shape = DecoderShape.paper70B
    let cache = Double(2 * shape.layerCount * shape.keyValueSize * 512) * Self.bytesPerFloat
    let free = 160 * Self.gigabyte - bytes(shape, isTernary: isTernary)
    let layers = try account.holding(inputs: shape.intermediateSize).layers(shape, tokens: 1)
    let weights = isTernary ? Double(layers.weightBytes) : Double(shape.ternaryWeights) * 2
    let own = 160 * Self.gigabyte - weights - 2 * Double(shape.embeddingWeights) * 2
    let model = isTernary ? "BitNet" : "LLaMA"
    return PublishedRow(
      name: "bitnet-b1.58.batch.70b.\(model.lowercased())",
      title: "\(model) 70B, largest batch on 2 × 80 GB", source: Self.paper + ", table 3",
      unit: "sequences", published: published, decimals: 0,
      computed: (free / cache).rounded(.down),
      formula:
        "what weights leave of 160 GB, over keys and values of 512 tokens in 16 bits, as wide "
        + "as the queries",
      own: Figure(
        counted: (own / cache).rounded(.down), unit: "sequences",
        source: "the same with weights as the accelerator reads them"),
      reasons: [
        isTernary
          ? "Published needs 0.8 GB a sequence at most: keys and values of fewer heads or of 8 bits, "
            + "which the paper does not state."
          : "The paper measured a pipeline over two GPUs, which needs room for activations as well."
      ])
  }
}

/// Rows on the stream of weights of an accelerator on an FPGA.
struct StreamRows {
  let account: Accounting

  private static let source = "github.com/MerlijnW70/bitnet-kv260, weight stream"
  private static let trits = 80
  private static let beatBytes = 16

  /// Beats of a layer of 2B-4T: an output has whole beats, and inputs that share a phase follow each
  /// other.
  private func beats(_ shape: DecoderShape) -> Int {
    DecoderShape.Linear.allCases.reduce(0) { sum, linear in
      let size = shape.size(of: linear)
      return sum + size.rows * ((size.columns + Self.trits - 1) / Self.trits)
    }
  }

  var rows: [PublishedRow] {
    get throws {
      let shape = DecoderShape.published("2b-4t")
      let layers = try account.layers(shape, tokens: 1)
      let bits = 8 * Double(layers.weightBytes) / Double(shape.ternaryWeights)
      let perLayer = Double(beats(shape) * Self.beatBytes)
      func row(_ name: String, _ title: String, published: Double, layers count: Int)
        -> PublishedRow
      {
        PublishedRow(
          name: "bitnet-kv260.\(name)", title: title, source: Self.source, unit: "B",
          published: published, decimals: 0, computed: perLayer * Double(count),
          formula:
            "beats of \(Self.beatBytes) bytes for \(Self.trits) weights; each row of a matrix "
            + "ends with its beat",
          own: Figure(
            counted: Double(layers.weightBytes) * Double(count) / Double(shape.layerCount),
            unit: "B",
            source: "weights as the accelerator reads them, padding included"),
          reasons: [
            "A weight takes \(bits.fixed(3)) bits in Setun's stream, \(coding) in tiles of "
              + "\(tile); there it takes \((8 * perLayer * Double(shape.layerCount) / Double(shape.ternaryWeights)).fixed(3))."
          ])
      }
      return [
        row("layer", "2B-4T, weights of a layer", published: 13_918_208, layers: 1),
        row(
          "model", "2B-4T, weights of all layers", published: 417_546_240,
          layers: shape.layerCount),
      ]
    }
  }

  private var coding: String {
    account.architecture.parameters.weightCoding == .twoBit
      ? "two bits each" : "five in eight bits"
  }

  private var tile: String {
    "\(account.architecture.parameters.rows) × \(account.architecture.parameters.lanes)"
  }
}
