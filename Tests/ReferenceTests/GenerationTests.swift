import Foundation
import ModelFile
import Testing

@testable import Reference

@Suite("Generation")
struct GenerationTests {
  private struct Recorded: Decodable {
    let prompt: [Int]
    let greedy24: [Int]
  }

  @Test("continues greedily as transformers does")
  func recorded() throws {
    let data = try Data(contentsOf: URL(filePath: Files.golden("odd_h120/generate.json")))
    let recorded = try JSONDecoder().decode(Recorded.self, from: data)
    let generated = try Models.odd.get().generate(prompt: recorded.prompt, maximumTokens: 24)
    #expect(generated == recorded.greedy24)
  }

  @Test("writes biblical English with the built-in model")
  func builtIn() throws {
    let model = try Models.builtIn.get()
    let prompt = try model.tokenizer.encode("<|begin_of_text|>And God said, Let there be")
    let generated = try model.generate(prompt: prompt, maximumTokens: 8)
    #expect(generated.count == 8)
    let text = try model.tokenizer.decode(generated)
    #expect(text.hasPrefix(" "), "\(text)")
    #expect(text.allSatisfy { $0.isASCII }, "\(text)")
  }

  @Test("ends where the context is full, and makes nothing when asked for nothing")
  func ends() throws {
    try Files.withOddModel(configuration: ("2048", "8")) { model in
      // The last token that fits is run; what follows it is predicted but cannot be.
      let prompt = [188, 188, 189, 168, 290, 206, 151]
      let generated = try model.generate(prompt: prompt, maximumTokens: 24)
      #expect(generated == [151, 151])
      let nothing = try model.generate(prompt: prompt, maximumTokens: 0)
      #expect(nothing.isEmpty)
    }
  }

  @Test("ends after a token that ends a text")
  func endOfText() throws {
    try Files.withOddModel(configuration: (#""eos_token_id": 2"#, #""eos_token_id": 151"#)) {
      let prompt = [188, 188, 189, 168, 290, 206, 151]
      let generated = try $0.generate(prompt: prompt, maximumTokens: 24)
      #expect(generated == [151])
    }
  }

  @Test("draws the same text from the same seed, and others from others")
  func seeds() throws {
    let model = try Models.builtIn.get()
    let prompt = try model.tokenizer.encode("And it came to pass")
    let texts = try [1, 1, 2].map { seed in
      try model.generate(
        prompt: prompt, maximumTokens: 12, sampler: Sampler(temperature: 1, seed: seed))
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0] != texts[2])
  }
}
