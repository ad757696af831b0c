import Architecture
import Energy
import Testing
import Workload

@testable import Published

@Suite struct PublishedRowsTests {
  /// Worked out once: the closed form counts the layers of ten models.
  static let rows = Result {
    let architecture = try Architecture.sample(named: "default")
    let model = try EnergyModel(
      architecture: architecture,
      technology: Technology(named: architecture.parameters.technology))
    return try PublishedRows(Accounting(model)).rows
  }

  private func row(_ name: String) throws -> PublishedRow {
    try #require(try Self.rows.get().first { $0.name == name }, "\(name)")
  }

  @Test(
    "rows that are called exact are exact to the last published digit",
    arguments: [
      "bitnet-b1.58.matmul", "bitnet-2b4t.energy.llama-3.2-1b", "bitnet-2b4t.energy.gemma-3-1b",
      "bitnet-2b4t.energy.qwen-2.5-1.5b", "bitnet-2b4t.energy.smollm2-1.7b",
      "bitnet-2b4t.energy.minicpm-2b", "bitnet-2b4t.energy.bitnet-b1.58-2b4t",
      "bitnet-kv260.layer", "bitnet-kv260.model",
    ])
  func exact(name: String) throws {
    let row = try row(name)
    #expect(row.isExact, "\(row.published) published, \(row.computed ?? .nan) computed")
  }

  @Test("a stream of weights is exact to the byte")
  func bytes() throws {
    #expect(try row("bitnet-kv260.layer").computed == 13_918_208)
    #expect(try row("bitnet-kv260.model").computed == 417_546_240)
  }

  @Test("the end-to-end ratios are those of the arithmetic, and the scales explain the rest")
  func endToEnd() throws {
    for (name, computed, scaled) in [("1.3b", 18.71, "18.52"), ("70b", 41.47, "41.23")] {
      let row = try row("bitnet-b1.58.end-to-end.\(name)")
      let (found, difference) = (try #require(row.computed), try #require(row.difference))
      #expect(abs(found - computed) < 0.005)
      #expect(!row.isExact && abs(difference) < 0.01)
      #expect(row.reasons[0].contains(scaled))
    }
  }

  @Test("the products of a model are those of its widths")
  func products() throws {
    let shape = try #require(EnergyRowsShapes.llama)
    let operations = try Technology(named: "cmos-7nm").operations
    let paper = PaperArithmetic(operations: operations, shape: shape, tokens: 512)
    let perLayer: Int = 2 * 2048 * 2048 + 2 * 2048 * 512 + 3 * 2048 * 8192
    #expect(paper.linearProducts == 512 * 16 * perLayer)
    #expect(paper.attentionProducts == 512 * 16 * 2 * 512 * 2048)
    let outputs = 512 * 16 * (2048 + 512 + 512 + 2048 + 8192 + 8192 + 2048)
    #expect(abs(paper.dequantisation - 0.68e-12 * Double(outputs)) < 1e-15)
  }

  @Test("every row has Setun's own figure with its bounds and source, a formula and a reason")
  func own() throws {
    let rows = try Self.rows.get()
    #expect(rows.count == 9 + 7 + 2 + 2 + 5)
    #expect(Set(rows.map(\.name)).count == rows.count)
    for row in rows {
      let own = row.own
      #expect(own.low <= own.typical && own.typical <= own.high, "\(row.name)")
      #expect(own.low > 0 || row.published == 0, "\(row.name)")
      #expect(!own.source.isEmpty && !row.source.isEmpty)
      // What a tool made of a source follows from no formula.
      let isOfTool = ["LUT", "FF", "DSP"].contains(row.unit)
      #expect((row.formula?.isEmpty == false) == !isOfTool, "\(row.name)")
      #expect(!row.reasons.isEmpty && row.reasons.allSatisfy { $0.hasSuffix(".") })
      #expect(own.unit == row.unit)
    }
  }

  @Test("Setun's account is dearer than arithmetic alone, and its ratio smaller")
  func fuller() throws {
    for row in try Self.rows.get() where row.unit == "J" {
      let computed = try #require(row.computed)
      #expect(row.own.low > computed, "\(row.name)")
    }
    let matmul = try row("bitnet-b1.58.matmul")
    let ratio = try #require(matmul.computed)
    #expect(matmul.own.high < ratio && matmul.own.low > 1)
    // What both sides share, memory above all, is not uncertain twice.
    #expect(matmul.own.high / matmul.own.low < 8)
  }

  @Test("of an FPGA engine Setun's own figure is near what synthesis counts of the same blocks")
  func engines() throws {
    // Held-out designs, as the documentation of calibration lists them.
    for (name, published, synthesised) in [
      ("base-3.luts", 4_179, 5_537), ("base-3.flip-flops", 1_829, 1_306),
      ("two-bit.luts", 1_353, 1_356), ("two-bit.flip-flops", 787, 714),
    ] as [(String, Double, Double)] {
      let row = try row("bitnet-kv260.\(name)")
      #expect(row.published == published && row.computed == nil && !row.isExact)
      #expect(abs(row.own.typical / synthesised - 1) < 0.05, "\(name): \(row.own.typical)")
    }
    let multipliers = try row("bitnet-kv260.base-3.dsps")
    #expect(multipliers.published == 0 && multipliers.own.high == 0)
    // 80 × 2 activations of 8 bits, one LUT each.
    #expect(
      try row("bitnet-kv260.base-3.luts").reasons.contains {
        $0.contains("zero, in 1288 LUTs")
      })
  }

  @Test("Setun's own energy is that of its layers, one by one")
  func layerByLayer() throws {
    let architecture = try Architecture.sample(named: "default")
    let account = try Accounting(
      EnergyModel(
        architecture: architecture,
        technology: Technology(named: architecture.parameters.technology)))
    let shape = try #require(EnergyRowsShapes.llama)
    let whole = try account.layers(shape, tokens: 3)
    var one = shape
    one.layerCount = 1
    let single = try account.layers(one, tokens: 3)
    #expect(abs(whole.total.typical / (16 * single.total.typical) - 1) < 1e-9)
    #expect(whole.weightBytes == 16 * single.weightBytes)
    // Two bits for each weight; every width is a multiple of the tile.
    #expect(single.weightBytes == single.products / 3 / 4)
  }

  @Test("a layer that the activation buffer cannot hold gets a larger one, and the row says so")
  func enlarged() throws {
    let row = try row("bitnet-b1.58.end-to-end.70b")
    #expect(row.reasons.contains { $0.contains("activation_buffer_words is 1024") })
    let fitting = try self.row("bitnet-b1.58.end-to-end.1.3b")
    #expect(!fitting.reasons.contains { $0.contains("activation_buffer_words") })
  }

  @Test("numbers in sentences have the digits that they claim")
  func digits() {
    #expect(0.0123456.digits(2) == "0.012" && 123.456.digits(2) == "123")
    #expect(9.96.digits(2) == "10.0" && 0.0.digits(3) == "0" && 1.0.digits(3) == "1.00")
    #expect((-1.25).fixed(1) == "−1.3" && 0.004.fixed(2) == "0.00" && 41.465.fixed(0) == "41")
  }
}

private enum EnergyRowsShapes {
  static let llama = EnergyRows.models.first { $0.name == "LLaMA 3.2 1B" }?.shape
}
