/// An open safetensors file: checked header, tensors read on demand.
///
/// Only the header is held in memory.
public struct SafetensorsFile: Sendable {
  /// The path as it was given; it begins every message.
  public let path: String
  public let tensors: [String: TensorEntry]
  /// The texts that the header holds beside its tensors.
  public let metadata: [String: String]

  private let file: InputFile
  private let dataOffset: Int

  /// Opens the file at `path` and checks its header.
  public init(path: String) throws(ModelFileError) { try self.init(InputFile(path: path)) }

  /// Takes the bytes of a whole file; `path` is its name in messages.
  public init(path: String, bytes: [UInt8]) throws(ModelFileError) {
    try self.init(InputFile(path: path, bytes: bytes))
  }

  private init(_ file: InputFile) throws(ModelFileError) {
    let prefix = try file.bytes(0..<min(8, file.size))
    let length = try SafetensorsHeader.length(file: file.path, prefix: prefix, fileSize: file.size)
    let header = try SafetensorsHeader(
      file: file.path, json: try file.bytes(8..<8 + length), dataSize: file.size - 8 - length)
    path = file.path
    self.file = file
    tensors = header.tensors
    metadata = header.metadata
    dataOffset = header.size
  }

  /// The bytes of a tensor whose type must be one of `types`; its shape is checked when given.
  ///
  /// - Throws: When the tensor is missing, has another type or shape, or the file got shorter.
  public func bytes(
    of name: String, as types: [TensorType], shape: [Int]? = nil
  ) throws(ModelFileError) -> (entry: TensorEntry, bytes: [UInt8]) {
    guard let entry = tensors[name] else {
      throw ModelFileError(file: path, place: name, problem: "expected this tensor, found none")
    }
    guard types.contains(entry.type) else {
      let names = types.map(\.rawValue).joined(separator: " or ")
      throw ModelFileError(
        file: path, place: name, problem: "expected \(names), found \(entry.type.rawValue)")
    }
    guard shape == nil || shape == entry.shape else {
      throw ModelFileError(
        file: path, place: name,
        problem: "expected shape \(shape ?? []), found \(entry.shape)")
    }
    let range = entry.range.lowerBound + dataOffset..<entry.range.upperBound + dataOffset
    return (entry, try file.bytes(range))
  }
}
