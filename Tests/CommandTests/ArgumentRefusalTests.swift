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

    @Test("a prompt longer than the context is refused with both lengths")
    func longPrompt() async throws {
      let prompt = String(repeating: "x", count: 1000)
      let outcome = try await Command(
        ["run", "--no-rtl", "--layers", "0.self_attn.k_proj", "--prompt", prompt], in: WorkFolder()
      ).outcome()
      #expect(outcome.status == 1)
      let match = try #require(
        outcome.message.wholeMatch(
          of: /Error: prompt: expected at most 256 tokens \(the model's context\), found (\d+)/))
      #expect(try #require(Int(match.output.1)) > 256)
      #expect(outcome.output == "")
    }

    @Test("a layer that no name contains is refused with the names")
    func unknownLayer() async throws {
      try await expectRefusal(
        ["run", "--no-rtl", "--tokens", "1", "--layers", "q_proj", "qq_proj"], in: WorkFolder(),
        .prefix(
          "--layers: no layer's name contains 'qq_proj'; the layers are layers.0.self_attn.q_proj, "
        ))
    }
  }
}
