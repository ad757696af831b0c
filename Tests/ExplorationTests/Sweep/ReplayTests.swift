import Architecture
import Machine
import Testing

@testable import Exploration

@Suite("Points run again")
struct ReplayTests {
  @Test("the model counts what the metrics were computed from, at every point of a sample of all")
  func sample() async throws {
    let folder = try Folder()
    let store = try await Fixture.run(
      Fixture.sweep(
        try Fixture.space("  rows: [2, 3]\n  lanes: [5]\n  mapping: [standard, fastest]", more: "")),
      into: folder.file("a.sqlite"))
    let sample = try VerificationSample(
      of: store, share: 1, mostCycles: .max, evaluators: Fixture.evaluators)
    #expect(sample.drawn == 4 && sample.chosen == 4)
    let results = try await sample.run(into: store, threads: 2)
    #expect(results.count == 4 && results.allSatisfy { $0.difference == nil && $0.jobs > 0 })
    #expect(try store.verifications() == results)
    // What ran is not run once more.
    let again = try VerificationSample(
      of: store, share: 1, mostCycles: .max, evaluators: Fixture.evaluators)
    #expect(again.chosen == 4 && again.replays.isEmpty)
    // The cycles of both phases are those of the jobs, of which every layer is one here.
    for result in results {
      let point = try #require(try store.points().first { $0.number == result.number })
      let cycles = point.metrics[0].prefill!.cycles + point.metrics[0].decode!.cycles
      #expect(result.modelCycles == cycles)
    }
  }

  @Test("a sample takes its share, at least a point, and stays within its cycles")
  func share() async throws {
    let folder = try Folder()
    let store = try await Fixture.run(
      Fixture.sweep(try Fixture.space(more: "")), into: folder.file("a.sqlite"))
    func sample(_ share: Double, _ cycles: Int = .max) throws -> VerificationSample {
      try VerificationSample(
        of: store, share: share, mostCycles: cycles, evaluators: Fixture.evaluators)
    }
    let hashes = try store.points().map(\.hash.bits).sorted {
      Int64(bitPattern: $0) < Int64(bitPattern: $1)
    }
    for (share, count) in [(0.001, 1), (0.1, 6), (0.5, 27), (1, 54)] {
      let drawn = try sample(share)
      #expect(drawn.drawn == count && drawn.chosen == count)
      #expect(
        drawn.replays.map { PointHash($0.replay.point).bits } == Array(hashes.prefix(count)))
    }
    let most = try sample(1).replays.reduce(0) { $0 + $1.replay.cycles } / 2
    let some = try sample(1, most)
    #expect(some.drawn == 54 && some.chosen < 54 && some.chosen > 0)
    #expect(some.replays.reduce(0) { $0 + $1.replay.cycles } <= most)
    #expect(try sample(1, 1).chosen == 0)
  }

  @Test("a device that counts otherwise is found out, with the event and both counts")
  func difference() throws {
    let point = DesignPoint(try Architecture.sample(named: "tiny"))
    let replay = try Replay(point, evaluators: Fixture.evaluators)
    let job = try #require(replay.jobs.first)
    #expect(try replay.run(job, on: Machine(point.architecture)) == nil)
    var slower = point.architecture.parameters
    slower.treeRegisterEvery = 1
    let other = try Machine(Architecture(parameters: slower))
    let difference = try replay.run(job, on: other)
    #expect(difference?.hasPrefix("\(job.name): expected \(job.cycles) of cycles, found ") == true)
  }
}
