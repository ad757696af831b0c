private import Dispatch

#if canImport(Darwin)
  private import Darwin
#elseif canImport(Musl)
  private import Musl
#else
  private import Glibc
#endif

/// An open file, read by ranges into memory of the program's own; from any thread.
///
/// Files are not mapped: a page of a mapping whose file was cut by another program raises a signal
/// that no check before the access can rule out. A read that comes up short is an error instead. It
/// costs a copy at memory speed, once, and what is read is held in the file's own types, so that a
/// loaded model is as large as its file.
public final class InputFile: Sendable {
  /// The path as it was given; it begins every message.
  public let path: String
  /// Bytes of the file when it was opened.
  public let size: Int

  private let source: Source

  private enum Source {
    case memory([UInt8])
    case descriptor(Int32)
  }

  /// Opens the file at `path`.
  public init(path: String) throws(ModelFileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.error(path, "cannot be opened") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw ModelFileError(file: path, problem: "expected a regular file, found another kind")
    }
    self.path = path
    size = Int(status.st_size)
    source = .descriptor(descriptor)
  }

  /// Takes the bytes of a whole file; `path` is its name in messages.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    size = bytes.count
    source = .memory(bytes)
  }

  /// Whether there is something that can be read at `path`.
  package static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

  deinit {
    if case .descriptor(let descriptor) = source { close(descriptor) }
  }

  /// The whole file.
  public func bytes() throws(ModelFileError) -> [UInt8] { try bytes(0..<size) }

  /// Bytes of the file; large ranges are read by several threads at once.
  ///
  /// - Throws: When the file cannot be read or got shorter since it was opened.
  /// - Precondition: The range lies in `0..<size`.
  public func bytes(_ range: Range<Int>) throws(ModelFileError) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= size, "\(range) of \(size) bytes")
    switch source {
    case .memory(let bytes): return Array(bytes[range])
    case .descriptor(let descriptor):
      var failure: ModelFileError?
      let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
        failure = read(descriptor, range, into: UnsafeMutableRawBufferPointer(buffer))
        initialized = failure == nil ? range.count : 0
      }
      if let failure { throw failure }
      return bytes
    }
  }

  /// Bytes that one call reads; several calls share a large range.
  private static let pieceSize = 16 << 20

  private func read(
    _ descriptor: Int32, _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) -> ModelFileError? {
    let pieces = (range.count + Self.pieceSize - 1) / Self.pieceSize
    guard let base = buffer.baseAddress, pieces > 0 else { return nil }
    guard pieces > 1 else { return read(descriptor, range, into: base) }
    // Every iteration writes to its own piece and its own place of `failures`.
    nonisolated(unsafe) let target = base
    var failures = [ModelFileError?](repeating: nil, count: pieces)
    failures.withUnsafeMutableBufferPointer { failures in
      nonisolated(unsafe) let failures = failures
      DispatchQueue.concurrentPerform(iterations: pieces) { piece in
        let offset = piece * Self.pieceSize
        let start = range.lowerBound + offset
        let end = min(start + Self.pieceSize, range.upperBound)
        failures[piece] = read(descriptor, start..<end, into: target + offset)
      }
    }
    return failures.compactMap { $0 }.first
  }

  private func read(
    _ descriptor: Int32, _ range: Range<Int>, into target: UnsafeMutableRawPointer
  ) -> ModelFileError? {
    var done = 0
    while done < range.count {
      let count = pread(
        descriptor, target + done, range.count - done, off_t(range.lowerBound + done))
      if count > 0 {
        done += count
      } else if count == 0 {
        return ModelFileError(
          file: path, place: "byte \(range.lowerBound + done)",
          problem: "expected \(range.count - done) more bytes, found the end of the file")
      } else if errno != EINTR {
        return Self.error(path, "cannot be read")
      }
    }
    return nil
  }

  private static func error(_ path: String, _ problem: String) -> ModelFileError {
    ModelFileError(file: path, problem: "\(problem) (\(String(cString: strerror(errno))))")
  }
}
