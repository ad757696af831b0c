#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes whole files, so that readers see the old content or the new one and never a part.
public enum OutputFile {
  /// Replaces the file at `path` with `text` in UTF-8.
  ///
  /// The text goes to a temporary file in the same folder, onto the disk, and then takes the name.
  /// A symbolic link keeps pointing where it did, and an existing file keeps its permissions.
  /// Devices and pipes are written to directly.
  ///
  /// - Throws: ``ReportError/cannotWrite(path:step:reason:)``; then nothing was changed and the
  ///   temporary file is gone.
  public static func write(_ text: String, to path: String) throws(ReportError) {
    try write(Array(text.utf8), to: path)
  }

  /// Replaces the file at `path` with `bytes`, as ``write(_:to:)`` does with a text.
  public static func write(_ bytes: [UInt8], to path: String) throws(ReportError) {
    try replace(path) { descriptor throws(Failure) in try writeAll(bytes, to: descriptor) }
  }

  /// Replaces the file at `path` with the parts that `produce` hands to its argument, as
  /// ``write(_:to:)`` does with a text: for files that are larger than memory.
  public static func write(
    to path: String,
    _ produce: (_ sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) -> Void
  ) throws(ReportError) {
    try replace(path) { descriptor throws(Failure) in
      try produce { bytes throws(Failure) in try writeAll(bytes, to: descriptor) }
    }
  }

  /// Checks that ``write(_:to:)`` could begin, without touching the file: for a complaint before
  /// the work and not after it.
  public static func checkWritable(_ path: String) throws(ReportError) {
    do throws(Failure) {
      let target = try Target(path)
      guard target.isRegular else { return }
      let temporary = try TemporaryFile(beside: target)
      temporary.discard()
    } catch {
      throw error.reportError(path)
    }
  }

  /// Replaces the file at `path` with what `fill` writes.
  static func replace(
    _ path: String, fill: (Int32) throws(Failure) -> Void
  ) throws(ReportError) {
    do throws(Failure) {
      let target = try Target(path)
      if target.isRegular {
        try TemporaryFile(beside: target).commit(fill)
      } else {
        try writeDirectly(to: target, fill)
      }
    } catch {
      throw error.reportError(path)
    }
  }

  /// A system call that failed while doing `step`.
  public struct Failure: Error {
    var step: String
    var code: Int32 = errno

    func reportError(_ path: String) -> ReportError {
      .cannotWrite(path: path, step: step, reason: String(cString: strerror(code)))
    }
  }

  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        systemWrite(descriptor, $0.baseAddress! + done, $0.count - done)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Failure(step: "writing") }
      done += count
    }
  }

  private static func writeDirectly(
    to target: Target, _ fill: (Int32) throws(Failure) -> Void
  ) throws(Failure) {
    let descriptor = open(target.path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(step: "opening it") }
    defer { close(descriptor) }
    try fill(descriptor)
  }
}

/// `write(2)`, which the enclosing type's own `write` hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}

/// Where the bytes go when symbolic links have been followed.
private struct Target {
  var path: String
  /// There is a plain file or nothing: a temporary file can take the name.
  var isRegular: Bool
  /// Permissions of the file that is there.
  var mode: mode_t?

  init(_ path: String) throws(OutputFile.Failure) {
    guard !path.isEmpty else { throw OutputFile.Failure(step: "opening it", code: ENOENT) }
    self.path = path
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw OutputFile.Failure(step: "looking for it") }
      isRegular = true
      return
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { throw OutputFile.Failure(step: "opening it", code: EISDIR) }
    // Renaming would give a file in a folder we may write to a new owner's content even where the
    // file itself is write-protected; its protection is what the user meant.
    guard faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 else {
      throw OutputFile.Failure(step: "opening it")
    }
    isRegular = kind == S_IFREG
    mode = status.st_mode & 0o7777
    if let resolved = realpath(path, nil) {
      self.path = String(cString: resolved)
      free(resolved)
    }
  }
}

/// A new file in the folder of the target, under a name of its own.
private struct TemporaryFile {
  private let target: Target
  private let path: String
  private let descriptor: Int32

  init(beside target: Target) throws(OutputFile.Failure) {
    self.target = target
    let slash = target.path.lastIndex(of: "/")
    let folder = slash.map { target.path[...$0] } ?? ""
    // The name leaves room for the longest file name, and O_EXCL refuses one that exists.
    path = folder + ".setun-\(getpid())-\(UInt64.random(in: 0...UInt64.max)).tmp"
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw OutputFile.Failure(step: "creating a temporary file beside it")
    }
  }

  /// Closes and removes it.
  func discard() {
    close(descriptor)
    unlink(path)
  }

  /// Fills it, forces it onto the disk and gives it the name of the target.
  func commit(_ fill: (Int32) throws(OutputFile.Failure) -> Void) throws(OutputFile.Failure) {
    do throws(OutputFile.Failure) {
      try fill(descriptor)
      if let mode = target.mode, fchmod(descriptor, mode) != 0 {
        throw OutputFile.Failure(step: "setting its permissions")
      }
      guard fsync(descriptor) == 0 else { throw OutputFile.Failure(step: "syncing") }
      guard rename(path, target.path) == 0 else {
        throw OutputFile.Failure(step: "moving it into place")
      }
    } catch {
      discard()
      throw error
    }
    close(descriptor)
  }
}
