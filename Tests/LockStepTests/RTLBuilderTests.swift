import Foundation
import LockStep
import Testing

@Suite("Building and running RTL")
struct RTLBuilderTests {
  @Test(
    "A model counts edges, takes read data of any bus width, and shows its lowest word first",
    arguments: [4, 8, 128])
  func stepsAndProbe(busBytes: Int) async throws {
    let rtl = try FixtureRTL()
    let library = try await fixtureBuilder().library(for: rtl.source(busBytes: busBytes))
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
    let library = try await fixtureBuilder().library(for: rtl.source())
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
    let run = try FixtureRun(try await fixtureBuilder().library(for: rtl.source()))
    try run.step(reset: true)
    let error = #expect(throws: LockStepError.self) { try run.step(write: 0xf1415) }
    #expect("\(try #require(error))".contains("the RTL called $finish"))
  }

  @Test("A second build runs no tool but to ask for versions; another package builds again")
  func cached() async throws {
    let spy = try await SpyingVerilator()
    let rtl = try FixtureRTL.unseen()
    let builder = try await fixtureBuilder(spy.environment)
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
    let rtl = try FixtureRTL.unseen()
    let builder = try await fixtureBuilder(spy.environment)
    let files = ["setun_accelerator.sv", "include/setun_fixture.svh", "bridge/setun_bridge.cpp"]
    for (count, name) in files.enumerated() {
      try rtl.root.write(name, rtl.root.read(name) + "// changed\n")
      _ = try await builder.library(for: rtl.source())
      #expect(spy.elaborations == count + 1, "after changing \(name)")
    }
  }

  @Test("Progress tells each step in order")
  func progress() async throws {
    let rtl = try FixtureRTL.unseen()
    let steps = Recorder<RTLBuilder.Progress>()
    _ = try await fixtureBuilder().library(for: rtl.source()) { steps.append($0) }
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
      optimization: .balanced)
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
