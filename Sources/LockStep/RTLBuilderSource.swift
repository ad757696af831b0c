import Foundation

/// The SystemVerilog of one architecture: the common RTL folder and what was generated for it.
public struct RTLSource: Equatable, Sendable {
  /// The folder with `files.f`, `include/` and `bridge/`.
  public var folder: String
  /// The text of `setun_config_pkg.sv`, which is compiled before every file of `files.f`.
  public var package: String
  /// 16 hexadecimal digits that stand for the architecture.
  public var configurationHash: String
  /// The 32-bit words of `probe_o`.
  public var probeWords: Int

  public init(folder: String, package: String, configurationHash: String, probeWords: Int) {
    self.folder = folder
    self.package = package
    self.configurationHash = configurationHash
    self.probeWords = probeWords
  }
}

/// All files of an RTL source as they were at one moment.
///
/// The build works on a copy of these bytes: what was hashed is what gets built, and tools see only
/// short relative names, whatever the folder is called.
struct RTLSnapshot {
  /// Name of the generated package among the files.
  static let packageName = "setun_config_pkg.sv"

  /// Contents by path relative to the RTL folder.
  private(set) var files: [String: [UInt8]] = [:]
  /// What Verilator compiles, in order.
  private(set) var compilationOrder = [packageName]

  /// - Throws: ``LockStepError/sourceRefused(path:reason:)`` for a list that names what it must
  ///   not, ``LockStepError/fileSystem(action:path:reason:)`` for a file that cannot be read.
  init(_ source: RTLSource) throws(LockStepError) {
    files[Self.packageName] = Array(source.package.utf8)
    let list = source.folder + "/files.f"
    for (number, line) in try Self.lines(of: list).enumerated() {
      let name = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
      if name.isEmpty { continue }
      guard Self.isPlain(name) else {
        throw .sourceRefused(
          path: "\(list):\(number + 1)",
          reason: "expected a path inside the folder, of letters, digits, '_', '.', '-' and '/'; "
            + "found '\(name)'")
      }
      files[name] = try Files.read(source.folder + "/" + name)
      compilationOrder.append(name)
    }
    try add(folder: "include", of: source.folder)
    try add(folder: "bridge", of: source.folder)
  }

  private static func lines(of list: String) throws(LockStepError) -> [Substring] {
    try String(decoding: Files.read(list), as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  /// Whether `name` is a relative path that no tool takes for an option or for anything special.
  private static func isPlain(_ name: String) -> Bool {
    let components = name.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_.-/".utf8.contains(byte)
      }
    }
    return isPlain && !name.hasPrefix("-")
      && components.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }

  /// Adds the plainly named files directly inside `folder`, if there is such a folder.
  private mutating func add(folder: String, of root: String) throws(LockStepError) {
    let path = root + "/" + folder
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    where Self.isPlain(name) && !name.hasPrefix(".") {
      files[folder + "/" + name] = try Files.read(path + "/" + name)
    }
  }

  /// Writes every file below `folder`.
  func write(to folder: String) throws(LockStepError) {
    for (name, bytes) in files {
      let path = folder + "/" + name
      try Files.createFolder((path as NSString).deletingLastPathComponent)
      try Files.write(bytes, to: path)
    }
  }

  /// Mixes the files whose path starts with `prefix` into `digest`, in a fixed order.
  func combine(into digest: inout RTLCacheDigest, prefix: String = "") {
    for (name, bytes) in files.sorted(by: { $0.key < $1.key }) where name.hasPrefix(prefix) {
      digest.combine(name)
      digest.combine(bytes)
    }
  }
}
