import Foundation
import ModelFile
import Reference

/// The recorded files of the package.
enum Files {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let builtIn = path("traces/kjv-bitnet-3m")

  static func path(_ relative: String) -> String { repository.appending(path: relative).path }

  static func golden(_ relative: String) -> String { path("Tests/Golden/\(relative)") }

  /// Writes `bytes` to a new file and removes it after `body`.
  static func withTemporary<Value>(
    _ bytes: [UInt8], _ body: (String) throws -> Value
  ) throws -> Value {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "setun-\(UUID().uuidString).safetensors")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
  }
}

/// Models that several tests run, read once.
enum Models {
  static let builtIn = Result { try BitNetModel(directory: Files.builtIn) }
  static let odd = Result { try BitNetModel(directory: Files.golden("odd_h120/packed")) }
}
