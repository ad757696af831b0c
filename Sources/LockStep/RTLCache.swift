import Foundation

/// The folder of built RTL: one entry per key, private to the user.
///
/// An entry `KEY/` holds one file and a `manifest` with its size and hash, and appears by a
/// rename, complete or not at all. Whoever builds it holds a lock on `KEY.lock`; the lock ends with
/// its process, so an unlocked `KEY.building-*` is the rest of an interrupted build.
public struct RTLCache: Sendable {
  /// Absolute path of the folder.
  public let folder: String

  /// Opens the cache in `folder`, creating it with mode 0700 where it does not exist.
  ///
  /// - Throws: ``LockStepError/cacheRefused(path:reason:)`` when the folder is a symbolic link,
  ///   belongs to another user, or can be written by group or others: code from it gets loaded.
  public init(folder: String) throws(LockStepError) {
    let absolute =
      folder.hasPrefix("/") ? folder : FileManager.default.currentDirectoryPath + "/" + folder
    // A trailing slash would make lstat follow a link.
    self.folder = "/" + absolute.split(separator: "/").joined(separator: "/")
    try Files.createFolder(self.folder)
    try Self.requirePrivate(self.folder)
  }

  /// `$XDG_CACHE_HOME/setun`, or `setun` in the user's cache folder.
  ///
  /// - Parameter environment: The variables to look at, or `nil` for those of this process.
  public static func defaultFolder(environment: [String: String]? = nil) -> String {
    let environment = environment ?? ProcessInfo.processInfo.environment
    // The XDG specification has relative paths ignored.
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return base + "/setun" }
    let home = environment["HOME"] ?? NSHomeDirectory()
    #if os(macOS)
      return home + "/Library/Caches/setun"
    #else
      return home + "/.cache/setun"
    #endif
  }

  private static func requirePrivate(_ path: String) throws(LockStepError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw .posix("examine", path) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: break
    case S_IFLNK:
      throw .cacheRefused(
        path: path, reason: "is a symbolic link; expected a folder, name its target instead")
    default: throw .cacheRefused(path: path, reason: "is a file; expected a folder")
    }
    guard status.st_uid == geteuid() else {
      throw .cacheRefused(
        path: path,
        reason: "belongs to user \(status.st_uid); expected the present user, \(geteuid()), "
          + "because libraries are loaded from it")
    }
    let mode = status.st_mode & 0o7777
    guard mode & 0o022 == 0 else {
      throw .cacheRefused(
        path: path,
        reason: "has mode 0\(String(mode, radix: 8)), so others can write to it; expected 0700, "
          + "because libraries are loaded from it")
    }
  }
}

extension RTLCache {
  /// The path of the file in entry `key`, built by `build` where it is missing or damaged.
  ///
  /// - Parameters:
  ///   - name: The file's name inside the entry.
  ///   - waiting: Called once if another build of the same entry has to be awaited.
  ///   - build: Writes a file `name` in the folder it is given. The folder is removed afterwards.
  func file(
    named name: String, key: String, waiting: () -> Void = {},
    build: (_ folder: String) async throws(LockStepError) -> Void
  ) async throws(LockStepError) -> String {
    let lock = try await lock(key, waiting: waiting)
    defer { lock.release() }
    let entry = folder + "/" + key
    if isIntact(entry, name) { return entry + "/" + name }

    removeInterruptedBuilds(holding: key)
    let temporary = try makeTemporaryFolder(key)
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    try await build(temporary)
    try publish(temporary + "/" + name, as: name, in: temporary + "/entry", at: entry)
    return entry + "/" + name
  }

  /// Removes entry `key`, unless someone is building it.
  func remove(_ key: String) {
    guard let lock = try? RTLCacheLock(path: "\(folder)/\(key).lock") else { return }
    defer { lock.release() }
    if lock.isHeld { try? FileManager.default.removeItem(atPath: "\(folder)/\(key)") }
  }

  /// Moves `file` into a new `staging` folder beside its manifest, and that folder to `entry`.
  private func publish(
    _ file: String, as name: String, in staging: String, at entry: String
  ) throws(LockStepError) {
    guard mkdir(staging, 0o700) == 0 else { throw .posix("create folder", staging) }
    let manifest = try Self.manifest(of: Files.read(file))
    try Files.write(Array(manifest.utf8), to: staging + "/manifest")
    guard rename(file, staging + "/" + name) == 0 else { throw .posix("move", file) }
    // A damaged entry of the same key would make the rename fail.
    try? FileManager.default.removeItem(atPath: entry)
    guard rename(staging, entry) == 0 else { throw .posix("move into the cache", entry) }
  }

  private func isIntact(_ entry: String, _ name: String) -> Bool {
    guard let manifest = try? Files.read(entry + "/manifest"),
      let file = try? Files.read(entry + "/" + name)
    else { return false }
    return manifest == Array(Self.manifest(of: file).utf8)
  }

  private static func manifest(of file: [UInt8]) -> String {
    var digest = RTLCacheDigest()
    digest.combine(file)
    return "bytes \(file.count)\nfnv1a_128 \(digest.hex)\n"
  }

  private func makeTemporaryFolder(_ key: String) throws(LockStepError) -> String {
    var template = Array("\(folder)/\(key).building-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .posix("create a temporary folder in", folder)
    }
    return template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  /// Removes what builds left behind whose process died, `key`'s own included.
  private func removeInterruptedBuilds(holding key: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names {
      guard let range = name.range(of: ".building-") else { continue }
      let owner = String(name[..<range.lowerBound])
      let lock = owner == key ? nil : try? RTLCacheLock(path: "\(folder)/\(owner).lock")
      if owner == key || lock?.isHeld == true {
        try? FileManager.default.removeItem(atPath: folder + "/" + name)
      }
      lock?.release()
    }
  }

  private func lock(_ key: String, waiting: () -> Void) async throws(LockStepError) -> RTLCacheLock
  {
    let lock = try RTLCacheLock(path: "\(folder)/\(key).lock")
    if !lock.isHeld { waiting() }
    while !lock.isHeld {
      do { try await Task.sleep(for: .milliseconds(20)) } catch { throw .cancelled }
      try lock.tryAgain()
    }
    return lock
  }
}
