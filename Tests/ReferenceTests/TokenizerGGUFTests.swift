import Foundation
import ModelFile
import Testing

@testable import Reference

@Suite("The tokenizer of a GGUF file")
struct TokenizerGGUFTests {
  private struct Vector: Decodable {
    let text: String
    let tokens: [Int]
  }

  private func metadata(_ values: [String: GGUFValue]) throws -> GGUFMetadata {
    var builder = GGUFBuilder()
    for (key, value) in values { builder.add("tokenizer.ggml.\(key)", value) }
    return try GGUFFile(path: "f", bytes: builder.bytes).metadata
  }

  private func tokenizer(_ values: [String: GGUFValue], size: Int) throws -> Tokenizer {
    try #require(try Tokenizer(try metadata(values), vocabularySize: size))
  }

  private func error(_ values: [String: GGUFValue], size: Int) -> String {
    do {
      _ = try tokenizer(values, size: size)
      return ""
    } catch { return "\(error)" }
  }

  /// The tokenizer of the built-in model as llama.cpp's converter writes one.
  private func builtIn() throws -> [String: GGUFValue] {
    let file = Files.builtIn + "/tokenizer.json"
    let model = try JSONObject(file: file, parsing: try readFile(file)).object("model")
    var tokens = [String](repeating: "", count: 1024)
    for member in try model.object("vocab").members {
      guard case .integer(let token) = member.value else { continue }
      tokens[token] = member.key
    }
    let merges = try model.array("merges").map { element in
      guard case .array(let pair) = element, case .string(let left) = pair[0],
        case .string(let right) = pair[1]
      else { return "" }
      return "\(left) \(right)"
    }
    return [
      "model": .string("gpt2"), "pre": .string("llama-bpe"), "tokens": .strings(tokens),
      "merges": .strings(merges),
      "token_type": .int32s((0..<1024).map { $0 < 2 ? 3 : 1 }),
      "bos_token_id": .uint32(0), "eos_token_id": .uint32(1),
    ]
  }

  @Test("gives the tokens of the tokenizer.json that it was made from")
  func bytePairs() throws {
    let tokenizer = try tokenizer(try builtIn(), size: 1024)
    let data = try Data(contentsOf: URL(filePath: Files.golden("tokens.json")))
    let vectors = try JSONDecoder().decode([Vector].self, from: data)
    for vector in vectors {
      #expect(
        tokenizer.encode(vector.text) == [0] + vector.tokens, "\(vector.text.debugDescription)")
      #expect(
        tokenizer.encode(vector.text, addingSpecialTokens: false) == vector.tokens,
        "\(vector.text.debugDescription)")
    }
    #expect(tokenizer.decode([0, 2]) == "<|begin_of_text|>!")
    #expect(tokenizer.textBytes([0, 2]) == 1)
  }

  @Test("adds the tokens that the file asks for")
  func ends() throws {
    var values = try builtIn()
    values["add_bos_token"] = .bool(false)
    values["add_eos_token"] = .bool(true)
    #expect(try tokenizer(values, size: 1024).encode("!") == [2, 1])
    values["pre"] = .string("gpt-2")
    values["add_bos_token"] = nil
    values["add_eos_token"] = nil
    #expect(try tokenizer(values, size: 1024).encode("!") == [2])
    values["pre"] = .string("llama3")
    values["bos_token_id"] = .uint32(1024)
    #expect(
      error(values, size: 1024)
        == "f: tokenizer.ggml.bos_token_id: expected an integer in 0...1023, found 1024")
  }

  @Test("splits as the name in the file says")
  func splits() throws {
    let names: [(String?, [Pretokenizer.Split])] = [
      ("llama-bpe", [.llama3]), ("falcon3", [.llama3]), ("dbrx", [.llama3]), ("qwen2", [.qwen2]),
      ("gpt-2", [.gpt2]), ("smollm", [.numbers(atMost: 1), .gpt2]),
      ("falcon", [.punctuation(withBacktick: true), .gpt2, .digitTriples]),
      (nil, [.punctuation(withBacktick: false), .gpt2, .numbers(atMost: nil), .digitTriples]),
    ]
    for (name, expected) in names {
      var values = try builtIn()
      values["pre"] = name.map { .string($0) }
      guard case .bytePairs(let encoding) = try tokenizer(values, size: 1024).encoding else {
        Issue.record("\(name ?? "none"): no byte pairs")
        continue
      }
      #expect(encoding.pretokenizer.splits == expected, "\(name ?? "none")")
      let ignoresMerges = ["llama-bpe", "falcon3"].contains(name)
      #expect(encoding.wholePieces.isEmpty == !ignoresMerges, "\(name ?? "none")")
    }
  }

  private struct SentencePiece: Decodable {
    let pieces: [String]
    let scores: [Float]
    let types: [Int32]

    var values: [String: GGUFValue] {
      [
        "model": .string("llama"), "tokens": .strings(pieces), "scores": .float32s(scores),
        "token_type": .int32s(types), "bos_token_id": .uint32(1), "eos_token_id": .uint32(2),
      ]
    }
  }

  private func sentencePiece() throws -> (SentencePiece, [(String, [Int])]) {
    let data = try Data(contentsOf: URL(filePath: Files.golden("sentencepiece.json")))
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let vectors = try #require(root["vectors"] as? [[Any]]).map { vector in
      (try #require(vector[0] as? String), try #require(vector[1] as? [Int]))
    }
    return (try JSONDecoder().decode(SentencePiece.self, from: data), vectors)
  }

  @Test("of SentencePiece's kind gives the tokens of Google's library, and the text back")
  func sentencePieces() throws {
    let (model, vectors) = try sentencePiece()
    let tokenizer = try tokenizer(model.values, size: model.pieces.count)
    #expect(vectors.count > 500)
    for (text, tokens) in vectors {
      #expect(
        tokenizer.encode(text, addingSpecialTokens: false) == tokens, "\(text.debugDescription)")
      // ▁ and a space are the same here.
      let expected = text.isEmpty ? "" : " " + text.replacing("\u{2581}", with: " ")
      #expect(
        tokenizer.decodeBytes(tokens) == Array(expected.utf8), "\(text.debugDescription)")
    }
    #expect(tokenizer.encode("") == [1])
    #expect(tokenizer.encode("</s>God") == [1, 2] + tokenizer.encode("God").dropFirst())
    var values = model.values
    values["add_space_prefix"] = .bool(false)
    values["add_bos_token"] = .bool(false)
    let bare = try self.tokenizer(values, size: model.pieces.count)
    #expect(bare.encode(" God") == tokenizer.encode("God", addingSpecialTokens: false))
  }

  @Test("that does not fit the model or itself is refused")
  func inconsistent() throws {
    let place = "f: tokenizer.ggml"
    let values = try builtIn()
    let (model, _) = try sentencePiece()
    let size = model.pieces.count
    #expect(
      error(values, size: 1025)
        == "\(place).tokens: expected 1025 tokens, one for each row of the embedding, found 1024")
    func refused(
      _ values: [String: GGUFValue], _ key: String, _ value: GGUFValue?, size: Int, _ text: String
    ) {
      var values = values
      values[key] = value
      #expect(error(values, size: size) == "\(place).\(text)")
    }
    refused(
      values, "model", .string("bert"), size: 1024,
      "model: expected \"gpt2\" or \"llama\" (nothing else is supported), found \"bert\"")
    refused(
      values, "pre", .string("tekken"), size: 1024,
      "pre: expected a split like llama-bpe, qwen2, gpt-2, falcon or default, found \"tekken\"")
    refused(
      values, "token_type", .int32s([1]), size: 1024,
      "token_type: expected a type for each of 1024 tokens, found an array of 1 int32")
    refused(
      values, "merges", .strings(["t h", "t"]), size: 1024,
      "merges[1]: expected two tokens whose concatenation is a token, found \"t\"")
    refused(
      values, "merges", .strings(["t h", "t h"]), size: 1024,
      "merges[1]: expected each pair once, found \"t h\" again")
    refused(
      values, "merges", nil, size: 1024,
      "merges: expected an array of strings, found no such key")
    var bare = values
    bare["merges"] = .strings([])
    refused(
      bare, "tokens", .strings(Array(repeating: "a", count: 1024)), size: 1024,
      "tokens: expected a token for every byte, found none for 0x0")
    refused(
      model.values, "scores", .float32s([1]), size: size,
      "scores: expected a number for each of \(size) tokens, found an array of 1 float32")
    refused(
      model.values, "tokens", .strings(model.pieces.map { $0 == "<0x07>" ? "x" : $0 }), size: size,
      "tokens: expected a token for every byte, found none for 0x7")
  }

  @Test("may be missing", arguments: [nil, "none", "no_vocab"])
  func missing(_ name: String?) throws {
    let values = name.map { ["model": GGUFValue.string($0)] } ?? [:]
    let tokenizer = try Tokenizer(try metadata(values), vocabularySize: 5)
    #expect(tokenizer == nil, "no vocabulary, no tokenizer")
  }
}
