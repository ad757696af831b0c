/// Splits text into the pieces in which byte pairs are merged.
///
/// Each split takes the pieces of the one before; the pieces always tile the text. Letters and
/// numbers are those of the version of Unicode that Swift's standard library has; a character that is
/// younger than the tables of another library may be split otherwise there.
struct Pretokenizer: Sendable {
  var splits: [Split]
  /// Whether a text that does not begin with a space gets one.
  var addsPrefixSpace = false

  /// A regular expression of the tokenizers in use; what it does not match stays a piece too.
  enum Split: Hashable, Sendable {
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|`
    /// `\s*[\r\n]+|\s+(?!\S)|\s+`
    case llama3
    /// The same with `\p{N}`.
    case qwen2
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    case gpt2
    /// `\p{N}{1,n}`; nil takes all.
    case numbers(atMost: Int?)
    /// `[0-9][0-9][0-9]`
    case digitTriples
    /// ``[\p{P}$+<=>^~|]+``, and the backtick with them where it says so.
    case punctuation(withBacktick: Bool)
  }

  /// The expressions as `tokenizer.json` files spell them.
  static let patterns: [String: Split] = [
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"#
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#: .llama3,
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#: .qwen2,
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2,
    #"\p{N}+"#: .numbers(atMost: nil),
    #"\p{N}"#: .numbers(atMost: 1),
    #"\p{N}{1,3}"#: .numbers(atMost: 3),
    "[0-9][0-9][0-9]": .digitTriples,
  ]

  /// The pieces of UTF-8 text.
  func pieces(of bytes: ArraySlice<UInt8>) -> [[UInt8]] {
    guard !bytes.isEmpty else { return [] }
    let bytes = addsPrefixSpace && bytes.first != 0x20 ? [0x20] + bytes : bytes
    let text = ClassedText(bytes)
    var ranges = [0..<text.classes.count]
    for split in splits {
      ranges = ranges.flatMap { range in
        let splitter = Splitter(text: text, split: split, end: range.upperBound)
        return splitter.pieces(from: range.lowerBound)
      }
    }
    return ranges.map { range in
      let start = bytes.startIndex
      return Array(
        bytes[start + text.offsets[range.lowerBound]..<start + text.offsets[range.upperBound]])
    }
  }
}

/// The characters of a text, classed as the splits need them.
struct ClassedText {
  let scalars: [Unicode.Scalar]
  let classes: [Class]
  /// The byte at which each character begins, and the end of the last.
  let offsets: [Int]

  enum Class: Sendable {
    case letter, number, newline
    /// U+0020.
    case blank
    /// Other whitespace.
    case space
    case other
  }

  /// - Precondition: The bytes are UTF-8.
  init(_ bytes: ArraySlice<UInt8>) {
    var scalars: [Unicode.Scalar] = []
    var classes: [Class] = []
    var offsets = [0]
    scalars.reserveCapacity(bytes.count)
    classes.reserveCapacity(bytes.count)
    offsets.reserveCapacity(bytes.count + 1)
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      scalars.append(scalar)
      classes.append(Self.class(of: scalar))
      offsets.append((offsets.last ?? 0) + UTF8.width(scalar))
    }
    self.scalars = scalars
    self.classes = classes
    self.offsets = offsets
  }

  private static let asciiClasses = (UInt8(0)..<128).map { unicodeClass(of: Unicode.Scalar($0)) }

  private static func `class`(of scalar: Unicode.Scalar) -> Class {
    scalar.isASCII ? asciiClasses[Int(scalar.value)] : unicodeClass(of: scalar)
  }

  private static func unicodeClass(of scalar: Unicode.Scalar) -> Class {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default:
      if scalar == "\r" || scalar == "\n" { return .newline }
      if scalar == " " { return .blank }
      return scalar.properties.isWhitespace ? .space : .other
    }
  }
}
