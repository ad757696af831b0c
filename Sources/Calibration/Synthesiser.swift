import Architecture
import Foundation

/// Takes designs to netlists of library cells, with Yosys from a Python environment of its own.
///
/// Netlists are kept in a folder by the digest of what they were made from.
struct Synthesiser: Sendable {
  /// What the environment holds: `pyosys==0.70`.
  let requirement: String
  let cache: URL
  let scripts: URL
  /// Where the sources come from, and where they stand with the package that they import.
  let origin: URL
  private let rtl: URL
  private let sources: [String]
  private let liberty: [URL]
  /// Of sources and scripts, and of these and the library.
  private let genericDigest: String
  private let digest: String

  /// - Parameters:
  ///   - cache: The folder that environment and netlists are kept in.
  ///   - rtl: The folder `rtl`.
  ///   - liberty: The files of the library.
  /// - Throws: ``CalibrationError`` when one of them cannot be read.
  init(cache: URL, rtl: URL, liberty: [URL]) throws(CalibrationError) {
    self.cache = cache
    self.liberty = liberty
    scripts = rtl.appending(path: "synth")
    sources = try Self.sources(in: rtl)
    let files =
      sources.map { rtl.appending(path: $0) }
      + Self.scriptNames.map { [scripts] in scripts.appending(path: $0) }
    var all: [UInt8] = []
    for file in files { all += Array(SHA256.hex(try Self.read(file)).utf8) }
    genericDigest = String(SHA256.hex(all).prefix(16))
    for file in liberty { all += Array(SHA256.hex(try Self.read(file)).utf8) }
    digest = String(SHA256.hex(all).prefix(16))
    self.rtl = cache.appending(path: "rtl-\(genericDigest)")
    origin = rtl
    let text = String(
      decoding: try Self.read(scripts.appending(path: "requirements.txt")), as: UTF8.self)
    requirement = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static let scriptNames = ["netlist.py", "synth.py", "datapaths.py", "requirements.txt"]

  static func read(_ file: URL) throws(CalibrationError) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: file))
    } catch {
      throw CalibrationError("\(file.path): cannot be read: \(error.localizedDescription)")
    }
  }

  /// The SystemVerilog of the tree array, in dependency order.
  private static func sources(in rtl: URL) throws(CalibrationError) -> [String] {
    let list = String(decoding: try read(rtl.appending(path: "files.f")), as: UTF8.self)
    let names = list.split(whereSeparator: \.isNewline).map(String.init)
    return names.filter { $0.hasPrefix("setun_tree_") } + ["include/setun_assert.svh"]
  }

  /// Puts the sources beside the package that they import, of some architecture: they take nothing
  /// from it but names.
  private func emit() throws {
    let manager = FileManager.default
    try manager.createDirectory(
      at: rtl.appending(path: "include"), withIntermediateDirectories: true)
    let package = try Architecture.sample(named: "tiny").configPackage(events: [])
    try Data(package.utf8).write(to: rtl.appending(path: "setun_config_pkg.sv"))
    for name in sources {
      try Data(Self.read(origin.appending(path: name))).write(to: rtl.appending(path: name))
    }
    let list = sources.filter { $0.hasSuffix(".sv") }.joined(separator: "\n")
    try Data(list.utf8).write(to: rtl.appending(path: "setun.f"))
  }

  /// Where netlists in cells of the library lie.
  var netlists: URL { cache.appending(path: "netlists-\(digest)") }

  /// The files of the library without what synthesis does not look at.
  private var synthesisLibraries: [URL] {
    liberty.indices.map { netlists.appending(path: "cells\($0).lib") }
  }

  /// The arguments of a script that name the library.
  var libraryArguments: [String] { synthesisLibraries.flatMap { ["--liberty", $0.path] } }

  private func writeLibraries() throws {
    for (file, copy) in zip(liberty, synthesisLibraries) {
      guard !FileManager.default.fileExists(atPath: copy.path) else { continue }
      try FileManager.default.createDirectory(
        at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      let text = SynthesisLibrary.withoutPowers(try Self.read(file))
      try Data(text).write(to: copy, options: .atomic)
    }
  }

  // MARK: Environment

  private var environment: URL {
    cache.appending(path: requirement.replacing("==", with: "-").replacing(" ", with: "-"))
  }

  var python: URL { environment.appending(path: "bin/python") }

  /// Lays out sources and library, and installs Yosys unless it is there.
  ///
  /// - Throws: ``CalibrationError`` with what to do about it when it cannot be installed.
  func prepare() async throws(CalibrationError) {
    do {
      try emit()
      try writeLibraries()
    } catch {
      throw CalibrationError("\(cache.path): cannot be written: \(error.localizedDescription)")
    }
    let marker = environment.appending(path: "installed")
    guard !FileManager.default.fileExists(atPath: marker.path) else { return }
    do {
      try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
      try await ExternalTool.run(
        "/usr/bin/env", ["python3", "-m", "venv", "--clear", environment.path])
      try await ExternalTool.run(
        python.path,
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
          + requirement.split(separator: " ").map(String.init))
      try Data().write(to: marker)
    } catch {
      throw CalibrationError(
        "\(requirement) cannot be installed into \(environment.path): \(error). It needs python3 "
          + "with venv (Debian: apt-get install python3-venv) and a way to PyPI")
    }
  }

  // MARK: Netlists

  /// The netlist of a design, synthesised unless it is there.
  ///
  /// In generic gates the design is kept beside it for other libraries.
  ///
  /// - Throws: ``CalibrationError`` with the end of the log when synthesis fails.
  func netlist(of design: ArrayDesign) async throws(CalibrationError) -> URL {
    let file = netlists.appending(path: "\(design.name).netlist")
    guard !FileManager.default.fileExists(atPath: file.path) else { return file }
    let log = netlists.appending(path: "\(design.name).log")
    let generic = cache.appending(path: "generic-\(genericDigest)")
    let constant = design.datapath.rawValue.split(separator: "_").map {
      $0.prefix(1).uppercased() + $0.dropFirst()
    }.joined()
    do {
      try FileManager.default.createDirectory(at: generic, withIntermediateDirectories: true)
      try await ExternalTool.run(
        python.path,
        [scripts.appending(path: "netlist.py").path, rtl.path]
          + libraryArguments
          + [
            "--datapath", constant, "--rows", "\(design.rows)", "--lanes", "\(design.lanes)",
            "--tokens", "\(design.tokens)", "--register-every", "\(design.registerEvery)",
            "--gating", design.zeroGating ? "1" : "0",
            "--generic", generic.appending(path: "\(design.name).il").path,
            "--output", file.path, "--log", log.path,
          ])
    } catch {
      throw CalibrationError("\(design.name): synthesis failed: \(error)\(Self.end(of: log))")
    }
    return file
  }

  static func end(of log: URL) -> String {
    let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n").suffix(3)
    return lines.isEmpty ? "" : "; \(log.path) ends with “\(lines.joined(separator: " | "))”"
  }
}
