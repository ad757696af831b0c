import Testing

extension CommandTests {
  @Suite("wrong arguments") struct ArgumentRefusalTests {
    @Test(
      "what no run can mean is a usage error",
      arguments: [
        (["--tokens", "0"], "--tokens: expected 1 or more, found 0"),
        (["--prompt", ""], "--prompt: expected some text, found none"),
        (["--rtl", "rtl"], "expected --rtl or --no-rtl, found both"),
        (["--colour"], "Unknown option '--colour'"),
      ])
    func usage(arguments: [String], message: String) async throws {
      try await expectRefusal(
        ["run", "--no-rtl"] + arguments, in: WorkFolder(), .usage(message, of: "setun run"))
    }

    @Test(
      "values of the wrong kind are refused with what is legal",
      arguments: [["--tokens", "many"], ["--lock-step", "some"]])
    func values(arguments: [String]) async throws {
      let outcome = try await Command(["run"] + arguments, in: WorkFolder()).outcome()
      #expect(outcome.status == 64)
      let option = "'\(arguments[0]) <"
      #expect(
        outcome.message.hasPrefix("Error: The value '\(arguments[1])' is invalid for \(option)"))
    }

    @Test("an unknown subcommand is a usage error")
    func subcommand() async throws {
      try await expectRefusal(
        ["rnu"], in: WorkFolder(), .usage("Unexpected argument 'rnu'", of: "setun"))
    }

    @Test("a prompt that fills the context is refused; one token less is not")
    func longPrompt() async throws {
      let folder = try WorkFolder()
      try folder.copy(Project.model, as: "model")
      let config = folder.read("model/config.json")
      let short = config.replacing(
        "\"max_position_embeddings\": 256", with: "\"max_position_embeddings\": 8")
      try #require(short != config)
      try folder.write("model/config.json", short)
      let run = ["run", "--model", "model", "--no-rtl", "--layers", "0.self_attn.k_proj"]
      try await expectRefusal(
        run + ["--tokens", "8"], in: folder,
        .exactly(
          "--prompt: expected at most 7 tokens, one less than the model's context, found 8; "
            + "--tokens takes only the first of them"))
      try await expectRefusal(run, in: folder, .prefix("--prompt: expected at most 7 tokens, "))
      let outcome = try await Command(run + ["--tokens", "7"], in: folder).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try ReportFile(folder).phases.map(\.tokens) == [1, 7])
    }

    @Test("a layer that no name contains is refused with the names")
    func unknownLayer() async throws {
      try await expectRefusal(
        ["run", "--no-rtl", "--tokens", "1", "--layers", "q_proj", "qq_proj"], in: WorkFolder(),
        .prefix(
          "--layers: no layer's name contains 'qq_proj'; layers are layers.0.self_attn.q_proj, "
        ))
    }
  }
}
