import Foundation

extension Architecture {
  /// The built-in architectures; the first is the one that commands take when none is named.
  public static let sampleNames = ["default", "tiny", "edge", "server"]

  /// The built-in architecture called `name`.
  ///
  /// - Throws: ``ArchitectureError`` when there is none of that name.
  public static func sample(named name: String) throws(ArchitectureError) -> Architecture {
    guard sampleNames.contains(name) else {
      throw ArchitectureError(
        keyPath: "", expected: "a built-in architecture: " + sampleNames.joined(separator: ", "),
        found: "\"\(name)\"")
    }
    return try Architecture(
      contentsOfFile: Bundle.module.bundleURL.appending(path: "Samples/\(name).yaml").path)
  }

  /// Reads the architecture file at `path`.
  ///
  /// - Throws: ``ArchitectureError`` when it cannot be read, is larger than 1 MiB or is not UTF-8,
  ///   and as ``init(yaml:file:)`` does.
  public init(contentsOfFile path: String) throws(ArchitectureError) {
    func refusal(_ found: String) -> ArchitectureError {
      ArchitectureError(
        position: .init(file: path), keyPath: "", expected: "an architecture file", found: found)
    }
    let most = 1 << 20
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      data = try handle.read(upToCount: most + 1) ?? Data()
    } catch {
      throw refusal("a file that cannot be read (\(error.localizedDescription))")
    }
    guard data.count <= most else { throw refusal("more than 1 MiB") }
    guard let text = String(data: data, encoding: .utf8) else {
      throw refusal("bytes that are not UTF-8")
    }
    try self.init(yaml: text, file: path)
  }
}
