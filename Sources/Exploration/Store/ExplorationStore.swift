import GRDB

private import struct Foundation.Data
private import class Foundation.FileManager
private import class Foundation.JSONDecoder
private import class Foundation.JSONEncoder

/// A file with the results of a sweep: an SQLite database.
///
/// Everything that belongs to a block of points is written in one transaction, so that a sweep that
/// is killed at any moment continues from the last whole block.
public final class ExplorationStore: Sendable {
  public let path: String
  public let sweep: Sweep
  let queue: DatabaseQueue
  let codec: PointCodec

  /// Opens the store at `path` to read it.
  ///
  /// - Throws: ``ExplorationError/input(place:problem:)`` when there is none, or one that this
  ///   version cannot read.
  public convenience init(readingFrom path: String) throws(ExplorationError) {
    try self.init(path, readonly: true)
  }

  /// Opens the store at `path` to write to it.
  ///
  /// - Throws: As ``init(readingFrom:)``.
  public convenience init(updating path: String) throws(ExplorationError) {
    try self.init(path, readonly: false)
  }

  private init(_ path: String, readonly: Bool) throws(ExplorationError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw .input(place: path, problem: "expected the store of a sweep, found no such file")
    }
    self.path = path
    let record: Sweep.Record
    (queue, record) = try Self.translating(path) {
      // The journal of a killed sweep is rolled back by whoever comes first, readers too.
      let isReadonly = readonly && !FileManager.default.isWritableFile(atPath: path)
      let queue = try DatabaseQueue(path: path, configuration: Self.configuration(isReadonly))
      return (queue, try queue.read { try Self.record(in: $0, path) })
    }
    sweep = try Sweep(record)
    codec = PointCodec(sweep)
  }

  /// Makes an empty store for `sweep`.
  ///
  /// - Throws: ``ExplorationError/input(place:problem:)`` when there is a file with something in it,
  ///   or none can be made.
  init(creating path: String, for sweep: Sweep) throws(ExplorationError) {
    guard try !Self.holdsSomething(path) else {
      throw .input(place: path, problem: "expected no file of this name, found one")
    }
    self.path = path
    self.sweep = sweep
    codec = PointCodec(sweep)
    queue = try Self.translating(path) {
      let queue = try DatabaseQueue(path: path, configuration: Self.configuration(false))
      try queue.write { database in
        try StoreSchema.create(in: database, for: sweep.space)
        try StoreSchema.describe(sweep.space, in: database)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try database.execute(
          sql: "INSERT INTO sweep VALUES (1, ?, ?)",
          arguments: [
            Int64(bitPattern: sweep.identity),
            String(decoding: try encoder.encode(sweep.record), as: UTF8.self),
          ])
      }
      return queue
    }
  }

  /// Whether there is a file, and not only the empty one of a sweep that was killed as it began.
  static func holdsSomething(_ path: String) throws(ExplorationError) -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    return try translating(path) {
      try DatabaseQueue(path: path, configuration: configuration(false)).read {
        try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT * FROM sqlite_master)") ?? false
      }
    }
  }

  private static func configuration(_ readonly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.busyMode = .timeout(10)
    return configuration
  }

  /// Checks whose database it is, and reads what it holds.
  private static func record(in database: Database, _ path: String) throws -> Sweep.Record {
    guard try Int.fetchOne(database, sql: "PRAGMA application_id") == StoreSchema.applicationID
    else {
      throw ExplorationError.input(
        place: path, problem: "expected the store of a sweep, found another database")
    }
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard version == StoreSchema.version else {
      throw ExplorationError.input(
        place: path,
        problem: "expected a store of format \(StoreSchema.version), found format \(version), "
          + (version > StoreSchema.version
            ? "which a newer version of setun wrote: use that one"
            : "which this version does not read any more: run the sweep again"))
    }
    guard let text = try String.fetchOne(database, sql: "SELECT record FROM sweep") else {
      throw ExplorationError.input(
        place: path, problem: "expected the store of a sweep, found one without a sweep")
    }
    return try JSONDecoder().decode(Sweep.Record.self, from: Data(text.utf8))
  }

  /// Runs `body`; errors of the database name the file.
  static func translating<Result>(
    _ path: String, _ body: () throws -> Result
  ) throws(ExplorationError) -> Result {
    do {
      return try body()
    } catch let error as ExplorationError {
      throw error
    } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
      throw .input(
        place: path, problem: "expected the store of a sweep, found a file of another kind")
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      throw .input(place: path, problem: "another process is writing to it")
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      throw .input(place: path, problem: "another process has written the same points to it")
    } catch let error as DatabaseError {
      throw .input(place: path, problem: error.message ?? "\(error.resultCode)")
    } catch {
      throw .input(place: path, problem: "\(error)")
    }
  }

  func translating<Result>(_ body: () throws -> Result) throws(ExplorationError) -> Result {
    try Self.translating(path, body)
  }
}
