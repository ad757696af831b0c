import GRDB

private import struct Foundation.Data
private import class Foundation.JSONDecoder
private import class Foundation.JSONEncoder

extension ExplorationStore {
  /// The store at `path` to continue `sweep` in, or a new one.
  ///
  /// - Throws: ``ExplorationError/input(place:problem:)`` when there is a file that holds anything
  ///   else.
  static func continuing(_ sweep: Sweep, at path: String) throws(ExplorationError)
    -> ExplorationStore
  {
    guard try holdsSomething(path) else { return try ExplorationStore(creating: path, for: sweep) }
    let store = try ExplorationStore(updating: path)
    if let difference = store.sweep.difference(from: sweep) {
      throw .input(place: path, problem: "cannot continue it: \(difference)")
    }
    return store
  }

  /// Writes blocks and the front as it is after them, all or nothing.
  func write(_ blocks: [BlockResult], front: Set<Int>) throws(ExplorationError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let workloads = sweep.workloads.count
    try translating {
      try queue.write { database in
        let insertion = try database.cachedStatement(sql: codec.insertion)
        for result in blocks {
          for (index, number) in result.numbers.enumerated() {
            insertion.setUncheckedArguments(
              StatementArguments(
                codec.values(
                  number: number, hash: result.hashes[index],
                  metrics: result.metrics(at: index, workloads: workloads))))
            try insertion.execute()
          }
          try database.execute(
            sql: "INSERT INTO block VALUES (?, ?, ?)",
            arguments: [
              result.block, String(decoding: try encoder.encode(result.tally), as: UTF8.self),
              try result.population.map { String(decoding: try encoder.encode($0), as: UTF8.self) },
            ])
        }
        try Self.replaceFront(front, in: database)
      }
    }
  }

  /// Writes what changed on the front.
  static func replaceFront(_ front: Set<Int>, in database: Database) throws {
    let old = try Set(Int.fetchAll(database, sql: "SELECT number FROM front"))
    let removal = try database.cachedStatement(sql: "DELETE FROM front WHERE number = ?")
    for number in old.subtracting(front).sorted() { try removal.execute(arguments: [number]) }
    let insertion = try database.cachedStatement(sql: "INSERT INTO front VALUES (?)")
    for number in front.subtracting(old).sorted() { try insertion.execute(arguments: [number]) }
  }

  /// The numbers of the blocks that are done.
  func blocksDone() throws(ExplorationError) -> Set<Int> {
    try translating {
      try queue.read { try Set(Int.fetchAll($0, sql: "SELECT number FROM block")) }
    }
  }

  /// The population after the block `number`.
  func population(after number: Int) throws(ExplorationError) -> [Int] {
    let text = try translating {
      try queue.read {
        try String.fetchOne(
          $0, sql: "SELECT population FROM block WHERE number = ?", arguments: [number])
      }
    }
    guard let text, let population = try? JSONDecoder().decode([Int].self, from: Data(text.utf8))
    else {
      throw .input(place: path, problem: "expected the population of block \(number), found none")
    }
    return population
  }

  /// Notes what came of running points again; replaces what is noted of the same points.
  public func note(_ verifications: [Verification]) throws(ExplorationError) {
    try translating {
      try queue.write { database in
        for verification in verifications {
          try database.execute(
            sql: "INSERT OR REPLACE INTO verification VALUES (?, ?, ?, ?, ?)",
            arguments: [
              verification.number, verification.jobs, verification.modelCycles,
              verification.rtlCycles, verification.difference,
            ])
        }
      }
    }
  }
}

extension Sweep {
  /// Why results of the two do not belong into one store, if they do not.
  func difference(from other: Sweep) -> String? {
    if toolVersion != other.toolVersion {
      return "expected results of setun \(other.toolVersion), found some of \(toolVersion); "
        + "give another file, or run the sweep again"
    }
    if shard != other.shard {
      return "expected shard \(other.shard), found \(shard)"
    }
    if prices != other.prices {
      return "expected points priced as in the file, found other figures of technologies or "
        + "calibrations; give another file, or run the sweep again"
    }
    if identity != other.identity {
      return "expected the space \(other.space.name) with its workloads as they are now, found "
        + "another space, other workloads, or an earlier state of them"
    }
    return nil
  }
}

extension Shard: CustomStringConvertible {
  public var description: String { "\(index)/\(count)" }
}
