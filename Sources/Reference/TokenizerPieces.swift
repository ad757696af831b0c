/// The encoding of SentencePiece's `bpe` models, as `llama` vocabularies of GGUF files hold them:
/// characters → merges of neighbours whose text is a token, the highest score first → bytes of what
/// is no token.
///
/// A space is the character ▁ (U+2581). Unlike a byte-level encoding it is not cut into words first.
struct SentencePieceEncoding: Sendable {
  /// Tokens by their text.
  let tokens: [[UInt8]: Int]
  let scores: [Float]
  /// The token of every single byte.
  let byteTokens: [Int]
  /// Whether every stretch of text gets a space before it.
  let addsPrefixSpace: Bool

  static let space = Array("\u{2581}".utf8)

  /// Appends the tokens of UTF-8 text.
  func encode(_ text: ArraySlice<UInt8>, into result: inout [Int]) {
    guard !text.isEmpty else { return }
    let text = (addsPrefixSpace ? [0x20] + text : text).flatMap { byte in
      byte == 0x20 ? Self.space : [byte]
    }
    var merging = PairMerging()
    var start = 0
    for index in text.indices where index + 1 == text.count || !Self.continues(text[index + 1]) {
      merging.append(token: tokens[Array(text[start...index])] ?? -1, range: start..<index + 1)
      start = index + 1
    }
    merging.merge { left, right in
      let joined = text[left.range.lowerBound..<right.range.upperBound]
      return tokens[Array(joined)].map { (-Double(scores[$0]), $0) }
    } _: { symbol in
      if symbol.token >= 0 {
        result.append(symbol.token)
      } else {
        result += text[symbol.range].map { byteTokens[Int($0)] }
      }
    }
  }

  /// Whether a byte of UTF-8 belongs to the character of the byte before it.
  private static func continues(_ byte: UInt8) -> Bool { byte & 0b1100_0000 == 0b1000_0000 }
}
