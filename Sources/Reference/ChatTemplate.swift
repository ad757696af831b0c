private import Foundation
public import ModelFile

/// One turn of a conversation.
public struct ChatMessage: Equatable, Sendable {
  /// `system`, `user` or `assistant`.
  public let role: String
  public let content: String

  public init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}

/// The form in which a model wants a conversation, as the Jinja template that comes with it.
///
/// The part of Jinja is done that such templates use: texts, lists and mappings, `if`, `for` and
/// `set`, the usual operators, filters, tests and methods of texts. What is not done is an error that
/// names it. Templates see `messages`, `add_generation_prompt`, `bos_token` and `eos_token`.
public struct ChatTemplate: Sendable {
  private let statements: [ChatStatement]
  private let place: ChatTemplatePlace
  private let beginToken: String
  private let endToken: String

  /// Reads the text of a template; `file` is its place in messages.
  public init(
    _ template: String, file: String, beginToken: String = "", endToken: String = ""
  ) throws(ModelFileError) {
    place = ChatTemplatePlace(file: file)
    statements = try ChatTemplateParser.parse(template, place)
    self.beginToken = beginToken
    self.endToken = endToken
  }

  /// The text of a conversation, up to where the model answers.
  ///
  /// - Parameter asksForAnswer: Whether the beginning of an answer is added.
  /// - Throws: When the template refuses the messages or uses what is not supported.
  public func text(
    of messages: [ChatMessage], asksForAnswer: Bool = true
  ) throws(ModelFileError) -> String {
    let list = messages.map { message in
      ChatValue.mapping([("role", .string(message.role)), ("content", .string(message.content))])
    }
    var run = ChatTemplateRun(
      [
        "messages": .list(list), "add_generation_prompt": .bool(asksForAnswer),
        "bos_token": .string(beginToken), "eos_token": .string(endToken),
      ], place)
    try run.run(statements)
    return run.output
  }

  /// The special token that the template puts behind an answer; nil when there is none.
  public func endOfAnswer(_ tokenizer: Tokenizer) throws(ModelFileError) -> Int? {
    let messages = [("user", "?"), ("assistant", "\u{2603}")].map(ChatMessage.init)
    let text = try text(of: messages, asksForAnswer: false)
    guard let answer = text.range(of: "\u{2603}", options: .backwards) else { return nil }
    let rest = String(text[answer.upperBound...])
    return tokenizer.encode(rest, addingSpecialTokens: false).first {
      tokenizer.specialTokens.contains($0)
    }
  }
}

extension ChatTemplate {
  /// The template of BitNet b1.58 2B-4T.
  public static let bitnet = """
    {% for message in messages %}{{ message['role'] | capitalize + ': ' \
    + message['content'] | trim + '<|eot_id|>' }}{% endfor %}\
    {% if add_generation_prompt %}{{ 'Assistant: ' }}{% endif %}
    """

  /// The template of Llama 3.
  public static let llama3 = """
    {% for message in messages %}{% if loop.first %}{{ bos_token }}{% endif %}\
    {{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' \
    + message['content'] | trim + '<|eot_id|>' }}{% endfor %}\
    {% if add_generation_prompt %}\
    {{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}
    """

  /// Reads the template of a model: of `chat_template.jinja` or `tokenizer_config.json` in its
  /// directory, or of its GGUF file; nil when there is none.
  public init?(model path: String) throws(ModelFileError) {
    try self.init(try ChatFiles(model: path))
  }

  /// Reads the template in the metadata of a GGUF file; nil when there is none.
  public init?(_ metadata: GGUFMetadata) throws(ModelFileError) {
    try self.init(try ChatFiles(metadata))
  }

  private init?(_ files: ChatFiles) throws(ModelFileError) {
    guard let (text, file) = files.template else { return nil }
    try self.init(text, file: file, beginToken: files.beginToken, endToken: files.endToken)
  }

  /// Reads the text of a template, for a model whose own is not wanted.
  public init(_ template: String, file: String, model path: String) throws(ModelFileError) {
    let files = try ChatFiles(model: path)
    try self.init(
      template, file: file, beginToken: files.beginToken, endToken: files.endToken)
  }
}

/// What the files of a model say of conversations.
private struct ChatFiles {
  /// With the file that it stands in; nil when there is none.
  private(set) var template: (text: String, file: String)?
  /// Empty when there is none.
  private(set) var beginToken = ""
  private(set) var endToken = ""

  init(model path: String) throws(ModelFileError) {
    if path.hasSuffix(".gguf") {
      try read(try GGUFFile(path: path).metadata)
    } else {
      try read(folder: path.hasSuffix(".safetensors") ? directory(of: path) : path)
    }
  }

  private mutating func read(folder: String) throws(ModelFileError) {
    let (file, config) = (folder + "/chat_template.jinja", folder + "/tokenizer_config.json")
    if FileManager.default.fileExists(atPath: config) {
      let root = try JSONObject(file: config, parsing: try readFile(config))
      beginToken = try root.token("bos_token")
      endToken = try root.token("eos_token")
      template = try root.chatTemplate().map { ($0, config) }
    }
    guard FileManager.default.fileExists(atPath: file) else { return }
    guard let text = String(validating: try readFile(file), as: UTF8.self) else {
      throw ModelFileError(file: file, problem: "expected a text in UTF-8, found other bytes")
    }
    template = (text, file)
  }

  init(_ metadata: GGUFMetadata) throws(ModelFileError) { try read(metadata) }

  private mutating func read(_ metadata: GGUFMetadata) throws(ModelFileError) {
    func token(_ name: String) throws(ModelFileError) -> String {
      let key = "tokenizer.ggml.\(name)_token_id"
      guard metadata[key] != nil else { return "" }
      let tokens = try metadata.strings("tokenizer.ggml.tokens")
      guard !tokens.isEmpty else { return "" }
      return tokens[try metadata.integer(key, in: 0...tokens.count - 1)]
    }
    beginToken = try token("bos")
    endToken = try token("eos")
    let key = "tokenizer.chat_template"
    if metadata[key] != nil { template = (try metadata.string(key), metadata.file) }
  }
}

extension JSONObject {
  /// A token that stands as a text or as an object with its content.
  fileprivate func token(_ key: String) throws(ModelFileError) -> String {
    switch self[key] {
    case nil: return ""
    case .string(let text): return text
    default: return try object(key).string("content")
    }
  }

  /// One template, or the default of several.
  fileprivate func chatTemplate() throws(ModelFileError) -> String? {
    guard let value = self["chat_template"] else { return nil }
    guard case .array(let several) = value else { return try string("chat_template") }
    for element in several {
      let named = try JSONObject(file: file, path: "chat_template", element)
      if try named.string("name") == "default" { return try named.string("template") }
    }
    throw mismatch("chat_template", expected: "a template named default")
  }
}
