internal import Architecture
internal import Energy
internal import Workload

/// One of several parts of a sweep that run apart from each other.
public struct Shard: Codable, Hashable, Sendable {
  /// From 1 on; 0 for all of them together.
  public let index: Int
  public let count: Int

  /// - Precondition: `count` is positive, and `index` in `0...count`.
  public init(_ index: Int, of count: Int) {
    precondition(count > 0 && 0...count ~= index, "shard \(index)/\(count)")
    self.index = index
    self.count = count
  }

  /// A sweep in one part.
  public static let whole = Shard(1, of: 1)

  /// Whether there is no other part.
  public var isAll: Bool { index == 0 || count == 1 }
}

/// What a store holds the results of: a space, its workloads, and how they were explored.
public struct Sweep: Sendable {
  public let space: DesignSpace
  /// In the order of the space's requests.
  public let workloads: [ExplorationWorkload]
  /// For each workload the text whose perplexity counts; `nil` where none does.
  public let texts: [Text?]
  /// The part that the store holds; ``Shard/whole`` after a merge.
  public let shard: Shard
  /// The version of Setun that computed the metrics.
  public let toolVersion: String
  /// When the store was made, as ISO 8601 in UTC.
  public let date: String
  /// The command that made it, word by word.
  public let command: [String]
  /// The name of the space file.
  public let file: String
  /// Of what points are priced with.
  let prices: UInt64

  public init(
    space: DesignSpace, workloads: [ExplorationWorkload], texts: [Text?]? = nil,
    shard: Shard = .whole, toolVersion: String, date: String, command: [String], file: String
  ) {
    self.init(
      space: space, workloads: workloads, texts: texts, shard: shard, toolVersion: toolVersion,
      date: date, command: command, file: file, prices: Technology.fingerprint)
  }

  private init(
    space: DesignSpace, workloads: [ExplorationWorkload], texts: [Text?]?, shard: Shard,
    toolVersion: String, date: String, command: [String], file: String, prices: UInt64
  ) {
    precondition(space.workloads.count == workloads.count, "\(workloads.count) workloads")
    self.space = space
    self.workloads = workloads
    self.texts = texts ?? workloads.map { _ in nil }
    precondition(self.texts.count == workloads.count, "\(self.texts.count) texts")
    self.shard = shard
    self.toolVersion = toolVersion
    self.date = date
    self.command = command
    self.file = file
    self.prices = prices
  }
}

extension Sweep {
  /// A text and the model that predicts it.
  public struct Text: Codable, Equatable, Sendable {
    /// As ``Perplexities/source``.
    public let source: String
    let fingerprint: UInt64

    public init(_ perplexities: Perplexities) {
      source = perplexities.source
      fingerprint = perplexities.fingerprint
    }
  }

  /// What is written into a store, so that it can be used without the files it was made from.
  struct Record: Codable {
    var spaceText: String
    var spaceFile: String
    var baseYAML: String
    var workloads: [StoredWorkload]
    var texts: [Text?]
    var shard: Shard
    var toolVersion: String
    var date: String
    var command: [String]
    var prices: UInt64
  }

  var record: Record {
    Record(
      spaceText: space.text, spaceFile: file, baseYAML: space.base.yaml,
      workloads: workloads.map(StoredWorkload.init), texts: texts, shard: shard,
      toolVersion: toolVersion, date: date, command: command, prices: prices)
  }

  init(_ record: Record) throws(ExplorationError) {
    let base: Architecture
    do {
      base = try Architecture(yaml: record.baseYAML, file: "base")
    } catch {
      throw .input(place: record.spaceFile, problem: "its base: \(error)")
    }
    self.init(
      space: try DesignSpace(yaml: record.spaceText, file: record.spaceFile) { _ in base },
      workloads: record.workloads.map(\.workload), texts: record.texts, shard: record.shard,
      toolVersion: record.toolVersion, date: record.date, command: record.command,
      file: record.spaceFile, prices: record.prices)
  }

  /// A hash of all that decides the results: equal ones can be continued and merged.
  ///
  /// Comments, names, dates and commands do not count, nor does the shard, but how many there are.
  var identity: UInt64 {
    var lines = [
      "setun sweep 1", "version=\(toolVersion)", "shards=\(shard.count)", "prices=\(prices)",
    ]
    lines += space.base.parameters.design.map { "\($0.keyPath)=\($0.text)" }
    for parameter in space.parameters {
      lines.append("parameter \(parameter.name)")
      for value in parameter.values {
        lines.append(value.settings.map { "\($0.keyPath)=\($0.text)" }.joined(separator: ";"))
      }
    }
    lines += space.derived.map { "derived \($0.keyPath)=\($0.text)" }
    lines += space.constraints.map { "constraint \($0)" }
    lines += space.objectives.map { "objective \($0.name)" }
    lines.append("search \(space.search)")
    for workload in workloads { lines.append(StoredWorkload(workload).canonicalText) }
    lines += texts.map { $0.map { "text \($0.fingerprint)" } ?? "no text" }
    return SplitMix64.mixed(fnv1a64(lines.joined(separator: "\n").utf8))
  }
}
