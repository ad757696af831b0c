import GRDB

private import struct Foundation.Data
private import class Foundation.JSONDecoder

extension ExplorationStore {
  /// Which points are read.
  public enum Selection: Equatable, Sendable {
    case all
    /// Those that no other is at least as good as in every objective and better in one.
    case front
  }

  /// How far the sweep is.
  public struct Progress: Equatable, Sendable {
    /// Blocks that are done, and all blocks.
    public var blocks: Int
    public var allBlocks: Int
    public var tally: Tally
    /// Points in the store.
    public var points: Int

    public var isComplete: Bool { blocks == allBlocks }
  }

  /// A point that was run again on the cycle-level model.
  public struct Verification: Equatable, Sendable {
    public var number: Int
    /// Different layers that ran.
    public var jobs: Int
    /// Cycles of them on the model, and in RTL where they ran there.
    public var modelCycles: Int
    public var rtlCycles: Int?
    /// The first difference, or `nil` where all was equal.
    public var difference: String?

    public init(
      number: Int, jobs: Int, modelCycles: Int, rtlCycles: Int? = nil, difference: String? = nil
    ) {
      self.number = number
      self.jobs = jobs
      self.modelCycles = modelCycles
      self.rtlCycles = rtlCycles
      self.difference = difference
    }
  }

  /// The value of each parameter at a point, in the order of the space.
  public func parameters(of point: StoredPoint) -> [(name: String, value: String)] {
    zip(sweep.space.parameters, sweep.space.digits(of: point.number)).map { parameter, digit in
      (parameter.name, parameter.values[digit].text)
    }
  }

  /// Hands the points of `selection` to `body`, in the order of their numbers, one by one.
  ///
  /// - Throws: ``ExplorationError/input(place:problem:)`` when the store cannot be read, and what
  ///   `body` throws.
  public func forEachPoint(
    in selection: Selection = .all, _ body: (StoredPoint) throws -> Void
  ) throws {
    let condition = selection == .all ? "" : " WHERE number IN (SELECT number FROM front)"
    let cursorBody: (Database) throws -> Void = { [codec] database in
      let rows = try Row.fetchCursor(
        database, sql: "SELECT * FROM point\(condition) ORDER BY number")
      while let row = try rows.next() { try body(codec.point(row)) }
    }
    do {
      try queue.read(cursorBody)
    } catch let error as DatabaseError {
      try translating { throw error }
    }
  }

  /// The points of `selection`, in the order of their numbers.
  public func points(in selection: Selection = .all) throws(ExplorationError) -> [StoredPoint] {
    try translating {
      var points: [StoredPoint] = []
      try forEachPoint(in: selection) { points.append($0) }
      return points
    }
  }

  /// The numbers of the points on the front.
  public func frontNumbers() throws(ExplorationError) -> Set<Int> {
    try translating {
      try queue.read { try Set(Int.fetchAll($0, sql: "SELECT number FROM front")) }
    }
  }

  /// The point whose hash begins with `prefix`.
  ///
  /// - Throws: ``ExplorationError/input(place:problem:)`` when there is none or more than one.
  public func point(hash prefix: String) throws(ExplorationError) -> StoredPoint {
    let digits = prefix.lowercased()
    guard (1...16).contains(digits.utf8.count), let bits = UInt64(digits, radix: 16) else {
      throw .input(place: path, problem: "expected up to 16 hexadecimal digits, found \(prefix)")
    }
    let free = UInt64(64 - 4 * digits.utf8.count)
    let low = bits << free
    let high = low | (free == 0 ? 0 : ~0 >> (64 - free))
    // In two's complement no range of 64-bit numbers with a common first digit crosses the sign.
    let found = try translating {
      try queue.read { database in
        try Row.fetchAll(
          database, sql: "SELECT * FROM point WHERE hash BETWEEN ? AND ? ORDER BY number LIMIT 2",
          arguments: [Int64(bitPattern: low), Int64(bitPattern: high)]
        ).map(codec.point)
      }
    }
    guard let point = found.first else {
      throw .input(place: path, problem: "expected a point \(prefix), found none")
    }
    // Two points of a space may be one design: formulas round.
    guard found.count == 1 || found[0].hash == found[1].hash else {
      throw .input(
        place: path,
        problem: "expected one point \(prefix)…, found \(found[0].hash) and \(found[1].hash)")
    }
    return point
  }

  /// The design at a point, named after its hash.
  public func design(of point: StoredPoint) throws(ExplorationError) -> DesignPoint {
    do {
      return try sweep.space.point(point.number, name: "point-\(point.hash)")
    } catch {
      throw .input(place: path, problem: "point \(point.hash): \(error)")
    }
  }

  /// How far the sweep is.
  public func progress() throws(ExplorationError) -> Progress {
    try translating {
      try queue.read { database in
        var tally = Tally(conditions: sweep.space.constraints.count)
        var blocks = 0
        let decoder = JSONDecoder()
        let texts = try String.fetchCursor(
          database, sql: "SELECT tally FROM block ORDER BY number")
        while let text = try texts.next() {
          tally = tally + (try decoder.decode(Tally.self, from: Data(text.utf8)))
          blocks += 1
        }
        return Progress(
          blocks: blocks, allBlocks: BlockPlan(sweep).count(of: sweep.shard), tally: tally,
          points: try Int.fetchOne(database, sql: "SELECT count(*) FROM point") ?? 0)
      }
    }
  }

  /// The points that were run again, in the order of their numbers.
  public func verifications() throws(ExplorationError) -> [Verification] {
    try translating {
      try queue.read { database in
        try Row.fetchAll(database, sql: "SELECT * FROM verification ORDER BY number").map {
          Verification(
            number: $0[0], jobs: $0[1], modelCycles: $0[2], rtlCycles: $0[3], difference: $0[4])
        }
      }
    }
  }
}

extension ExplorationStore {
  /// The points with the smallest hashes, as good as drawn: how many a share of all is, at least one,
  /// and the first of them.
  func smallestHashes(
    share: Double, most: Int
  ) throws(ExplorationError) -> (count: Int, points: [StoredPoint]) {
    try translating {
      try queue.read { database in
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM point") ?? 0
        let drawn = min(count, max(1, Int((share * Double(count)).rounded(.up))))
        let wanted = min(drawn, most)
        // Hashes are evenly spread, so that few lie below this, and hardly ever too few.
        let bound = min(1, 1.2 * (Double(wanted) + 20) / Double(max(1, count)))
        let highest = bound < 1 ? Int64(bound * 0x1p64 - 0x1p63) : Int64.max
        let points = try Row.fetchAll(
          database, sql: "SELECT * FROM point WHERE hash <= ? ORDER BY hash LIMIT ?",
          arguments: [highest, wanted]
        ).map(codec.point)
        return (drawn, points)
      }
    }
  }
}
