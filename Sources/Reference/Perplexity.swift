private import ModelFile

/// How well a model predicts a text, token by token.
///
/// The tokens are cut into windows that do not overlap. Each runs on its own from position 0, and
/// after every token of it the next one is scored, the first of the following window included. What
/// does not fill a last window is left out, unless it is all there is.
public struct Perplexity: Equatable, Sendable {
  /// Tokens of the text.
  public let tokens: Int
  /// Tokens of a window.
  public let window: Int
  /// Tokens scored.
  public let scored: Int
  /// Bytes of the scored tokens; special tokens stand for no byte of the text. Nil without a
  /// tokenizer.
  public let bytes: Int?
  /// The sum of −ln p over the scored tokens.
  public let nats: Double

  /// e to the power of the mean of −ln p.
  public var value: Double { exponential(nats / Double(scored)) }

  /// Bits that the model needs for a byte of the text; nil where the bytes are not known.
  public var bitsPerByte: Double? { bytes.map { nats / logarithm(2) / Double($0) } }
}

extension BitNetModel {
  /// The perplexity of a text.
  ///
  /// - Parameters:
  ///   - tokens: The text, two tokens or more.
  ///   - window: At least 1 and at most the context, which is the default.
  ///   - progress: Receives the number of tokens scored so far and their perplexity after each
  ///     window.
  /// - Throws: When there is nothing to predict, a token is not in the vocabulary, or the window
  ///   exceeds the context; ``ReferenceError/cancelled`` before the next window when the task is
  ///   cancelled.
  public func perplexity(
    of tokens: [Int], window: Int? = nil,
    progress: (_ scored: Int, _ value: Double) -> Void = { _, _ in }
  ) throws(ReferenceError) -> Perplexity {
    let window = min(window ?? configuration.contextLength, tokens.count - 1)
    guard tokens.count > 1 else { throw .nothingToPredict(tokens: tokens.count) }
    precondition(window > 0, "windows of \(window) tokens")
    try check(tokens)
    var nats = 0.0
    let scored = (tokens.count - 1) / window * window
    for start in stride(from: 0, to: scored, by: window) {
      guard !Task.isCancelled else { throw .cancelled }
      var session = Session(self)
      let logits = try session.forward(Array(tokens[start..<start + window]))
      for row in 0..<window { nats += logits.surprise(of: tokens[start + row + 1], row: row) }
      progress(start + window, exponential(nats / Double(start + window)))
    }
    let bytes = try? tokenizer.textBytes(tokens[1...scored])
    return Perplexity(
      tokens: tokens.count, window: window, scored: scored, bytes: bytes, nats: nats)
  }

  /// Refuses tokens that are not in the vocabulary.
  func check(_ tokens: [Int]) throws(ReferenceError) {
    let size = configuration.vocabularySize
    if let stranger = tokens.first(where: { !(0..<size).contains($0) }) {
      throw .unknownToken(stranger, vocabularySize: size)
    }
  }
}

extension Logits {
  /// −ln of the probability of `token` after a row.
  ///
  /// - Precondition: `row` is in `0..<rows` and `token` in the vocabulary.
  func surprise(of token: Int, row: Int) -> Double {
    let scores = scores(row: row)
    return scores.withUnsafeBufferPointer { scores in
      let highest = scores.max() ?? 0
      var sum = 0.0
      for score in scores { sum += exponential(Double(score - highest)) }
      return logarithm(sum) - Double(scores[token] - highest)
    }
  }
}
