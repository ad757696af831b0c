import Architecture
import Foundation
import Machine
import TestSupport
import Testing
import Workload

@testable import LockStep

@Suite("Coverage of the RTL")
struct CoverageTests {
  private static let text = """
    # SystemC::Coverage-3
    C '\u{1}f\u{2}a.sv\u{1}l\u{2}7\u{1}n\u{2}3\u{1}page\u{2}v_line/a__pi1\u{1}o\u{2}if\u{1}h\u{2}TOP.x' 5
    C '\u{1}f\u{2}a.sv\u{1}l\u{2}7\u{1}n\u{2}3\u{1}page\u{2}v_line/a__pi2\u{1}o\u{2}if\u{1}h\u{2}TOP.y' 0
    C '\u{1}f\u{2}a.sv\u{1}l\u{2}7\u{1}n\u{2}4\u{1}page\u{2}v_line/a\u{1}o\u{2}else\u{1}h\u{2}TOP.x' 0
    C '\u{1}f\u{2}b.sv\u{1}l\u{2}2\u{1}n\u{2}9\u{1}page\u{2}v_toggle/b\u{1}o\u{2}q[0]\u{1}h\u{2}TOP' 1
    C '\u{1}f\u{2}b.sv\u{1}l\u{2}2\u{1}n\u{2}9\u{1}page\u{2}v_user/b\u{1}o\u{2}cover\u{1}h\u{2}TOP' 1

    """

  @Test("Instances and runs add up by place; what was missed is listed; Verilator's format is kept")
  func adds() {
    var coverage = RTLCoverage()
    coverage.add(Self.text)
    coverage.add(Self.text)
    #expect(coverage.counts.count == 3)
    #expect(coverage.counts.values.sorted() == [0, 2, 10])
    let shares = coverage.shares.map { "\($0.file) \($0.kind) \($0.reached)/\($0.total)" }
    #expect(shares == ["a.sv line 1/2", "b.sv toggle 1/1"])
    #expect(coverage.missedLines.map { "\($0.file):\($0.line) \($0.comment)" } == ["a.sv:7 else"])
    var again = RTLCoverage()
    again.add(coverage.text)
    #expect(again.counts == coverage.counts)
  }

  @Test("A run of the real RTL reaches most of it")
  func real() async throws {
    let architecture = try Architecture.sample(named: "tiny")
    let cache = try RTLCache(folder: RTLCache.defaultFolder() + "/tests")
    var builder = RTLBuilder(
      toolchain: try await toolchain.value, cache: cache, optimization: .balanced)
    builder.countsCoverage = true
    let library = try await builder.library(for: accelerator(architecture))
    let device = try RTLDevice(library, architecture: architecture)
    let matmul = try MatmulCase(MatmulShape(m: 5, n: 17, k: 63), on: architecture, seed: 1)
    #expect(try matmul.run(on: matmul.bench(device)).outputs == matmul.expected)
    let folder = try TemporaryFolder()
    device.model.writeCoverage(to: folder.path + "/coverage.dat")
    var coverage = RTLCoverage()
    try coverage.add(contentsOf: folder.path + "/coverage.dat")
    let lines = coverage.counts.filter { $0.key.kind == .line }
    #expect(lines.count > 100)
    #expect(lines.values.count { $0 > 0 } * 2 > lines.count)
    #expect(coverage.missedLines.contains { $0.file == "setun_controller.sv" })
    #expect(folder.names() == [])
  }
}
