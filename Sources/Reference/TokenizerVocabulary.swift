internal import ModelFile

/// The tokens of a byte-level encoding under construction, checked to fit together.
struct TokenizerVocabulary {
  let file: String
  private(set) var bytes: [[UInt8]?]
  /// Tokens by their bytes.
  private(set) var tokens: [[UInt8]: Int] = [:]
  private var merges: [BytePairEncoding.Pair: BytePairEncoding.Merge] = [:]
  private let alphabet = ByteAlphabet()

  init(file: String, size: Int) {
    self.file = file
    bytes = Array(repeating: nil, count: size)
  }

  /// Adds a token that is spelled in the byte alphabet. Special tokens may be spelled otherwise and
  /// are then taken as they stand.
  mutating func add(
    spelled text: String, _ token: Int, place: String
  ) throws(ModelFileError) {
    let spelled = alphabet.bytes(of: text) ?? Array(text.utf8)
    try add(spelled, token, place: place)
    tokens[spelled] = token
  }

  /// Adds a token that is found in the text; it may be in the vocabulary already.
  mutating func add(
    special text: String, _ token: Int, place: String
  ) throws(ModelFileError) {
    let spelled = Array(text.utf8)
    if bytes[token] != spelled { try add(spelled, token, place: place) }
  }

  private mutating func add(
    _ spelled: [UInt8], _ token: Int, place: String
  ) throws(ModelFileError) {
    guard bytes[token] == nil else {
      throw ModelFileError(
        file: file, place: place, problem: "expected each token once, found \(token) again")
    }
    bytes[token] = spelled
  }

  /// Adds the next merge.
  ///
  /// - Parameter summary: The merge as messages show it.
  mutating func add(
    merge pair: (String, String)?, rank: Int, summary: String, place: String
  ) throws(ModelFileError) {
    guard let pair, let left = alphabet.bytes(of: pair.0), let right = alphabet.bytes(of: pair.1),
      let leftToken = tokens[left], let rightToken = tokens[right],
      let token = tokens[left + right]
    else {
      throw ModelFileError(
        file: file, place: place,
        problem: "expected two tokens whose concatenation is a token, found \(summary)")
    }
    let merge = BytePairEncoding.Merge(rank: rank, token: token)
    let key = BytePairEncoding.Pair(left: leftToken, right: rightToken)
    guard merges.updateValue(merge, forKey: key) == nil else {
      throw ModelFileError(
        file: file, place: place, problem: "expected each pair once, found \(summary) again")
    }
  }

  /// The encoding of all tokens and merges.
  func encoding(
    _ pretokenizer: Pretokenizer, ignoresMerges: Bool, place: String
  ) throws(ModelFileError) -> BytePairEncoding {
    var byteTokens: [Int] = []
    for byte in UInt8.min...UInt8.max {
      guard let token = tokens[[byte]] else {
        throw ModelFileError(
          file: file, place: place,
          problem: "expected a token for every byte, found none for 0x\(String(byte, radix: 16))")
      }
      byteTokens.append(token)
    }
    return BytePairEncoding(
      pretokenizer: pretokenizer, byteTokens: byteTokens, merges: merges,
      wholePieces: ignoresMerges ? tokens : [:])
  }

  /// The halves of a merge that is spelled as one string.
  static func halves(_ text: String) -> (String, String)? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
  }
}

/// The spelling of bytes as visible characters in byte-level vocabularies.
///
/// Printable Latin-1 stands for itself; the other 68 bytes are, in order, U+0100 and on.
private struct ByteAlphabet {
  /// By the number of the character.
  private let values: [UInt8?]

  init() {
    var values = [UInt8?](repeating: nil, count: 0x100 + 68)
    var replacement = 0x100
    for byte in UInt8.min...UInt8.max {
      if 0x21...0x7E ~= byte || 0xA1...0xAC ~= byte || byte >= 0xAE {
        values[Int(byte)] = byte
      } else {
        values[replacement] = byte
        replacement += 1
      }
    }
    self.values = values
  }

  /// The bytes that `text` spells; nil when a character is not in the alphabet.
  func bytes(of text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard scalar.value < values.count, let byte = values[Int(scalar.value)] else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
