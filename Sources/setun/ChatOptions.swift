import ArgumentParser
import Foundation
import ModelFile
import Reference

/// `--chat` and what belongs to it: a prompt in the form of a conversation.
struct ChatOptions: ParsableArguments {
  @Flag(help: "Answer the prompt as a message, in the form that a chat template gives it.")
  var chat = false

  @Option(help: "With --chat: a message that says how to answer.")
  var system: String?

  @Option(
    help: """
      With --chat: 'bitnet' or 'llama3' for the templates of those models, or a file with a Jinja \
      template. Default: the template that comes with the model.
      """,
    completion: .file())
  var chatTemplate: String?

  func validate() throws {
    guard chat || (system == nil && chatTemplate == nil) else {
      throw ValidationError("--system and --chat-template act with --chat only")
    }
  }

  /// The tokens of the prompt, and those that end an answer beside the model's own.
  func encode(
    _ prompt: String, _ tokenizer: Tokenizer, model path: String
  ) throws -> (tokens: [Int], ends: [Int]) {
    guard chat else { return (tokenizer.encode(prompt), []) }
    let template = try template(model: path)
    let messages =
      (system.map { [ChatMessage(role: "system", content: $0)] } ?? [])
      + [ChatMessage(role: "user", content: prompt)]
    let text = try template.text(of: messages)
    // Templates spell out the tokens that begin a text.
    let tokens = tokenizer.encode(text, addingSpecialTokens: false)
    return (tokens, try template.endOfAnswer(tokenizer).map { [$0] } ?? [])
  }

  private func template(model path: String) throws -> ChatTemplate {
    switch chatTemplate {
    case "bitnet":
      return try ChatTemplate(ChatTemplate.bitnet, file: "bitnet", model: path)
    case "llama3":
      return try ChatTemplate(ChatTemplate.llama3, file: "llama3", model: path)
    case let file?:
      guard let data = FileManager.default.contents(atPath: file),
        let text = String(validating: data, as: UTF8.self)
      else {
        throw Failure("\(file): expected bitnet, llama3 or a template in UTF-8, found none")
      }
      return try ChatTemplate(text, file: file, model: path)
    case nil:
      guard let template = try ChatTemplate(model: path) else {
        throw Failure(
          "\(path): expected a chat template, found none; --chat-template names one")
      }
      return template
    }
  }
}
