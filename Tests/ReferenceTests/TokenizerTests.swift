import Foundation
import ModelFile
import Testing

@testable import Reference

@Suite("The tokenizer")
struct TokenizerTests {
  private struct Vector: Decodable {
    let text: String
    let tokens: [Int]
  }

  private func tokenizer() throws -> Tokenizer { try Models.builtIn.get().tokenizer }

  @Test("gives the tokens of Hugging Face's tokenizer, and the text back")
  func vectors() throws {
    let tokenizer = try tokenizer()
    let data = try Data(contentsOf: URL(filePath: Files.golden("tokens.json")))
    let vectors = try JSONDecoder().decode([Vector].self, from: data)
    #expect(vectors.count > 300)
    for vector in vectors {
      #expect(tokenizer.encode(vector.text) == vector.tokens, "\(vector.text.debugDescription)")
      #expect(
        tokenizer.decodeBytes(vector.tokens) == Array(vector.text.utf8),
        "\(vector.text.debugDescription)")
    }
  }

  @Test("gives the tokens of the recorded run for the text it began with")
  func recordedRun() throws {
    let file = try SafetensorsFile(path: Files.builtIn + "/golden_packed_T33.safetensors")
    let recorded = try file.int32s("input_ids").map(Int.init)
    let text = """
      <|begin_of_text|>Genesis 11
      1 And the whole earth was of one language, and of one speech.
      2 And it came to pass
      """
    let tokens = try Models.builtIn.get().tokenizer.encode(text)
    #expect(Array(tokens.prefix(33)) == recorded)
  }

  @Test("replaces bytes that are no text, and skips tokens that do not exist")
  func decoding() throws {
    let tokenizer = try tokenizer()
    let tokens = tokenizer.encode("é")
    #expect(tokenizer.decode(Array(tokens.prefix(1))) == "\u{FFFD}")
    #expect(tokenizer.decode([-1, 100_000] + tokens) == "é")
  }

  @Test("merges a long piece in a moment, and as its definition says")
  func longPieces() throws {
    let tokenizer = try tokenizer()
    guard case .bytePairs(let encoding) = tokenizer.encoding else {
      Issue.record("no byte pairs")
      return
    }
    var generator = SplitMix(state: 11)
    for count in [1, 2, 3, 5, 17, 63, 129, 1023] {
      let letters = (0..<count).map { _ in "abcdeh ntsr".utf8.randomElement(using: &generator)! }
      let text = String(decoding: letters, as: UTF8.self).replacing(" ", with: "")
      #expect(
        tokenizer.encode(text) == mergedOneByOne(text, encoding), "\(text.debugDescription)")
    }
    let long = String(repeating: "a", count: 20_000)
    #expect(tokenizer.decode(tokenizer.encode(long)) == long)
  }

  /// The definition: the leftmost pair of lowest rank, one at a time.
  private func mergedOneByOne(_ text: String, _ encoding: BytePairEncoding) -> [Int] {
    var tokens = text.utf8.map { encoding.byteTokens[Int($0)] }
    while true {
      let ranks = tokens.indices.dropLast().map { index in
        encoding.merges[.init(left: tokens[index], right: tokens[index + 1])]?.rank ?? .max
      }
      guard let lowest = ranks.min(), lowest < .max, let index = ranks.firstIndex(of: lowest),
        let merge = encoding.merges[.init(left: tokens[index], right: tokens[index + 1])]
      else { return tokens }
      tokens.replaceSubrange(index...index + 1, with: [merge.token])
    }
  }

  @Test("that is missing is named when text comes, and not before")
  func missing() throws {
    let model = try Models.odd.get()
    #expect(throws: ReferenceError.noTokenizer(model: model.path)) {
      try model.tokenizer
    }
  }
}
