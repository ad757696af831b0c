import Foundation
import Testing

extension CommandTests {
  @Suite("commands on the reference runtime") struct ModelCommandTests {
    @Test("generate repeats itself with a seed, and says its speed beside the text")
    func generate() async throws {
      func text(seed: Int) async throws -> String {
        let outcome = try await setun(
          "generate", "--prompt", "And God said", "--max-tokens", "12", "--temperature", "1",
          "--seed", "\(seed)", in: WorkFolder())
        #expect(outcome.status == 0)
        for part in ["prompt ", "generation ", "tokens/s", "peak memory "] {
          #expect(outcome.errors.contains(part), "\(part)")
        }
        return outcome.output
      }
      let first = try await text(seed: 1)
      #expect(first.count > 1)
      #expect(try await text(seed: 1) == first)
      #expect(try await text(seed: 2) != first)
    }

    @Test("perplexity scores whole windows, and bits per byte follow from the tokens' bytes")
    func perplexity() async throws {
      let folder = try WorkFolder()
      let held = try String(contentsOfFile: Project.model + "/kjv_val.txt", encoding: .utf8)
      try folder.write("text.txt", String(held.prefix(1500)))
      let outcome = try await setun("perplexity", "--text", "text.txt", in: folder)
      #expect(outcome.status == 0)
      let match = try #require(
        outcome.output.firstMatch(of: /^perplexity +(\S+)\nbits per byte +(\S+)\n/))
      let (perplexity, bits) = (
        try #require(Double(match.output.1)), try #require(Double(match.output.2))
      )
      // The whole text has 14.892 and 1.2661 at 3.08 bytes a token.
      #expect((5...50).contains(perplexity))
      #expect(abs(bits * 3.08 - log2(perplexity)) < 0.4)
      #expect(outcome.output.contains("tokens scored  256 of "))
    }

    @Test("perplexity in the arithmetic of other hardware says which, and refuses what is none")
    func arithmetic() async throws {
      let folder = try WorkFolder()
      try folder.write("text.txt", "In the beginning God created the heaven and the earth.")
      let outcome = try await setun(
        "perplexity", "--text", "text.txt", "--activation-bits", "4", "--accumulator-bits", "14",
        "--int8-outputs", "--kv-bits", "4", in: folder)
      #expect(outcome.status == 0)
      #expect(outcome.output.hasPrefix("arithmetic     a4 acc14 int8 kv4\nperplexity "))
      for (option, range) in [
        ("--activation-bits", "2 to 8"), ("--accumulator-bits", "8 to 32"), ("--kv-bits", "2 to 8"),
      ] {
        let refused = try await setun("perplexity", "--text", "text.txt", option, "1", in: folder)
        #expect(refused.status == 64)
        #expect(refused.errors.hasPrefix("Error: \(option): expected \(range), found 1\n"))
      }
    }

    @Test("a trace of chosen layers is a recorded run that compare accepts")
    func trace() async throws {
      let folder = try WorkFolder()
      let traced = try await setun(
        "trace", "--prompt", "Let there be light", "--output", "run.safetensors", "--layers",
        "layers.2.mlp", in: folder)
      #expect(traced.status == 0 && traced.errors == "")
      #expect(traced.output.hasPrefix("run.safetensors: 3 of 28 layers, "))
      let compared = try await setun("compare", Project.model, "run.safetensors", in: folder)
      #expect(compared.status == 0 && compared.errors == "")
      #expect(compared.output.hasPrefix("equal   teacher-forced: 15 of 15 tensors agree, "))
    }

    @Test("a trace that cannot be written is refused and leaves nothing")
    func unwritable() async throws {
      try await expectRefusal(
        ["trace", "--prompt", "a", "--output", "/dev/full"], in: WorkFolder(),
        .exactly("cannot write /dev/full: writing: No space left on device"))
      try await expectRefusal(
        ["trace", "--prompt", "a", "--output", "x", "--layers", "nothing"], in: WorkFolder(),
        .prefix("--layers: no layer's name contains 'nothing'; layers are layers.0."))
    }

    @Test("inspect lists every tensor with its shares of -1, 0 and +1")
    func inspect() async throws {
      let outcome = try await setun("inspect", Project.model, in: WorkFolder())
      #expect(outcome.status == 0 && outcome.errors == "")
      let lines = outcome.output.split(separator: "\n")
      let ternary = lines.filter { $0.contains(" U8 ") }
      #expect(ternary.count == 28)
      for line in ternary {
        let shares = line.matches(of: /(\d+\.\d+)%/).compactMap { Double($0.output.1) }
        #expect(shares.count >= 3 && abs(shares[0] + shares[1] + shares[2] - 100) < 0.03, "\(line)")
      }
      // Recorded when the model was exported.
      let query = try #require(ternary.first { $0.contains("layers.0.self_attn.q_proj") })
      #expect(query.contains(/33\.73% +32\.84% +33\.43%/) && query.contains("1.5849"))
      let up = try #require(ternary.first { $0.contains("layers.1.mlp.up_proj") })
      #expect(up.contains(" 38.94% "))
      let json = try await setun("inspect", Project.model, "--json", in: WorkFolder())
      let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
      let tensors = try #require((object as? [String: Any])?["tensors"] as? [Any])
      // 28 matrices with a scale each, 4 norms a block, the last norm and the embedding.
      #expect(tensors.count == 56 + 16 + 2)
    }
  }
}
