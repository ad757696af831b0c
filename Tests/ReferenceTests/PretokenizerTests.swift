import Testing

@testable import Reference

@Suite("The splits before byte pairs are merged")
struct PretokenizerTests {
  /// Each split with the expression that it stands for.
  private static let expressions: [(Pretokenizer.Split, String)] =
    Pretokenizer.patterns.map { ($1, $0) } + [
      (.punctuation(withBacktick: false), #"[\p{P}\$\+<=>\^~\|]+"#),
      (.punctuation(withBacktick: true), #"[\p{P}\$\+<=>\^~\|`]+"#),
      (.numbers(atMost: 2), #"\p{N}{1,2}"#),
    ]

  private static let alphabet = Array(
    "aZsTlLvErR''``  \n\n\r\t019.,-+$|\u{301}\u{4e16}\u{bd}\u{2003}\u{3000}é\u{0663}_\u{85}"
      .unicodeScalars)

  /// Matches and what lies between them.
  private func pieces(of text: String, _ expression: Regex<AnyRegexOutput>) -> [String] {
    var pieces: [String] = []
    var start = text.startIndex
    for match in text.matches(of: expression) {
      if start < match.range.lowerBound {
        pieces.append(String(text[start..<match.range.lowerBound]))
      }
      pieces.append(String(text[match.range]))
      start = match.range.upperBound
    }
    if start < text.endIndex { pieces.append(String(text[start...])) }
    return pieces
  }

  @Test("are the matches of their expressions", arguments: expressions.indices)
  func matches(_ index: Int) throws {
    let (split, pattern) = Self.expressions[index]
    let expression = try Regex(pattern).matchingSemantics(.unicodeScalar)
    var generator = SplitMix(state: UInt64(index))
    for _ in 0..<300 {
      let text = String(
        String.UnicodeScalarView(
          (0..<Int.random(in: 1...16, using: &generator)).map { _ in
            Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &generator)]
          }))
      let found = Pretokenizer(splits: [split]).pieces(of: Array(text.utf8)[...])
      #expect(
        found.map { String(decoding: $0, as: UTF8.self) } == pieces(of: text, expression),
        "\(text.debugDescription) by \(pattern)")
    }
  }

  @Test("follow each other, each in the pieces of the one before")
  func sequences() {
    func pieces(_ splits: [Pretokenizer.Split], _ text: String) -> [String] {
      Pretokenizer(splits: splits).pieces(of: Array(text.utf8)[...]).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    #expect(pieces([], "a b") == ["a b"])
    #expect(pieces([.gpt2], "") == [])
    #expect(
      pieces(
        [.punctuation(withBacktick: false), .gpt2, .numbers(atMost: nil), .digitTriples],
        "x=12345 6,it's")
        == ["x", "=", "123", "45", " ", "6", ",", "it", "'", "s"])
    #expect(pieces([.numbers(atMost: 1), .gpt2], " 12") == [" ", "1", "2"])
  }

  @Test("may put a space before a text that has none")
  func prefixSpace() {
    var pretokenizer = Pretokenizer(splits: [.gpt2])
    pretokenizer.addsPrefixSpace = true
    #expect(
      pretokenizer.pieces(of: Array("ab c".utf8)[...]) == [Array(" ab".utf8), Array(" c".utf8)])
    #expect(pretokenizer.pieces(of: Array(" ab".utf8)[...]) == [Array(" ab".utf8)])
    #expect(pretokenizer.pieces(of: []) == [])
  }
}
