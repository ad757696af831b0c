import Workload

/// A workload as a store keeps it.
struct StoredWorkload: Codable, Equatable {
  struct Layer: Codable, Equatable {
    var name: String
    var m: Int
    var n: Int
    var k: Int
    var nonzeros: Int
  }

  struct Phase: Codable, Equatable {
    var tokens: Int
    var layers: [Layer]

    init?(_ phase: ExplorationWorkload.Phase?) {
      guard let phase else { return nil }
      tokens = phase.tokens
      layers = phase.layers.map {
        Layer(
          name: $0.name, m: $0.shape.m, n: $0.shape.n, k: $0.shape.k, nonzeros: $0.nonzeros)
      }
    }

    var phase: ExplorationWorkload.Phase {
      .init(
        tokens: tokens,
        layers: layers.map {
          .init(
            name: $0.name, shape: MatmulShape(m: $0.m, n: $0.n, k: $0.k), nonzeros: $0.nonzeros)
        })
    }
  }

  var name: String
  var source: String
  var prefill: Phase?
  var decode: Phase?
  var decodeSteps: Int
  var keyValues: KeyValueCache?

  init(_ workload: ExplorationWorkload) {
    name = workload.name
    source = workload.source
    prefill = Phase(workload.prefill)
    decode = Phase(workload.decode)
    decodeSteps = workload.decodeSteps
    keyValues = workload.keyValues
  }

  var workload: ExplorationWorkload {
    ExplorationWorkload(
      name: name, source: source, prefill: prefill?.phase, decode: decode?.phase,
      decodeSteps: decodeSteps, keyValues: keyValues)
  }

  /// All that metrics depend on.
  var canonicalText: String {
    func text(_ phase: Phase?) -> String {
      guard let phase else { return "none" }
      let layers = phase.layers.map { "\($0.m)x\($0.n)x\($0.k) \($0.nonzeros)" }
      return "\(phase.tokens): " + layers.joined(separator: ", ")
    }
    let cache = keyValues.map { " kv \($0.values) \($0.heads) \($0.tokens) \($0.isCounted)" } ?? ""
    return "workload \(name) prefill \(text(prefill)) decode \(text(decode)) \(decodeSteps) steps"
      + cache
  }
}
