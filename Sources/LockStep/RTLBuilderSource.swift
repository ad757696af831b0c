import Activity
public import Architecture
import Foundation
import Machine

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
  /// Bytes of a beat of the AXI4 port, or `nil` when its width is not to be checked.
  public var busBytes: Int?
  /// The top module.
  public var top = "setun_accelerator"
  /// Paths of SystemVerilog files from elsewhere. One that has the name of a file of the folder
  /// takes its place; the others are compiled after all of the folder's, in this order. Headers
  /// (.svh, .vh) beside them can be included.
  public var userFiles: [String] = []
  /// Whether the top module may have no `probe_o`. With one, its width is checked in any case.
  public var mayLackProbe = false

  public init(folder: String, package: String, configurationHash: String, probeWords: Int) {
    self.folder = folder
    self.package = package
    self.configurationHash = configurationHash
    self.probeWords = probeWords
  }

  /// The SystemVerilog in `folder` for `architecture`.
  public init(folder: String, _ architecture: Architecture) {
    self.init(
      folder: folder, package: architecture.configPackage(events: Event.allCases.map(\.name)),
      configurationHash: architecture.configurationHashHex,
      probeWords: ProbeLayout(architecture).words)
    busBytes = architecture.parameters.busBytes
  }
}

extension RTLSource {
  /// The SystemVerilog files in the order of compilation, with their paths in the build; without
  /// the generated package.
  public func designFiles() throws(LockStepError) -> [(path: String, contents: [UInt8])] {
    let snapshot = try RTLSnapshot(self)
    return snapshot.compilationOrder.dropFirst().map { ($0, snapshot.files[$0] ?? []) }
  }
}

/// All files of an RTL source as they were at one moment.
///
/// The build works on a copy of these bytes: what was hashed is what gets built, and tools see only
/// short relative names, whatever the folder is called.
struct RTLSnapshot {
  /// Name of the generated package among the files.
  static let packageName = "setun_config_pkg.sv"
  /// Where the user's files lie among the others.
  static let userFolder = "user"

  /// Contents by path relative to the RTL folder.
  private(set) var files: [String: [UInt8]] = [:]
  /// What Verilator compiles, in order.
  private(set) var compilationOrder = [packageName]

  /// - Throws: ``LockStepError/sourceRefused(path:reason:)`` for a list that names what it must
  ///   not, ``LockStepError/fileSystem(action:path:reason:)`` for a file that cannot be read.
  init(_ source: RTLSource) throws(LockStepError) {
    files[Self.packageName] = Array(source.package.utf8)
    var users = try Self.byName(source.userFiles)
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
      let own = users.removeValue(forKey: (name as NSString).lastPathComponent)
      files[name] = try Files.read(own ?? source.folder + "/" + name)
      compilationOrder.append(name)
    }
    try add(folder: "include", of: source.folder)
    try add(folder: "bridge", of: source.folder)
    for path in source.userFiles {
      let name = (path as NSString).lastPathComponent
      if users[name] != nil {
        files[Self.userFolder + "/" + name] = try Files.read(path)
        compilationOrder.append(Self.userFolder + "/" + name)
      }
      try addHeaders(beside: path)
    }
  }

  /// The user's files by their names, which have to differ.
  private static func byName(_ paths: [String]) throws(LockStepError) -> [String: String] {
    var users: [String: String] = [:]
    for path in paths {
      let name = (path as NSString).lastPathComponent
      guard isPlain(name), users.updateValue(path, forKey: name) == nil else {
        throw .sourceRefused(
          path: path,
          reason: "expected a file name of its own, of letters, digits, '_', '.' and '-'; "
            + "found '\(name)'")
      }
    }
    return users
  }

  /// Adds what a user's file can include from its own folder.
  private mutating func addHeaders(beside path: String) throws(LockStepError) {
    let folder = (path as NSString).deletingLastPathComponent
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)
    for name in names ?? [] where name.hasSuffix(".svh") || name.hasSuffix(".vh") {
      guard Self.isPlain(name) else { continue }
      files[Self.userFolder + "/" + name] = try Files.read(
        folder.isEmpty ? name : folder + "/" + name)
    }
  }

  /// Whether `name` can be the name of a module.
  static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= first) else {
      return false
    }
    return name.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || isPlain(String(UnicodeScalar(byte))) && !"-./".utf8.contains(byte)
    }
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
