import Testing
import Workload

@testable import ModelFile

@Suite("A config.json")
struct ModelConfigurationTests {
  private func parse(_ text: String) throws(ModelFileError) -> ModelConfiguration {
    try ModelConfiguration(file: "c", json: Array(text.utf8))
  }

  @Test("gives sizes, constants and the convention of scales")
  func values() throws {
    let configuration = try parse(TinyModel.configurationText)
    #expect(configuration.vocabularySize == 3)
    #expect(configuration.hiddenSize == 4)
    #expect(configuration.intermediateSize == 6)
    #expect(configuration.layerCount == 1)
    #expect(configuration.headCount == 2)
    #expect(configuration.keyValueHeadCount == 1)
    #expect(configuration.headSize == 2)
    #expect(configuration.keyValueSize == 2)
    #expect(configuration.contextLength == 8)
    #expect(configuration.normEpsilon == 1e-5)
    #expect(configuration.rotaryBase == 10000)
    #expect(configuration.endOfTextTokens == [2])
    #expect(configuration.weightStorage == .autobitlinear)
    #expect(configuration.activation == .squaredReLU)
    #expect(configuration.hasSubNorms && configuration.hasTiedHead && !configuration.isSynthetic)
    #expect(configuration.activationQuantization == .int8)
  }

  @Test("may hold the rotary base in an object, and several or no ends of text")
  func variants() throws {
    let text = TinyModel.configurationText
    let nested = text.replacing(
      #""rope_theta":10000.0"#,
      with: #""rope_parameters":{"rope_type":"default","rope_theta":500000}"#)
    #expect(try parse(nested).rotaryBase == 500_000)
    let several = text.replacing(#""eos_token_id":2"#, with: #""eos_token_id":[1,2]"#)
    #expect(try parse(several).endOfTextTokens == [1, 2])
    let none = text.replacing(#""eos_token_id":2"#, with: #""eos_token_id":null"#)
    #expect(try parse(none).endOfTextTokens == [])
  }

  @Test(
    "with a value that is missing or not supported is refused by name",
    arguments: [
      (
        #""model_type":"bitnet""#, #""model_type":"qwen3""#,
        #"model_type: expected "bitnet" or "llama" (nothing else is supported), found "qwen3""#
      ),
      (
        #""hidden_act":"relu2""#, #""hidden_act":"gelu""#,
        #"hidden_act: expected "relu2" or "silu" (nothing else is supported), found "gelu""#
      ),
      (
        #""hidden_act":"relu2","#, "",
        #"hidden_act: expected "relu2" or "silu" (nothing else is supported), found no such key"#
      ),
      (
        #""tie_word_embeddings":true"#, #""tie_word_embeddings":1"#,
        "tie_word_embeddings: expected true or false, found 1"
      ),
      (
        #""vocab_size":3"#, #""vocab_size":3,"attention_bias":true"#,
        "attention_bias: expected false (nothing else is supported), found true"
      ),
      (
        #""vocab_size":3"#, #""vocab_size":3,"rope_scaling":{}"#,
        "rope_scaling: expected null (nothing else is supported), found an object of 0"
      ),
      (
        #""rope_theta":10000.0"#, #""rope_parameters":{"rope_type":"yarn"}"#,
        #"rope_parameters.rope_type: expected "default" (nothing else is supported), found "yarn""#
      ),
      (
        #""vocab_size":3"#, #""vocab_size":0"#,
        "vocab_size: expected an integer in 1...16777215, found 0"
      ),
      (
        #""hidden_size":4"#, #""hidden_size":16777216"#,
        "hidden_size: expected an integer in 1...16777215, found 16777216"
      ),
      (
        #""intermediate_size":6,"#, "",
        "intermediate_size: expected an integer in 1...16777215, found no such key"
      ),
      (
        #""num_attention_heads":2"#, #""num_attention_heads":4"#,
        "num_attention_heads: expected a number of heads of even size that fill 4 hidden values, "
          + "found 4"
      ),
      (
        #""num_attention_heads":2,"num_key_value_heads":1"#,
        #""num_attention_heads":2,"num_key_value_heads":3"#,
        "num_key_value_heads: expected an integer in 1...2, found 3"
      ),
      (
        #""vocab_size":3"#, #""vocab_size":3,"head_dim":5"#,
        "head_dim: expected an even number, found 5"
      ),
      (
        #""rms_norm_eps":1e-05"#, #""rms_norm_eps":-1"#,
        "rms_norm_eps: expected a number of single precision above 0, found -1"
      ),
      (
        #""rope_theta":10000.0"#, #""rope_theta":1e300"#,
        "rope_theta: expected a number of single precision above 0, found 1e+300"
      ),
      (
        #""eos_token_id":2"#, #""eos_token_id":"end""#,
        #"eos_token_id: expected a token or an array of tokens, found "end""#
      ),
      (
        #""quant_method":"bitnet""#, #""quant_method":"awq""#,
        #"quantization_config.quant_method: expected "bitnet" (nothing else is supported), "#
          + #"found "awq""#
      ),
      (
        #""quant_method":"bitnet""#, #""quant_method":"bitnet","quantization_mode":"late""#,
        #"quantization_config.quantization_mode: expected "offline" or "online", found "late""#
      ),
      (
        #""quant_method":"bitnet""#, #""quant_method":"bitnet","use_rms_norm":true"#,
        "quantization_config.use_rms_norm: expected false (nothing else is supported), found true"
      ),
      (
        #""linear_class":"autobitlinear""#, #""linear_class":"linear""#,
        #"quantization_config.linear_class: expected "autobitlinear" or "bitlinear", "#
          + #"found "linear""#
      ),
      (
        #""quant_method":"bitnet""#,
        #""quant_method":"bitnet","modules_to_not_convert":["lm_head","model.layers.0"]"#,
        "quantization_config.modules_to_not_convert: expected an array of 1 (nothing else is "
          + "supported), found an array of 2"
      ),
      (
        #""quant_method":"bitnet""#, #""quant_method":"bitnet","weight_quantizer":"median""#,
        #"quantization_config.weight_quantizer: expected "absmean" or "sign", found "median""#
      ),
      (
        #""quant_method":"bitnet""#, #""quant_method":"bitnet","weight_quantizer":"sign""#,
        #"quantization_config.weight_quantizer: expected "absmean" with packed weights, found "#
          + #""sign""#
      ),
      (
        #""vocab_size":3"#, #""vocab_size":3,"mlp_bias":true"#,
        "mlp_bias: expected false (nothing else is supported), found true"
      ),
      (
        #""vocab_size":3"#, #""vocab_size":3,"sliding_window":4096"#,
        "sliding_window: expected null (nothing else is supported), found 4096"
      ),
      (
        #""vocab_size":3"#, #""vocab_size":3,"partial_rotary_factor":0.5"#,
        "partial_rotary_factor: expected 1 (nothing else is supported), found 0.5"
      ),
      (
        #""vocab_size":3"#, #""vocab_size":3,"input_bits":4"#,
        "input_bits: expected 8 (nothing else is supported), found 4"
      ),
      (
        #""vocab_size":3"#, #""vocab_size":3,"synthetic":"yes""#,
        #"synthetic: expected true or false, found "yes""#
      ),
      (
        #""quantization_config""#, #""quantization""#,
        "quantization_config: expected an object, found no such key"
      ),
    ])
  func diagnostics(original: String, replacement: String, expected: String) {
    let text = TinyModel.configurationText.replacing(original, with: replacement)
    #expect(text != TinyModel.configurationText)
    #expect(message { () throws(ModelFileError) in try parse(text) } == "c: " + expected)
  }

  @Test("cut at any length is refused")
  func truncated() {
    let text = TinyModel.configurationText
    for length in 0..<text.utf8.count {
      #expect(throws: ModelFileError.self, "cut to \(length) bytes") {
        try parse(String(text.prefix(length)))
      }
    }
  }

  @Test("of a Llama-style model has no sub-norms, and heads of any size")
  func llama() throws {
    let configuration = try parse(
      """
      {"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_act":"silu",
       "vocab_size":3,"hidden_size":6,"intermediate_size":6,"num_hidden_layers":1,
       "num_attention_heads":3,"head_dim":4,"max_position_embeddings":8,"rms_norm_eps":1e-05,
       "rope_theta":1000042,"sliding_window":null,"quantization_config":{"quant_method":"bitnet",
       "modules_to_not_convert":["lm_head"]}}
      """)
    #expect(!configuration.hasSubNorms && !configuration.hasTiedHead)
    #expect(configuration.activation == .silu && configuration.weightStorage == .bitlinear)
    #expect(configuration.keyValueHeadCount == 3)
    #expect(configuration.querySize == 12 && configuration.keyValueSize == 12)
  }

  @Test("of 1bitLLM's models means master weights with sub-norms")
  func bitnetOf2024() throws {
    let text = TinyModel.configurationText
      .replacing(
        #""model_type":"bitnet""#,
        with: #""model_type":"llama","architectures":["BitnetForCausalLM"],"weight_bits":1"#
      )
      .replacing(#""quantization_config""#, with: #""other""#)
    let configuration = try parse(text)
    #expect(configuration.hasSubNorms && configuration.weightStorage == .absmean)
    #expect(
      message { () throws(ModelFileError) in
        try parse(text.replacing(#""weight_bits":1"#, with: #""weight_bits":2"#))
      } == "c: weight_bits: expected 1 (nothing else is supported), found 2")
  }

  @Test("says how weights are stored and quantised")
  func storage() throws {
    for (quantization, storage) in [
      (#""linear_class":"autobitlinear""#, ModelConfiguration.WeightStorage.autobitlinear),
      (#""linear_class":"bitlinear""#, .bitlinear),
      (#""quantization_mode":"online""#, .absmean),
      (#""quantization_mode":"online","weight_quantizer":"sign""#, .sign),
    ] {
      let configuration = try parse(
        TinyModel.configurationText.replacing(
          #""linear_class":"autobitlinear""#, with: quantization))
      #expect(configuration.weightStorage == storage)
      #expect(storage.isPacked != storage.isMaster)
    }
    let synthetic = TinyModel.configurationText.replacing(
      #""vocab_size":3"#, with: #""vocab_size":3,"synthetic":true"#)
    #expect(try parse(synthetic).isSynthetic)
  }

  @Test("must divide its heads among the key-value heads")
  func grouping() {
    let text = TinyModel.configurationText
      .replacing(#""hidden_size":4"#, with: #""hidden_size":6"#)
      .replacing(#""num_attention_heads":2"#, with: #""num_attention_heads":3"#)
      .replacing(#""num_key_value_heads":1"#, with: #""num_key_value_heads":2"#)
    #expect(
      message { () throws(ModelFileError) in try parse(text) }
        == "c: num_key_value_heads: expected a divisor of 3 heads, found 2")
  }
}
