/// An open GGUF file: checked header, tensors read on demand.
public struct GGUFFile: Sendable {
  /// 2 or 3.
  public let version: Int
  public let metadata: GGUFMetadata
  public let tensors: [String: GGUFTensor]

  private let file: InputFile

  /// The path as it was given; it begins every message.
  public var path: String { file.path }

  /// Opens the file at `path` and checks its header.
  public init(path: String) throws(ModelFileError) { try self.init(InputFile(path: path)) }

  /// Takes the bytes of a whole file; `path` is its name in messages.
  public init(path: String, bytes: [UInt8]) throws(ModelFileError) {
    try self.init(InputFile(path: path, bytes: bytes))
  }

  private init(_ file: InputFile) throws(ModelFileError) {
    let header = try GGUFHeader(file)
    version = header.version
    metadata = header.metadata
    tensors = header.tensors
    self.file = file
  }

  /// The bytes of a tensor whose type must be one of `types`; its shape is checked when given.
  ///
  /// - Throws: When the tensor is missing, has another type or shape, or the file got shorter.
  public func bytes(
    of name: String, as types: [GGUFTensorType], shape: [Int]? = nil
  ) throws(ModelFileError) -> (tensor: GGUFTensor, bytes: [UInt8]) {
    guard let tensor = tensors[name] else {
      throw error(name, "expected this tensor, found none")
    }
    guard types.contains(tensor.type) else {
      let names = types.map(\.name).joined(separator: " or ")
      throw error(name, "expected \(names), found \(tensor.type.name)")
    }
    guard shape == nil || shape == tensor.shape else {
      throw error(name, "expected shape \(shape ?? []), found \(tensor.shape)")
    }
    return (tensor, try file.bytes(tensor.range))
  }

  func error(_ name: String, _ problem: String) -> ModelFileError {
    ModelFileError(file: path, place: name, problem: problem)
  }
}
