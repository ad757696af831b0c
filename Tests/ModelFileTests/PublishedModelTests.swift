import Testing
import Workload

@Suite("A published model")
struct PublishedModelTests {
  @Test(
    "has as many ternary weights as its sizes make",
    arguments: [
      // From the published numbers of parameters, less embedding, head and norms.
      ("700m", 679_477_248), ("3b", 3_221_504_000), ("2b-4t", 2_084_044_800),
      ("7b", 6_738_415_616 - 2 * 32_000 * 4096 - 65 * 4096),
      ("13b", 13_015_864_320 - 2 * 32_000 * 5120 - 81 * 5120),
      ("30b", 32_528_943_616 - 2 * 32_000 * 6656 - 121 * 6656),
      ("70b", 68_976_648_192 - 2 * 32_000 * 8192 - 161 * 8192),
      ("llama3-8b", 8_030_261_248 - 2 * 128_256 * 4096 - 65 * 4096),
      ("falcon3-1b", 1_669_408_768 - 2 * 131_072 * 2048 - 37 * 2048),
      ("falcon3-3b", 3_227_655_168 - 2 * 131_072 * 3072 - 45 * 3072),
      ("falcon3-7b", 7_455_550_464 - 2 * 131_072 * 3072 - 57 * 3072),
      ("falcon3-10b", 10_305_653_760 - 2 * 131_072 * 3072 - 81 * 3072),
    ])
  func weights(name: String, count: Int) throws {
    let model = try #require(PublishedModel(named: name))
    #expect(model.shape.ternaryWeights == count)
  }

  @Test("is found by a name that no other has, in any case")
  func names() {
    let names = PublishedModel.all.map(\.name)
    #expect(Set(names).count == names.count && names.count == 14)
    for model in PublishedModel.all {
      #expect(PublishedModel(named: model.name.uppercased()) == model)
      #expect(!model.source.isEmpty)
      #expect(model.shape.headCount % model.shape.keyValueHeadCount == 0)
    }
    #expect(PublishedModel(named: "2b") == nil)
  }

  @Test("lists the products of a pass in order", arguments: [1, 7, 128])
  func matmuls(tokens: Int) throws {
    let shape = try #require(PublishedModel(named: "2b-4t")).shape
    let matmuls = shape.matmuls(tokens: tokens, context: 100)
    #expect(matmuls.count == 30 * 9 + 1)
    #expect(
      matmuls.prefix(9).map(\.name) == [
        "layers.0.self_attn.q_proj", "layers.0.self_attn.k_proj", "layers.0.self_attn.v_proj",
        "layers.0.scores", "layers.0.values", "layers.0.self_attn.o_proj",
        "layers.0.mlp.gate_proj", "layers.0.mlp.up_proj", "layers.0.mlp.down_proj",
      ])
    let ternary = matmuls.filter { $0.kind == .ternary }
    #expect(ternary.reduce(0) { $0 + $1.macs } == tokens * 2_084_044_800)
    #expect(matmuls[8].shape == MatmulShape(m: tokens, n: 2560, k: 6912))
    #expect(matmuls[3].shape == MatmulShape(m: tokens, n: 100 + tokens, k: 128))
    #expect(matmuls[4].shape == MatmulShape(m: tokens, n: 128, k: 100 + tokens))
    #expect(matmuls[3].macs == 20 * tokens * (100 + tokens) * 128)
    #expect(matmuls.last?.shape == MatmulShape(m: 1, n: 128_256, k: 2560))
    #expect(matmuls.last?.kind == .head)
  }
}
