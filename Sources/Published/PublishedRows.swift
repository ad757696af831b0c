import Architecture
import Energy
import Workload

/// The published figures that users come to compare, each worked out again from its parameters.
public struct PublishedRows: Sendable {
  public let rows: [PublishedRow]

  /// - Parameter account: Works out Setun's own figures.
  /// - Throws: ``PublishedError``, or what the account throws.
  public init(_ account: Accounting) throws {
    let papers = try Technology(named: "cmos-7nm").operations
    rows =
      try EnergyRows(account: account, operations: papers).rows
      + MemoryRows(account: account).rows + StreamRows(account: account).rows
      + FPGARows().rows
  }
}

/// Rows on energy.
struct EnergyRows {
  let account: Accounting
  /// Of 7 nm, which the papers use.
  let operations: Technology.Operations
  private let tokens = 512

  private static let paper = "BitNet b1.58 (arXiv 2402.17764), figure 3"
  private static let report = "BitNet b1.58 2B4T technical report (arXiv 2504.12285), table 1"

  var rows: [PublishedRow] {
    get throws {
      try [matmul]
        + [("1.3B", .published("1.3b"), 18.6), ("70B", DecoderShape.paper70B, 41.2)].map {
          try endToEnd($0, $1, published: $2)
        } + Self.models.map(model)
    }
  }

  private var matmul: PublishedRow {
    get throws {
      let multiply = operations.fp16Multiply.typical
      let add = operations.fp16Add.typical
      let shape = DecoderShape.published("1.3b")
      let layers = try account.holding(inputs: shape.intermediateSize)
        .layers(shape, tokens: tokens)
      let dense = layers.baselines[.fp16Array]
      let chip = layers.onChip(beside: .fp16Array)
      let chipRatio = try ratio(chip.other, chip.ternary, "on chip")
      return PublishedRow(
        name: "bitnet-b1.58.matmul", title: "FP16 over ternary, matrix products",
        source: Self.paper,
        unit: "×", published: 71.4, decimals: 1,
        computed: (multiply + add) / operations.int8Add.typical,
        formula: "(FP16 multiply + FP16 add) / INT8 add = (\(pico(multiply)) + \(pico(add))) / "
          + "\(pico(operations.int8Add.typical)) pJ, 7 nm",
        own: try ratio(dense.total, layers.total, "ternary layers of 1.3B, \(tokens) tokens"),
        reasons: [
          "Published are single operations. Of a product Setun counts, in pJ: \(layers.perProduct).",
          "The FP16 array beside it takes \(perProduct(dense, layers)) pJ a product: it too has "
            + "buffers, memory and leakage, which make the two more alike.",
          "On the chip alone the ratio is \(chipRatio.typical.fixed(1)) "
            + "(\(chipRatio.low.fixed(1))–\(chipRatio.high.fixed(1))); external memory moves 16 bits "
            + "for \(bits(layers).fixed(1)).",
          rereads(layers),
        ])
    }
  }

  private func endToEnd(
    _ name: String, _ shape: DecoderShape, published: Double
  ) throws -> PublishedRow {
    let paper = PaperArithmetic(operations: operations, shape: shape, tokens: tokens)
    let holder = try account.holding(inputs: shape.intermediateSize)
    let layers = try holder.layers(shape, tokens: tokens)
    let attention = holder.attention(shape, tokens: tokens)
    let scaled = paper.dense / (paper.ternary + paper.dequantisation)
    return PublishedRow(
      name: "bitnet-b1.58.end-to-end.\(name.lowercased())",
      title: "FP16 over ternary, \(name), \(tokens) tokens", source: Self.paper, unit: "×",
      published: published, decimals: 1, computed: paper.dense / paper.ternary,
      formula:
        "products of all layers and of attention; attention in FP16 on both sides, each query "
        + "with each key; no output head",
      own: try ratio(
        layers.baselines[.fp16Array].total + attention, layers.total + attention,
        "layers and attention, \(tokens) tokens"),
      reasons: [
        "With two FP16 multiplications for each output, which undo the scales, the arithmetic gives "
          + "\(scaled.fixed(2)).",
        "Attention takes \((100 * attention.typical / (layers.total + attention).typical).fixed(0))% "
          + "of Setun's ternary total, and is equal on both sides.",
        "Of a ternary product Setun counts, in pJ: \(layers.perProduct).",
      ] + enlarged(holder))
  }

  /// What the technical report on 2B-4T compares.
  static let models: [(name: String, shape: DecoderShape, published: Double)] = [
    (
      "LLaMA 3.2 1B",
      .init(layers: 16, hidden: 2048, ffn: 8192, keysAndValues: 512, vocabulary: 128_256), 0.258
    ),
    (
      "Gemma 3 1B",
      .init(
        layers: 26, hidden: 1152, ffn: 6912, queries: 1024, keysAndValues: 256,
        vocabulary: 262_144), 0.186
    ),
    (
      "Qwen 2.5 1.5B",
      .init(layers: 28, hidden: 1536, ffn: 8960, keysAndValues: 256, vocabulary: 151_936), 0.347
    ),
    (
      "SmolLM2 1.7B",
      .init(layers: 24, hidden: 2048, ffn: 8192, keysAndValues: 2048, vocabulary: 49_152), 0.425
    ),
    (
      "MiniCPM 2B",
      .init(layers: 40, hidden: 2304, ffn: 5760, keysAndValues: 2304, vocabulary: 122_753), 0.649
    ),
    ("BitNet b1.58 2B4T", .published("2b-4t"), 0.028),
  ]

  private func model(
    _ name: String, _ shape: DecoderShape, published: Double
  ) throws -> PublishedRow {
    let isTernary = name.hasPrefix("BitNet")
    let paper = PaperArithmetic(operations: operations, shape: shape, tokens: tokens)
    let holder = try account.holding(inputs: shape.intermediateSize)
    let layers = try holder.layers(shape, tokens: tokens)
    let attention = holder.attention(shape, tokens: tokens)
    let dense = layers.baselines[.fp16Array]
    let total = (isTernary ? layers.total : dense.total) + attention
    let kind = isTernary ? "on the ternary unit" : "on an FP16 array of equal throughput"
    let products =
      isTernary ? layers.perProduct : "\(perProduct(dense, layers)) in all"
    return PublishedRow(
      name: "bitnet-2b4t.energy." + name.lowercased().replacing(" ", with: "-"),
      title: "\(name), \(tokens) tokens", source: Self.report, unit: "J", published: published,
      decimals: 3, computed: isTernary ? paper.ternary : paper.dense,
      formula: isTernary
        ? "an INT8 add for each product of a layer, FP16 for those of attention"
        : "an FP16 multiply and add for each product of layers and attention",
      own: Figure(total, source: "layers \(kind), and attention"),
      reasons: [
        "Published is arithmetic alone. Of a product of a layer Setun counts, in pJ: \(products).",
        "Attention is \(attention.typical.digits(2)) J of it: the same arithmetic, and keys and "
          + "values through memory.",
        rereads(layers),
      ] + enlarged(holder))
  }

  // MARK: Words

  private func ratio(
    _ dense: Estimate<Joules>, _ ternary: Estimate<Joules>, _ work: String
  ) throws -> Figure {
    guard let ratio = dense.quotient(by: ternary) else {
      throw PublishedError("\(work): expected energies above 0")
    }
    return Figure(
      ratio, unit: "×", source: "\(work), FP16 array of equal throughput over ternary unit")
  }

  /// Why external memory weighs so much.
  private func rereads(_ layers: LayersAccount) -> String {
    "Each weight crosses the memory port \(layers.weightReads.fixed(0)) times for \(tokens) tokens: "
      + "accumulator_depth and the activation buffer bound how many tokens share a reading."
  }

  /// Bits of a weight in the ternary unit's memory.
  private func bits(_ layers: LayersAccount) -> Double {
    8 * Double(layers.weightBytes) * Double(tokens) / Double(layers.products)
  }

  private func enlarged(_ holder: Accounting) -> [String] {
    let words = holder.architecture.parameters.activationBufferWords
    if words == account.architecture.parameters.activationBufferWords { return [] }
    return ["For Setun's figure activation_buffer_words is \(words), which the widest layer needs."]
  }

  private func perProduct(_ baseline: Baseline, _ layers: LayersAccount) -> String {
    (1e12 * baseline.total.typical / Double(layers.products)).digits(3)
  }

  private func pico(_ joules: Double) -> String { (1e12 * joules).digits(2) }
}
