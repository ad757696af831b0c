import Foundation
import Testing

@testable import Report

@Suite("Writing files")
struct OutputFileTests {
  private let files = FileManager.default

  /// Runs `body` with the path of a new, empty folder.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = files.temporaryDirectory.appendingPathComponent("setun-\(UUID())").path
    try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? files.removeItem(atPath: folder) }
    try body(folder)
  }

  private func read(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private func error(_ path: String, _ step: String, _ reason: String) -> ReportError {
    .cannotWrite(path: path, step: step, reason: reason)
  }

  @Test("a file is created, replaced, and nothing else is left in the folder")
  func replaces() throws {
    try withFolder { folder in
      let path = folder + "/report.json"
      for size in [0, 1, 255, 1023, 100_000] {
        let text = String(repeating: "é", count: size)
        try OutputFile.write(text, to: path)
        #expect(try read(path) == text)
      }
      #expect(try files.contentsOfDirectory(atPath: folder) == ["report.json"])
    }
  }

  @Test("permissions stay, and a symbolic link keeps pointing at the file")
  func keepsWhatIsThere() throws {
    try withFolder { folder in
      let (path, link) = (folder + "/real", folder + "/link")
      try OutputFile.write("old", to: path)
      try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      try files.createSymbolicLink(atPath: link, withDestinationPath: "real")
      try OutputFile.write("new", to: link)
      #expect(try read(path) == "new")
      #expect(try files.destinationOfSymbolicLink(atPath: link) == "real")
      let mode = try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o640)
    }
  }

  @Test("a failure in the middle leaves the old content and no temporary file")
  func failureInTheMiddle() throws {
    try withFolder { folder in
      let path = folder + "/report.json"
      try OutputFile.write("old", to: path)
      #expect(throws: error(path, "writing", "No space left on device")) {
        try OutputFile.replace(path) { descriptor throws(OutputFile.Failure) in
          try OutputFile.writeAll(Array("half of".utf8), to: descriptor)
          throw OutputFile.Failure(step: "writing", code: ENOSPC)
        }
      }
      #expect(try read(path) == "old")
      #expect(try files.contentsOfDirectory(atPath: folder) == ["report.json"])
    }
  }

  #if os(Linux)
    @Test("a full device is an error and stays a device")
    func fullDevice() throws {
      #expect(throws: error("/dev/full", "writing", "No space left on device")) {
        try OutputFile.write("text", to: "/dev/full")
      }
      let kind = try files.attributesOfItem(atPath: "/dev/full")[.type] as? FileAttributeType
      #expect(kind == .typeCharacterSpecial)
      try OutputFile.write("text", to: "/dev/null")
    }
  #endif

  @Test("paths that cannot be written are refused, before the work too")
  func unwritable() throws {
    try withFolder { folder in
      try OutputFile.write("text", to: folder + "/file")
      let temporary = "creating a temporary file beside it"
      let cases = [
        (folder + "/missing/report", temporary, "No such file or directory"),
        (folder + "/file/report", "looking for it", "Not a directory"),
        (folder, "opening it", "Is a directory"),
        ("", "opening it", "No such file or directory"),
        (folder + "/" + String(repeating: "x", count: 300), "looking for it", "File name too long"),
      ]
      for (path, step, reason) in cases {
        #expect(throws: error(path, step, reason)) { try OutputFile.write("text", to: path) }
        #expect(throws: error(path, step, reason)) { try OutputFile.checkWritable(path) }
      }
      try OutputFile.checkWritable(folder + "/new")
      #expect(try files.contentsOfDirectory(atPath: folder) == ["file"])
    }
  }

  @Test("a read-only folder and a write-protected file are refused")
  func readOnly() throws {
    try withFolder { folder in
      let path = folder + "/file"
      try OutputFile.write("old", to: path)
      func setPermissions(_ bits: Int, _ path: String) throws {
        try files.setAttributes([.posixPermissions: bits], ofItemAtPath: path)
      }
      try setPermissions(0o444, path)
      try setPermissions(0o777, folder)
      asUser {
        #expect(throws: error(path, "opening it", "Permission denied")) {
          try OutputFile.write("new", to: path)
        }
      }
      try setPermissions(0o555, folder)
      defer { try? setPermissions(0o755, folder) }
      asUser {
        #expect(
          throws: error(
            folder + "/new", "creating a temporary file beside it", "Permission denied")
        ) { try OutputFile.write("new", to: folder + "/new") }
      }
      #expect(try read(path) == "old")
    }
  }

  /// Runs `body` as somebody who may not write everywhere: root looks at files as nobody does, which
  /// concerns this thread alone.
  private func asUser(_ body: () -> Void) {
    #if os(Linux)
      guard geteuid() == 0, let symbol = dlsym(dlopen(nil, RTLD_NOW), "setfsuid") else {
        return body()
      }
      let setfsuid = unsafeBitCast(symbol, to: (@convention(c) (uid_t) -> CInt).self)
      let nobody: uid_t = 65_534
      _ = setfsuid(nobody)
      defer { _ = setfsuid(0) }
    #endif
    body()
  }

  @Test("messages say which file, which step and why")
  func messages() {
    #expect(
      error("/a/b", "writing", "No space left on device").description
        == "cannot write /a/b: writing: No space left on device")
    #expect(
      ReportError.missingAsset(name: "page.css", folder: "/x").description
        == "cannot read page.css in /x: the installation is incomplete; build setun again")
  }
}
