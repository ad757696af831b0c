import Activity
import Exploration
import Foundation
import ModelFile
import Report
import Workload

/// Recorded layers as a workload: those of a file of `setun trace`, or of the report of a run.
struct TraceWorkload {
  /// What messages call the file.
  let path: String

  // MARK: Reports of runs

  /// The phases of the JSON report of a run: shapes, and zeros as its lanes counted them.
  func ofRun(named name: String) throws -> ExplorationWorkload {
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(data: data, encoding: .utf8)
    else { throw Failure("\(path): cannot be read") }
    let report = try RunReport(json: text, file: path)
    func phase(_ kind: String) throws -> ExplorationWorkload.Phase? {
      guard let phase = report.phases.first(where: { $0.name == kind }), !phase.layers.isEmpty
      else { return nil }
      return .init(tokens: phase.tokens, layers: try phase.layers.flatMap(layers))
    }
    let (prefill, decode) = (try phase("prefill"), try phase("decode"))
    guard prefill != nil || decode != nil else {
      throw Failure("\(path): expected a phase decode or prefill with layers, found none")
    }
    return ExplorationWorkload(
      name: name, source: "shapes and zeros of the run in \(path)", prefill: prefill,
      decode: decode, decodeSteps: decode == nil ? 0 : 1)
  }

  private func layers(_ layer: RunReport.Layer) throws -> [ExplorationWorkload.Layer] {
    let products = layer.figures.counts[.laneAdd] + layer.figures.counts[.laneSubtract]
    // Padding counts as zeros.
    let (nonzeros, rest) = Int(products).quotientAndRemainder(dividingBy: layer.m * layer.count)
    guard rest == 0, nonzeros <= layer.n * layer.k else {
      throw Failure(
        "\(path): \(layer.name): expected lane_add + lane_subtract to be a multiple of \(layer.m) "
          + "tokens and at most \(layer.m * layer.n * layer.k), found \(products)")
    }
    let shape = MatmulShape(m: layer.m, n: layer.n, k: layer.k)
    return (0..<layer.count).map { _ in
      ExplorationWorkload.Layer(name: layer.name, shape: shape, nonzeros: nonzeros)
    }
  }

  // MARK: Files of setun trace

  /// The layers of a safetensors file, with the same share of zeros in each.
  func recorded(named name: String, zeroShare: Double) throws -> ExplorationWorkload {
    ExplorationWorkload(
      name: name, source: "shapes recorded in \(path); \(100 * zeroShare)% zeros assumed",
      recorded: try recordedLayers()
    ) { layer in
      let weights = layer.shape.n * layer.shape.k
      return weights - Int((zeroShare * Double(weights)).rounded())
    }
  }

  /// The layers of a safetensors file, with the zeros that layers of the same names have in a model.
  func recorded(
    named name: String, zerosOf model: ExplorationWorkload, called modelName: String
  ) throws -> ExplorationWorkload {
    let known = Dictionary(
      (model.decode ?? model.prefill)?.layers.map { ($0.name, $0) } ?? [], uniquingKeysWith: { $1 })
    return try ExplorationWorkload(
      name: name, source: "shapes recorded in \(path); zeros of \(modelName)",
      recorded: try recordedLayers()
    ) { layer in
      guard let weights = known[layer.name],
        (weights.shape.n, weights.shape.k) == (layer.shape.n, layer.shape.k)
      else {
        throw Failure(
          "\(path): \(layer.name): expected a layer of \(modelName) with as many outputs and inputs "
            + "(\(layer.shape.n) × \(layer.shape.k)), found "
            + (known[layer.name].map { "\($0.shape.n) × \($0.shape.k)" } ?? "none of that name"))
      }
      return weights.nonzeros
    }
  }

  /// Every layer with int8 activations `.q`, T × K, and sums `.acc`, T × N, block by block.
  private func recordedLayers() throws -> [ExplorationWorkload.Recorded] {
    let file = try SafetensorsFile(path: path)
    var layers: [(place: [Int], layer: ExplorationWorkload.Recorded)] = []
    for (key, inputs) in file.tensors where key.hasSuffix(".q") {
      let name = String(key.dropLast(2))
      guard let sums = file.tensors[name + ".acc"] else {
        throw Failure("\(path): \(name): expected a tensor .acc beside .q, found none")
      }
      guard inputs.shape.count == 2, sums.shape.count == 2, inputs.shape[0] == sums.shape[0],
        (inputs.shape + sums.shape).allSatisfy({ $0 > 0 })
      else {
        throw Failure(
          "\(path): \(name): expected .q of T × K and .acc of T × N, found \(inputs.shape) and "
            + "\(sums.shape)")
      }
      layers.append(
        (
          Self.place(of: name),
          .init(
            name: name,
            shape: MatmulShape(m: inputs.shape[0], n: sums.shape[1], k: inputs.shape[1]))
        ))
    }
    layers.sort { ($0.place.lexicographicallyPrecedes($1.place)) }
    guard let first = layers.first?.layer else {
      throw Failure("\(path): expected recorded layers with tensors .q and .acc, found none")
    }
    if let other = layers.first(where: { $0.layer.shape.m != first.shape.m })?.layer {
      throw Failure(
        "\(path): \(other.name): expected \(first.shape.m) tokens as in \(first.name), found "
          + "\(other.shape.m)")
    }
    return layers.map(\.layer)
  }

  /// The order of execution: block, then place in the block.
  private static func place(of name: String) -> [Int] {
    let order = DecoderShape.Linear.allCases
    let block = name.split(separator: ".").lazy.compactMap { Int($0) }.first ?? 0
    return [block, order.firstIndex { name.hasSuffix($0.rawValue) } ?? order.count]
  }
}
