import Foundation

/// One compilation: a source file that includes some of what Verilator wrote.
///
/// Every file costs half a second for its headers alone, so small files are compiled together and
/// only the large ones on their own.
struct RTLBuildUnit: Equatable, Sendable {
  /// Path relative to the build folder.
  var source: String
  /// Whether the code runs only once, when a model starts.
  var isSlowPath: Bool

  /// Bytes of generated code after which a unit is full: some 2 s of compilation.
  private static let targetSize = 1 << 20

  /// Divides the C++ files in `generated` into units, written into `folder`, largest first.
  static func divide(
    _ generated: String, into folder: String
  ) throws(LockStepError) -> [RTLBuildUnit] {
    try Files.createFolder(folder)
    var units: [(unit: RTLBuildUnit, text: String, size: Int)] = []
    for isSlowPath in [false, true] {
      for (name, size) in try files(in: generated) where Self.isSlowPath(name) == isSlowPath {
        let line = "#include \"\(name)\"\n"
        if let last = units.indices.last, units[last].unit.isSlowPath == isSlowPath,
          units[last].size + size <= targetSize
        {
          units[last].text += line
          units[last].size += size
        } else {
          let source = "units/\(units.count).cpp"
          units.append((RTLBuildUnit(source: source, isSlowPath: isSlowPath), line, size))
        }
      }
    }
    for (unit, text, _) in units {
      let path = folder + "/" + (unit.source as NSString).lastPathComponent
      try Files.write(Array(text.utf8), to: path)
    }
    return units.map(\.unit)
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
