import Foundation
import ModelFile
import Ternary
import Testing
import Workload

@testable import Reference

@Suite("A session")
struct SessionTests {
  private let tokens = [188, 3, 189, 168, 290, 206, 151]

  @Test("shows every ternary layer in order, with the shapes of its product")
  func observation() throws {
    let model = try Models.odd.get()
    var session = Session(model)
    var calls: [LinearCall] = []
    _ = try session.forward(tokens) { calls.append($0) }
    #expect(calls.map(\.layer.name) == model.linearLayers.map(\.name))
    #expect(calls[4].layer.name == "layers.0.mlp.gate_proj")
    #expect(calls[4].shape == MatmulShape(m: 7, n: 332, k: 120))
    for call in calls {
      #expect(call.activations.values.count == call.shape.m * call.shape.k)
      #expect(call.accumulators.count == call.shape.m * call.shape.n)
      #expect(call.accumulators == call.layer.accumulators(for: call.activations))
    }
    #expect(session.position == 7)
  }

  @Test("gives the same activations and logits token by token as all at once")
  func decode() throws {
    let model = try Models.odd.get()
    var prefill = Session(model)
    var all: [String: [Int8]] = [:]
    let expected = try prefill.forward(tokens) { all[$0.layer.name] = $0.activations.values }
    var session = Session(model)
    var single: [String: [Int8]] = [:]
    var logits: [Float] = []
    for token in tokens {
      logits += try session.forward([token]) {
        single[$0.layer.name, default: []] += $0.activations.values
      }.values
    }
    #expect(single == all)
    #expect(logits == expected.values)
  }

  @Test("scores the last token alone as it does among all")
  func lastToken() throws {
    var all = Session(try Models.odd.get())
    var last = all
    let expected = try all.forward(tokens)
    let logits = try last.forward(tokens, scored: .last)
    #expect(expected.rows == 7 && logits.rows == 1)
    #expect(logits.values == Array(expected.values.suffix(331)))
    #expect(logits.bestToken(row: 0) == expected.bestToken(row: 6))
  }

  @Test("is a value: a copy goes on from the same prefix")
  func copies() throws {
    var original = Session(try Models.odd.get())
    _ = try original.forward([5, 6])
    var copy = original
    _ = try original.forward([7, 8])
    let expected = try original.forward([9], scored: .last)
    _ = try copy.forward([7, 8])
    #expect(try copy.forward([9], scored: .last) == expected)
  }

  @Test("refuses no tokens, unknown tokens and more than the context, and stays as it was")
  func refusals() throws {
    let model = try Models.builtIn.get()
    var session = Session(model)
    _ = try session.forward([0, 40], scored: .last)
    #expect(throws: ReferenceError.emptyPrompt) { try session.forward([]) }
    #expect(throws: ReferenceError.unknownToken(1024, vocabularySize: 1024)) {
      try session.forward([1, 1024])
    }
    #expect(throws: ReferenceError.unknownToken(-1, vocabularySize: 1024)) {
      try session.forward([-1])
    }
    #expect(throws: ReferenceError.contextExceeded(tokens: 257, contextLength: 256)) {
      try session.forward(Array(repeating: 2, count: 255))
    }
    #expect(session.position == 2)
    var fresh = Session(model)
    let expected = try fresh.forward([0, 40, 279])
    #expect(try session.forward([279]).values == Array(expected.values.suffix(1024)))
  }

  @Test("of layers that were trained with float inputs is refused by their name")
  func floatActivations() throws {
    let source = Files.golden("odd_h120/packed")
    let file = try SafetensorsFile(path: source + "/model.safetensors")
    var builder = SafetensorsBuilder()
    let model = try Models.odd.get()
    for (name, entry) in file.tensors.sorted(by: { $0.key < $1.key })
    where entry.type == .bf16 && !name.hasSuffix("_scale") && !name.contains("sub_norm") {
      builder.add(name, shape: entry.shape, floats: try file.floats(name))
    }
    for layer in model.linearLayers {
      let values = (0..<layer.weights.rows).flatMap { layer.weights.row($0).trits.map(Float.init) }
      builder.add(
        "model.\(layer.name).weight", shape: [layer.weights.rows, layer.weights.columns],
        floats: values)
    }
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "setun-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = try String(contentsOfFile: source + "/config.json", encoding: .utf8)
      .replacing(#""model_type": "bitnet""#, with: #""model_type": "llama""#)
      .replacing(#""quantization_config""#, with: #""other""#)
    try Data(text.utf8).write(to: folder.appending(path: "config.json"))
    try Data(builder.bytes).write(to: folder.appending(path: "model.safetensors"))
    let loaded = try BitNetModel(path: folder.path)
    #expect(loaded.linearLayers.map(\.weights) == model.linearLayers.map(\.weights))
    #expect(loaded.linearLayers.allSatisfy { $0.scale == .multiply(1) && $0.activations == .none })
    var session = Session(loaded)
    #expect(
      throws: ReferenceError.activationsNotQuantized(layer: "layers.0.self_attn.q_proj")
    ) { try session.forward([1]) }
  }

  @Test("explains each refusal")
  func messages() {
    #expect("\(ReferenceError.emptyPrompt)" == "prompt: expected at least one token, found none")
    #expect(
      "\(ReferenceError.unknownToken(9, vocabularySize: 8))"
        == "prompt: expected tokens in 0..<8, found 9")
    #expect(
      "\(ReferenceError.contextExceeded(tokens: 9, contextLength: 8))"
        == "prompt: expected at most 8 tokens (the model's context), found 9")
    #expect(
      "\(ReferenceError.noTokenizer(model: "d"))"
        == "d: expected a tokenizer.json to turn text into tokens, found none")
    #expect(
      "\(ReferenceError.notFinite(layer: "l"))"
        == "l: expected finite activations, found an infinity or NaN")
    #expect(
      "\(ReferenceError.activationsNotQuantized(layer: "l"))"
        == "l: expected a layer with int8 activations, found one trained with floats")
    #expect(
      "\(ReferenceError.modelFile(ModelFileError(file: "f", place: "p", problem: "q")))"
        == "f: p: q")
  }

  @Test("of a model whose norms overflow ends in an error and stays as it was")
  func overflow() throws {
    let name = "model.layers.1.mlp.ffn_sub_norm.weight"
    // The largest bfloat16, in every element.
    let change = { (bytes: inout [UInt8], range: Range<Int>) in
      bytes.replaceSubrange(range, with: repeatElement(0x7F, count: range.count))
    }
    try Files.withOddModel(changing: (name, change)) { model in
      var session = Session(model)
      #expect(throws: ReferenceError.notFinite(layer: "layers.1.mlp.down_proj")) {
        try session.forward(tokens)
      }
      #expect(session.position == 0)
      #expect(session.cachedValues == 0)
    }
  }
}
