import Foundation
import LockStep
import Report
import Verification

/// What of the RTL was reached: shares by file, the lines that were not, and Verilator's own format.
struct CoverageFolder {
  /// The name of the list of lines that need not be reached, in the RTL folder.
  static let excusals = "coverage_excused.txt"

  private let path: String

  init(_ path: String) { self.path = path }

  /// Writes `summary.txt` and `coverage.dat`, and returns the summary.
  @discardableResult
  func write(_ results: [Campaign.TargetResult], _ rtl: RTLBuild) throws -> String {
    var coverage = RTLCoverage()
    for result in results { coverage += result.coverage }
    let summary = try summary(coverage, folder: rtl.folder)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Failure("--coverage: \(path): \(error.reason)")
    }
    try OutputFile.write(coverage.text, to: path + "/coverage.dat")
    try OutputFile.write(summary, to: path + "/summary.txt")
    return summary
  }

  private func summary(_ coverage: RTLCoverage, folder: String) throws -> String {
    var lines: [String] = []
    for kind in [RTLCoverage.Point.Kind.line, .toggle] {
      lines.append(kind == .line ? "statement lists" : "\nbits that rose and fell")
      for share in coverage.shares where share.kind == kind {
        let percent = String(format: "%5.1f%%", 100 * Double(share.reached) / Double(share.total))
        lines.append("  \(percent)  \(share.reached) of \(share.total)  \(share.file)")
      }
    }
    let excused = try ExcusalList(folder + "/" + Self.excusals, fields: 2)
    lines.append("\nnever reached")
    for point in coverage.missedLines {
      let source = try Self.line(point.line, of: folder + "/" + point.file)
      let reason = excused.reason([point.file, source])
      lines.append(
        "  \(point.file):\(point.line): \(point.comment): \(source)"
          + (reason.map { "\n    excused: \($0)" } ?? ""))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func line(_ number: Int, of path: String) throws -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return "" }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.contains(number - 1)
      ? lines[number - 1].trimmingCharacters(in: .whitespaces) : ""
  }
}
