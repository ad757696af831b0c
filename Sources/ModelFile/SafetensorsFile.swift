private import Foundation

/// An open safetensors file: checked header, tensors read on demand.
///
/// Only the header is held in memory. Tensors are read rather than mapped, so that a file that
/// shrinks under a running program is an error and not a signal.
public struct SafetensorsFile {
  /// The path as it was given; it begins every message.
  public let path: String
  public let tensors: [String: TensorEntry]

  private let source: Source
  private let dataOffset: Int

  private enum Source {
    case memory([UInt8])
    case file(FileHandle)
  }

  /// Opens the file at `path` and checks its header.
  public init(path: String) throws(ModelFileError) {
    let handle: FileHandle
    let size: UInt64
    do {
      handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      size = try handle.seekToEnd()
    } catch {
      throw ModelFileError(file: path, problem: "cannot be opened (\(error.localizedDescription))")
    }
    try self.init(path: path, source: .file(handle), size: Int(clamping: size))
  }

  /// Takes the bytes of a whole file; `path` is its name in messages.
  public init(path: String, bytes: [UInt8]) throws(ModelFileError) {
    try self.init(path: path, source: .memory(bytes), size: bytes.count)
  }

  private init(path: String, source: Source, size: Int) throws(ModelFileError) {
    let prefix = try Self.read(source, path: path, 0..<min(8, size))
    let length = try SafetensorsHeader.length(file: path, prefix: prefix, fileSize: size)
    let header = try SafetensorsHeader(
      file: path, json: try Self.read(source, path: path, 8..<(8 + length)),
      dataSize: size - 8 - length)
    self.path = path
    self.source = source
    tensors = header.tensors
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
    return (entry, try Self.read(source, path: path, range))
  }

  private static func read(
    _ source: Source, path: String, _ range: Range<Int>
  ) throws(ModelFileError) -> [UInt8] {
    switch source {
    case .memory(let bytes): return Array(bytes[range])
    case .file(let handle):
      var bytes: [UInt8] = []
      bytes.reserveCapacity(range.count)
      do {
        try handle.seek(toOffset: UInt64(range.lowerBound))
        while bytes.count < range.count,
          let part = try handle.read(upToCount: range.count - bytes.count), !part.isEmpty
        {
          bytes.append(contentsOf: part)
        }
      } catch {
        throw ModelFileError(file: path, problem: "cannot be read (\(error.localizedDescription))")
      }
      guard bytes.count == range.count else {
        throw ModelFileError(
          file: path, place: "byte \(range.lowerBound + bytes.count)",
          problem: "expected \(range.count - bytes.count) more bytes, found the end of the file")
      }
      return bytes
    }
  }
}
