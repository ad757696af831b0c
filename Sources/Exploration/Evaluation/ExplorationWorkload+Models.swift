public import ModelFile
import Ternary
public import Workload

extension ExplorationWorkload {
  /// A published model, with the zeros that were measured in the weights of BitNet b1.58 2B4T.
  public init(_ model: PublishedModel, request: Request) {
    let shape = model.shape
    let matrices = (0..<shape.layerCount).flatMap { index in
      DecoderShape.Linear.allCases.map { linear in
        let size = shape.size(of: linear)
        let zeros = ZeroShares.bitnet2B4T.zeros(of: linear, layer: index, of: shape.layerCount)
        let weights = size.rows * size.columns
        return Matrix(
          name: "layers.\(index).\(linear.rawValue)", n: size.rows, k: size.columns,
          nonzeros: weights - Int((zeros * Double(weights)).rounded()))
      }
    }
    self.init(
      name: model.name,
      source: "\(model.source); zeros measured in BitNet b1.58 2B4T, layer by layer",
      matrices: matrices, request: request, keyValues: shape.keyValues)
  }

  /// The ternary layers of a model file, with their own zeros.
  public init(_ checkpoint: BitNetCheckpoint, name: String, request: Request) {
    self.init(
      name: name, source: "shapes and zeros of the model file",
      matrices: checkpoint.linearLayers.map { layer in
        let counts = layer.weights.counts
        return Matrix(
          name: layer.name, n: layer.weights.rows, k: layer.weights.columns,
          nonzeros: counts.minusOnes + counts.plusOnes)
      },
      request: request, keyValues: checkpoint.configuration.shape.keyValues)
  }

  /// The rows of a topology, each once for an input.
  ///
  /// - Parameter zeroShare: The share of zeros that is assumed in all of them.
  public init(_ topology: Topology, name: String, zeroShare: Double) {
    self.init(
      name: name, source: "\(topology.file); \(100 * zeroShare)% zeros assumed",
      prefill: Phase(
        tokens: 1,
        layers: topology.layers.map {
          Layer(name: $0.name, shape: $0.shape, zeroShare: zeroShare)
        }),
      decode: nil, decodeSteps: 0)
  }
}

extension DecoderShape {
  /// Keys and values of a token in all blocks, and the heads that they belong to.
  fileprivate var keyValues: (values: Int, heads: Int) {
    (2 * layerCount * keyValueSize, 2 * layerCount * keyValueHeadCount)
  }
}
