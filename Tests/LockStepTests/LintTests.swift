import Architecture
import Foundation
import TestSupport
import Testing

@testable import LockStep

@Suite("Lint of the RTL")
struct LintTests {
  /// Every sample, and sizes at the edges of what is legal.
  static func architectures() throws -> [Architecture] {
    try Architecture.sampleNames.map { try Architecture.sample(named: $0) }
      + extremeArchitectures() + DatapathTests.architectures()
      + (0..<4).map { try drawnArchitecture(seed: $0) }
  }

  @Test(
    "Verilator has nothing to say about any architecture with the waivers of rtl/lint",
    arguments: try architectures())
  func clean(architecture: Architecture) async throws {
    let folder = try TemporaryFolder()
    try folder.write("setun_config_pkg.sv", accelerator(architecture).package)
    #expect(try await lint(folder) == "")
  }

  @Test("The lint finds a width that does not fit, so that silence means something")
  func finds() async throws {
    let folder = try TemporaryFolder()
    let package = accelerator(try Architecture.sample(named: "tiny")).package
    try folder.write(
      "setun_config_pkg.sv",
      package.replacingOnce(
        "endpackage", with: "  parameter logic [3:0] Wrong = 9'd300;\nendpackage"))
    #expect(try await lint(folder).contains("%Warning-WIDTH"))
  }

  /// What `verilator --lint-only -Wall` prints about the package in `folder` and the RTL.
  private func lint(_ folder: TemporaryFolder) async throws -> String {
    let rtl = rtlFolder
    let tools = try await toolchain.value
    let files = try String(contentsOfFile: rtl + "/files.f", encoding: .utf8)
      .split(separator: "\n").filter { !$0.hasPrefix("#") }.map { "\(rtl)/\($0)" }
    let waivers = try FileManager.default.contentsOfDirectory(atPath: rtl + "/lint").sorted()
      .map { "\(rtl)/lint/\($0)" }
    let exit = try await ProcessRunner(
      executable: tools.verilator.path,
      arguments: ["--lint-only", "-Wall", "--assert", "--top-module", "setun_accelerator"]
        + ["-I\(rtl)/include", "-I\(rtl)/prim"] + waivers
        + [folder.path + "/setun_config_pkg.sv"] + files,
      environment: tools.environment, folder: folder.path, log: folder.path + "/lint.log",
      timeLimit: .seconds(1800)
    ).run()
    let output = folder.read("lint.log")
    return exit == .status(0) || !output.isEmpty ? output : "\(exit)"
  }
}
