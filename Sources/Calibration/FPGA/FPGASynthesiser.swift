import Activity
import Architecture
import Energy
import Foundation

/// What synthesis counted of one part, array or memory: resources, and LUTs by their inputs.
typealias FPGACounts = [String: Int]

/// Takes designs to the cells of an FPGA family with `rtl/synth/fpga.py`, and counts them.
///
/// Counts are kept in a folder by the digest of what they were made from.
struct FPGASynthesiser: Sendable {
  let family: FPGAFamily
  /// What installs Yosys.
  private let yosys: Synthesiser
  private let rtl: URL
  private let folder: URL
  private let sources: [String]

  /// - Parameters:
  ///   - cache: The folder that environment and counts are kept in.
  ///   - rtl: The folder `rtl`.
  /// - Throws: ``CalibrationError`` when one of them cannot be read.
  init(family: FPGAFamily, cache: URL, rtl: URL) throws(CalibrationError) {
    self.family = family
    self.rtl = rtl
    yosys = try Synthesiser(cache: cache, rtl: rtl, liberty: [])
    let list = String(
      decoding: try Synthesiser.read(rtl.appending(path: "files.f")), as: UTF8.self)
    sources = list.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }.map(String.init)
    let scripts = ["fpga.py", "constant_product.v", "synth.py", "requirements.txt"].map {
      "synth/\($0)"
    }
    var all: [UInt8] = []
    for name in sources + scripts + Self.headers {
      all += SHA256.hex(try Synthesiser.read(rtl.appending(path: name))).utf8
    }
    folder = cache.appending(path: "fpga-\(SHA256.hex(all).prefix(16))")
  }

  private static let headers = ["include/setun_assert.svh", "include/setun_probe.svh"]

  /// What Yosys is installed from: `pyosys==0.70`.
  var requirement: String { yosys.requirement }

  /// Installs Yosys unless it is there.
  func prepare() async throws(CalibrationError) { try await yosys.prepare() }

  /// The counts of the parts of an accelerator.
  func parts(
    of accelerator: FPGAPlan.Accelerator
  ) async throws(CalibrationError) -> [FPGAPart: FPGACounts] {
    let counts = try await counts(
      of: accelerator.name, on: accelerator.architecture,
      accelerator.parts.flatMap { ["--block", $0.rawValue] })
    var parts: [FPGAPart: FPGACounts] = [:]
    for part in accelerator.parts {
      guard let count = counts[part.rawValue] else {
        throw CalibrationError(
          "\(accelerator.name): expected counts of \(part.rawValue), found none")
      }
      parts[part] = count
    }
    return parts
  }

  /// The counts of each array; all are synthesised in one run.
  ///
  /// - Parameter host: An accelerator, from whose package they take nothing but names.
  func arrays(
    _ designs: [ArrayDesign], of host: Architecture
  ) async throws(CalibrationError) -> [ArrayDesign: FPGACounts] {
    try await counts(
      of: designs, "array", prefix: designs[0].datapath.rawValue, on: host
    ) { design in
      "\(design.datapath.constant):\(design.rows):\(design.lanes):\(design.tokens)"
        + ":\(design.registerEvery)"
    }
  }

  /// The counts of each memory; all are synthesised in one run.
  func memories(
    _ sizes: [FPGAPlan.MemorySize], of host: Architecture
  ) async throws(CalibrationError) -> [FPGAPlan.MemorySize: FPGACounts] {
    try await counts(of: sizes, "memory", prefix: "memories", on: host) {
      "\($0.words)x\($0.bits)"
    }
  }

  /// The counts of things that the script is given as options.
  private func counts<Key: Hashable>(
    of keys: [Key], _ option: String, prefix: String, on host: Architecture,
    specification: (Key) -> String
  ) async throws(CalibrationError) -> [Key: FPGACounts] {
    let specifications = keys.map(specification)
    let digest = SHA256.hex(Array(specifications.joined(separator: " ").utf8)).prefix(16)
    let counts = try await counts(
      of: "\(prefix)-\(digest)", on: host, specifications.flatMap { ["--\(option)", $0] })
    var results: [Key: FPGACounts] = [:]
    for (key, specification) in zip(keys, specifications) {
      guard let count = counts[specification] else {
        throw CalibrationError("\(prefix): expected counts of \(specification), found none")
      }
      results[key] = count
    }
    return results
  }

  /// Runs the script, unless its result is there.
  private func counts(
    of name: String, on architecture: Architecture, _ arguments: [String]
  ) async throws(CalibrationError) -> [String: FPGACounts] {
    let hash = architecture.configurationHashHex
    let file = folder.appending(path: "\(family.rawValue)-\(name)-\(hash).json")
    if let known = try? decoded(file) { return known }
    let log = file.deletingPathExtension().appendingPathExtension("log")
    do {
      let emitted = folder.appending(path: "rtl-\(hash)")
      try emit(architecture, to: emitted)
      try await ExternalTool.run(
        yosys.python.path,
        [rtl.appending(path: "synth/fpga.py").path, emitted.path, "--family", family.rawValue]
          + arguments + ["--json", file.path, "--log", log.path])
      return try decoded(file)
    } catch {
      throw CalibrationError("\(name): synthesis failed: \(error); its log is \(log.path)")
    }
  }

  private func decoded(_ file: URL) throws -> [String: FPGACounts] {
    try JSONDecoder().decode([String: FPGACounts].self, from: Data(contentsOf: file))
  }

  /// Puts the sources beside the package of an architecture.
  private func emit(_ architecture: Architecture, to emitted: URL) throws {
    let package = architecture.configPackage(events: Event.allCases.map(\.name))
    let list = ["+incdir+include", "setun_config_pkg.sv"] + sources
    var files = [
      "setun_config_pkg.sv": Data(package.utf8),
      "setun.f": Data(list.joined(separator: "\n").utf8),
    ]
    for name in sources + Self.headers {
      files[name] = try Data(contentsOf: rtl.appending(path: name))
    }
    for (name, data) in files {
      let file = emitted.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file, options: .atomic)
    }
  }
}

extension Architecture.Parameters.Datapath {
  /// The end of its name in `setun_config_pkg`: `XorPopcount`.
  fileprivate var constant: String {
    rawValue.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
