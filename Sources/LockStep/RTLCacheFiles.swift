import Foundation

/// Whole files in and out, with this module's errors.
enum Files {
  static func read(_ path: String) throws(LockStepError) -> [UInt8] {
    do {
      return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .fileSystem(action: "read", path: path, reason: reason(of: error))
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws(LockStepError) {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    } catch {
      throw .fileSystem(action: "write", path: path, reason: reason(of: error))
    }
  }

  static func createFolder(_ path: String) throws(LockStepError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .fileSystem(action: "create folder", path: path, reason: reason(of: error))
    }
  }

  /// The system's short reason, where there is one, instead of a sentence that repeats the path.
  private static func reason(of error: any Error) -> String {
    let error = error as NSError
    if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError,
      cause.domain == NSPOSIXErrorDomain
    {
      return String(cString: strerror(Int32(cause.code)))
    }
    return error.localizedDescription
  }
}

extension LockStepError {
  /// The failure of the system call that just set `errno`.
  static func posix(_ action: String, _ path: String) -> LockStepError {
    .fileSystem(action: action, path: path, reason: String(cString: strerror(errno)))
  }
}
