private import ModelFile

extension BitNetModel {
  /// Continues `prompt` greedily: up to `maximumTokens` tokens, each the most likely one.
  ///
  /// Ends early after an end-of-text token, which is the last of the result, and where the context
  /// is full.
  ///
  /// - Throws: When the prompt is empty, too long or holds an unknown token.
  public func generate(prompt: [Int], maximumTokens: Int) throws(ReferenceError) -> [Int] {
    var session = Session(self)
    var generated: [Int] = []
    var next = prompt
    while generated.count < maximumTokens,
      generated.isEmpty || session.position < configuration.contextLength
    {
      let token = try session.forward(next, scored: .last).bestToken(row: 0)
      generated.append(token)
      if configuration.endOfTextTokens.contains(token) { break }
      next = [token]
    }
    return generated
  }
}
