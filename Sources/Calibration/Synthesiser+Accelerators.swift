import Activity
import Architecture
import Foundation

extension Synthesiser {
  private static let blockScripts = ["blocks.py", "netlist.py", "synth.py", "datapaths.py"]

  /// Every source of the accelerator, in dependency order, and what they include.
  private func acceleratorSources() throws(CalibrationError) -> [String] {
    let list = String(decoding: try Self.read(origin.appending(path: "files.f")), as: UTF8.self)
    let names = list.split(whereSeparator: \.isNewline).map(String.init)
    return names.filter { $0.hasSuffix(".sv") } + Self.includes
  }

  private static let includes = ["include/setun_assert.svh", "include/setun_probe.svh"]

  /// Where an accelerator is synthesised: by the digest of all that it is made of.
  private func folder(
    of design: AcceleratorDesign, with sources: [String]
  ) throws(CalibrationError) -> String {
    var all = Array(design.architecture.configurationHashHex.utf8)
    for name in sources {
      all += Array(SHA256.hex(try Self.read(origin.appending(path: name))).utf8)
    }
    for name in Self.blockScripts {
      all += Array(SHA256.hex(try Self.read(scripts.appending(path: name))).utf8)
    }
    return "\(design.name)-\(SHA256.hex(all + Array(requirement.utf8)).prefix(16))"
  }

  /// The netlist of a whole accelerator, synthesised unless it is there.
  ///
  /// - Throws: ``CalibrationError`` with the end of the log when synthesis fails.
  func netlist(of design: AcceleratorDesign) async throws(CalibrationError) -> URL {
    let sources = try acceleratorSources()
    let name = try folder(of: design, with: sources)
    let file = netlists.appending(path: "\(name).netlist")
    guard !FileManager.default.fileExists(atPath: file.path) else { return file }
    let log = netlists.appending(path: "\(name).log")
    let emitted = cache.appending(path: "accelerators/\(name)")
    do {
      try emit(design.architecture, sources, into: emitted)
      try await ExternalTool.run(
        python.path,
        [scripts.appending(path: "blocks.py").path, emitted.path] + libraryArguments
          + [
            "--generic", cache.appending(path: "accelerators/\(name).il").path,
            "--output", file.path, "--log", log.path,
          ])
    } catch {
      throw CalibrationError("\(design.name): synthesis failed: \(error)\(Self.end(of: log))")
    }
    return file
  }

  private func emit(_ architecture: Architecture, _ sources: [String], into folder: URL) throws {
    let package = "setun_config_pkg.sv"
    let text = architecture.configPackage(events: Event.allCases.map(\.name))
    for name in sources {
      let copy = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(Self.read(origin.appending(path: name))).write(to: copy)
    }
    try Data(text.utf8).write(to: folder.appending(path: package))
    let list = ["+incdir+include", package] + sources.filter { $0.hasSuffix(".sv") }
    try Data(list.joined(separator: "\n").utf8).write(to: folder.appending(path: "setun.f"))
  }
}
