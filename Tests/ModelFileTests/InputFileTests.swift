import Foundation
import Testing

@testable import ModelFile

@Suite("An input file")
struct InputFileTests {
  private func withFile(_ size: Int, _ body: (URL) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "setun-\(UUID().uuidString)")
    try Data((0..<size).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8) }).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url)
  }

  @Test("gives any range of its bytes, from the disk and from memory")
  func ranges() throws {
    try withFile(1000) { url in
      let bytes = Array(try Data(contentsOf: url))
      for file in [try InputFile(path: url.path), InputFile(path: "f", bytes: bytes)] {
        #expect(file.size == 1000)
        #expect(try file.bytes() == bytes)
        for range in [0..<0, 0..<1, 7..<255, 999..<1000, 1000..<1000] {
          #expect(try file.bytes(range) == Array(bytes[range]))
        }
      }
    }
  }

  @Test("that shrinks after it was opened ends in an error, however much is read at once")
  func shrinking() throws {
    try withFile(10) { url in
      let handle = try FileHandle(forWritingTo: url)
      try handle.truncate(atOffset: 40 << 20)
      let file = try InputFile(path: url.path)
      #expect(
        try file.bytes((32 << 20) - 5..<40 << 20) == Array(repeating: 0, count: (8 << 20) + 5))
      try handle.truncate(atOffset: 17 << 20)
      #expect(
        message { () throws(ModelFileError) in try file.bytes() }
          == "\(url.path): byte \(17 << 20): expected \(15 << 20) more bytes, found the end of the file"
      )
      #expect(
        message { () throws(ModelFileError) in try file.bytes((17 << 20) - 1..<(17 << 20) + 2) }
          == "\(url.path): byte \(17 << 20): expected 2 more bytes, found the end of the file")
    }
  }

  @Test("is a regular file that is there")
  func refusals() throws {
    let folder = FileManager.default.temporaryDirectory.path
    #expect(
      message { () throws(ModelFileError) in try InputFile(path: folder) }
        == "\(folder): expected a regular file, found another kind")
    #expect(
      message { () throws(ModelFileError) in try InputFile(path: "/nonexistent") }
        == "/nonexistent: cannot be opened (No such file or directory)")
    #expect(!InputFile.exists("/nonexistent") && InputFile.exists(folder))
  }

  @Test("stands in a directory")
  func directories() {
    for (path, expected) in [("a/b", "a"), ("/a", "/"), ("a", "."), ("/a/b/c", "/a/b")] {
      #expect(directory(of: path) == expected)
    }
  }
}
