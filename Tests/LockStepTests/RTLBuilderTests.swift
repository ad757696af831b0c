import Foundation
import LockStep
import Testing

@Suite("Building and running RTL")
struct RTLBuilderTests {
  let root: TemporaryFolder
  let cache: RTLCache

  init() throws {
    root = try TemporaryFolder()
    cache = try RTLCache(folder: root.path + "/cache")
  }

  func builder(_ environment: [String: String]? = nil) async throws -> RTLBuilder {
    RTLBuilder(
      toolchain: try await .find(environment: environment), cache: cache, optimization: .none)
  }

  @Test("A model counts edges, takes read data of any bus width, and shows its first word first",
    arguments: [4, 8, 16, 128])
  func stepsAndProbe(busBytes: Int) async throws {
    let rtl = try FixtureRTL()
    let library = try await builder().library(for: rtl.source(busBytes: busBytes))
    let run = try FixtureRun(library)
    #expect(run.model.probe.count == 4)
    for _ in 0..<3 { try run.step(reset: true) }
    #expect(Array(run.model.probe) == [0, 0, 0, 0xfeed_c0de])

    let beat = (0..<busBytes).map { UInt8($0 + 1) }
    try run.step(beat: beat)
    let low: UInt32 = 0x0403_0201
    let high = low &+ UInt32(busBytes - 4) &* 0x0101_0101
    #expect(Array(run.model.probe) == [1, low, high, 0xfeed_c0de])
    for _ in 0..<7 { try run.step() }
    #expect(Array(run.model.probe) == [8, low, high, 0xfeed_c0de])
    try run.step(reset: true)
    #expect(Array(run.model.probe) == [0, 0, 0, 0xfeed_c0de])
  }

  @Test("A failed assertion stops one model, says which assertion, and leaves other models alone")
  func assertion() async throws {
    let rtl = try FixtureRTL()
    let library = try await builder().library(for: rtl.source())
    let stopped = try FixtureRun(library)
    let other = try FixtureRun(library)
    try stopped.step(reset: true)
    try other.step(reset: true)
    try stopped.step(write: 0xa55e46)
    for _ in 0..<2 {
      let error = #expect(throws: LockStepError.self) { try stopped.step(write: 0xa55e47) }
      let text = "\(try #require(error))"
      #expect(text.hasPrefix("the RTL stopped: "))
      #expect(text.contains("setun_accelerator.NotForbidden_A"))
      #expect(text.contains("forbidden 00a55e47"))
      #expect(text.contains("setun_accelerator.sv:"))
    }
    try other.step()
    #expect(other.model.probe[0] == 1)
  }

  @Test("$finish in the RTL stops a model")
  func finish() async throws {
    let rtl = try FixtureRTL()
    let run = try FixtureRun(try await builder().library(for: rtl.source()))
    try run.step(reset: true)
    let error = #expect(throws: LockStepError.self) { try run.step(write: 0xf1415) }
    #expect("\(try #require(error))".contains("the RTL called $finish"))
  }

  @Test("A second build runs no tool but to ask for versions; another package builds again")
  func cached() async throws {
    let spy = try await SpyingVerilator()
    let rtl = try FixtureRTL()
    let builder = try await builder(spy.environment)
    let first = try await builder.library(for: rtl.source())
    #expect(spy.elaborations == 1)
    let second = try await builder.library(for: rtl.source()) { Issue.record("built: \($0)") }
    #expect(spy.elaborations == 1)
    #expect(first.path == second.path)
    let other = try await builder.library(for: rtl.source(busBytes: 8))
    #expect(spy.elaborations == 2)
    #expect(other.path != first.path)
  }

  @Test("A changed source, include file or bridge builds again")
  func changedSources() async throws {
    let spy = try await SpyingVerilator()
    let rtl = try FixtureRTL()
    let builder = try await builder(spy.environment)
    for (count, name) in ["", "setun_accelerator.sv", "include/setun_fixture.svh"].enumerated() {
      if !name.isEmpty { try rtl.root.write(name, rtl.root.read(name) + "// changed\n") }
      _ = try await builder.library(for: rtl.source())
      #expect(spy.elaborations == count + 1, "after changing '\(name)'")
    }
    let bridge = "bridge/setun_bridge.cpp"
    try rtl.root.write(bridge, rtl.root.read(bridge) + "// changed\n")
    _ = try await builder.library(for: rtl.source())
    #expect(spy.elaborations == 4)
  }

  @Test("Progress tells each step in order")
  func progress() async throws {
    let rtl = try FixtureRTL()
    let steps = Recorder<RTLBuilder.Progress>()
    _ = try await builder().library(for: rtl.source()) { steps.append($0) }
    let all = steps.values
    #expect(all.first == .elaborating)
    #expect(all.last == .linking)
    let compiling = all.dropFirst().dropLast()
    let total = compiling.count - 1
    #expect(Array(compiling) == (0...total).map { .compiling(finished: $0, of: total) })
  }

  @Test("Spaces, quotes and shell syntax in the folders' names are only names")
  func oddNames() async throws {
    let odd = try TemporaryFolder(named: " a 'b' \"c\" $(touch owned) `touch owned`; touch owned;")
    let rtl = try FixtureRTL()
    try FileManager.default.copyItem(atPath: rtl.folder, toPath: odd.path + "/rtl")
    let builder = RTLBuilder(
      toolchain: try await .find(), cache: try RTLCache(folder: odd.path + "/cache"),
      optimization: .none)
    var source = rtl.source()
    source.folder = odd.path + "/rtl"
    let run = try FixtureRun(try await builder.library(for: source))
    try run.step(reset: true)
    try run.step()
    #expect(run.model.probe[0] == 1)
    #expect(odd.names() == ["cache", "rtl"])
    #expect(!FileManager.default.fileExists(atPath: "owned"))
  }
}

/// A `verilator` that notes what it is asked for and then does it.
final class SpyingVerilator {
  private let root: TemporaryFolder
  let environment: [String: String]

  /// - Parameter prelude: Shell lines that run before an elaboration.
  init(prelude: String = "") async throws {
    let real = try await Toolchain.find().verilator.path
    root = try TemporaryFolder()
    try root.write(
      "verilator",
      """
      #!/bin/sh
      if [ "$1" = --cc ]; then
        echo x >> '\(root.path)/log'
        \(prelude)
      fi
      exec '\(real)' "$@"

      """, executable: true)
    environment = LockStepTests.environment(pathPrefix: root.path)
  }

  /// How often it elaborated.
  var elaborations: Int { root.read("log").split(separator: "\n").count }
}

/// Values that several threads append to.
final class Recorder<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var recorded: [Value] = []

  func append(_ value: Value) { lock.withLock { recorded.append(value) } }
  var values: [Value] { lock.withLock { recorded } }
}
