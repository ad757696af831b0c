import Foundation

/// One compilation: a source file that includes some of what Verilator wrote.
///
/// Every compilation costs half a second for its headers alone, so small files are compiled
/// together and only the large ones on their own.
struct RTLBuildUnit: Equatable, Sendable {
  /// Path relative to the build folder.
  var source: String
  /// Whether the code runs only once, when a model starts.
  var isSlowPath: Bool

  /// Bytes of generated code after which a unit is full: some 2 s of compilation.
  private static let targetSize = 1 << 20

  /// Divides the C++ files in `generated`, and the bridge, into units written into `folder`,
  /// largest first.
  ///
  /// - Parameters:
  ///   - bridge: The bridge's name for an include directive.
  ///   - separatingSlowPath: Whether what runs only once gets units of its own.
  static func divide(
    _ generated: String, bridge: String, into folder: String, separatingSlowPath: Bool
  ) throws(LockStepError) -> [RTLBuildUnit] {
    try Files.createFolder(folder)
    let files = try files(in: generated) + [(bridge, 0)]
    let isSlow = { separatingSlowPath && isSlowPath($0) }
    let units =
      pack(files.filter { !isSlow($0.0) }, isSlowPath: false)
      + pack(files.filter { isSlow($0.0) }, isSlowPath: true)
    for (index, unit) in units.enumerated() {
      try Files.write(Array(unit.text.utf8), to: "\(folder)/\(index).cpp")
    }
    return units.indices.map { index in
      RTLBuildUnit(source: "units/\(index).cpp", isSlowPath: units[index].isSlowPath)
    }
  }

  /// Fills units with files until they are full.
  private static func pack(
    _ files: [(name: String, size: Int)], isSlowPath: Bool
  ) -> [(text: String, size: Int, isSlowPath: Bool)] {
    var units: [(text: String, size: Int, isSlowPath: Bool)] = []
    for (name, size) in files {
      if units.isEmpty || units[units.count - 1].size + size > targetSize {
        units.append(("", 0, isSlowPath))
      }
      units[units.count - 1].text += "#include \"\(name)\"\n"
      units[units.count - 1].size += size
    }
    return units
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
