import Foundation

/// Whole files in and out, with this module's errors.
enum Files {
  static func read(_ path: String) throws(LockStepError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .posix("read", path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Foundation.read(descriptor, &block, block.count)
      if count == 0 { return bytes }
      guard count > 0 || errno == EINTR else { throw .posix("read", path) }
      bytes += block.prefix(max(count, 0))
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws(LockStepError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .posix("write", path) }
    defer { close(descriptor) }
    var count = 0
    while count < bytes.count {
      let put = bytes.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress! + count, $0.count - count)
      }
      guard put >= 0 || errno == EINTR else { throw .posix("write", path) }
      count += max(put, 0)
    }
  }

  /// Creates a folder and those above it; a folder that exists is left as it is.
  static func createFolder(_ path: String) throws(LockStepError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw .posix("create folder", path)
    }
    try createFolder(String(path[..<slash]))
    if mkdir(path, 0o700) != 0 && errno != EEXIST { throw .posix("create folder", path) }
  }
}

extension LockStepError {
  /// The failure of the system call that just set `errno`.
  static func posix(_ action: String, _ path: String) -> LockStepError {
    .fileSystem(action: action, path: path, reason: String(cString: strerror(errno)))
  }
}
