/// A piece of a condition, with the offset of its first character.
struct ConditionToken: Equatable {
  enum Kind: Equatable {
    /// Digits as they were written.
    case number(String)
    /// A name, a unit, a choice or one of `and`, `or`, `not`.
    case word(String)
    /// An operator or a parenthesis.
    case symbol(String)
    case end
  }

  let kind: Kind
  let offset: Int

  /// The token as an error message names it.
  var inWords: String {
    switch kind {
    case .number(let text), .word(let text), .symbol(let text): "'\(text)'"
    case .end: "the end"
    }
  }

  /// Splits `text`; the last token is the end.
  static func tokens(of text: String) throws(ConditionFault) -> [ConditionToken] {
    let characters = Array(text)
    var tokens: [ConditionToken] = []
    var index = 0
    /// Takes characters while they are legal.
    func take(while isLegal: (Character) -> Bool) -> String {
      let start = index
      while index < characters.count, isLegal(characters[index]) { index += 1 }
      return String(characters[start..<index])
    }
    while index < characters.count {
      let character = characters[index]
      let start = index
      if character.isWhitespace {
        index += 1
        continue
      }
      let kind: Kind
      if character.isDigit || character == "." {
        var number = take { $0.isDigit || $0 == "." }
        if let exponent = exponent(characters[index...]) {
          number += exponent
          index += exponent.count
        }
        guard number.filter({ $0 == "." }).count <= 1, number != ".", Double(number) != nil else {
          throw ConditionFault(offset: start, expected: "a number", found: "'\(number)'")
        }
        kind = .number(number)
      } else if character.isWordStart {
        kind = .word(take { $0.isWordStart || $0.isDigit || $0 == "." })
      } else {
        let pair = String(characters[start..<min(start + 2, characters.count)])
        let symbol = ["<=", ">=", "==", "!="].contains(pair) ? pair : String(character)
        guard pair == symbol || "<>+-*/()".contains(character) else {
          throw ConditionFault(
            offset: start, expected: "a number, a name or an operator", found: "'\(character)'")
        }
        index += symbol.count
        kind = .symbol(symbol)
      }
      tokens.append(ConditionToken(kind: kind, offset: start))
    }
    return tokens + [ConditionToken(kind: .end, offset: characters.count)]
  }

  /// The `e-3` that `rest` begins with.
  private static func exponent(_ rest: ArraySlice<Character>) -> String? {
    guard rest.first == "e" || rest.first == "E" else { return nil }
    let sign = rest.dropFirst().first.map { "+-".contains($0) } == true ? 1 : 0
    let digits = rest.dropFirst(1 + sign).prefix { $0.isDigit }
    return digits.isEmpty ? nil : String(rest.prefix(1 + sign + digits.count))
  }
}

/// What is wrong with a condition, and at which character of it.
struct ConditionFault: Error, Equatable {
  let offset: Int
  let expected: String
  let found: String
}

extension Character {
  fileprivate var isDigit: Bool { "0"..."9" ~= self }
  fileprivate var isWordStart: Bool { isLetter || self == "_" || self == "²" || self == "·" }
}
