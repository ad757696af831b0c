import Foundation

/// A folder of generated files, which appear all together or not at all.
///
/// A manifest names what the last emit wrote: these files, and no others, are replaced or removed.
struct EmittedFolder {
  /// The list of sources, for other tools.
  static let fileList = "setun.f"
  /// The list of everything that was written.
  static let manifest = "setun.manifest"
  private static let stagingPrefix = ".setun-emit-"

  let path: String

  /// Makes the folder hold `files`, given by relative path.
  ///
  /// - Parameter force: Write beside files that no emit wrote.
  /// - Throws: ``Failure`` when the folder holds such files, or cannot be written.
  func write(_ files: [String: Data], force: Bool) throws {
    let manager = FileManager.default
    let exists = manager.fileExists(atPath: path)
    guard !exists || isFolder(".") else {
      throw Failure("\(path): expected a folder, found a file")
    }
    let stale = exists ? try earlierFiles(force: force) : []
    // Inside an existing folder, which may be a mount point; beside one that is still to be.
    let folder = URL(filePath: path).standardizedFileURL
    let staging = (exists ? folder : folder.deletingLastPathComponent())
      .appending(path: Self.stagingPrefix + UUID().uuidString)
    defer { try? manager.removeItem(at: staging) }

    var files = files
    files[Self.manifest] = Data(
      files.keys.sorted().map { $0 + "\n" }.joined().utf8)
    try attempt("written") { try Self.stage(files, in: staging) }
    guard exists else {
      return try attempt("created") { try manager.moveItem(at: staging, to: folder) }
    }
    try attempt("replaced") {
      for name in files.keys.sorted() {
        let target = folder.appending(path: name)
        try manager.createDirectory(
          at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        guard rename(staging.appending(path: name).path, target.path) == 0 else {
          throw Failure("\(target.path): \(String(cString: strerror(errno)))")
        }
      }
      for name in stale where files[name] == nil {
        try? manager.removeItem(at: folder.appending(path: name))
      }
    }
  }

  private static func stage(_ files: [String: Data], in staging: URL) throws {
    for (name, contents) in files {
      let target = staging.appending(path: name)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try contents.write(to: target)
    }
  }

  /// The files that an earlier emit wrote.
  ///
  /// - Throws: ``Failure`` when there are others and `force` is not set.
  private func earlierFiles(force: Bool) throws -> Set<String> {
    let manifest = (try? String(contentsOfFile: "\(path)/\(Self.manifest)", encoding: .utf8)) ?? ""
    let known = Set(
      manifest.split(whereSeparator: \.isNewline).map(String.init).filter {
        // Whoever wrote the manifest, nothing outside the folder is touched.
        !$0.hasPrefix("/") && !$0.split(separator: "/").contains("..")
      })
    guard let found = FileManager.default.enumerator(atPath: path) else {
      throw Failure("\(path): cannot be read")
    }
    guard !force else { return known }
    for case let name as String in found {
      let isKnown = known.contains(name) || name == Self.manifest
      guard isKnown || isFolder(name) || name.hasPrefix(Self.stagingPrefix) else {
        throw Failure(
          "\(path): expected a new or empty folder, or one that an earlier emit wrote; found "
            + "\(name). --force writes beside it")
      }
    }
    return known
  }

  private func isFolder(_ name: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Runs `action`; its error says that the folder could not be `done`.
  private func attempt<Result>(_ done: String, _ action: () throws -> Result) throws -> Result {
    do {
      return try action()
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure("\(path): cannot be \(done): \(error.reason)")
    }
  }
}

extension Error {
  /// The operating system's words where it refused something, else Foundation's.
  var reason: String {
    let error = self as NSError
    let cause = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? error
    return cause.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(cause.code))) : error.localizedDescription
  }
}
