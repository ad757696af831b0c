import Architecture
import Foundation
import LockStep
import Verification

/// A copy of the RTL with mutants in it.
struct MutatedFolder: Sendable {
  let mutator: RTLMutator
  private let rtl: RTLBuild
  private let path: String
  /// The sources in the order of compilation.
  private let order: [String]

  /// Copies the RTL folder and the user's files.
  init(_ rtl: RTLBuild) throws {
    self.rtl = rtl
    path = NSTemporaryDirectory() + "setun-mutants-\(UUID().uuidString)"
    var source = RTLSource(folder: rtl.folder, package: "", configurationHash: "", probeWords: 0)
    source.userFiles = rtl.userFiles
    let files = try source.designFiles()
    order = files.map(\.path)
    mutator = RTLMutator(Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.contents) }))
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for folder in ["include", "bridge"] {
      try FileManager.default.copyItem(
        atPath: rtl.folder + "/" + folder, toPath: path + "/" + folder)
    }
  }

  /// Writes the sources with `mutants`.
  func write(_ mutants: [RTLMutator.Mutant]) throws {
    var list = RTLMutator.packageName + "\n"
    let sources = mutator.sources(with: mutants)
    for name in order {
      list += name + "\n"
      let file = URL(filePath: path + "/" + name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(sources[name] ?? []).write(to: file)
    }
    try Data(RTLMutator.package.utf8).write(to: URL(filePath: path + "/" + RTLMutator.packageName))
    try Data(list.utf8).write(to: URL(filePath: path + "/files.f"))
  }

  func source(of architecture: Architecture) -> RTLSource {
    var source = rtl.source(of: architecture)
    source.folder = path
    source.userFiles = []
    return source
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
