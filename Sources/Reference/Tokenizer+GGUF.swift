public import ModelFile

extension Tokenizer {
  /// Reads the tokenizer in the metadata of a GGUF file; nil when there is none.
  ///
  /// The vocabulary `gpt2` is a byte-level encoding with the split that `tokenizer.ggml.pre` names,
  /// `llama` is SentencePiece's. Tokens of the types control and user-defined are found in the text.
  ///
  /// - Throws: When the vocabulary is of another kind, or its parts do not fit together or into a
  ///   model of `vocabularySize` tokens.
  public init?(_ metadata: GGUFMetadata, vocabularySize: Int) throws(ModelFileError) {
    let kind = metadata["tokenizer.ggml.model"]
    if kind == nil || kind == .string("none") || kind == .string("no_vocab") { return nil }
    let list = try GGUFTokenList(metadata, vocabularySize: vocabularySize)
    switch try metadata.string("tokenizer.ggml.model") {
    case "gpt2": try self.init(bytePairs: list)
    case "llama": try self.init(sentencePieces: list)
    default:
      throw metadata.mismatch(
        "tokenizer.ggml.model", expected: "\"gpt2\" or \"llama\" (nothing else is supported)")
    }
  }

  private init(bytePairs list: GGUFTokenList) throws(ModelFileError) {
    let metadata = list.metadata
    let split = try GGUFSplit(metadata)
    var vocabulary = TokenizerVocabulary(file: metadata.file, size: list.texts.count)
    for (token, text) in list.texts.enumerated() {
      try vocabulary.add(spelled: text, token, place: GGUFTokenList.key)
    }
    let key = "tokenizer.ggml.merges"
    for (rank, merge) in try metadata.strings(key).enumerated() {
      try vocabulary.add(
        merge: TokenizerVocabulary.halves(merge), rank: rank, summary: "\"\(merge)\"",
        place: "\(key)[\(rank)]")
    }
    var bytes = vocabulary.bytes
    // These are spelled as they stand, also where the alphabet would read them otherwise.
    for (text, token) in list.added { bytes[token] = Array(text.utf8) }
    self.init(
      encoding: .bytePairs(
        try vocabulary.encoding(
          Pretokenizer(splits: split.splits), ignoresMerges: split.ignoresMerges,
          place: GGUFTokenList.key)),
      addedTokens: AddedTokens([list.added]), bytes: bytes, specialTokens: list.special,
      before: try list.ends("bos", default: split.addsBegin), after: try list.ends("eos"))
  }

  private init(sentencePieces list: GGUFTokenList) throws(ModelFileError) {
    let metadata = list.metadata
    let scores = try metadata.floats("tokenizer.ggml.scores")
    guard scores.count == list.texts.count, scores.allSatisfy({ !$0.isNaN }) else {
      throw metadata.mismatch(
        "tokenizer.ggml.scores", expected: "a number for each of \(list.texts.count) tokens")
    }
    let bytes = list.texts.indices.map { token in
      list.byte(token).map { [$0] } ?? Self.text(ofPiece: list.texts[token])
    }
    var tokens: [[UInt8]: Int] = [:]
    for (token, text) in list.texts.enumerated() { tokens[Array(text.utf8)] = token }
    self.init(
      encoding: .sentencePieces(
        SentencePieceEncoding(
          tokens: tokens, scores: scores, byteTokens: try list.byteTokens(),
          addsPrefixSpace: try metadata.flag("tokenizer.ggml.add_space_prefix", default: true))),
      addedTokens: AddedTokens([list.added]), bytes: bytes, specialTokens: list.special,
      before: try list.ends("bos", default: true), after: try list.ends("eos"))
  }

  /// The bytes of a piece, in which ▁ stands for a space.
  private static func text(ofPiece piece: String) -> [UInt8] {
    String(String.UnicodeScalarView(piece.unicodeScalars.map { $0 == "\u{2581}" ? " " : $0 })).utf8
      .map { $0 }
  }
}

/// The tokens of a GGUF file's metadata.
private struct GGUFTokenList {
  let metadata: GGUFMetadata
  let texts: [String]
  /// By token; normal where the file has no types.
  private let types: [Int]

  static let key = "tokenizer.ggml.tokens"

  /// The numbers of `tokenizer.ggml.token_type`.
  private enum TokenType {
    static let normal = 1
    static let control = 3
    static let userDefined = 4
    static let byte = 6
  }

  init(_ metadata: GGUFMetadata, vocabularySize: Int) throws(ModelFileError) {
    self.metadata = metadata
    texts = try metadata.strings(Self.key)
    guard texts.count == vocabularySize else {
      throw ModelFileError(
        file: metadata.file, place: Self.key,
        problem: "expected \(vocabularySize) tokens, one for each row of the embedding, found "
          + "\(texts.count)")
    }
    let typeKey = "tokenizer.ggml.token_type"
    types =
      metadata[typeKey] == nil
      ? Array(repeating: TokenType.normal, count: texts.count) : try metadata.integers(typeKey)
    guard types.count == texts.count else {
      throw metadata.mismatch(typeKey, expected: "a type for each of \(texts.count) tokens")
    }
  }

  /// Tokens that are found in the text.
  var added: [(text: String, token: Int)] {
    texts.indices.filter { [TokenType.control, TokenType.userDefined].contains(types[$0]) }
      .map { (texts[$0], $0) }
  }

  /// Tokens that stand for no text.
  var special: Set<Int> { Set(texts.indices.filter { types[$0] == TokenType.control }) }

  /// The byte that a token `<0x41>` stands for; nil for others.
  func byte(_ token: Int) -> UInt8? {
    guard types[token] == TokenType.byte, texts[token].hasPrefix("<0x"), texts[token].hasSuffix(">")
    else { return nil }
    return UInt8(texts[token].dropFirst(3).dropLast(), radix: 16)
  }

  func byteTokens() throws(ModelFileError) -> [Int] {
    var tokens = [Int?](repeating: nil, count: 256)
    for token in texts.indices {
      if let byte = byte(token) { tokens[Int(byte)] = token }
    }
    if let missing = tokens.firstIndex(of: nil) {
      throw ModelFileError(
        file: metadata.file, place: Self.key,
        problem: "expected a token for every byte, found none for 0x\(String(missing, radix: 16))")
    }
    return tokens.compactMap { $0 }
  }

  /// The token that begins (`bos`) or ends (`eos`) every text; empty where the file wants none.
  func ends(_ name: String, default isDefault: Bool = false) throws(ModelFileError) -> [Int] {
    guard try metadata.flag("tokenizer.ggml.add_\(name)_token", default: isDefault) else {
      return []
    }
    return [
      try metadata.integer("tokenizer.ggml.\(name)_token_id", in: 0...max(0, texts.count - 1))
    ]
  }
}

/// What a name in `tokenizer.ggml.pre` stands for. Source: the names and expressions of llama.cpp.
private struct GGUFSplit {
  let splits: [Pretokenizer.Split]
  var ignoresMerges = false
  var addsBegin = false

  init(_ metadata: GGUFMetadata) throws(ModelFileError) {
    let key = "tokenizer.ggml.pre"
    switch metadata[key] == nil ? "default" : try metadata.string(key) {
    case "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "falcon_e", "pixtral":
      splits = [.llama3]
      ignoresMerges = true
      addsBegin = true
    case "dbrx", "smaug-bpe", "chatglm-bpe", "glm4": splits = [.llama3]
    case "qwen2", "deepseek-r1-qwen", "megrez", "stablelm2": splits = [.qwen2]
    case "gpt-2", "gpt2", "phi-2", "mpt", "olmo", "jais", "gigachat": splits = [.gpt2]
    case "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone":
      splits = [.numbers(atMost: 1), .gpt2]
    case "falcon": splits = [.punctuation(withBacktick: true), .gpt2, .digitTriples]
    case "default":
      splits = [
        .punctuation(withBacktick: false), .gpt2, .numbers(atMost: nil), .digitTriples,
      ]
    default:
      throw metadata.mismatch(
        key, expected: "a split like llama-bpe, qwen2, gpt-2, falcon or default")
    }
  }
}
