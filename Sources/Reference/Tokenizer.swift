/// Turns text into the tokens of a model and back.
///
/// Text → special tokens and the stretches between them → tokens of each stretch, by byte pairs
/// (``BytePairEncoding``) or by pieces (``SentencePieceEncoding``).
public struct Tokenizer: Sendable {
  let encoding: Encoding
  let addedTokens: AddedTokens
  /// The bytes of every token; nil for numbers without one.
  let bytes: [[UInt8]?]
  /// Tokens that stand for no text.
  let specialTokens: Set<Int>
  /// Tokens that the tokenizer's file puts before and after a text.
  let before: [Int]
  let after: [Int]

  enum Encoding: Sendable {
    case bytePairs(BytePairEncoding)
    case sentencePieces(SentencePieceEncoding)
  }

  /// The tokens of `text`.
  ///
  /// - Parameter addingSpecialTokens: Whether those that the tokenizer's file puts before and after
  ///   every text are added; what the text spells out itself is not taken into account.
  public func encode(_ text: String, addingSpecialTokens: Bool = true) -> [Int] {
    let bytes = Array(text.utf8)
    var tokens = addingSpecialTokens ? before : []
    for stretch in addedTokens.stretches(of: bytes) {
      switch (stretch, encoding) {
      case (.token(let token), _): tokens.append(token)
      case (.text(let range), .bytePairs(let pairs)):
        pairs.encode(bytes[range], into: &tokens)
      case (.text(let range), .sentencePieces(let pieces)):
        pieces.encode(bytes[range], into: &tokens)
      }
    }
    return addingSpecialTokens ? tokens + after : tokens
  }

  /// The bytes of `tokens`; numbers without a token contribute nothing.
  public func decodeBytes(_ tokens: [Int]) -> [UInt8] {
    tokens.flatMap { bytes.indices.contains($0) ? bytes[$0] ?? [] : [] }
  }

  /// How many bytes of text `tokens` stand for; special tokens stand for none.
  func textBytes(_ tokens: some Collection<Int>) -> Int {
    tokens.reduce(0) { $0 + (specialTokens.contains($1) ? 0 : decodeBytes([$1]).count) }
  }

  /// The text of `tokens`; bytes that are not UTF-8 become U+FFFD.
  public func decode(_ tokens: [Int]) -> String {
    String(decoding: decodeBytes(tokens), as: UTF8.self)
  }
}
