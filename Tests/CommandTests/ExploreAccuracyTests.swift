import BuiltInModel
import Foundation
import Testing

extension CommandTests {
  @Suite("explore with accuracy") struct ExploreAccuracyTests {
    private static func space(_ workload: String) -> String {
      """
      name: bits
      base: tiny
      workloads: [{name: text, \(workload)}]
      parameters:
        activation_bits: [8, 4]
        accumulator_bits: [derived, 10]
        kv_bits: [16, 4]
      objectives: [decode_j_per_token, perplexity]
      """
    }

    @Test("perplexities of points are those that `setun perplexity` finds in their arithmetic")
    func equal() async throws {
      let folder = try WorkFolder()
      try folder.write(
        "space.yaml",
        Self.space("model: built-in, text_tokens: 60, generated_tokens: 3, context: 40"))
      let sweep = try await setun("explore", "space.yaml", "--sample", "0", in: folder)
      #expect(sweep.status == 0, "\(sweep.errors)")
      #expect(sweep.output.contains("points are best in decode_j_per_token, perplexity"))
      let csv = try await setun(
        "explore", "query", "bits.sqlite", "--csv", "--metrics", "perplexity", "--metrics",
        "perplexity_increase",
        in: folder)
      let lines = csv.output.split(separator: "\n").map {
        $0.split(separator: ",").map(String.init)
      }
      try #require(lines.count == 9, "\(csv.errors)")
      #expect(
        lines[0] == [
          "point", "number", "on_front", "activation_bits", "accumulator_bits", "kv_bits",
          "perplexity", "perplexity_increase",
        ])

      var found: [[String]: Double] = [:]
      for line in lines.dropFirst() {
        var options = ["--activation-bits", line[3]]
        if let bits = Int(line[4]) { options += ["--accumulator-bits", "\(bits)"] }
        if line[5] == "4" { options += ["--kv-bits", "4"] }
        let outcome = try await Command(
          ["perplexity", "--text", BuiltInModel.heldOutText, "--tokens", "60"] + options,
          in: folder
        ).outcome()
        let match = try #require(outcome.output.firstMatch(of: /perplexity +([0-9.]+)\n/))
        let value = try #require(Double(line[6]))
        #expect(String(format: "%.3f", value) == match.1, "\(options)")
        found[options] = value
      }
      // Sums of activations of 4 bits fit 10 bits here, those of 8 do not.
      #expect(Set(found.values).count == 6)
      let published = try #require(found[["--activation-bits", "8"]])
      for line in lines.dropFirst() {
        #expect(abs(Double(line[6])! - published - Double(line[7])!) < 1e-9)
      }

      let verified = try await setun("explore", "verify", "bits.sqlite", lines[1][0], in: folder)
      #expect(verified.status == 0, "\(verified.errors)")
      #expect(
        verified.output.hasSuffix(
          ": all counts equal those that the metrics were computed from\n"
            + "perplexity is not evaluated again\n"))
      let report = try await setun("report", "bits.sqlite", "--no-cpu", in: folder)
      #expect(report.status == 0, "\(report.errors)")
      let html = folder.read("setun-report.html")
      #expect(html.contains("and of the attention the traffic of keys and values: its time and"))
      #expect(!html.contains("attention, norms and the output head are in no figure"))
    }

    @Test(
      "a workload whose predictions nobody can evaluate is refused with its place",
      arguments: [
        (
          "model: 2b-4t, generated_tokens: 3",
          "space.yaml:3:13: workloads.0: perplexity: expected a model with weights, found the shape "
            + "2b-4t without any"
        ),
        (
          "model: \(BuiltInModel.directory), generated_tokens: 3",
          "space.yaml:3:13: workloads.0: perplexity: expected text beside model, a file to predict, "
            + "found none"
        ),
        (
          "model: built-in, prompt_tokens: 3, context: 9",
          "space.yaml:3:70: workloads.0.context: expected generated_tokens beside context, found none"
        ),
      ])
    func refused(workload: String, message: String) async throws {
      let folder = try WorkFolder()
      try folder.write("space.yaml", Self.space(workload))
      let outcome = try await Command(["explore", "space.yaml"], in: folder).outcome()
      #expect(outcome.status == 1)
      #expect(outcome.message.contains(message), "\(outcome.message)")
    }

    @Test("a text that cannot be read is refused with its place")
    func absentText() async throws {
      let folder = try WorkFolder()
      try folder.write(
        "space.yaml", Self.space("model: built-in, generated_tokens: 3, text: none.txt"))
      let outcome = try await Command(["explore", "space.yaml"], in: folder).outcome()
      #expect(outcome.status == 1)
      #expect(outcome.message.contains("space.yaml:3:70: workloads.0.text: "))
      #expect(outcome.message.contains("/none.txt: cannot be read"), "\(outcome.message)")
    }
  }
}
