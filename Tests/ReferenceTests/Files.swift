import Foundation
import ModelFile
import Reference
import Testing

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

  /// Runs `body` with a copy of the odd model in which a text of the configuration is replaced, or
  /// the bytes of a tensor are changed.
  static func withOddModel(
    configuration: (String, String) = ("", ""),
    changing tensor: (name: String, change: (inout [UInt8], Range<Int>) -> Void)? = nil,
    _ body: (BitNetModel) throws -> Void
  ) throws {
    let source = URL(filePath: golden("odd_h120/packed"))
    let target = FileManager.default.temporaryDirectory.appending(
      path: "setun-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: target) }
    var text = try String(contentsOf: source.appending(path: "config.json"), encoding: .utf8)
    text = text.replacingOccurrences(of: configuration.0, with: configuration.1)
    try Data(text.utf8).write(to: target.appending(path: "config.json"))
    var bytes = Array(try Data(contentsOf: source.appending(path: "model.safetensors")))
    if let tensor {
      let file = try SafetensorsFile(path: "model", bytes: bytes)
      let data = bytes.count - file.tensors.values.reduce(0) { $0 + $1.range.count }
      let range = try #require(file.tensors[tensor.name]).range
      tensor.change(&bytes, data + range.lowerBound..<data + range.upperBound)
    }
    try Data(bytes).write(to: target.appending(path: "model.safetensors"))
    try body(BitNetModel(path: target.path))
  }
}

/// Models that several tests run, read once.
enum Models {
  static let builtIn = Result { try BitNetModel(path: Files.builtIn) }
  static let odd = Result { try BitNetModel(path: Files.golden("odd_h120/packed")) }
}
