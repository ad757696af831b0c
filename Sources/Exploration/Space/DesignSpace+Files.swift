internal import Architecture
private import Foundation

extension DesignSpace {
  /// The built-in spaces; the first is the one that commands take when none is named.
  public static let sampleNames = ["first-look", "accuracy"]

  /// The built-in space called `name`.
  ///
  /// - Throws: ``ExplorationError/input(place:problem:)`` when there is none of that name.
  public static func sample(named name: String) throws(ExplorationError) -> DesignSpace {
    guard sampleNames.contains(name) else {
      throw .input(
        place: name,
        problem: "expected a space file or a built-in space: "
          + sampleNames.joined(separator: ", "))
    }
    return try DesignSpace(
      contentsOfFile: Bundle.module.bundleURL.appending(path: "Spaces/\(name).yaml").path)
  }

  /// Reads the space file at `path`; other files that it names are looked for from its folder on.
  ///
  /// - Throws: ``ExplorationError/input(place:problem:)`` when it cannot be read, is larger than
  ///   1 MiB or is not UTF-8, and as ``init(yaml:file:base:)`` does.
  public init(contentsOfFile path: String) throws(ExplorationError) {
    let most = 1 << 20
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      data = try handle.read(upToCount: most + 1) ?? Data()
    } catch {
      throw .input(
        place: path,
        problem: "expected a design space, found a file that cannot be read "
          + "(\(error.localizedDescription))")
    }
    guard data.count <= most else {
      throw .input(place: path, problem: "expected a design space, found more than 1 MiB")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw .input(place: path, problem: "expected a design space, found bytes that are not UTF-8")
    }
    try self.init(yaml: text, file: path) { name throws(ArchitectureError) in
      Architecture.sampleNames.contains(name)
        ? try Architecture.sample(named: name)
        : try Architecture(contentsOfFile: Self.path(name, beside: path))
    }
  }

  /// Where the file `name` is that the file at `path` mentions.
  public static func path(_ name: String, beside path: String) -> String {
    name.hasPrefix("/")
      ? name : URL(filePath: path).deletingLastPathComponent().appending(path: name).path
  }
}
