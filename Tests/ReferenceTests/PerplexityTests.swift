import Foundation
import ModelFile
import Testing

@testable import Reference

@Suite("Perplexity")
struct PerplexityTests {
  /// The mean of −ln p of tokens after rows of recorded logits, by its definition.
  private func recordedMean(_ golden: GoldenFile, vocabulary: Int) -> Double {
    let surprises = (1..<golden.tokens.count).map { index in
      let row = golden.logits[(index - 1) * vocabulary..<index * vocabulary].map(Double.init)
      return log(row.map(exp).reduce(0, +)) - row[golden.tokens[index]]
    }
    return surprises.reduce(0, +) / Double(surprises.count)
  }

  @Test("of the held-out text's first tokens is that of transformers' logits", arguments: [7, 33])
  func recorded(tokens: Int) throws {
    let model = try Models.builtIn.get()
    let text = try String(contentsOfFile: Files.builtIn + "/kjv_val.txt", encoding: .utf8)
    let encoded = try model.tokenizer.encode(String(text.prefix(200)))
    let golden = try GoldenFile(
      path: Files.builtIn + "/golden_packed_T\(tokens).safetensors", model: model)
    #expect(Array(encoded.prefix(tokens)) == golden.tokens)
    let result = try model.perplexity(of: golden.tokens)
    let mean = recordedMean(golden, vocabulary: 1024)
    #expect(result.scored == tokens - 1)
    #expect(abs(result.nats / Double(result.scored) - mean) < 1e-4)
    #expect(abs(result.value / exp(mean) - 1) < 1e-4)
  }

  @Test("runs every window on its own and scores the token after it", arguments: [1, 2, 3, 5, 9])
  func windows(size: Int) throws {
    let model = try Models.odd.get()
    let tokens = [188, 3, 189, 168, 290, 206, 151, 3, 7, 11]
    var nats = 0.0
    var steps: [Int] = []
    for window in 0..<9 / size {
      var session = Session(model)
      for index in window * size..<(window + 1) * size {
        let scores = try session.forward([tokens[index]]).values.map(Double.init)
        nats += log(scores.map(exp).reduce(0, +)) - scores[tokens[index + 1]]
      }
    }
    let result = try model.perplexity(of: tokens, window: size) { scored, _ in
      steps.append(scored)
    }
    #expect(result.window == size && result.tokens == 10)
    #expect(result.scored == 9 / size * size)
    #expect(steps == Array(stride(from: size, through: 9, by: size)))
    #expect(abs(result.nats - nats) < 1e-6 * nats)
    #expect(result.bytes == nil && result.bitsPerByte == nil)
  }

  @Test("counts bits for the bytes of the text, and none for special tokens")
  func bits() throws {
    let model = try Models.builtIn.get()
    let tokens = try model.tokenizer.encode("<|begin_of_text|>Jonah<|begin_of_text|> 2")
    let result = try model.perplexity(of: tokens)
    #expect(result.bytes == "Jonah 2".utf8.count)
    #expect(abs(try #require(result.bitsPerByte) - result.nats / log(2) / 7) < 1e-12)
  }

  @Test("refuses texts with nothing to predict, unknown tokens and windows beyond the context")
  func refusals() throws {
    let model = try Models.builtIn.get()
    #expect(throws: ReferenceError.nothingToPredict(tokens: 1)) { try model.perplexity(of: [3]) }
    #expect(throws: ReferenceError.nothingToPredict(tokens: 0)) { try model.perplexity(of: []) }
    #expect(throws: ReferenceError.unknownToken(1024, vocabularySize: 1024)) {
      try model.perplexity(of: [3, 1024])
    }
    #expect(throws: ReferenceError.contextExceeded(tokens: 300, contextLength: 256)) {
      try model.perplexity(of: Array(repeating: 3, count: 400), window: 300)
    }
    #expect(
      "\(ReferenceError.nothingToPredict(tokens: 1))"
        == "text: expected at least 2 tokens, so that one can be predicted, found 1")
  }
}
