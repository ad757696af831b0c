import Testing

@testable import Exploration

@Suite("Diagnostics of space files")
struct SpaceDiagnosticTests {
  /// A legal space, of which each case changes one line.
  private static let legal = """
    name: fixture
    base: tiny
    workloads:
      - {name: small, model: "2b-4t", prompt_tokens: 3}
    parameters:
      rows: [2, 3]
      lanes: [5, 8]
    constraints:
      - rows * lanes <= 64
    objectives: [area_mm2]
    search: {method: random, points: 2, seed: 1}
    """

  @Test(
    "a faulty space is refused with the place of the fault",
    arguments: [
      ("name: fixture", "", "space.yaml:2:1: expected name, found no such key"),
      (
        "name: fixture", "title: x",
        "space.yaml:1:8: title: expected one of name, description, base, workloads, parameters, derived, constraints, objectives, search, found the unknown key title"
      ),
      ("name: fixture", "nam: x", "space.yaml:1:6: nam: expected name, found the unknown key nam"),
      (
        "base: tiny", "base: big",
        "space.yaml: base: expected a built-in architecture: default, tiny, edge, server, found \"big\""
      ),
      (
        "base: tiny", "base: [tiny]",
        "space.yaml:2:7: base: expected the name or file of an architecture, found a list"
      ),
      (
        "{name: small, model: \"2b-4t\", prompt_tokens: 3}", "{name: small}",
        "space.yaml:4:5: workloads.0: expected model, topology or trace, found none of them"
      ),
      (
        "prompt_tokens: 3", "batch: 3",
        "space.yaml:4:5: workloads.0: expected prompt_tokens or generated_tokens above 0, found no token"
      ),
      (
        "prompt_tokens: 3", "prompt_tokens: -3",
        "space.yaml:4:50: workloads.0.prompt_tokens: expected an integer from 0 to 65535, found -3"
      ),
      (
        "model: \"2b-4t\", prompt_tokens: 3", "topology: a.csv",
        "space.yaml:4:5: workloads.0: expected zero_share beside topology, found none"
      ),
      (
        "model: \"2b-4t\", prompt_tokens: 3", "topology: a.csv, zero_share: 2",
        "space.yaml:4:48: workloads.0.zero_share: expected a number from 0 to 1, found 2"
      ),
      (
        "model: \"2b-4t\", prompt_tokens: 3", "topology: a.csv, zero_share: 0.4, batch: 2",
        "space.yaml:4:60: workloads.0.batch: expected no such key: a topology file has its sizes, found batch"
      ),
      (
        "prompt_tokens: 3", "prompt_tokens: 3, zero_share: 0.4",
        "space.yaml:4:65: workloads.0.zero_share: expected no zero_share: a model knows its zeros, found one"
      ),
      (
        "prompt_tokens: 3", "prompt_tokens: 3, generated_tokens: 1, context: 9",
        "space.yaml:4:83: workloads.0.context: expected 2 or more generated_tokens beside context and a prompt, which gives the first, found 1"
      ),
      (
        "prompt_tokens: 3", "prompt_tokens: 3, text: a.txt",
        "space.yaml:4:59: workloads.0.text: expected perplexity in an objective or a condition beside text, found none"
      ),
      (
        "prompt_tokens: 3", "prompt_tokens: 3, text_tokens: 9",
        "space.yaml:4:66: workloads.0.text_tokens: expected perplexity in an objective or a condition beside text_tokens, found none"
      ),
      (
        "prompt_tokens: 3", "topology: a.csv",
        "space.yaml:4:5: workloads.0: expected model, topology or trace, found model and topology"
      ),
      (
        "model: \"2b-4t\", prompt_tokens: 3", "trace: a.safetensors",
        "space.yaml:4:5: workloads.0: expected model or zero_share beside a trace, which has no weights, found neither"
      ),
      (
        "prompt_tokens: 3", "trace: a.json",
        "space.yaml:4:26: workloads.0.model: expected no model or zero_share: a run counted its zeros, found one"
      ),
      (
        "prompt_tokens: 3", "trace: a.safetensors, zero_share: 0.4",
        "space.yaml:4:69: workloads.0.zero_share: expected no zero_share: a model knows its zeros, found one"
      ),
      (
        "model: \"2b-4t\", prompt_tokens: 3", "trace: a.json, batch: 2",
        "space.yaml:4:41: workloads.0.batch: expected no such key: a recorded run has its sizes, found batch"
      ),
      (
        "model: \"2b-4t\", prompt_tokens: 3", "trace: a.json, topology: a.csv",
        "space.yaml:4:5: workloads.0: expected model, topology or trace, found topology and trace"
      ),
      (
        "name: small,", "name: 2 small,",
        "space.yaml:4:12: workloads.0.name: expected a letter and then letters, digits and underscores, found \"2 small\""
      ),
      (
        "rows: [2, 3]", "rows: []",
        "space.yaml:6:9: parameters.rows: expected a list of values, or from and to with step or times, found a list"
      ),
      (
        "rows: [2, 3]", "rows: [2, 0]",
        "space.yaml:6:13: parameters.rows.1: expected an integer from 1 to 1024, found 0"
      ),
      (
        "rows: [2, 3]", "rows: [2, two]",
        "space.yaml:6:13: parameters.rows.1: expected an integer from 1 to 1024, found \"two\""
      ),
      (
        "rows: [2, 3]", "rows: [2, 2]",
        "space.yaml:6:9: parameters.rows: expected each value once, found 2 again"
      ),
      (
        "rows: [2, 3]", "rows: {from: 2}",
        "space.yaml:6:9: parameters.rows: expected to, found none"
      ),
      (
        "rows: [2, 3]", "rows: {from: 2, to: 8}",
        "space.yaml:6:9: parameters.rows: expected step or times, found neither"
      ),
      (
        "rows: [2, 3]", "rows: {from: 2, to: 8, step: 1, times: 2}",
        "space.yaml:6:9: parameters.rows: expected step or times, found both"
      ),
      (
        "rows: [2, 3]", "rows: {from: 9, to: 8, step: 1}",
        "space.yaml:6:23: parameters.rows.to: expected at least from, 9, found 8"
      ),
      (
        "rows: [2, 3]", "rows: {from: 2, to: 8, step: 0}",
        "space.yaml:6:32: parameters.rows.step: expected a step above 0, found 0"
      ),
      (
        "rows: [2, 3]", "rows: {from: 0, to: 8, times: 2}",
        "space.yaml:6:16: parameters.rows.from: expected a number above 0, found 0"
      ),
      (
        "rows: [2, 3]", "rows: {from: 2, to: 8, times: 1}",
        "space.yaml:6:33: parameters.rows.times: expected an integer from 2 to 1000000, found 1"
      ),
      (
        "rows: [2, 3]", "rows: {from: 1, to: 1e9, step: 1}",
        "space.yaml:6:23: parameters.rows.to: expected a decimal number of at most 15 digits, found 1e9"
      ),
      (
        "rows: [2, 3]", "clock_mhz: {from: 1, to: 9000, step: 0.01}",
        "space.yaml:6:14: parameters.clock_mhz: expected at most 100000 values, found 899901"
      ),
      (
        "rows: [2, 3]", "row: [2, 3]",
        "space.yaml:6:3: parameters: expected rows, found the unknown name row"
      ),
      (
        "rows: [2, 3]", "lanes: [2]",
        "space.yaml:6:3: lanes: expected each key once, found the key again"
      ),
      (
        "rows: [2, 3]", "mapping: [quick]",
        "space.yaml:6:13: parameters.mapping.0: expected standard or fastest or least_energy, found \"quick\""
      ),
      (
        "rows: [2, 3]", "part: {a: {lanes: 3}}",
        "space.yaml:7:10: parameters.lanes: expected each key in one parameter, found lanes, which part decides"
      ),
      (
        "rows: [2, 3]", "part: {a: {rows: 3}, b: {bus_bytes: 4}}",
        "space.yaml:6:27: parameters.part.b: expected the keys of the first bundle, rows, found bus_bytes"
      ),
      (
        "rows: [2, 3]", "part: {a: {}}",
        "space.yaml:6:13: parameters.part.a: expected at least one key, found none"
      ),
      (
        "- rows * lanes <= 64", "- rows * lane <= 64",
        "space.yaml:9:12: constraints.0: expected 'lanes', found 'lane'"
      ),
      (
        "- rows * lanes <= 64", "- \"rows * lanes <=\"",
        "space.yaml:9:21: constraints.0: expected a number or a name, found the end"
      ),
      (
        "- rows * lanes <= 64", "- area_mm2 <= 2 W",
        "space.yaml:9:17: constraints.0: expected a value in mm², found W"
      ),
      (
        "objectives: [area_mm2]", "objectives: [area]",
        "space.yaml:10:14: objectives.0: expected area_mm2, found \"area\""
      ),
      (
        "objectives: [area_mm2]", "objectives: [area_mm2, area_mm2]",
        "space.yaml:10:24: objectives.1: expected each objective once, found area_mm2 again"
      ),
      (
        "objectives: [area_mm2]", "objectives: []",
        "space.yaml:10:13: objectives: expected a list of metrics, found a list"
      ),
      (
        "method: random, points: 2, seed: 1", "method: luck",
        "space.yaml:11:18: search.method: expected exhaustive or random or nsga2, found \"luck\""
      ),
      (
        "method: random, points: 2, seed: 1", "points: 2",
        "space.yaml:11:9: search: expected method, found none"
      ),
      (
        "points: 2, ", "",
        "space.yaml:11:9: search: expected points beside method random, found none"
      ),
      (
        "points: 2, ", "points: 5, ",
        "space.yaml:11:34: search.points: expected an integer from 1 to 4, found 5"
      ),
      (
        "seed: 1", "seed: 1, generations: 2",
        "space.yaml:11:59: search.generations: expected no such key with method random, found generations"
      ),
      (
        "method: random, points: 2, seed: 1",
        "method: nsga2, population: 5, generations: 2, seed: 1",
        "space.yaml:11:37: search.population: expected an even number, found 5"
      ),
      (
        "search:", "derived: {rows: lanes}\nsearch:",
        "space.yaml:11:17: derived.rows: expected a key that no parameter decides, found rows"
      ),
      (
        "search:", "derived: {name: lanes}\nsearch:",
        "space.yaml:11:17: derived.name: expected a key of an architecture file that holds a number, found name"
      ),
      (
        "search:", "derived: {bus_bytes: lanes}\nsearch:",
        "space.yaml:11:22: derived.bus_bytes: expected a value in B, found a plain number"
      ),
      (
        "search:", "derived: {accumulator_depth: area_mm2 / 1 mm2}\nsearch:",
        "space.yaml:11:30: derived.accumulator_depth: expected a formula of parameters, found one of metrics"
      ),
      (
        "rows: [2, 3]", "rows: [2, 3",
        "space.yaml:7:8: expected YAML, found an error: did not find expected ',' or ']' while parsing a flow sequence"
      ),
    ])
  func refusals(old: String, new: String, expected: String) throws {
    try #require(Self.legal.contains(old))
    let text = Self.legal.replacing(old, with: new, maxReplacements: 1)
    #expect(problem { _ = try Fixture.parse(text) } == expected)
  }

  @Test("the space of those cases is legal")
  func legalSpace() throws {
    #expect(try Fixture.parse(Self.legal).count == 4)
  }

  @Test("a text is legal where an objective or a condition asks for its perplexity")
  func texts() throws {
    let text = Self.legal.replacing("prompt_tokens: 3", with: "prompt_tokens: 3, text: a.txt")
    for (old, new) in [
      ("[area_mm2]", "[area_mm2, perplexity]"),
      ("- rows * lanes <= 64", "- perplexity_increase <= 2"),
    ] {
      let space = try Fixture.parse(text.replacing(old, with: new))
      #expect(space.workloads[0].text == "a.txt")
    }
  }

  @Test("a space of too many points, an empty file and files that are none are refused")
  func others() throws {
    let wide = (0..<7).map { "  v\($0): {from: 1, to: 1000, step: 1}" }.joined(separator: "\n")
    let text = Self.legal.replacing("  rows: [2, 3]", with: "  rows: [2, 3]\n\(wide)")
    #expect(
      problem { _ = try Fixture.parse(text) }
        == "space.yaml:6:3: parameters: expected at most 2⁶⁰ points, found more")
    #expect(
      problem { _ = try Fixture.parse("") }
        == "space.yaml: expected a design space, found an empty file")
    let folder = try Folder()
    let missing = folder.file("none.yaml")
    let message = problem { _ = try DesignSpace(contentsOfFile: missing) }
    #expect(
      message?.hasPrefix("\(missing): expected a design space, found a file that cannot be read")
        == true)
    #expect(
      problem { _ = try DesignSpace.sample(named: "none") }
        == "none: expected a space file or a built-in space: first-look, accuracy")
  }

  @Test("built-in spaces are legal")
  func samples() throws {
    for name in DesignSpace.sampleNames { _ = try DesignSpace.sample(named: name) }
  }

  @Test("with several workloads metrics are named with them, what they have in common without")
  func workloadNames() throws {
    let workloads = """
      workloads:
        - {name: short, model: "2b-4t", prompt_tokens: 3}
        - {model: models/my-model.gguf, generated_tokens: 3}
      """
    let old = "workloads:\n  - {name: small, model: \"2b-4t\", prompt_tokens: 3}"
    func space(_ objectives: String) throws -> DesignSpace {
      try Fixture.parse(
        Self.legal.replacing(old, with: workloads).replacing(
          "[area_mm2]", with: "[\(objectives)]"))
    }
    let objectives = try space(
      "area_mm2, short.prefill_latency_s, my_model_gguf.decode_latency_s"
    ).objectives
    #expect(objectives.map(\.workload) == [0, 0, 1])
    #expect(objectives.map(\.metric) == [.area, .prefillLatency, .decodeLatency])
    #expect(problem { _ = try space("decode_latency_s") } != nil)
  }
}
