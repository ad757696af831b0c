import Testing

extension CommandTests {
  @Suite("chat") struct ChatTests {
    private func generate(_ arguments: String..., in folder: WorkFolder) async throws -> String {
      let outcome = try await Command(
        ["generate", "--max-tokens", "6"] + arguments, in: folder
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.output
    }

    @Test("a prompt in the form of a template is continued as when it is spelled out")
    func templates() async throws {
      let folder = try WorkFolder()
      let spelled = try await generate(
        "--prompt", "System: Be brief.<|eot_id|>User: Who is it<|eot_id|>Assistant: ", in: folder)
      let named = try await generate(
        "--chat", "--system", "Be brief.", "--prompt", "Who is it", "--chat-template", "bitnet",
        in: folder)
      #expect(named == spelled)
      try folder.write(
        "template.jinja",
        "{% for m in messages %}{{ m.role | capitalize }}: {{ m.content }}<|eot_id|>{% endfor %}"
          + "Assistant: ")
      let file = try await generate(
        "--chat", "--system", "Be brief.", "--prompt", "Who is it", "--chat-template",
        "template.jinja", in: folder)
      #expect(file == spelled)
    }

    @Test("a model's own template is used where none is named")
    func ownTemplate() async throws {
      let folder = try WorkFolder()
      try folder.copy(Project.model, as: "model")
      try folder.write(
        "model/chat_template.jinja",
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}")
      let answer = try await generate(
        "model", "--chat", "--system", "Be brief.", "--prompt", "Who art thou?", in: folder)
      let spelled = try await generate(
        "model", "--prompt", "system: Be brief.\nuser: Who art thou?\n", in: folder)
      #expect(answer == spelled && answer.count > 1)
    }

    @Test("a model without a template, a missing file and a template that is none are refused")
    func refusals() async throws {
      let folder = try WorkFolder()
      try await expectRefusal(
        ["generate", Project.model, "--chat", "--prompt", "a"], in: folder,
        .exactly(
          "\(Project.model): expected a chat template, found none; --chat-template names one"))
      try await expectRefusal(
        ["generate", "--chat", "--chat-template", "none.jinja", "--prompt", "a"], in: folder,
        .exactly("none.jinja: expected bitnet, llama3 or a template in UTF-8, found none"))
      try folder.write("bad.jinja", "{{ x")
      try await expectRefusal(
        ["generate", "--chat", "--chat-template", "bad.jinja", "--prompt", "a"], in: folder,
        .exactly(
          "bad.jinja: chat template, line 1: expected `}}`, found the end of the template"))
      try await expectRefusal(
        ["generate", "--system", "x", "--prompt", "a"], in: folder,
        .usage("--system and --chat-template act with --chat only", of: "setun generate"))
    }
  }
}
