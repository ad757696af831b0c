import ModelFile
import Testing

@testable import Reference

@Suite("Tokenizers of every supported form")
struct TokenizerGoldenTests {
  private func load(_ name: String) throws -> JSONValue {
    let file = Files.golden(name)
    let bytes = try readFile(file)
    // The reader takes objects only.
    let text = Array("{\"all\":".utf8) + bytes + Array("}".utf8)
    return try #require(JSONObject(file: file, parsing: text)["all"])
  }

  private func integers(_ value: JSONValue) throws -> [Int] {
    guard case .array(let elements) = value else { throw GoldenFormat() }
    return try elements.map {
      guard case .integer(let number) = $0 else { throw GoldenFormat() }
      return number
    }
  }

  private struct GoldenFormat: Error {}

  @Test("give the tokens of Hugging Face's library", arguments: 0..<4)
  func library(_ index: Int) throws {
    guard case .array(let configurations) = try load("tokenizers.json") else {
      throw GoldenFormat()
    }
    #expect(configurations.count == 4)
    let golden = try JSONObject(file: "golden", path: "", configurations[index])
    let document = try golden.object("tokenizer")
    let tokenizer = try Tokenizer(document, vocabularySize: 1000)
    let vectors = try golden.array("vectors")
    let plain = try golden.array("plain")
    #expect(vectors.count > 300)
    for (number, vector) in vectors.enumerated() {
      guard case .array(let pair) = vector, pair.count == 2, case .string(let text) = pair[0] else {
        throw GoldenFormat()
      }
      let tokens = tokenizer.encode(text)
      #expect(tokens == (try integers(pair[1])), "\(text.debugDescription)")
      guard number < plain.count else { continue }
      let bare = tokenizer.encode(text, addingSpecialTokens: false)
      #expect(bare == (try integers(plain[number])), "\(text.debugDescription)")
      let isPrefixed = index == 1 && !text.isEmpty && !text.hasPrefix(" ")
      #expect(
        isPrefixed || tokenizer.decodeBytes(bare) == Array(text.utf8),
        "\(text.debugDescription)")
    }
  }

  @Test("class every character as the library's regular expressions do")
  func classes() throws {
    let golden = try JSONObject(file: "golden", path: "", load("unicode_classes.json"))
    var expected = [ClassedText.Class](repeating: .other, count: 0x110000)
    for (key, kind) in [("letter", .letter), ("number", .number), ("space", .space)]
      as [(String, ClassedText.Class)]
    {
      try fill(&expected, kind, try integers(golden.object(key: key)))
    }
    (expected[0x0A], expected[0x0D], expected[0x20]) = (.newline, .newline, .blank)
    var isUnassigned = [Bool](repeating: false, count: 0x110000)
    try fill(&isUnassigned, true, try integers(golden.object(key: "unassigned")))
    let scalars = (0..<0x110000 as Range<UInt32>).compactMap(Unicode.Scalar.init)
    let found = ClassedText(Array(String(String.UnicodeScalarView(scalars)).utf8)[...]).classes
    #expect(found.count == scalars.count)
    for (scalar, found) in zip(scalars, found) where found != expected[Int(scalar.value)] {
      // Swift and the library follow versions of Unicode of their own.
      #expect(
        isUnassigned[Int(scalar.value)] || scalar.properties.generalCategory == .unassigned,
        "U+\(String(scalar.value, radix: 16)): \(found)")
    }
  }

  /// Sets the elements of ranges `[first, last, first, last, …]`.
  private func fill<Value>(
    _ values: inout [Value], _ value: Value, _ ranges: [Int]
  ) throws {
    for index in stride(from: 0, to: ranges.count, by: 2) {
      for code in ranges[index]...ranges[index + 1] { values[code] = value }
    }
  }
}

extension JSONObject {
  /// The value of a key that must be there.
  fileprivate func object(key: String) throws -> JSONValue { try #require(self[key]) }
}
