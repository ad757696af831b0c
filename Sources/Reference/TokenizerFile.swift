private import Foundation
public import ModelFile

extension Tokenizer {
  /// Reads `tokenizer.json` of a model directory; nil when there is none.
  ///
  /// - Throws: When the file is damaged, asks for another algorithm than byte-level BPE with the
  ///   Llama 3 split, or names tokens that a vocabulary of `vocabularySize` does not have.
  public init?(directory: String, vocabularySize: Int) throws(ModelFileError) {
    let file = directory + "/tokenizer.json"
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    try self.init(file: file, json: try readFile(file), vocabularySize: vocabularySize)
  }

  /// Reads the JSON text of a `tokenizer.json`.
  public init(file: String, json: [UInt8], vocabularySize: Int) throws(ModelFileError) {
    let root = try JSONObject(file: file, parsing: json)
    try Self.checkPretokenizer(root)
    let model = try root.object("model")
    try Self.checkSupported(root, model)
    var reader = VocabularyReader(file: file, size: vocabularySize)
    try reader.addVocabulary(try model.object("vocab"))
    let specialTokens = try reader.addSpecialTokens(try root.array("added_tokens"))
    bytes = reader.bytes
    byteTokens = try reader.byteTokens()
    merges = try reader.merges(try model.array("merges"))
    wholePieces = model["ignore_merges"] == .bool(true) ? reader.tokens : [:]
    self.specialTokens = specialTokens
  }

  private static func checkSupported(
    _ root: JSONObject, _ model: JSONObject
  ) throws(ModelFileError) {
    try root.require("normalizer", .null, default: .null)
    try root.require("post_processor", .null, default: .null)
    try root.object("decoder").require("type", .string("ByteLevel"))
    try model.require("type", .string("BPE"))
    for key in ["dropout", "unk_token"] { try model.require(key, .null, default: .null) }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      try model.require(key, .string(""), default: .string(""))
    }
    try model.require("byte_fallback", .bool(false), default: .bool(false))
  }

  private static func checkPretokenizer(_ root: JSONObject) throws(ModelFileError) {
    let sequence = try root.object("pre_tokenizer")
    try sequence.require("type", .string("Sequence"))
    let steps = try sequence.array("pretokenizers")
    guard steps.count == 2 else {
      throw sequence.mismatch("pretokenizers", expected: "a Split and a ByteLevel step")
    }
    let path = "pre_tokenizer.pretokenizers"
    let split = try JSONObject(file: root.file, path: "\(path)[0]", steps[0])
    try split.require("type", .string("Split"))
    try split.require("behavior", .string("Isolated"))
    try split.require("invert", .bool(false), default: .bool(false))
    try split.object("pattern").require("Regex", .string(Pretokenizer.pattern))
    let byteLevel = try JSONObject(file: root.file, path: "\(path)[1]", steps[1])
    try byteLevel.require("type", .string("ByteLevel"))
    try byteLevel.require("add_prefix_space", .bool(false))
    try byteLevel.require("use_regex", .bool(false))
  }
}

/// Collects the tokens of a `tokenizer.json` and checks that they fit together.
private struct VocabularyReader {
  let file: String
  private(set) var bytes: [[UInt8]?]
  private(set) var tokens: [[UInt8]: Int] = [:]
  private let alphabet = ByteAlphabet()

  init(file: String, size: Int) {
    self.file = file
    bytes = Array(repeating: nil, count: size)
  }

  mutating func addVocabulary(_ vocabulary: JSONObject) throws(ModelFileError) {
    for member in vocabulary.members {
      // Special tokens may stand here too, spelled with characters outside the alphabet.
      let spelled = alphabet.bytes(of: member.key) ?? Array(member.key.utf8)
      guard case .integer(let token) = member.value, bytes.indices.contains(token) else {
        throw ModelFileError(
          file: file, place: "model.vocab",
          problem: "expected tokens in 0..<\(bytes.count), found \(member.value.summary)")
      }
      try add(spelled, token, place: "model.vocab")
      tokens[spelled] = token
    }
  }

  /// Returns the special tokens, longest first.
  mutating func addSpecialTokens(
    _ elements: [JSONValue]
  ) throws(ModelFileError) -> [(text: String, token: Int)] {
    var special: [(text: String, token: Int)] = []
    for (index, element) in elements.enumerated() {
      let added = try JSONObject(file: file, path: "added_tokens[\(index)]", element)
      for key in ["single_word", "lstrip", "rstrip"] {
        try added.require(key, .bool(false), default: .bool(false))
      }
      let text = try added.string("content")
      guard !text.isEmpty else { throw added.mismatch("content", expected: "a text") }
      let token = try added.integer("id", in: 0...bytes.count - 1)
      if bytes[token] != Array(text.utf8) { try add(Array(text.utf8), token, place: added.path) }
      special.append((text, token))
    }
    return special.sorted { $0.text.utf8.count > $1.text.utf8.count }
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

  func byteTokens() throws(ModelFileError) -> [Int] {
    var result: [Int] = []
    for byte in UInt8.min...UInt8.max {
      guard let token = tokens[[byte]] else {
        throw ModelFileError(
          file: file, place: "model.vocab",
          problem: "expected a token for every byte, found none for 0x\(String(byte, radix: 16))")
      }
      result.append(token)
    }
    return result
  }

  func merges(_ elements: [JSONValue]) throws(ModelFileError) -> [Tokenizer.Pair: Tokenizer.Merge] {
    var merges: [Tokenizer.Pair: Tokenizer.Merge] = [:]
    for (rank, element) in elements.enumerated() {
      guard let (left, right) = Self.pair(element), let leftBytes = alphabet.bytes(of: left),
        let rightBytes = alphabet.bytes(of: right), let leftToken = tokens[leftBytes],
        let rightToken = tokens[rightBytes], let token = tokens[leftBytes + rightBytes]
      else {
        throw ModelFileError(
          file: file, place: "model.merges[\(rank)]",
          problem: "expected two tokens whose concatenation is a token, found \(element.summary)")
      }
      let pair = Tokenizer.Pair(left: leftToken, right: rightToken)
      guard merges.updateValue(.init(rank: rank, token: token), forKey: pair) == nil else {
        throw ModelFileError(
          file: file, place: "model.merges[\(rank)]",
          problem: "expected each pair once, found \(element.summary) again")
      }
    }
    return merges
  }

  /// Newer files hold `["a", "b"]`, older ones `"a b"`.
  private static func pair(_ element: JSONValue) -> (String, String)? {
    switch element {
    case .array(let pair):
      guard pair.count == 2, case .string(let left) = pair[0], case .string(let right) = pair[1]
      else { return nil }
      return (left, right)
    case .string(let text):
      let parts = text.split(separator: " ", omittingEmptySubsequences: false)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    default: return nil
    }
  }
}

/// The spelling of bytes as visible characters in byte-level vocabularies.
///
/// Printable Latin-1 stands for itself; the other 68 bytes are, in order, U+0100 and on.
private struct ByteAlphabet {
  private let values: [Unicode.Scalar: UInt8]

  init() {
    var values: [Unicode.Scalar: UInt8] = [:]
    var replacement: UInt16 = 0x100
    for byte in UInt8.min...UInt8.max {
      if 0x21...0x7E ~= byte || 0xA1...0xAC ~= byte || byte >= 0xAE {
        values[Unicode.Scalar(byte)] = byte
      } else if let scalar = Unicode.Scalar(replacement) {
        values[scalar] = byte
        replacement += 1
      }
    }
    self.values = values
  }

  /// The bytes that `text` spells; nil when a character is not in the alphabet.
  func bytes(of text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = values[scalar] else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
