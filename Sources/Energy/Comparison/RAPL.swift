import Foundation

/// The energy counter of a CPU package, where the system lets one read it.
///
/// Linux shows it as a folder of `powercap`. It counts µJ of the whole package, other programs
/// included, and starts again at 0 after its largest value: the time between two readings must be
/// shorter than one round, which takes minutes.
public struct RAPL: Sendable {
  /// µJ at which the counter starts again: one more than its largest value.
  public let range: UInt64
  private let folder: String

  /// The counter in `folder`, or `nil` where there is none that this user may read.
  ///
  /// - Throws: ``EnergyError`` when the files are there and readable but hold no counter.
  public init?(folder: String = "/sys/class/powercap/intel-rapl:0") throws(EnergyError) {
    guard let range = Self.text("max_energy_range_uj", in: folder),
      Self.text("energy_uj", in: folder) != nil
    else { return nil }
    self.folder = folder
    let largest = try Self.parse(range, file: folder + "/max_energy_range_uj")
    guard largest > 0, largest < .max else {
      throw EnergyError(
        file: folder + "/max_energy_range_uj", line: 1,
        "expected the largest value of a counter, found \(largest)")
    }
    self.range = largest + 1
    _ = try read()
  }

  /// The counter now, in µJ.
  ///
  /// - Throws: ``EnergyError`` when the counter can no longer be read.
  public func read() throws(EnergyError) -> UInt64 {
    let file = folder + "/energy_uj"
    guard let text = Self.text("energy_uj", in: folder) else {
      throw EnergyError("\(file): cannot be read")
    }
    let value = try Self.parse(text, file: file)
    guard value < range else {
      throw EnergyError(file: file, line: 1, "expected less than \(range) µJ, found \(value)")
    }
    return value
  }

  /// The energy between two readings less than one round apart.
  public func energy(from start: UInt64, to end: UInt64) -> Estimate<Joules> {
    Estimate(
      Double(Self.difference(from: start, to: end, range: range)) * 1e-6, provenance: .measured,
      source: "RAPL, whole package")
  }

  /// How far a counter that starts again at `range` went from `start` to `end`.
  ///
  /// - Precondition: Both are below `range`.
  public static func difference(from start: UInt64, to end: UInt64, range: UInt64) -> UInt64 {
    precondition(start < range && end < range, "\(start), \(end) in a counter of \(range)")
    return end >= start ? end - start : range - start + end
  }

  /// The number in a counter file: decimal digits and a line end.
  static func parse(_ text: String, file: String) throws(EnergyError) -> UInt64 {
    let digits = text.hasSuffix("\n") ? text.dropLast() : text[...]
    guard let value = UInt64(digits) else {
      throw EnergyError(file: file, line: 1, "expected a number of µJ, found “\(digits)”")
    }
    return value
  }

  private static func text(_ name: String, in folder: String) -> String? {
    try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)
  }
}
