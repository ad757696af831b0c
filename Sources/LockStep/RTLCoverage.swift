import Foundation

/// Which points of the RTL were reached, added up over instances, configurations and runs.
public struct RTLCoverage: Sendable {
  /// A place that Verilator counts.
  public struct Point: Hashable, Sendable {
    public enum Kind: String, Sendable {
      /// A statement list: the branch of an `if`, an item of a `case`, a block.
      case line
      /// A bit that has to rise and to fall.
      case toggle
    }

    public var kind: Kind
    /// Path relative to the RTL folder.
    public var file: String
    public var line: Int
    public var column: Int
    /// `if`, `else`, `block`; of a toggle the bit.
    public var comment: String
  }

  /// How often each point was reached.
  public private(set) var counts: [Point: UInt64] = [:]

  public init() {}

  public static func += (left: inout RTLCoverage, right: RTLCoverage) {
    left.counts.merge(right.counts) { $0 &+ $1 }
  }

  /// Adds the counts of a file in Verilator's format, and removes the file.
  public mutating func add(contentsOf path: String) throws(LockStepError) {
    let text = try String(decoding: Files.read(path), as: UTF8.self)
    unlink(path)
    add(text)
  }

  /// Adds the lines `C '<fields>' <count>`; a field is \u{1}, its name, \u{2} and its value.
  mutating func add(_ text: String) {
    for line in text.split(separator: "\n") where line.hasPrefix("C '") {
      guard let quote = line.lastIndex(of: "'"),
        let count = UInt64(line[line.index(after: quote)...].drop { $0 == " " })
      else { continue }
      var fields: [Substring: Substring] = [:]
      for field in line.dropFirst(3)[..<quote].split(separator: "\u{1}") {
        let parts = field.split(separator: "\u{2}", maxSplits: 1)
        if parts.count == 2 { fields[parts[0]] = parts[1] }
      }
      // "v_line/setun_fifo__pi1": the module's name has the number of its parameter set.
      guard let kind = fields["page"]?.split(separator: "/").first?.dropFirst(2),
        let kind = Point.Kind(rawValue: String(kind)), let file = fields["f"],
        let number = fields["l"].flatMap({ Int($0) })
      else { continue }
      let point = Point(
        kind: kind, file: String(file), line: number,
        column: fields["n"].flatMap { Int($0) } ?? 0, comment: String(fields["o"] ?? ""))
      counts[point, default: 0] &+= count
    }
  }

  /// The counts in Verilator's format, for `verilator_coverage --annotate`.
  public var text: String {
    let lines = counts.map { point, count in
      "C '\u{1}f\u{2}\(point.file)\u{1}l\u{2}\(point.line)\u{1}n\u{2}\(point.column)\u{1}page\u{2}"
        + "v_\(point.kind.rawValue)/all\u{1}o\u{2}\(point.comment)\u{1}h\u{2}TOP' \(count)\n"
    }
    return "# SystemC::Coverage-3\n" + lines.sorted().joined()
  }

  /// Reached and all points of one kind in one file.
  public struct Share: Sendable {
    public var file: String
    public var kind: Point.Kind
    public var reached = 0
    public var total = 0
  }

  /// The shares of every file, lines before toggles.
  public var shares: [Share] {
    var shares: [String: Share] = [:]
    for (point, count) in counts {
      shares[
        point.file + "\u{1}" + point.kind.rawValue,
        default: Share(file: point.file, kind: point.kind)
      ].total += 1
      if count > 0 { shares[point.file + "\u{1}" + point.kind.rawValue]?.reached += 1 }
    }
    return shares.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The lines that were never reached, in order.
  public var missedLines: [Point] {
    counts.filter { $0.key.kind == .line && $0.value == 0 }.keys.sorted {
      ($0.file, $0.line, $0.column, $0.comment) < ($1.file, $1.line, $1.column, $1.comment)
    }
  }
}
