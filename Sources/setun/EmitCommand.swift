import Activity
import Architecture
import ArgumentParser
import Foundation
import RTLSources

/// `setun emit`: the SystemVerilog of an architecture, for any hardware flow.
struct EmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emit",
    abstract: "Write the SystemVerilog of an architecture.",
    discussion: """
      Writes every source, the generated package setun_config_pkg.sv, the register map for drivers \
      as a C header, setun_regs.h, the waivers of Verilator's lint and the file list setun.f, whose \
      paths are relative to it:

        setun emit --architecture edge --output edge-rtl
        verilator --lint-only -Wall edge-rtl/lint/*.vlt -F edge-rtl/setun.f
      """)

  @OptionGroup var option: ArchitectureOption

  @Option(
    name: [.short, .long],
    help: "The folder to write: new, empty, or one that an earlier emit wrote.",
    completion: .directory)
  var output: String?

  @Flag(help: "Write even where the folder holds other files; they stay as they are.")
  var force = false

  @Flag(help: "Only print setun_config_pkg.sv.")
  var package = false

  @Flag(help: "Only print the register map, as a Markdown table.")
  var registers = false

  func validate() throws {
    guard [output != nil, package, registers].count(where: { $0 }) == 1 else {
      throw ValidationError("Give one of --output, --package and --registers.")
    }
    guard output != "" else { throw ValidationError("--output is empty; expected a folder.") }
    guard output != nil || !force else { throw ValidationError("--force goes with --output.") }
  }

  func run() throws {
    if registers { return print(RegisterTable.markdown, terminator: "") }
    let architecture = try option.load()
    let package = architecture.configPackage(events: Event.allCases.map(\.name))
    guard let output else { return print(package, terminator: "") }
    var files = try Self.files(package: package, rtl: RTLSources.folder)
    let events = Event.allCases.map { (name: $0.name, unit: $0.unit) }
    files["setun_regs.h"] = Data(architecture.registerHeader(events: events).utf8)
    try EmittedFolder(path: output).write(files, force: force)
    print("wrote \(files.count) files to \(output); the file list is \(EmittedFolder.fileList)")
  }

  /// What an emit consists of, by path relative to the folder.
  private static func files(package: String, rtl: String) throws -> [String: Data] {
    let packageName = "setun_config_pkg.sv"
    let sources = try String(decoding: read(rtl + "/files.f"), as: UTF8.self)
      .split(whereSeparator: \.isNewline)
      .filter { !$0.hasPrefix("#") }.map(String.init)
    let list =
      ["// Sources in dependency order; paths are relative to this file.", "+incdir+include"]
      + [packageName] + sources
    var files = [
      packageName: Data(package.utf8),
      EmittedFolder.fileList: Data((list.joined(separator: "\n") + "\n").utf8),
    ]
    let others = try ["include", "lint"].flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: "\(rtl)/\(folder)").map {
        "\(folder)/\($0)"
      }
    }
    for name in sources + others + ["README.md"] { files[name] = try read("\(rtl)/\(name)") }
    return files
  }

  private static func read(_ path: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      throw Failure("\(path): cannot be read: \(error.reason)")
    }
  }
}
