import Foundation

/// The compilations of a build: source files that include what Verilator wrote.
///
/// Every compilation costs half a second for its headers alone, so small files are compiled
/// together and only the large ones on their own.
enum RTLBuildUnits {
  /// Verilator's files from here to the end of a unit run only once, when a model starts: they are
  /// not worth the time of an optimiser.
  private static let unoptimized = """
    #if defined(__clang__)
    #pragma clang optimize off
    #else
    #pragma GCC optimize("O0")
    #endif

    """

  /// Divides the C++ files in `generated`, and the bridge, into units written into `folder`, those
  /// with evaluation first.
  ///
  /// - Parameters:
  ///   - bridge: The bridge's name for an include directive.
  ///   - size: Bytes of generated code after which a unit is full.
  /// - Returns: Paths relative to the build folder.
  static func divide(
    _ generated: String, bridge: String, into folder: String, size: Int
  ) throws(LockStepError) -> [String] {
    try Files.createFolder(folder)
    let files = try files(in: generated)
    let units = pack(
      files.filter { !isSlowPath($0.0) } + [(bridge, 0)] + files.filter { isSlowPath($0.0) },
      size: size)
    for (index, unit) in units.enumerated() {
      try Files.write(Array(unit.utf8), to: "\(folder)/\(index).cpp")
    }
    return units.indices.map { "units/\($0).cpp" }
  }

  /// Fills units with files until they are full.
  private static func pack(_ files: [(name: String, size: Int)], size limit: Int) -> [String] {
    var units: [(text: String, size: Int, isOptimized: Bool)] = []
    for (name, size) in files {
      if units.isEmpty || units[units.count - 1].size + size > limit {
        units.append(("", 0, true))
      }
      let last = units.count - 1
      if isSlowPath(name) && units[last].isOptimized {
        units[last].text += unoptimized
        units[last].isOptimized = false
      }
      units[last].text += "#include \"\(name)\"\n"
      units[last].size += size
    }
    return units.map(\.text)
  }

  /// Verilator names what it keeps out of the evaluation loop.
  private static func isSlowPath(_ name: String) -> Bool {
    name.hasSuffix("__Slow.cpp") || name.hasSuffix("__Syms.cpp")
  }

  /// Names and sizes of the C++ files, largest first; names break ties, so that builds repeat.
  private static func files(in folder: String) throws(LockStepError) -> [(String, Int)] {
    let manager = FileManager.default
    do {
      return try manager.contentsOfDirectory(atPath: folder)
        .filter { $0.hasSuffix(".cpp") }
        .map { name in
          let attributes = try manager.attributesOfItem(atPath: folder + "/" + name)
          return (name, (attributes[.size] as? NSNumber)?.intValue ?? 0)
        }
        .sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 > $1.1 }
    } catch {
      throw .fileSystem(
        action: "list", path: folder, reason: (error as NSError).localizedDescription)
    }
  }
}
