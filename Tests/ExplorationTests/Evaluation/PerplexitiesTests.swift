import Architecture
import Energy
import Foundation
import ModelFile
import Reference
import Synchronization
import Testing
import Workload

@testable import Exploration

/// Perplexities of a small model with random weights in the arithmetic of design points.
@Suite("Accuracy of points")
struct PerplexitiesTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Golden/llama_h48").standardized.path
  private static let tokens = (0..<100).map { (31 * $0 + 7 * ($0 / 5)) % 97 }

  private static func perplexities() throws -> Perplexities {
    try Perplexities(of: BitNetModel(path: folder), on: tokens, source: "drawn, 100 tokens")
  }

  /// Widths of everything that changes what the model says, and two parameters that do not.
  private static let parameters = """
    rows: [2, 3]
    weight_coding: [two_bit, five_in_eight]
    activation_bits: [8, 6, 3]
    accumulator_bits: [derived, 31, 8]
    output: [int32, int8]
    kv_bits: [16, 4]
    """

  private static func run(
    _ path: String, threads: Int, _ perplexities: Perplexities,
    parameters: String = parameters
  ) async throws -> ExplorationStore {
    let indented = parameters.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
    let space = try Fixture.space(
      indented, more: "", objectives: "decode_j_per_token, area_mm2, perplexity")
    let sweep = Sweep(
      space: space, workloads: [Fixture.workload], texts: [Sweep.Text(perplexities)],
      toolVersion: "1.2.3", date: "2026-01-01T00:00:00Z", command: [], file: "space.yaml")
    return try await SweepRunner(
      sweep, evaluators: [Evaluator(Fixture.workload, perplexities: perplexities)],
      threads: threads
    ).run(into: path)
  }

  @Test("points have the perplexity of the model in their arithmetic, and its increase")
  func values() async throws {
    let folder = try Folder()
    let perplexities = try Self.perplexities()
    let store = try await Self.run(folder.file("a.sqlite"), threads: 3, perplexities)
    let model = try BitNetModel(path: Self.folder)
    let published = try model.perplexity(of: Self.tokens).value
    let points = try store.points()
    #expect(points.count == 144)
    for point in points {
      let values = Dictionary(
        uniqueKeysWithValues: store.parameters(of: point).map { ($0.name, $0.value) })
      let numerics = Numerics(
        activationBits: try #require(Int(values["activation_bits"]!)),
        accumulatorBits: Int(values["accumulator_bits"]!) ?? 32,
        requantisesOutputs: values["output"] == "int8",
        keyValueBits: values["kv_bits"] == "4" ? 4 : nil)
      let expected = try model.computing(with: numerics).perplexity(of: Self.tokens).value
      let metrics = point.metrics[0]
      #expect(metrics[.perplexity] == Bounded(expected), "\(numerics)")
      #expect(metrics[.perplexityIncrease] == Bounded(expected - published), "\(numerics)")
    }
    // Activations, narrow sums, outputs, keys and values; what holds every sum is one arithmetic.
    #expect(perplexities.evaluations == 3 * 2 * 2 * 2)
    #expect(Set(points.map { $0.metrics[0][.perplexity]!.typical }).count > 12)
  }

  @Test("each arithmetic is evaluated once, on any number of threads, now and later")
  func once() async throws {
    let folder = try Folder()
    let (one, several) = (try Self.perplexities(), try Self.perplexities())
    let first = try await Self.run(folder.file("a.sqlite"), threads: 1, one)
    let second = try await Self.run(folder.file("b.sqlite"), threads: 4, several)
    #expect(one.evaluations == 24 && several.evaluations == 24)
    #expect(try first.contents() == second.contents())
    // A sweep that was killed before its points were written, but not what they took so long for.
    try second.change("DELETE FROM front", "DELETE FROM point", "DELETE FROM block")
    let later = try Self.perplexities()
    let continued = try await Self.run(folder.file("b.sqlite"), threads: 2, later)
    #expect(later.evaluations == 0)
    #expect(try continued.contents() == first.contents())
    try continued.change("DELETE FROM perplexity WHERE kv_bits = 4 AND activation_bits = 3")
    try continued.change("DELETE FROM front", "DELETE FROM point", "DELETE FROM block")
    let again = try Self.perplexities()
    #expect(
      try await Self.run(folder.file("b.sqlite"), threads: 2, again).contents()
        == first.contents())
    #expect(again.evaluations == 4)
  }

  @Test("another text or other weights make another sweep")
  func identity() async throws {
    let folder = try Folder()
    let path = folder.file("a.sqlite")
    let parameters = "rows: [2]"
    _ = try await Self.run(path, threads: 1, try Self.perplexities(), parameters: parameters)
    let text = try Perplexities(
      of: BitNetModel(path: Self.folder), on: Self.tokens.dropLast() + [5], source: "other")
    let weights = try Perplexities(
      of: BitNetModel(path: Self.folder.replacing("llama_h48", with: "1bitllm_h48")),
      on: Self.tokens.map { $0 % 48 }, source: "other")
    for other in [text, weights] {
      var found = ""
      do {
        _ = try await Self.run(path, threads: 1, other, parameters: parameters)
      } catch {
        found = "\(error)"
      }
      #expect(found.contains("cannot continue it: expected the space fixture with its workloads"))
    }
  }

  @Test(
    "all that the model computes with is in the fingerprint",
    arguments: [
      "model.embed_tokens.weight", "lm_head.weight", "model.norm.weight",
      "model.layers.0.input_layernorm.weight", "model.layers.1.post_attention_layernorm.weight",
      "model.layers.1.mlp.up_proj.weight_scale", "model.layers.0.mlp.up_proj.weight",
      "\"rms_norm_eps\": 1e-05", "\"rope_theta\": 10000.0", "\"hidden_act\": \"silu\"",
    ])
  func fingerprint(changed: String) throws {
    let folder = try Folder()
    let path = folder.file("model")
    try FileManager.default.copyItem(atPath: Self.folder, toPath: path)
    func fingerprint() throws -> UInt64 {
      try Perplexities(of: BitNetModel(path: path), on: Self.tokens, source: "copy").fingerprint
    }
    #expect(try fingerprint() == Self.perplexities().fingerprint)
    let other = [
      "1e-05": "1e-04", "10000.0": "10001.0", "\"silu\"": "\"relu2\"",
    ].first { changed.hasSuffix($0.key) }
    if let other {
      let file = URL(filePath: path + "/config.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try #require(text.contains(changed))
      let new = changed.replacing(other.key, with: other.value)
      try text.replacing(changed, with: new).write(to: file, atomically: true, encoding: .utf8)
    } else {
      try Self.changeFirstByte(of: changed, in: path)
    }
    #expect(try fingerprint() != Self.perplexities().fingerprint)
  }

  /// Changes the last bit of the tensor's first byte.
  private static func changeFirstByte(of tensor: String, in model: String) throws {
    for file in ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] {
      let url = URL(filePath: "\(model)/\(file)")
      var bytes = [UInt8](try Data(contentsOf: url))
      let size = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let header = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + size]))
      guard let entry = (header as? [String: Any])?[tensor] as? [String: Any] else { continue }
      let offsets = try #require(entry["data_offsets"] as? [Int])
      bytes[8 + size + offsets[0]] ^= 1
      return try Data(bytes).write(to: url)
    }
    Issue.record("no tensor \(tensor)")
  }

  @Test("a sweep that is cancelled among evaluations keeps what is done, and continues")
  func cancellation() async throws {
    let folder = try Folder()
    let path = folder.file("a.sqlite")
    let begun = Mutex(0)
    let stopped = try Perplexities(
      of: BitNetModel(path: Self.folder), on: Self.tokens, source: "drawn, 100 tokens"
    ) { _, share in
      begun.withLock { $0 += share == 0 ? 1 : 0 }
      if share == 0, begun.withLock({ $0 }) == 4 { withUnsafeCurrentTask { $0?.cancel() } }
    }
    await #expect(throws: CancellationError.self) {
      _ = try await Self.run(path, threads: 1, stopped)
    }
    #expect(stopped.evaluations == 3)
    let store = try ExplorationStore(readingFrom: path)
    // The blocks before that of the cancelled evaluation, each whole.
    let kept = try store.points().map(\.number)
    let visited = try store.progress().tally.visited
    #expect(kept == Array(0..<visited))
    #expect(kept.count < 144)
    let later = try Self.perplexities()
    let continued = try await Self.run(path, threads: 2, later)
    #expect(later.evaluations == 24 - 3)
    let whole = try await Self.run(folder.file("b.sqlite"), threads: 2, Self.perplexities())
    #expect(try continued.contents() == whole.contents())
  }

  @Test("each workload's metrics name its own text, and the attention where it counts")
  func origins() async throws {
    let space = try Fixture.parse(
      """
      name: fixture
      base: tiny
      workloads:
        - {name: one, model: "none", generated_tokens: 4, context: 9}
        - {name: two, model: "none", prompt_tokens: 3, generated_tokens: 4}
      parameters:
        rows: [2]
      objectives: [one.perplexity, two.perplexity, area_mm2]
      """)
    let matrices = [ExplorationWorkload.Matrix(name: "a", n: 24, k: 40, nonzeros: 500)]
    let workloads = space.workloads.map {
      ExplorationWorkload(
        name: $0.name, source: "the tests", matrices: matrices, request: $0.request,
        keyValues: (values: 8, heads: 1))
    }
    let perplexities = try ["one.txt", "two.txt"].map {
      try Perplexities(of: BitNetModel(path: Self.folder), on: Self.tokens, source: $0)
    }
    let sweep = Sweep(
      space: space, workloads: workloads, texts: perplexities.map(Sweep.Text.init),
      toolVersion: "1.2.3", date: "2026-01-01T00:00:00Z", command: [], file: "space.yaml")
    let folder = try Folder()
    let store = try await SweepRunner(
      sweep,
      evaluators: zip(workloads, perplexities).map { try Evaluator($0, perplexities: $1) },
      threads: 1
    ).run(into: folder.file("a.sqlite"))
    let origins = try store.origins()
    for name in ["one", "two"] {
      #expect(
        origins["\(name).perplexity"]?.source
          == "CPU reference runtime in the arithmetic of the point; \(name).txt")
      for metric in ["decode_j_per_token", "request_energy_j", "power_w", "edp_j_s", "tops_per_w"] {
        let origin = try #require(origins["\(name).\(metric)"])
        #expect(origin.source.contains("; attention reads keys and values") == (name == "one"))
        #expect(name == "two" || origin.provenance >= .literature)
      }
    }
    #expect(origins["two.prefill_j_per_token"]?.source.contains("attention") == false)
  }

  @Test("an objective that cannot be evaluated is refused")
  func refusals() throws {
    for (objective, lacks) in [
      ("perplexity", "no weights and no text to predict"),
      ("decode_kv_j_per_token", "no context, in a space without kv_bits"),
    ] {
      let space = try Fixture.space(more: "", objectives: "area_mm2, \(objective)")
      #expect(
        problem {
          _ = try SweepRunner(Fixture.sweep(space), evaluators: Fixture.evaluators, threads: 1)
        }
          == "space.yaml: \(objective): expected a metric of the workload small, which has \(lacks)"
      )
    }
    #expect(
      problem {
        _ = try Perplexities(of: BitNetModel(path: Self.folder), on: [1], source: "short")
      } == "short: expected at least 2 tokens to predict, found 1")
  }
}

/// What the attention of a decoded token moves, from published shapes.
@Suite("Keys and values")
struct KeyValueCacheTests {
  private static let request = ExplorationWorkload.Request(
    promptTokens: 100, generatedTokens: 21, batch: 2)

  @Test("BitNet b1.58 2B4T leaves 38,400 values and 300 scales a token")
  func sizes() throws {
    let model = try #require(PublishedModel(named: "2b-4t"))
    // 30 blocks, keys and values of 5 heads of 128 values.
    let cache = try #require(ExplorationWorkload(model, request: Self.request).keyValues)
    #expect(cache.values == 30 * 2 * 5 * 128 && cache.heads == 30 * 2 * 5)
    #expect(cache.tokenBytes(bits: 16) == 76_800)
    #expect(cache.tokenBytes(bits: 8) == 38_400 + 600)
    #expect(cache.tokenBytes(bits: 4) == 19_200 + 600)
    // 20 decoded tokens find 100 to 119 before them.
    #expect(cache.tokens == 110 && !cache.isCounted)
    #expect(cache.decodeBytes(bits: 16) == 111 * 76_800)
    var request = Self.request
    request.context = 4096
    let stated = try #require(ExplorationWorkload(model, request: request).keyValues)
    #expect(stated.tokens == 4096 && stated.isCounted)
  }

  @Test("points count them where kv_bits or a context says so, in the energy of a token")
  func energy() throws {
    let model = try #require(PublishedModel(named: "2b-4t"))
    let architecture = try Architecture.sample(named: "edge")
    let perBit = architecture.parameters.memory.picojoulesPerBit
    func metrics(_ context: Int?, _ bits: Int?) throws -> PointMetrics {
      var request = Self.request
      request.context = context
      return try Evaluator(ExplorationWorkload(model, request: request))
        .metrics(of: DesignPoint(architecture, keyValueBits: bits))
    }
    let without = try metrics(nil, nil)
    #expect(without[.keyValueTraffic] == nil && without[.keyValueEnergy] == nil)
    for (context, bits, bytes) in [
      (nil, 8, 111 * 39_000), (nil, 16, 111 * 76_800), (1000, nil, 1001 * 76_800),
      (1000, 4, 1001 * 19_800),
    ] as [(Int?, Int?, Int)] {
      let with = try metrics(context, bits)
      #expect(with[.keyValueTraffic] == Bounded(Double(bytes)))
      let joules = 8e-12 * Double(bytes) * perBit.typical
      #expect(try #require(with[.keyValueEnergy]).typical.isClose(to: joules, 1e-12))
      let all = try #require(with[.decodeEnergy]).typical
      #expect(all.isClose(to: without[.decodeEnergy]!.typical + joules, 1e-12))
      #expect(with[.decodeLatency] == without[.decodeLatency])
      #expect(with[.area] == without[.area])
    }
  }

  @Test("kv_bits is part of a design's name, and has to be a width that there is")
  func names() throws {
    let space = try Fixture.space("  kv_bits: [16, 8, 4]", more: "", objectives: "area_mm2")
    #expect(Set((0..<3).map(space.hash(of:))).count == 3)
    for number in 0..<3 {
      let point = try space.point(number)
      #expect(point.keyValueBits == [16, 8, 4][number])
      #expect(PointHash(point) == space.hash(of: number))
    }
    let same = try Fixture.space(
      "  width: {wide: {kv_bits: 16}, narrow: {kv_bits: 4}}",
      more: "constraints: [kv_bits <= 8]", objectives: "area_mm2")
    #expect(same.hash(of: 1) == space.hash(of: 2))
    for value in ["9", "1", "float", "8.5"] {
      #expect(
        problem {
          _ = try Fixture.space("  kv_bits: [\(value)]", more: "", objectives: "area_mm2")
        }?
        .hasSuffix(
          "parameters.kv_bits.0: expected 2 to 8 bits, or 16 for floats that are not rounded, "
            + "found \(value)") == true)
    }
  }
}
