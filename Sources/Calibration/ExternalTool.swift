import Foundation

/// One run of a program, to its end.
enum ExternalTool {
  /// - Parameter output: The file that takes its standard output, or `nil` for none.
  /// - Throws: ``CalibrationError`` with its last words when it fails.
  static func run(_ program: String, _ arguments: [String], output: URL? = nil) async throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    if let output {
      try Data().write(to: output)
      process.standardOutput = try FileHandle(forWritingTo: output)
    }
    let errors = Pipe()
    process.standardError = errors
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        continuation.resume(throwing: error)
      }
    }
    guard status == 0 else {
      let said = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
      let last = String(decoding: said, as: UTF8.self).split(separator: "\n").last ?? "nothing"
      throw CalibrationError("\(program) ended with status \(status) and said “\(last)”")
    }
  }
}

/// Files packed by gzip.
enum PackedFile {
  /// A plain copy of a `.gz` file in a folder; other files are themselves.
  ///
  /// - Throws: ``CalibrationError`` when it cannot be unpacked.
  static func unpacked(_ file: URL, into folder: URL) async throws(CalibrationError) -> URL {
    guard file.pathExtension == "gz" else { return file }
    let digest = SHA256.hex(try Synthesiser.read(file)).prefix(16)
    let plain = folder.appending(
      path: "\(digest)/\(file.deletingPathExtension().lastPathComponent)")
    guard !FileManager.default.fileExists(atPath: plain.path) else { return plain }
    do {
      try FileManager.default.createDirectory(
        at: plain.deletingLastPathComponent(), withIntermediateDirectories: true)
      let part = plain.appendingPathExtension("part")
      try await ExternalTool.run("/usr/bin/env", ["gzip", "-dc", file.path], output: part)
      try FileManager.default.moveItem(at: part, to: plain)
    } catch {
      throw CalibrationError("\(file.path): cannot be unpacked: \(error)")
    }
    return plain
  }
}
