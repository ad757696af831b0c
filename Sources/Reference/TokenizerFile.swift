private import Foundation
public import ModelFile

extension Tokenizer {
  /// Reads the tokenizer of a model: `tokenizer.json` in its directory or beside its safetensors
  /// file, or what stands in its GGUF file; nil when there is none.
  ///
  /// - Throws: When the file is damaged, asks for another algorithm than those supported, or names
  ///   tokens that a vocabulary of `vocabularySize` does not have.
  public init?(model path: String, vocabularySize: Int) throws(ModelFileError) {
    if path.hasSuffix(".gguf") {
      try self.init(try GGUFFile(path: path).metadata, vocabularySize: vocabularySize)
      return
    }
    let file = (path.hasSuffix(".safetensors") ? directory(of: path) : path) + "/tokenizer.json"
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    try self.init(file: file, json: try readFile(file), vocabularySize: vocabularySize)
  }

  /// Reads the JSON text of a `tokenizer.json`: a byte-level encoding with one of the known splits.
  public init(file: String, json: [UInt8], vocabularySize: Int) throws(ModelFileError) {
    try self.init(try JSONObject(file: file, parsing: json), vocabularySize: vocabularySize)
  }

  init(_ root: JSONObject, vocabularySize: Int) throws(ModelFileError) {
    let file = root.file
    let pretokenizer = try Pretokenizer(root)
    let model = try root.object("model")
    try Self.checkSupported(root, model)
    var vocabulary = TokenizerVocabulary(file: file, size: vocabularySize)
    for member in try model.object("vocab").members {
      guard case .integer(let token) = member.value, 0..<vocabularySize ~= token else {
        throw ModelFileError(
          file: file, place: "model.vocab",
          problem: "expected tokens in 0..<\(vocabularySize), found \(member.value.summary)")
      }
      try vocabulary.add(spelled: member.key, token, place: "model.vocab")
    }
    let added = try AddedToken.list(root, vocabularySize: vocabularySize)
    for token in added {
      try vocabulary.add(special: token.text, token.number, place: token.place)
    }
    for (rank, element) in try model.array("merges").enumerated() {
      try vocabulary.add(
        merge: Self.pair(element), rank: rank, summary: element.summary,
        place: "model.merges[\(rank)]")
    }
    let template = try PostProcessor(root, vocabularySize: vocabularySize)
    let ignoresMerges = model["ignore_merges"] == .bool(true)
    self.init(
      encoding: .bytePairs(
        try vocabulary.encoding(
          pretokenizer, ignoresMerges: ignoresMerges, place: "model.vocab")),
      addedTokens: AddedTokens(
        [false, true].map { isNormalized in
          added.filter { $0.isNormalized == isNormalized }.map { ($0.text, $0.number) }
        }),
      bytes: vocabulary.bytes,
      specialTokens: Set(added.filter(\.isSpecial).map(\.number)),
      before: template.before, after: template.after)
  }

  private static func checkSupported(
    _ root: JSONObject, _ model: JSONObject
  ) throws(ModelFileError) {
    try root.require("normalizer", .null, default: .null)
    try root.object("decoder").require("type", .string("ByteLevel"))
    try model.require("type", .string("BPE"))
    for key in ["dropout", "unk_token"] { try model.require(key, .null, default: .null) }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      try model.require(key, .string(""), default: .string(""))
    }
    try model.require("byte_fallback", .bool(false), default: .bool(false))
  }

  /// Newer files hold `["a", "b"]`, older ones `"a b"`.
  private static func pair(_ element: JSONValue) -> (String, String)? {
    switch element {
    case .array(let pair):
      guard pair.count == 2, case .string(let left) = pair[0], case .string(let right) = pair[1]
      else { return nil }
      return (left, right)
    case .string(let text): return TokenizerVocabulary.halves(text)
    default: return nil
    }
  }
}

extension Pretokenizer {
  /// Reads `pre_tokenizer`: a ByteLevel step, or splits before one.
  fileprivate init(_ root: JSONObject) throws(ModelFileError) {
    let step = try root.object("pre_tokenizer")
    if step["type"] == .string("ByteLevel") {
      self.init(splits: [])
      try add(byteLevel: step)
      return
    }
    try step.require("type", .string("Sequence"))
    let steps = try step.array("pretokenizers")
    guard let last = steps.last else {
      throw step.mismatch("pretokenizers", expected: "steps that end with ByteLevel")
    }
    let path = "pre_tokenizer.pretokenizers"
    self.init(splits: [])
    for (index, value) in steps.dropLast().enumerated() {
      let split = try JSONObject(file: root.file, path: "\(path)[\(index)]", value)
      splits.append(try Self.split(split))
    }
    let byteLevel = try JSONObject(file: root.file, path: "\(path)[\(steps.count - 1)]", last)
    // Each piece of a split would get its own space.
    try byteLevel.require("add_prefix_space", .bool(false))
    try add(byteLevel: byteLevel)
  }

  private mutating func add(byteLevel step: JSONObject) throws(ModelFileError) {
    try step.require("type", .string("ByteLevel"))
    addsPrefixSpace = try step.flag("add_prefix_space", default: true)
    if try step.flag("use_regex", default: true) { splits.append(.gpt2) }
  }

  private static func split(_ step: JSONObject) throws(ModelFileError) -> Split {
    switch try step.string("type") {
    case "Digits":
      return .numbers(atMost: try step.flag("individual_digits", default: false) ? 1 : nil)
    case "Split":
      try step.require("behavior", .string("Isolated"))
      try step.require("invert", .bool(false), default: .bool(false))
      let pattern = try step.object("pattern")
      guard let split = patterns[try pattern.string("Regex")] else {
        throw pattern.mismatch(
          "Regex", expected: "the split of Llama 3, Qwen 2 or GPT-2, or one of numbers")
      }
      return split
    default: throw step.mismatch("type", expected: "\"Split\" or \"Digits\"")
    }
  }
}

/// An entry of `added_tokens`.
private struct AddedToken {
  let text: String
  let number: Int
  let isSpecial: Bool
  /// Whether it is looked for after the others, in text that was normalised.
  let isNormalized: Bool
  let place: String

  static func list(_ root: JSONObject, vocabularySize: Int) throws(ModelFileError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    for (index, element) in try root.array("added_tokens").enumerated() {
      let added = try JSONObject(file: root.file, path: "added_tokens[\(index)]", element)
      for key in ["single_word", "lstrip", "rstrip"] {
        try added.require(key, .bool(false), default: .bool(false))
      }
      let text = try added.string("content")
      guard !text.isEmpty else { throw added.mismatch("content", expected: "a text") }
      tokens.append(
        AddedToken(
          text: text, number: try added.integer("id", in: 0...vocabularySize - 1),
          isSpecial: try added.flag("special", default: false),
          isNormalized: try added.flag("normalized", default: false), place: added.path))
    }
    return tokens
  }
}

/// What `post_processor` puts around a text.
private struct PostProcessor {
  private(set) var before: [Int] = []
  private(set) var after: [Int] = []

  init(_ root: JSONObject, vocabularySize: Int) throws(ModelFileError) {
    guard root["post_processor"] != nil else { return }
    let step = try root.object("post_processor")
    guard step["type"] == .string("Sequence") else {
      try add(step, vocabularySize: vocabularySize)
      return
    }
    for (index, value) in try step.array("processors").enumerated() {
      let path = "post_processor.processors[\(index)]"
      let step = try JSONObject(file: root.file, path: path, value)
      try add(step, vocabularySize: vocabularySize)
    }
  }

  private mutating func add(_ step: JSONObject, vocabularySize: Int) throws(ModelFileError) {
    switch step["type"] {
    // Moves the offsets of tokens only.
    case .string("ByteLevel"): return
    case .string("TemplateProcessing"): break
    default:
      throw step.mismatch("type", expected: "\"TemplateProcessing\", \"ByteLevel\" or \"Sequence\"")
    }
    let special = try step.object("special_tokens")
    var isAfter = false
    for (index, value) in try step.array("single").enumerated() {
      let part = try JSONObject(file: step.file, path: "\(step.path).single[\(index)]", value)
      if part["Sequence"] != nil {
        isAfter = true
        continue
      }
      let name = try part.object("SpecialToken").string("id")
      let token = try special.object(name)
      for number in try token.array("ids") {
        guard case .integer(let number) = number, 0..<vocabularySize ~= number else {
          throw token.mismatch("ids", expected: "tokens in 0..<\(vocabularySize)")
        }
        if isAfter { after.append(number) } else { before.append(number) }
      }
    }
  }
}
