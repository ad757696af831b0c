import Foundation
import Testing

@testable import Exploration

@Suite("Shards and their merge")
struct ShardMergeTests {
  private let folder: Folder
  private let space: DesignSpace

  init() throws {
    folder = try Folder()
    space = try Fixture.space()
  }

  private func shards(_ count: Int, of space: DesignSpace? = nil) async throws -> [String] {
    var files: [String] = []
    for shard in Shard.parts(count) {
      let file = folder.file("\(shard.index)-of-\(count).sqlite")
      try await Fixture.run(Fixture.sweep(space ?? self.space, shard: shard), into: file)
      files.append(file)
    }
    return files
  }

  @Test(
    "shards together are the sweep in one part, merged in any order and again",
    arguments: [1, 2, 5])
  func merge(count: Int) async throws {
    let whole = try await Fixture.run(Fixture.sweep(space), into: folder.file("whole.sqlite"))
    let files = try await shards(count)
    let path = folder.file("merged.sqlite")
    // One by one, the last first, and then all again.
    for file in files.reversed() {
      #expect(try ExplorationStore.merging([file], into: path).sweep.shard == Shard(0, of: count))
    }
    let merged = try ExplorationStore.merging(files, into: path)
    #expect(try merged.results() == whole.results())
    #expect(try merged.progress().isComplete)
    #expect(try merged.progress().tally == whole.progress().tally)
    #expect(try merged.unfinishedShards().isEmpty)
  }

  @Test("islands of a genetic search merge to the points of all")
  func islands() async throws {
    let space = try Fixture.space(
      more: "search: {method: nsga2, population: 8, generations: 5, seed: 2}")
    let files = try await shards(3, of: space)
    let merged = try ExplorationStore.merging(files, into: folder.file("merged.sqlite"))
    var numbers: Set<Int> = []
    for file in files {
      numbers.formUnion(try ExplorationStore(readingFrom: file).points().map(\.number))
    }
    #expect(try merged.points().map(\.number) == numbers.sorted())
    #expect(try merged.progress().tally.visited == 3 * 5 * 8)
    #expect(try merged.progress().isComplete)
    let populations = try files.map { try ExplorationStore(readingFrom: $0).points().map(\.number) }
    #expect(populations[0] != populations[1])
  }

  @Test("missing and unfinished shards are named, and merge once they are there")
  func unfinished() async throws {
    let files = try await shards(3)
    let unfinished = folder.file("unfinished.sqlite")
    try FileManager.default.copyItem(atPath: files[2], toPath: unfinished)
    // The last block, with a point of it, is not there yet.
    try ExplorationStore(updating: unfinished).change(
      "DELETE FROM block WHERE number = (SELECT max(number) FROM block)",
      "DELETE FROM point WHERE number = (SELECT max(number) FROM point)",
      "DELETE FROM front WHERE number NOT IN (SELECT number FROM point)")
    let path = folder.file("merged.sqlite")
    let partial = try ExplorationStore.merging([files[0], unfinished], into: path)
    #expect(try partial.unfinishedShards() == [Shard(2, of: 3), Shard(3, of: 3)])
    #expect(try partial.progress().isComplete == false)
    let sweep = Fixture.sweep(space, shard: Shard(3, of: 3))
    let all = BlockPlan(sweep).count(of: sweep.shard)
    #expect(sweep.state(ofFile: unfinished) == .partial(done: all - 1, of: all))
    #expect(sweep.state(ofFile: files[2]) == .complete)
    #expect(sweep.state(ofFile: folder.file("none")) == .missing)
    let whole = try await Fixture.run(Fixture.sweep(space), into: folder.file("whole.sqlite"))
    let merged = try ExplorationStore.merging([files[1], files[2]], into: path)
    #expect(try merged.results() == whole.results())
    #expect(try merged.progress().isComplete)
  }

  @Test("shards of other sweeps are refused")
  func otherSweeps() async throws {
    let files = try await shards(2)
    let path = folder.file("merged.sqlite")
    let other = folder.file("other.sqlite")
    try await Fixture.run(
      Fixture.sweep(try Fixture.space("  rows: [2]"), shard: Shard(2, of: 2)), into: other)
    #expect(
      problem { _ = try ExplorationStore.merging([files[0], other], into: path) }
        == "\(other): cannot merge it into \(path): expected the space fixture with its workloads as "
        + "they are now, found another space, other workloads, or an earlier state of them")
    let third = folder.file("third.sqlite")
    try await Fixture.run(Fixture.sweep(space, shard: Shard(2, of: 3)), into: third)
    #expect(
      problem { _ = try ExplorationStore.merging([files[0], third], into: path) }
        == "\(third): cannot merge it into \(path): expected shard 2/2, found 2/3")
    #expect(
      Fixture.sweep(space, shard: Shard(1, of: 2)).state(ofFile: third)
        == .unusable("expected shard 1/2, found 2/3"))
  }

  @Test("the files of shards lie beside the store")
  func names() {
    #expect(Shard.folder(ofStore: "sweep.sqlite") == "sweep.shards")
    #expect(Shard.folder(ofStore: "/a.b/sweep") == "/a.b/sweep.shards")
    #expect(Shard.folder(ofStore: "a/.sqlite") == "a/.sqlite.shards")
    #expect(Shard(3, of: 16).file(ofStore: "a/sweep.sqlite") == "a/sweep.shards/3-of-16.sqlite")
  }
}
