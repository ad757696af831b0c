/// A byte-level byte-pair encoding with the Llama 3 split, as `tokenizer.json` files hold it.
///
/// Text → special tokens and the stretches between them → pieces (``Pretokenizer``) → bytes, a
/// token each → merges, the earliest in the file's list first.
public struct Tokenizer: Sendable {
  /// The bytes of every token; nil for numbers without one.
  let bytes: [[UInt8]?]
  /// The token of every single byte.
  let byteTokens: [Int]
  let merges: [Pair: Merge]
  /// Tokens that are found in the text before it is split.
  let specialTokens: [(text: String, token: Int)]
  /// Whole pieces that are tokens are taken without merging (`ignore_merges`); else empty.
  let wholePieces: [[UInt8]: Int]

  struct Pair: Hashable, Sendable {
    let left: Int
    let right: Int

    init(left: Int, right: Int) {
      self.left = left
      self.right = right
    }

    init(_ pair: (Int, Int)) { self.init(left: pair.0, right: pair.1) }
  }

  struct Merge: Sendable {
    /// The place in the list of merges; lower goes first.
    let rank: Int
    let token: Int
  }

  /// The tokens of `text`. No token is added: a model that wants a begin-of-text token gets it by
  /// spelling it out or by prepending its number.
  public func encode(_ text: String) -> [Int] {
    var tokens: [Int] = []
    var rest = Substring(text)
    while let (range, token) = firstSpecialToken(in: rest) {
      tokens += encodeOrdinary(rest[..<range.lowerBound])
      tokens.append(token)
      rest = rest[range.upperBound...]
    }
    return tokens + encodeOrdinary(rest)
  }

  /// The bytes of `tokens`; numbers without a token contribute nothing.
  public func decodeBytes(_ tokens: [Int]) -> [UInt8] {
    tokens.flatMap { bytes.indices.contains($0) ? bytes[$0] ?? [] : [] }
  }

  /// How many bytes of text `tokens` stand for; special tokens stand for none.
  func textBytes(_ tokens: some Collection<Int>) -> Int {
    let special = Set(specialTokens.map(\.token))
    return tokens.reduce(0) { $0 + (special.contains($1) ? 0 : decodeBytes([$1]).count) }
  }

  /// The text of `tokens`; bytes that are not UTF-8 become U+FFFD.
  public func decode(_ tokens: [Int]) -> String {
    String(decoding: decodeBytes(tokens), as: UTF8.self)
  }

  private func encodeOrdinary(_ text: Substring) -> [Int] {
    Pretokenizer.pieces(of: text).flatMap { piece in
      if let token = wholePieces[piece] { return [token] }
      return merge(piece.map { byteTokens[Int($0)] })
    }
  }

  /// Merges the pair of lowest rank, the leftmost first, until none is left.
  ///
  /// A round merges all places of one pair, so the cost is linear in the length of a piece times
  /// the number of different merges in it.
  private func merge(_ bytes: [Int]) -> [Int] {
    var tokens = bytes
    while let pair = lowestPair(in: tokens), let merge = merges[pair] {
      tokens = merged(tokens, pair, merge)
    }
    return tokens
  }

  private func lowestPair(in tokens: [Int]) -> Pair? {
    zip(tokens, tokens.dropFirst()).lazy.map(Pair.init)
      .compactMap { pair in merges[pair].map { (pair, $0.rank) } }
      .min { $0.1 < $1.1 }?.0
  }

  /// Replaces the places of `pair` from left to right, up to one that makes a pair of lower rank.
  private func merged(_ tokens: [Int], _ pair: Pair, _ merge: Merge) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(tokens.count)
    var index = 0
    var isLowest = true
    while index < tokens.count {
      guard isLowest, index + 1 < tokens.count, tokens[index] == pair.left,
        tokens[index + 1] == pair.right
      else {
        result.append(tokens[index])
        index += 1
        continue
      }
      index += 2
      let neighbours =
        [result.last.map { Pair(left: $0, right: merge.token) }]
        + [index < tokens.count ? Pair(left: merge.token, right: tokens[index]) : nil]
      result.append(merge.token)
      isLowest = !neighbours.contains { pair in
        pair.flatMap { merges[$0] }.map { $0.rank < merge.rank } ?? false
      }
    }
    return result
  }

  /// The leftmost special token, the longest where several begin there.
  private func firstSpecialToken(in text: Substring) -> (Range<Substring.Index>, Int)? {
    let scalars = text.unicodeScalars
    var start = scalars.startIndex
    while start < scalars.endIndex {
      for (special, token) in specialTokens
      where scalars[start...].starts(with: special.unicodeScalars) {
        return (start..<scalars.index(start, offsetBy: special.unicodeScalars.count), token)
      }
      scalars.formIndex(after: &start)
    }
    return nil
  }
}
