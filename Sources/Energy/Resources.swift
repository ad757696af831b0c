import Architecture
import Foundation

/// The files that come with the module.
enum Resources {
  private static let folder = Bundle.module.resourceURL!.appending(path: "Technologies")

  /// Where `file` lies.
  static func path(_ file: String) -> String { folder.appending(path: file).path }

  /// The text of `file`.
  static func text(_ file: String) throws(EnergyError) -> String {
    try userText(folder.appending(path: file).path)
  }

  /// Whether `file` comes with the module.
  static func exists(_ file: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: file).path)
  }

  /// A hash of all of them and their names.
  static let fingerprint: UInt64 = {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    let hashes = names.sorted().map { name in
      let content = FileManager.default.contents(atPath: path(name)) ?? Data()
      return "\(name) \(fnv1a64(content))"
    }
    return fnv1a64(hashes.joined(separator: "\n").utf8)
  }()

  /// The text of a file of the user's.
  static func userText(_ path: String) throws(EnergyError) -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw EnergyError("\(path): cannot be read: \(error.localizedDescription)")
    }
  }
}

extension SRAMTable {
  /// The user's own figures: one CSV table with the columns of the one that comes with the module,
  /// or macros, from CSV lists and the Liberty files of memory compilers.
  ///
  /// - Throws: ``EnergyError`` at the first file that cannot be read or has a fault.
  public init(contentsOfFiles files: [String]) throws(EnergyError) {
    var parts: [SRAMPart] = []
    for file in files {
      let text = try Resources.userText(file)
      let start = text.prefix(4096).drop(while: \.isWhitespace)
      if start.hasPrefix(Self.partColumns[0] + ",") {
        parts += try Self.parts(csv: text, file: file)
      } else if start.contains("library") && start.contains("{") {
        parts += try Self.parts(liberty: Array(text.utf8), file: file)
      } else if files.count == 1 {
        try self.init(csv: text, file: file)
        return
      } else {
        throw EnergyError(
          "\(file): expected a Liberty file or a list of macros beside other files of macros")
      }
    }
    guard !parts.isEmpty else { throw EnergyError("SRAM: expected a file, found none") }
    self.init(parts: parts)
  }
}

extension Technology {
  /// The technologies that come with the module.
  public static let names = ["cmos-7nm", "cmos-45nm"]

  /// A hash of all figures that come with the module: those of technologies, calibrations, memories and
  /// FPGAs.
  package static let fingerprint = Resources.fingerprint

  /// One of ``names``, or the technology file of a path.
  ///
  /// - Throws: ``EnergyError`` when there is no such name or file, or the file has a fault.
  public init(nameOrFile name: String) throws(EnergyError) {
    let isPath = name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    if isPath {
      try self.init(yaml: try Resources.userText(name), file: name)
    } else {
      try self.init(named: name)
    }
  }

  /// One of ``names``.
  ///
  /// - Throws: ``EnergyError`` that lists the names when there is no such technology.
  public init(named name: String) throws(EnergyError) {
    guard Self.names.contains(name) else {
      throw EnergyError(
        "technology: expected one of \(Self.names.joined(separator: ", ")), found “\(name)”")
    }
    let file = name + ".yaml"
    try self.init(yaml: try Resources.text(file), file: file)
  }
}

extension CalibratedTechnology {
  /// One that comes with the module, or the file of a path.
  ///
  /// - Throws: ``EnergyError`` when there is no such name or file, or the file has a fault.
  public init(nameOrFile name: String) throws(EnergyError) {
    if name.contains("/") || name.hasSuffix(".json") {
      try self.init(json: Data(try Resources.userText(name).utf8), file: name)
      return
    }
    let file = name + ".json"
    guard Resources.exists(file) else {
      let names = try Self.builtIn().map(\.name).joined(separator: ", ")
      throw EnergyError(
        "calibration: expected a file or one of \(names.isEmpty ? "none" : names), found “\(name)”")
    }
    try self.init(json: Data(try Resources.text(file).utf8), file: file)
  }
}

extension AccelergyTables {
  /// What several files state together.
  ///
  /// - Throws: ``EnergyError`` at the first file that cannot be read or has a fault.
  public init(contentsOfFiles files: [String]) throws(EnergyError) {
    self.init()
    for file in files { try add(yaml: try Resources.userText(file), file: file) }
  }
}
