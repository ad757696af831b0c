import Foundation
import ModelFile
import Testing

@testable import Reference

@Suite("A tokenizer.json")
struct TokenizerFileTests {
  private func text() throws -> String {
    try String(contentsOf: URL(filePath: Files.builtIn + "/tokenizer.json"), encoding: .utf8)
  }

  private func error(_ text: String, vocabularySize: Int = 1024) -> String {
    do {
      _ = try Tokenizer(file: "t", json: Array(text.utf8), vocabularySize: vocabularySize)
      return ""
    } catch { return error.description }
  }

  @Test("may spell each merge as one string")
  func joinedMerges() throws {
    var root = try #require(
      try JSONSerialization.jsonObject(with: Data(try text().utf8)) as? [String: Any])
    var model = try #require(root["model"] as? [String: Any])
    let merges = try #require(model["merges"] as? [[String]])
    model["merges"] = merges.map { $0.joined(separator: " ") }
    root["model"] = model
    let json = Array(try JSONSerialization.data(withJSONObject: root))
    let tokenizer = try Tokenizer(file: "t", json: json, vocabularySize: 1024)
    let sample = "And the whole earth was of one language"
    #expect(tokenizer.encode(sample) == (try Models.builtIn.get().tokenizer.encode(sample)))
  }

  @Test("may take pieces that are tokens before merging")
  func wholePieces() throws {
    // Without the merge that makes it, " enem" is reached as a whole piece only.
    var text = try text().replacing("\"ignore_merges\": false", with: "\"ignore_merges\": true")
    let merge = /,\s*\[\s*"Ġen",\s*"em"\s*\]/
    #expect(text.contains(merge))
    text = text.replacing(merge, with: "")
    let whole = try Tokenizer(file: "t", json: Array(text.utf8), vocabularySize: 1024)
    #expect(whole.encode(" enem") == [1023])
    text = text.replacing("\"ignore_merges\": true", with: "\"ignore_merges\": false")
    let merging = try Tokenizer(file: "t", json: Array(text.utf8), vocabularySize: 1024)
    #expect(merging.encode(" enem") != [1023])
  }

  @Test("of another algorithm is refused by name")
  func unsupported() throws {
    let text = try text()
    let changes = [
      (#""normalizer": null"#, #""normalizer": {"type": "NFC"}"#, "normalizer"),
      (#""post_processor": null"#, #""post_processor": {}"#, "post_processor.type"),
      (#""type": "BPE""#, #""type": "Unigram""#, "model.type"),
      (#""byte_fallback": false"#, #""byte_fallback": true"#, "model.byte_fallback"),
      (#""lstrip": false"#, #""lstrip": true"#, "added_tokens[0].lstrip"),
      (
        #""behavior": "Isolated""#, #""behavior": "Removed""#,
        "pre_tokenizer.pretokenizers[0].behavior"
      ),
      (#"\\p{N}{1,3}"#, #"\\p{N}{1,4}"#, "pre_tokenizer.pretokenizers[0].pattern.Regex"),
      (#""type": "Sequence""#, #""type": "Whitespace""#, "pre_tokenizer.type"),
      (
        #""add_prefix_space": false"#, #""add_prefix_space": true"#,
        "pre_tokenizer.pretokenizers[1].add_prefix_space"
      ),
    ]
    for (original, replacement, place) in changes {
      let changed = text.replacing(original, with: replacement, maxReplacements: 1)
      #expect(changed != text, "\(original)")
      #expect(error(changed).hasPrefix("t: \(place): expected "), "\(original): \(error(changed))")
    }
  }

  @Test("whose steps are of another kind or order is refused by name")
  func unsupportedSteps() throws {
    let text = try text()
    func refused(_ key: String, _ value: String, _ message: String) throws {
      var root = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      root[key] = try JSONSerialization.jsonObject(with: Data(value.utf8))
      let json = try JSONSerialization.data(withJSONObject: root)
      #expect(error(String(decoding: json, as: UTF8.self)) == "t: \(key)\(message)")
    }
    try refused(
      "pre_tokenizer", #"{"type": "Sequence", "pretokenizers": []}"#,
      ".pretokenizers: expected steps that end with ByteLevel, found an array of 0")
    try refused(
      "pre_tokenizer",
      #"{"type": "Sequence", "pretokenizers": [{"type": "Punctuation"}, {"type": "ByteLevel"}]}"#,
      #".pretokenizers[0].type: expected "Split" or "Digits", found "Punctuation""#)
    try refused(
      "pre_tokenizer",
      #"{"type": "Sequence", "pretokenizers": [{"type": "Split", "behavior": "Isolated", "pattern": {"Regex": "x+"}}, {"type": "ByteLevel"}]}"#,
      ".pretokenizers[0].pattern.Regex: expected the split of Llama 3, Qwen 2 or GPT-2, or one of "
        + "numbers, found \"x+\"")
    try refused(
      "post_processor", #"{"type": "BertProcessing"}"#,
      #".type: expected "TemplateProcessing", "ByteLevel" or "Sequence", found "BertProcessing""#)
    try refused(
      "post_processor",
      #"{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "b"}}], "special_tokens": {"b": {"ids": [1024]}}}"#,
      ".special_tokens.b.ids: expected tokens in 0..<1024, found an array of 1")
    try refused(
      "post_processor",
      #"{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "b"}}], "special_tokens": {}}"#,
      ".special_tokens.b: expected an object, found no such key")
  }

  @Test("whose tokens do not fit together is refused")
  func inconsistent() throws {
    let text = try text()
    #expect(
      error(text, vocabularySize: 1023)
        == "t: model.vocab: expected tokens in 0..<1023, found 1023")
    let twice = text.replacing(#""Ġenem": 1023"#, with: #""Ġenem": 1022"#)
    #expect(error(twice) == "t: model.vocab: expected each token once, found 1022 again")
    let renamed = text.replacing(#""!": 2,"#, with: #""!!!!!!": 2,"#)
    #expect(
      error(renamed) == "t: model.vocab: expected a token for every byte, found none for 0x21")
    let noToken = text.replacing(#""Ġenem": 1023"#, with: #""Ġenemx": 1023"#)
    #expect(
      error(noToken).hasPrefix("t: model.merges[")
        && error(noToken).hasSuffix(
          "expected two tokens whose concatenation is a token, found an array of 2")
    )
    #expect(error("{}") == "t: pre_tokenizer: expected an object, found no such key")
  }

  @Test("cut short is refused")
  func truncated() throws {
    let bytes = Array(try text().utf8)
    for length in stride(from: 0, to: bytes.count - 1, by: 4001) {
      #expect(throws: ModelFileError.self, "cut to \(length) bytes") {
        try Tokenizer(file: "t", json: Array(bytes.prefix(length)), vocabularySize: 1024)
      }
    }
  }
}
