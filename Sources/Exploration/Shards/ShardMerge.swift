private import GRDB

private import class Foundation.FileManager

/// What there is of a shard.
public enum ShardState: Equatable, Sendable {
  case missing
  /// So many blocks of all are done.
  case partial(done: Int, of: Int)
  case complete
  /// The file holds something else.
  case unusable(String)
}

extension Shard {
  /// The folder of the shards of the store at `path`: `sweep.shards` for `sweep.sqlite`.
  public static func folder(ofStore path: String) -> String {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "\(path).shards" }
    return path.dropLast(name[dot...].count) + ".shards"
  }

  /// The file of this shard of the store at `path`.
  public func file(ofStore path: String) -> String {
    "\(Self.folder(ofStore: path))/\(index)-of-\(count).sqlite"
  }

  /// All parts of a sweep in `count` parts.
  public static func parts(_ count: Int) -> [Shard] { (1...count).map { Shard($0, of: count) } }
}

extension Sweep {
  /// The same sweep as another shard of it.
  public func with(_ shard: Shard) -> Sweep {
    Sweep(
      space: space, workloads: workloads, texts: texts, shard: shard, toolVersion: toolVersion,
      date: date,
      command: command, file: file)
  }

  /// What the file at `path` has of this shard.
  public func state(ofFile path: String) -> ShardState {
    do throws(ExplorationError) {
      guard try ExplorationStore.holdsSomething(path) else { return .missing }
      let store = try ExplorationStore(readingFrom: path)
      if let difference = store.sweep.difference(from: self) { return .unusable(difference) }
      let done = try store.blocksDone().count
      let all = BlockPlan(self).count(of: shard)
      return done == all ? .complete : .partial(done: done, of: all)
    } catch {
      return .unusable("\(error)")
    }
  }
}

extension ExplorationStore {
  /// Puts what the shards in `files` hold into the store at `path`, which is made where there is none.
  ///
  /// A shard goes in as a whole or not at all. What is in the store already stays as it is, so that
  /// merging again, or a shard that has grown since, does no harm.
  ///
  /// - Throws: ``ExplorationError/input(place:problem:)`` for a file that is no shard of the sweep
  ///   that the first file, or the store, is of.
  /// - Returns: The store.
  public static func merging(
    _ files: [String], into path: String
  ) throws(ExplorationError) -> ExplorationStore {
    precondition(!files.isEmpty, "no shards")
    let first = try ExplorationStore(readingFrom: files[0]).sweep
    let all = first.with(Shard(0, of: first.shard.count))
    let store = try ExplorationStore.continuing(all, at: path)
    for file in files {
      let shard = try ExplorationStore(readingFrom: file)
      let expected = all.with(Shard(shard.sweep.shard.index, of: all.shard.count))
      if let difference = shard.sweep.difference(from: expected) {
        throw .input(place: file, problem: "cannot merge it into \(path): \(difference)")
      }
      try store.merge(shard)
    }
    return store
  }

  /// The shards that blocks are missing of.
  public func unfinishedShards() throws(ExplorationError) -> [Shard] {
    let done = try blocksDone()
    let plan = BlockPlan(sweep)
    return Shard.parts(sweep.shard.count).filter { shard in
      !plan.blocks(of: shard).allSatisfy(done.contains)
    }
  }

  private func merge(_ shard: ExplorationStore) throws(ExplorationError) {
    try translating {
      try queue.writeWithoutTransaction { database in
        try database.execute(sql: "ATTACH DATABASE ? AS shard", arguments: [shard.path])
        defer { try? database.execute(sql: "DETACH DATABASE shard") }
        try database.inTransaction {
          for table in ["metric", "point", "block", "verification", "perplexity"] {
            try database.execute(
              sql: "INSERT OR IGNORE INTO main.\(table) SELECT * FROM shard.\(table)")
          }
          try Self.replaceFront(try mergedFront(in: database), in: database)
          return .commit
        }
      }
    }
  }

  /// The front of the points on the fronts of this store and of the attached shard.
  private func mergedFront(in database: Database) throws -> Set<Int> {
    var front = ParetoFront(dimensions: sweep.space.objectives.count)
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT * FROM main.point
          WHERE number IN (SELECT number FROM main.front UNION SELECT number FROM shard.front)
        """)
    while let row = try rows.next() {
      let point = codec.point(row)
      front.insert(point.number, sweep.space.objectiveVector(point.metrics))
    }
    return Set(front.numbers)
  }
}
