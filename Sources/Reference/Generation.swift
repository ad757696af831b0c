private import ModelFile

/// A text that a model is writing: the prompt has been run, and ``next()`` makes one token more.
public struct Generation: Sendable {
  private var session: Session
  private var sampler: Sampler
  private var logits: Logits
  /// The token made last, which runs only when another is asked for.
  private var pending: Int?
  private var hasEnded = false

  /// Tokens after which the text ends.
  private let endTokens: Set<Int>

  /// Runs `prompt` through `model`.
  ///
  /// - Parameter ends: Tokens that end the text, beside those that the model's configuration names.
  /// - Throws: When the prompt is empty, too long or holds an unknown token.
  public init(
    _ model: BitNetModel, prompt: [Int], sampler: Sampler = .greedy, ends: [Int] = []
  ) throws(ReferenceError) {
    session = Session(model)
    self.sampler = sampler
    endTokens = Set(model.configuration.endOfTextTokens + ends)
    logits = try session.forward(prompt, scored: .last)
  }

  /// Whether `token` ends a text.
  public func isEnd(_ token: Int) -> Bool { endTokens.contains(token) }

  /// The next token; nil after an end-of-text token, which is the last of a text, and where the
  /// context is full.
  public mutating func next() throws(ReferenceError) -> Int? {
    guard !hasEnded else { return nil }
    let configuration = session.model.configuration
    if let pending {
      guard session.position < configuration.contextLength else {
        hasEnded = true
        return nil
      }
      logits = try session.forward([pending], scored: .last)
    }
    let token = sampler.token(after: logits, row: 0)
    pending = token
    hasEnded = endTokens.contains(token)
    return token
  }
}

extension BitNetModel {
  /// Continues `prompt` by up to `maximumTokens` tokens, fewer where the text or the context ends.
  ///
  /// - Throws: When the prompt is empty, too long or holds an unknown token.
  public func generate(
    prompt: [Int], maximumTokens: Int, sampler: Sampler = .greedy
  ) throws(ReferenceError) -> [Int] {
    var generation = try Generation(self, prompt: prompt, sampler: sampler)
    var tokens: [Int] = []
    while tokens.count < maximumTokens, let token = try generation.next() { tokens.append(token) }
    return tokens
  }
}
