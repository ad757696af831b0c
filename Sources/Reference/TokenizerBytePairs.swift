/// A byte-level byte-pair encoding: pieces → bytes, a token each → merges, the earliest in the
/// file's list first.
struct BytePairEncoding: Sendable {
  let pretokenizer: Pretokenizer
  /// The token of every single byte.
  let byteTokens: [Int]
  let merges: [Pair: Merge]
  /// Whole pieces that are tokens are taken without merging (`ignore_merges`); else empty.
  let wholePieces: [[UInt8]: Int]

  struct Pair: Hashable, Sendable {
    let left: Int
    let right: Int
  }

  struct Merge: Sendable {
    /// The place in the list of merges; lower goes first.
    let rank: Int
    let token: Int
  }

  /// Appends the tokens of UTF-8 text.
  func encode(_ text: ArraySlice<UInt8>, into tokens: inout [Int]) {
    var merging = PairMerging()
    // Words repeat; a text that is all different words gains nothing and loses little.
    var known: [[UInt8]: [Int]] = [:]
    for piece in pretokenizer.pieces(of: text) {
      if let token = wholePieces[piece] {
        tokens.append(token)
      } else if let sequence = known[piece] {
        tokens += sequence
      } else {
        let start = tokens.count
        encode(piece, &merging, into: &tokens)
        known[piece] = Array(tokens[start...])
      }
    }
  }

  private func encode(_ piece: [UInt8], _ merging: inout PairMerging, into tokens: inout [Int]) {
    for (index, byte) in piece.enumerated() {
      merging.append(token: byteTokens[Int(byte)], range: index..<index + 1)
    }
    merging.merge { left, right in
      merges[Pair(left: left.token, right: right.token)].map { (Double($0.rank), $0.token) }
    } _: {
      tokens.append($0.token)
    }
  }
}
