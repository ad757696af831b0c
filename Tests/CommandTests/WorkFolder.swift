import Foundation
import TestSupport

/// A folder of a test's own; removed when the object goes.
final class WorkFolder: Sendable {
  let path: String

  init() throws {
    path = temporaryRoot + "/\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, creating the folders above it; returns its path.
  @discardableResult
  func write(_ name: String, _ data: Data, executable: Bool = false) throws -> String {
    let file = path + "/" + name
    let folder = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try data.write(to: URL(filePath: file))
    if executable {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
      try waitUntilStartable(file)
    }
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String, executable: Bool = false) throws -> String {
    try write(name, Data(text.utf8), executable: executable)
  }

  /// Copies a file or a folder; returns its new path.
  @discardableResult
  func copy(_ source: String, as name: String) throws -> String {
    try FileManager.default.copyItem(atPath: source, toPath: path + "/" + name)
    return path + "/" + name
  }

  /// The text of a file; empty where there is none.
  func read(_ name: String) -> String {
    (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? ""
  }

  /// Names in the folder or in one below it, sorted, hidden ones included.
  func names(in folder: String = "") -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
  }
}

/// Files of the package.
enum Project {
  static let folder = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL.path
  static let model = folder + "/traces/kjv-bitnet-3m"

  /// An architecture sample's text with one part of it replaced.
  static func sample(_ name: String, replacing old: String, with new: String) throws -> String {
    let path = folder + "/Sources/Architecture/Samples/\(name).yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    precondition(text.contains(old), "\(name).yaml has no '\(old)'")
    return text.replacing(old, with: new)
  }
}

/// The cache of built RTL that the tests share, so that the tiny architecture is built once.
enum SharedCache {
  static let path = temporaryRoot + "/cache"
}

/// The folder of everything that these tests write; it goes when they end.
private let temporaryRoot: String = {
  atexit { try? FileManager.default.removeItem(atPath: temporaryRoot) }
  return URL(filePath: NSTemporaryDirectory()).appending(path: "setun-command-tests-\(getpid())")
    .path
}()
