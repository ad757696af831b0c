import Foundation
import Testing

extension CommandTests {
  @Suite("synthetic checkpoints") struct SynthesizeTests {
    private static let configuration = """
      {"model_type":"bitnet","vocab_size":1024,"hidden_size":256,"intermediate_size":512,
       "num_hidden_layers":3,"num_attention_heads":2,"num_key_value_heads":1,"hidden_act":"relu2",
       "max_position_embeddings":64,"rms_norm_eps":1e-05,"tie_word_embeddings":true,
       "rope_theta":10000.0,
       "quantization_config":{"quant_method":"bitnet","linear_class":"autobitlinear"}}
      """

    @Test("run as models of their shape, and say what they are")
    func run() async throws {
      let folder = try WorkFolder()
      try folder.write("shape.json", Self.configuration)
      let made = try await setun(
        "synthesize", "shape.json", "--output", "made", "--layers", "2", "--seed", "7",
        "--tokenizer", Project.model + "/tokenizer.json", in: folder)
      #expect(made.status == 0 && made.errors == "")
      #expect(
        made.output.hasPrefix(
          "made: random weights with the shape of shape.json, seed 7; 2 layers, "))
      let gguf = try await setun(
        "synthesize", "shape.json", "-o", "made.gguf", "--format", "gguf", "--coding", "tq1_0",
        "--layers", "2", "--seed", "7", in: folder)
      #expect(gguf.status == 0, "\(gguf.errors)")
      var shares: [String] = []
      for path in ["made", "made.gguf"] {
        let outcome = try await setun("inspect", path, in: folder)
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("synthetic: random weights, nothing was trained\n"))
        #expect(
          outcome.output.contains("ternary decoder: 2 layers, hidden 256, intermediate 512, "))
        let total = try #require(outcome.output.firstMatch(of: /tensors .*%.*/)).output
        shares.append(total.split(separator: " ").filter { $0.hasSuffix("%") }.joined())
      }
      #expect(shares[0] == shares[1])
      let traced = try await setun(
        "trace", "made", "--prompt", "In", "-o", "run.safetensors", "--threads", "1", in: folder)
      #expect(traced.status == 0, "\(traced.errors)")
      let compared = try await setun("compare", "made", "run.safetensors", in: folder)
      #expect(compared.output.hasPrefix("equal   teacher-forced: 70 of 70 tensors agree"))
      let text = try await setun(
        "generate", "made/model.safetensors", "--prompt", "In", "--max-tokens", "2",
        "--int8-head", in: folder)
      #expect(text.status == 0, "\(text.errors)")
      #expect(text.errors.contains("synthetic: random weights, their text means nothing"))
    }

    @Test("of no known shape or depth are refused, and so is a type that cannot hold them")
    func refusals() async throws {
      let folder = try WorkFolder()
      try await expectRefusal(
        ["synthesize", "2b", "-o", "x"], in: folder,
        .prefix("MODEL: expected a config.json or one of 700m, 1.3b, 3b, "))
      try await expectRefusal(
        ["synthesize", "2b-4t", "-o", "x", "--layers", "31"], in: folder,
        .exactly("--layers: expected 1 to 30, the layers of BitNet b1.58 2B4T, found 31"))
      try await expectRefusal(
        ["synthesize", "1.3b", "-o", "x", "--format", "gguf"], in: folder,
        .exactly(
          "BitNet b1.58 1.3B: expected rows of a multiple of 256 weights for TQ2_0, found 5460"))
      try await expectRefusal(
        ["synthesize", "3b", "-o", "x", "--format", "gguf", "--tokenizer", "t"], in: folder,
        .usage("--tokenizer acts with --format safetensors only", of: "setun synthesize"))
      try folder.write(
        "huge.json",
        Self.configuration.replacing(
          "\"num_hidden_layers\":3", with: "\"num_hidden_layers\":100000"
        )
        .replacing("\"hidden_size\":256", with: "\"hidden_size\":16777212"))
      try await expectRefusal(
        ["synthesize", "huge.json", "-o", "x"], in: folder,
        .exactly("huge.json: expected fewer than 10¹⁵ ternary weights, found more"))
      try await expectRefusal(
        ["synthesize", "missing.json", "-o", "x"], in: folder,
        .exactly("missing.json: cannot be opened (No such file or directory)"))
    }

    @Test("an activation is chosen for GGUF files only, and threads within reason")
    func options() async throws {
      try await expectRefusal(
        ["inspect", Project.model, "--activation", "silu"], in: WorkFolder(),
        .exactly(
          "\(Project.model)/config.json: expected a GGUF file, whose activation may be chosen"))
      try await expectRefusal(
        ["generate", "--prompt", "a", "--threads", "0"], in: WorkFolder(),
        .usage("--threads: expected 1 to 1024, found 0", of: "setun generate"))
    }
  }
}
