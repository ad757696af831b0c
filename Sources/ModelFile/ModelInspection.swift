private import Foundation
private import Workload

/// What is in a model file: its tensors, and how the ternary weights are distributed.
public struct ModelInspection: Equatable, Sendable, Encodable {
  /// The path as it was given.
  public let path: String
  /// Nil for a safetensors file on its own.
  public let configuration: ModelConfiguration?
  /// Whether nothing says which activation a GGUF file's model has, so that it was assumed.
  public let isActivationAssumed: Bool
  /// Whether the file says that its weights are random.
  public let isSynthetic: Bool
  /// By name.
  public let tensors: [Tensor]
  /// All ternary matrices together; nil when there are none. It has no scales.
  public let ternary: TernaryStatistics?

  /// One tensor of the file.
  public struct Tensor: Equatable, Sendable, Encodable {
    public let name: String
    /// As the file's header names it.
    public let type: String
    /// As stored: weights packed in U8 have a quarter of their rows.
    public let shape: [Int]
    public let bytes: Int
    /// Nil for a tensor that is not a matrix of ternary weights.
    public let ternary: TernaryStatistics?
  }

  /// Reads a model directory, a GGUF file or a safetensors file.
  ///
  /// A directory and a GGUF file must hold a supported model; master weights are described as what
  /// they become. In a safetensors file, U8 tensors with a scale beside them (`….weight_scale`) count
  /// as packed ternary weights, and the number of their rows as a multiple of four.
  ///
  /// - Throws: When a file is missing or damaged, or the model is not supported.
  public init(
    path: String, activation: ModelConfiguration.FeedForwardActivation? = nil
  ) throws(ModelFileError) {
    if path.hasSuffix(".safetensors") {
      try self.init(SafetensorsFile(path: path))
      return
    }
    if path.hasSuffix(".gguf") {
      try self.init(GGUFFile(path: path), activation: activation)
      return
    }
    let checkpoint = try BitNetCheckpoint(path: path, activation: activation)
    let statistics = Self.statistics(of: checkpoint) { "model.\($0).weight" }
    self.init(
      path: path, configuration: checkpoint.configuration, isActivationAssumed: false,
      isSynthetic: checkpoint.configuration.isSynthetic,
      tensors: try SafetensorsFiles(directory: path).tensors.values.map {
        Tensor($0, statistics[$0.name])
      })
  }

  private init(
    _ file: GGUFFile, activation: ModelConfiguration.FeedForwardActivation?
  ) throws(ModelFileError) {
    let checkpoint = try BitNetCheckpoint(file, activation: activation)
    let statistics = Self.statistics(of: checkpoint, name: Self.ggufName)
    let architecture = try GGUFArchitecture(file.metadata, activation: activation)
    self.init(
      path: file.path, configuration: checkpoint.configuration,
      isActivationAssumed: architecture.activationSource == .assumed,
      isSynthetic: checkpoint.configuration.isSynthetic,
      tensors: file.tensors.values.map { Tensor($0, statistics[$0.name]) })
  }

  /// A file without configuration.
  private init(_ file: SafetensorsFile) throws(ModelFileError) {
    var entries: [Tensor] = []
    for entry in file.tensors.values {
      entries.append(Tensor(entry, try Self.statistics(of: entry, in: file)))
    }
    self.init(
      path: file.path, configuration: nil, isActivationAssumed: false,
      isSynthetic: file.metadata["synthetic"] != nil, tensors: entries)
  }

  private init(
    path: String, configuration: ModelConfiguration?, isActivationAssumed: Bool,
    isSynthetic: Bool, tensors: [Tensor]
  ) {
    self.path = path
    self.configuration = configuration
    self.isActivationAssumed = isActivationAssumed
    self.isSynthetic = isSynthetic
    // Numbers by their value, so that layers.2 comes before layers.10.
    self.tensors = tensors.sorted {
      $0.name.compare($1.name, options: .numeric) == .orderedAscending
    }
    ternary = TernaryStatistics(together: tensors.compactMap(\.ternary))
  }

  /// By tensor, whose name is made of its layer's.
  private static func statistics(
    of checkpoint: BitNetCheckpoint, name: (String) -> String
  ) -> [String: TernaryStatistics] {
    Dictionary(
      uniqueKeysWithValues: checkpoint.linearLayers.map { (name($0.name), TernaryStatistics($0)) })
  }

  /// The tensor of a layer that is called as in Hugging Face files.
  private static func ggufName(_ layer: String) -> String {
    let linear = DecoderShape.Linear.allCases.first { layer.hasSuffix($0.rawValue) }
    guard let linear else { return layer }
    let block = layer.dropLast(linear.rawValue.count).replacing("layers.", with: "blk.")
    return "\(block)\(linear.ggufName).weight"
  }

  /// Of one tensor of a file without configuration; nil when it is not ternary.
  private static func statistics(
    of entry: TensorEntry, in file: SafetensorsFile
  ) throws(ModelFileError) -> TernaryStatistics? {
    guard entry.type == .u8, entry.shape.count == 2, entry.range.count > 0,
      file.tensors[entry.name + "_scale"] != nil
    else { return nil }
    let (rows, columns) = (4 * entry.shape[0], entry.shape[1])
    let matrix = try TernaryPlanes.decode(
      file.bytes(of: entry.name, as: [.u8]).bytes, rows: rows, columns: columns, file: file.path,
      tensor: entry.name)
    return TernaryStatistics(matrix, scales: try file.floats(entry.name + "_scale"))
  }
}

extension ModelInspection.Tensor {
  fileprivate init(_ entry: TensorEntry, _ ternary: TernaryStatistics?) {
    self.init(
      name: entry.name, type: entry.type.rawValue, shape: entry.shape, bytes: entry.range.count,
      ternary: ternary)
  }

  fileprivate init(_ tensor: GGUFTensor, _ ternary: TernaryStatistics?) {
    self.init(
      name: tensor.name, type: tensor.type.name, shape: tensor.shape, bytes: tensor.range.count,
      ternary: ternary)
  }
}
