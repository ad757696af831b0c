import Foundation
import ModelFile
import Testing

@testable import Reference

@Suite("A chat template")
struct ChatTemplateTests {
  private struct Golden: Decodable {
    let name: String
    let template: String
    let cases: [Case]

    struct Case: Decodable {
      let messages: [[String]]
      let ask: Bool
      let text: String?
    }
  }

  private func golden() throws -> [Golden] {
    let data = try Data(contentsOf: URL(filePath: Files.golden("chat.json")))
    return try JSONDecoder().decode([Golden].self, from: data)
  }

  private func messages(_ pairs: [[String]]) -> [ChatMessage] {
    pairs.map { ChatMessage(role: $0[0], content: $0[1]) }
  }

  @Test("gives the text that Jinja gives", arguments: 0..<8)
  func jinja(_ index: Int) throws {
    let all = try golden()
    #expect(all.count == 8)
    let golden = all[index]
    let template = try ChatTemplate(
      golden.template, file: "t", beginToken: "<s>", endToken: "</s>")
    for (number, conversation) in golden.cases.enumerated() {
      let messages = messages(conversation.messages)
      if let text = conversation.text {
        let found = try template.text(of: messages, asksForAnswer: conversation.ask)
        // Scalars, so that equivalent texts do not count as the same.
        #expect(
          Array(found.unicodeScalars) == Array(text.unicodeScalars),
          "\(golden.name), \(number): \(found.debugDescription)")
      } else {
        #expect(throws: ModelFileError.self, "\(golden.name), \(number)") {
          try template.text(of: messages, asksForAnswer: conversation.ask)
        }
      }
    }
  }

  @Test("of a known model is the published one")
  func known() throws {
    let all = try golden()
    for (name, text) in [("bitnet", ChatTemplate.bitnet), ("llama3", ChatTemplate.llama3)] {
      let template = try ChatTemplate(text, file: "t", beginToken: "<s>")
      let cases = try #require(all.first { $0.name == name }).cases
      for conversation in cases {
        #expect(
          try template.text(
            of: messages(conversation.messages), asksForAnswer: conversation.ask)
            == conversation.text)
      }
    }
    let bitnet = try ChatTemplate(ChatTemplate.bitnet, file: "t")
    #expect(
      try bitnet.text(of: [
        ChatMessage(role: "system", content: "S"), ChatMessage(role: "user", content: "U"),
      ]) == "System: S<|eot_id|>User: U<|eot_id|>Assistant: ")
  }

  @Test("that cannot be read is refused with its line and what is wrong")
  func unreadable() {
    let cases = [
      ("{{ 'a", "1: expected the end of a string, found the end of the template"),
      ("a\n{{ x", "2: expected `}}`, found the end of the template"),
      ("{# x", "1: expected `#}`, found the end of the template"),
      ("{{ }}", "1: expected an expression, found the end of the tag"),
      ("{{ 1 2 }}", "1: expected the end of the tag, found 2"),
      ("{{ a.b. }}", "1: expected an attribute, found the end of the tag"),
      ("{{ (1 }}", "1: expected `)`, found the end of the tag"),
      ("{{ [1 ; 2] }}", "1: expected an expression, found `;`"),
      ("{{ 1x }}", "1: expected an expression, found `1x`"),
      ("{{ '\\q' }}", "1: expected an escape, found `\\q`"),
      ("{{ ) }}", "1: expected an expression, found `)`"),
      ("\n\n{% if x %}", "3: expected `elif` or `else` or `endif`, found the end of the template"),
      ("{% for x of y %}", "1: expected `in`, found `of`"),
      ("{% set x %}", "1: expected `=`, found the end of the tag"),
      (
        "{% macro x() %}",
        "1: expected if, for or set (nothing else is supported), found `macro`"
      ),
      ("{% endif %}", "1: expected if, for or set (nothing else is supported), found `endif`"),
      (
        String(repeating: "{% if x %}", count: 40), "1: expected at most 32 levels of nesting"
      ),
      (
        "{{ " + String(repeating: "(", count: 100) + " }}",
        "1: expected at most 64 levels of expressions"
      ),
    ]
    for (template, text) in cases {
      #expect { try ChatTemplate(template, file: "t") } throws: { error in
        let isExpected = "\(error)" == "t: chat template, line \(text)"
        if !isExpected { Issue.record("\(template): \(error)") }
        return isExpected
      }
    }
  }

  @Test("that uses what is not supported is refused when it runs")
  func unsupported() {
    let cases = [
      ("{{ raise_exception('no') }}", "the template refuses the messages (no)"),
      (
        "{{ range(3) }}",
        "expected namespace, raise_exception or a method (no other function is supported)"
      ),
      ("{{ 'a' | tojson }}", "expected a filter that is supported, found `tojson` of \"a\""),
      ("{{ 1 is odd }}", "expected a test that is supported, found `odd`"),
      ("{{ 'a'.title() }}", "expected a method that is supported, found `title` of \"a\""),
      ("{{ missing.x }}", "expected a value with \"x\", found an undefined one"),
      ("{{ 'a' + 1 }}", "expected values that `+` takes, found \"a\" and 1"),
      ("{{ 1 // 0 }}", "expected values that `//` takes, found 1 and 0"),
      (
        "{{ 9223372036854775807 + 1 }}",
        "expected values that `+` takes, found 9223372036854775807 and 1"
      ),
      ("{{ messages }}", "expected a text to print, found a list"),
      ("{% for x in 3 %}{% endfor %}", "expected a list to loop over, found 3"),
      ("{% for x, y in messages %}{% endfor %}", "expected pairs to loop over, found a mapping"),
      ("{% set x.y = 1 %}", "expected a namespace, found an undefined value in `x`"),
      ("{{ 'abc'[:'x'] }}", "expected an integer in a slice, found \"x\""),
      ("{{ 3[:1] }}", "expected a list to slice, found 3"),
      ("{{ 1 in 2 }}", "expected a text, list or mapping behind `in`, found 2"),
    ]
    for (template, text) in cases {
      // On the second line, so that the line is told from a default.
      #expect {
        try ChatTemplate("{# #}\n" + template, file: "t")
          .text(of: [ChatMessage(role: "user", content: "x")])
      } throws: { error in
        let isExpected = "\(error)" == "t: chat template, line 2: \(text)"
        if !isExpected { Issue.record("\(template): \(error)") }
        return isExpected
      }
    }
  }

  @Test("that never ends is refused")
  func endless() throws {
    let list = "{% set x = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] %}"
    let loops = String(repeating: "{% for a in x %}", count: 6)
    let ends = String(repeating: "{% endfor %}", count: 6)
    let template = try ChatTemplate("\(list)\(loops)y\(ends)", file: "t")
    #expect {
      try template.text(of: [])
    } throws: {
      "\($0)" == "t: chat template: expected a rendering that ends, found an endless one"
    }
  }

  @Test("that is damaged is read or refused, and never stops the program")
  func damaged() throws {
    let templates = try golden().map { Array($0.template.unicodeScalars) }
    let words = Array("{}%-+'\"()[]|.,:=~ \n0ax".unicodeScalars)
    var random = SplitMix(state: 5)
    var refused = 0
    for index in 0..<2000 {
      var template = templates[index % templates.count]
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<template.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: template.remove(at: place)
        case 1: template[place] = words.randomElement(using: &random) ?? " "
        default: template.insert(words.randomElement(using: &random) ?? " ", at: place)
        }
      }
      let text = String(String.UnicodeScalarView(template))
      do {
        _ = try ChatTemplate(text, file: "t").text(of: messages([["user", "a"], ["user", "b"]]))
      } catch { refused += 1 }
    }
    #expect((1..<2000).contains(refused))
  }

  @Test("says which token ends an answer")
  func endOfAnswer() throws {
    let tokenizer = try Models.builtIn.get().tokenizer
    let ending = try ChatTemplate(
      "{% for m in messages %}{{ m.content }}<|end_of_text|>{% endfor %}", file: "t")
    #expect(try ending.endOfAnswer(tokenizer) == 1)
    let open = try ChatTemplate("{% for m in messages %}{{ m.content }}.{% endfor %}", file: "t")
    #expect(try open.endOfAnswer(tokenizer) == nil)
  }

  @Test("comes from the files of a model")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "setun-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ name: String, _ text: String) throws {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    func text() throws -> String? {
      try ChatTemplate(model: folder.path)?.text(of: [ChatMessage(role: "user", content: "hi")])
    }
    #expect(try text() == nil)
    try write("tokenizer_config.json", #"{"bos_token": "<b>"}"#)
    #expect(try text() == nil)
    let template = #""{{ bos_token }}{{ messages[0].content }}{{ eos_token }}""#
    try write(
      "tokenizer_config.json",
      #"{"bos_token": "<b>", "eos_token": {"content": "<e>"}, "chat_template": \#(template)}"#)
    #expect(try text() == "<b>hi<e>")
    try write(
      "tokenizer_config.json",
      #"{"chat_template": [{"name": "tools", "template": "x"}, {"name": "default", "template": "y"}]}"#
    )
    #expect(try text() == "y")
    try write("tokenizer_config.json", #"{"chat_template": [{"name": "tools", "template": "x"}]}"#)
    #expect(throws: ModelFileError.self) { try text() }
    try write("tokenizer_config.json", #"{"bos_token": "<b>"}"#)
    try write("chat_template.jinja", "{{ bos_token }}!\n")
    #expect(try text() == "<b>!")
    var builder = GGUFBuilder()
    builder.add("tokenizer.chat_template", .string("{{ bos_token }}?{{ eos_token }}"))
    builder.add("tokenizer.ggml.tokens", .strings(["a", "b"]))
    builder.add("tokenizer.ggml.bos_token_id", .uint32(1))
    let file = folder.appending(path: "m.gguf")
    try Data(builder.bytes).write(to: file)
    #expect(try ChatTemplate(model: file.path)?.text(of: []) == "b?")
  }
}
