import Foundation
import LockStep
import Testing

@Suite("Builds that fail")
struct RTLBuilderFailureTests {
  /// What the build of `source` throws.
  func failure(_ builder: RTLBuilder, _ source: RTLSource) async throws -> LockStepError {
    try #require(
      await #expect(throws: LockStepError.self) { _ = try await builder.library(for: source) })
  }

  @Test("Without Verilator on the PATH, the error tells how to install it")
  func missingVerilator() async throws {
    let empty = try TemporaryFolder()
    let error = await #expect(throws: LockStepError.self) {
      _ = try await Toolchain.find(environment: ["PATH": empty.path])
    }
    guard case .toolMissing("Verilator", let install) = error else {
      Issue.record("found \(String(describing: error))")
      return
    }
    #expect(
      "\(try #require(error))"
        == "Verilator was not found on the PATH. Install it: \(install.line)")
    #expect(install.debian == "sudo apt-get install verilator")
    #expect(install.homebrew == "brew install verilator")
  }

  @Test("Without a C++ compiler on the PATH, the error tells how to install one")
  func missingCompiler() async throws {
    let tools = try TemporaryFolder()
    try tools.write("verilator", "#!/bin/sh\necho Verilator 5.006\n", executable: true)
    let error = await #expect(throws: LockStepError.self) {
      _ = try await Toolchain.find(environment: ["PATH": tools.path])
    }
    #expect(
      "\(try #require(error))".hasPrefix(
        "A C++ compiler with a C++ standard library was not found on the PATH. Install it: "))
  }

  @Test("A compiler named by CXX is used, or missed by its name")
  func namedCompiler() async throws {
    var variables = processEnvironment()
    variables["CXX"] = "g++"
    #expect(try await Toolchain.find(environment: variables).compiler.path.hasSuffix("/g++"))
    variables["CXX"] = "no-such-compiler"
    let error = await #expect(throws: LockStepError.self) {
      _ = try await Toolchain.find(environment: variables)
    }
    #expect("\(try #require(error))".hasPrefix("The C++ compiler $CXX, no-such-compiler, was not"))
  }

  @Test("A Verilator before version 5 is refused", arguments: ["Verilator 4.228", "What?"])
  func oldVerilator(version: String) async throws {
    let tools = try TemporaryFolder()
    try tools.write("verilator", "#!/bin/sh\necho '\(version)'\n", executable: true)
    let error = await #expect(throws: LockStepError.self) {
      _ = try await Toolchain.find(environment: processEnvironment(pathPrefix: tools.path))
    }
    #expect(
      "\(try #require(error))".hasPrefix(
        "Verilator is too old: found \(version), needed 5.0 or later."))
  }

  @Test("Broken SystemVerilog: the error has Verilator's first error lines and keeps its output")
  func brokenSystemVerilog() async throws {
    let rtl = try FixtureRTL(appendix: "module broken; assign = 1; endmodule\n")
    let error = try await failure(try await fixtureBuilder(), rtl.source())
    guard case .toolFailed(let name, let reason, let output, let log) = error else {
      Issue.record("found \(error)")
      return
    }
    #expect(name.hasPrefix("Verilator ("))
    #expect(reason == "failed with status 1")
    #expect(output.first?.hasPrefix("%Error: setun_accelerator.sv:") == true)
    #expect(output.first?.contains("syntax error") == true)
    #expect("\(error)".hasSuffix("The whole output is in \(log)"))
    let kept = try String(contentsOfFile: log, encoding: .utf8)
    #expect(kept.contains(try #require(output.first)))
    #expect(kept.contains("--top-module setun_accelerator"))
  }

  @Test("A bridge that does not compile: the error has the compiler's first error lines")
  func brokenBridge() async throws {
    let rtl = try FixtureRTL(bridge: { $0 + "\nint broken = no_such_name;\n" })
    let error = try await failure(try await fixtureBuilder(), rtl.source())
    guard case .toolFailed(let name, "failed with status 1", let output, _) = error else {
      Issue.record("found \(error)")
      return
    }
    #expect(name.hasPrefix("The C++ compiler ("))
    #expect(output.contains { $0.contains("setun_bridge.cpp") && $0.contains("no_such_name") })
  }

  @Test("A probe of another width than announced is refused, with both widths")
  func wrongProbeWidth() async throws {
    let rtl = try FixtureRTL()
    let error = try await failure(try await fixtureBuilder(), rtl.source(probeWords: 5))
    #expect(
      "\(error)" == """
        the ports of setun_accelerator do not fit:
          probe_o: expected an output of 160 bits, found 128
        """)
  }

  @Test("A tool that takes too long is stopped together with what it started")
  func timeLimit() async throws {
    let tools = try TemporaryFolder()
    let beat = tools.path + "/beat"
    let prelude = "(while :; do echo x >> '\(beat)'; sleep 0.02; done) & sleep 100"
    let spy = try await SpyingVerilator(prelude: prelude)
    var builder = try await fixtureBuilder(spy.environment)
    builder.timeLimit = .seconds(1)
    let rtl = try FixtureRTL.unseen()
    let error = try await failure(builder, rtl.source())
    guard case .toolFailed(_, "was stopped after 1 s", _, _) = error else {
      Issue.record("found \(error)")
      return
    }
    let size = tools.read("beat").count
    #expect(size > 0)
    try await Task.sleep(for: .milliseconds(200))
    #expect(tools.read("beat").count == size)
  }

  @Test(
    "A file list may name only files inside the folder",
    arguments: ["../outside.sv", "/etc/passwd", "-Wall", "+incdir+x", "a b.sv", "$(x).sv", "a//b"])
  func refusedFileNames(name: String) async throws {
    let rtl = try FixtureRTL()
    try rtl.root.write("files.f", "setun_accelerator.sv\n\(name)\n")
    let error = try await failure(try await fixtureBuilder(), rtl.source())
    #expect(
      "\(error)" == "RTL source \(rtl.folder)/files.f:2: expected a path inside the folder, of "
        + "letters, digits, '_', '.', '-' and '/'; found '\(name)'")
  }

  @Test("A missing file list, and a missing file in it, are named", arguments: [true, false])
  func missingFiles(list: Bool) async throws {
    let rtl = try FixtureRTL()
    let missing = rtl.folder + (list ? "/files.f" : "/setun_accelerator.sv")
    try FileManager.default.removeItem(atPath: missing)
    let error = try await failure(try await fixtureBuilder(), rtl.source())
    guard case .fileSystem("read", missing, let reason) = error else {
      Issue.record("found \(error)")
      return
    }
    #expect(reason == "No such file or directory", "\(error)")
  }
}
