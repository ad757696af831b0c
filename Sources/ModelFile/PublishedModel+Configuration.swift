public import Workload

extension PublishedModel {
  /// The model that the `config.json` at `path` describes, under the name of its path.
  ///
  /// - Throws: When the file is not supported, or no published kind of block has its norms and its
  ///   activation.
  public init(configuration path: String) throws(ModelFileError) {
    let configuration = try ModelConfiguration(file: path, json: try readFile(path))
    let block: Block
    switch (configuration.hasSubNorms, configuration.activation) {
    case (true, .squaredReLU): block = .bitnet
    case (true, .silu): block = .bitnetOf2024
    case (false, .silu): block = .llama
    case (false, .squaredReLU):
      throw ModelFileError(
        file: path, place: "hidden_act",
        problem: "expected \"silu\" in blocks without sub-norms, found \"relu2\"")
    }
    let shape = configuration.shape
    let layer = DecoderShape.Linear.allCases.reduce(0.0) {
      let size = shape.size(of: $1)
      return $0 + Double(size.rows) * Double(size.columns)
    }
    guard layer * Double(shape.layerCount) < 1e15 else {
      throw ModelFileError(
        file: path, problem: "expected fewer than 10¹⁵ ternary weights, found more")
    }
    self.init(
      name: path, title: path, shape: shape, block: block,
      hasTiedHead: configuration.hasTiedHead, contextLength: configuration.contextLength,
      rotaryBase: configuration.rotaryBase, source: path)
  }
}
