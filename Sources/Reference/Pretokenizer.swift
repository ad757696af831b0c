/// Splits text the way Llama 3 does, before byte pairs are merged.
///
/// Implements the regular expression
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|`
/// `\s*[\r\n]+|\s+(?!\S)|\s+` by hand: its seven alternatives are the seven rules below, tried in
/// order at every position. The pieces tile the text.
struct Pretokenizer {
  /// The expression, as `tokenizer.json` spells it.
  static let pattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"#
    + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private let scalars: [Unicode.Scalar]
  private let classes: [Class]

  private enum Class {
    case letter, number, newline, space, other

    init(_ scalar: Unicode.Scalar) {
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
        self = .letter
      case .decimalNumber, .letterNumber, .otherNumber: self = .number
      default:
        if scalar == "\r" || scalar == "\n" {
          self = .newline
        } else {
          self = scalar.properties.isWhitespace ? .space : .other
        }
      }
    }

    var isWhitespace: Bool { self == .newline || self == .space }
  }

  /// The pieces of `text`, each as its UTF-8 bytes.
  static func pieces(of text: Substring) -> [[UInt8]] {
    let splitter = Pretokenizer(text)
    var pieces: [[UInt8]] = []
    var start = 0
    while start < splitter.scalars.count {
      let end = splitter.end(from: start)
      pieces.append(splitter.scalars[start..<end].flatMap { Array(UTF8.encode($0) ?? .init()) })
      start = end
    }
    return pieces
  }

  private init(_ text: Substring) {
    scalars = Array(text.unicodeScalars)
    classes = scalars.map(Class.init)
  }

  /// The end of the piece that starts at `start`; always after it.
  private func end(from start: Int) -> Int {
    contraction(start) ?? word(start) ?? number(start) ?? symbols(start) ?? lines(start)
      ?? innerSpace(start) ?? run(from: start, of: \.isWhitespace)
  }

  /// `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll`, `'d` in either case.
  private func contraction(_ start: Int) -> Int? {
    guard scalars[start] == "'" else { return nil }
    for suffix in ["s", "t", "re", "ve", "m", "ll", "d"] {
      let candidate = scalars[(start + 1)...].prefix(suffix.unicodeScalars.count)
      if candidate.map(Self.folded) == Array(suffix.unicodeScalars) { return candidate.endIndex }
    }
    return nil
  }

  /// Case folding as far as contractions need it; ſ (U+017F) folds to s.
  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "A"..."Z": Unicode.Scalar(UInt8(scalar.value) + 32)
    case "\u{17F}": "s"
    default: scalar
    }
  }

  /// Letters, after at most one other character that is no number and ends no line.
  private func word(_ start: Int) -> Int? {
    let first = classes[start] == .space || classes[start] == .other ? start + 1 : start
    let end = run(from: first) { $0 == .letter }
    return end > first ? end : nil
  }

  /// One to three digits or other numbers.
  private func number(_ start: Int) -> Int? {
    let count = classes[start...].prefix(3).prefix { $0 == .number }.count
    return count > 0 ? start + count : nil
  }

  /// Anything but letters, numbers and whitespace, with a space before and line ends after.
  private func symbols(_ start: Int) -> Int? {
    let first = scalars[start] == " " ? start + 1 : start
    let end = run(from: first) { $0 == .other }
    return end > first ? run(from: end) { $0 == .newline } : nil
  }

  /// Whitespace up to and with the last line end of a run of it.
  private func lines(_ start: Int) -> Int? {
    let end = run(from: start, of: \.isWhitespace)
    return classes[start..<end].lastIndex(of: .newline).map { $0 + 1 }
  }

  /// Whitespace that leaves its last character to what follows.
  private func innerSpace(_ start: Int) -> Int? {
    let end = run(from: start, of: \.isWhitespace)
    let inner = end == classes.count ? end : end - 1
    return inner > start ? inner : nil
  }

  /// The end of the longest run of characters of a kind.
  private func run(from start: Int, of isMember: (Class) -> Bool) -> Int {
    classes[min(start, classes.count)...].firstIndex { !isMember($0) } ?? classes.count
  }
}
