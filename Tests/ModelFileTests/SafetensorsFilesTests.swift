import Foundation
import Testing

@testable import ModelFile

@Suite("A model in several files")
struct SafetensorsFilesTests {
  private static func shard(_ names: [String]) throws(ModelFileError) -> [UInt8] {
    var writer = SafetensorsWriter()
    for name in names { writer.add(name, "U8", [1], [UInt8(name.utf8.first ?? 0)]) }
    return writer.file
  }

  private func load(
    _ map: String, _ shards: [String: [String]] = ["one": ["a", "b"], "two": ["c"]]
  ) throws(ModelFileError) -> SafetensorsFiles {
    try SafetensorsFiles(index: "index", json: Array("{\"weight_map\":\(map)}".utf8)) {
      name throws(ModelFileError) in
      guard let names = shards[name] else {
        throw ModelFileError(file: name, problem: "cannot be opened")
      }
      return try SafetensorsFile(path: name, bytes: Self.shard(names))
    }
  }

  private func error(_ map: String) -> String {
    message { () throws(ModelFileError) in try load(map) }
  }

  @Test("finds every tensor in its file")
  func tensors() throws {
    let files = try load(#"{"a":"one","c":"two","b":"one"}"#)
    #expect(files.tensors.keys.sorted() == ["a", "b", "c"])
    for (name, path) in [("a", "one"), ("b", "one"), ("c", "two")] {
      let file = try files.file(of: name)
      #expect(file.path == path)
      #expect(try file.bytes(of: name, as: [.u8]).bytes == Array(name.utf8))
    }
    #expect(
      message { () throws(ModelFileError) in try files.file(of: "d") }
        == "index: d: expected this tensor, found none")
  }

  @Test("refuses tensors that are missing, double or not listed, and files elsewhere")
  func refusals() {
    #expect(
      error(#"{"a":"one","b":"one","c":"one"}"#)
        == "index: c: expected this tensor in one, found none")
    #expect(
      error(#"{"a":"one","c":"two"}"#)
        == "one: b: expected a tensor that the index index lists for this file, found one that it does not list"
    )
    #expect(
      error(#"{"a":"one","b":"one","c":"two","a":"two"}"#)
        == "index: byte 45: expected each key once, found \"a\" again")
    #expect(
      error(#"{"a":"one","b":"../one"}"#)
        == "index: weight_map.b: expected the name of a file in the same directory, found \"../one\""
    )
    #expect(error(#"{"a":""}"#).contains("expected the name of a file"))
    #expect(error(#"{"a":7}"#) == "index: weight_map.a: expected a string, found 7")
    #expect(error(#"{"a":"three"}"#) == "three: cannot be opened")
    #expect(
      message { () throws(ModelFileError) in
        try load(#"{"a":"one","b":"two"}"#, ["one": ["a", "b"], "two": ["b"]])
      }
        == "one: b: expected a tensor that the index index lists for this file, found one in the "
        + "index as part of two")
  }

  @Test("with an index cut at any length is refused")
  func truncated() throws {
    let map = #"{"weight_map":{"a":"one","b":"one","c":"two"}}"#
    for length in 0..<map.utf8.count {
      #expect(throws: ModelFileError.self, "cut to \(length) bytes") {
        try SafetensorsFiles(index: "index", json: Array(map.utf8.prefix(length))) {
          name throws(ModelFileError) in
          try SafetensorsFile(path: name, bytes: Self.shard(name == "one" ? ["a", "b"] : ["c"]))
        }
      }
    }
  }

  @Test("is read from a directory, where a single file comes first")
  func directories() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "setun-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(
      message { () throws(ModelFileError) in try SafetensorsFiles(directory: folder.path) }
        == "\(folder.path)/model.safetensors: cannot be opened (No such file or directory)")
    try Data(Self.shard(["a"])).write(to: folder.appending(path: "part"))
    try Data(#"{"weight_map":{"a":"part"}}"#.utf8).write(
      to: folder.appending(path: "model.safetensors.index.json"))
    #expect(try SafetensorsFiles(directory: folder.path).tensors.keys.sorted() == ["a"])
    try Data(Self.shard(["b"])).write(to: folder.appending(path: "model.safetensors"))
    #expect(try SafetensorsFiles(directory: folder.path).tensors.keys.sorted() == ["b"])
  }
}
