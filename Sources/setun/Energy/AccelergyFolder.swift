import Activity
import Energy
import Foundation
import Report

/// The folder that Accelergy's files are written to.
struct AccelergyFolder {
  private let folder: URL

  init(_ path: String) throws {
    folder = URL(filePath: path, directoryHint: .isDirectory)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure("\(path): cannot be made: \(error.localizedDescription)")
    }
  }

  /// Writes `ERT.yaml`, `ART.yaml`, and for each name an `action_counts.yaml`: of `decode`,
  /// `action_counts.decode.yaml`.
  func write(_ output: AccelergyOutput, _ counts: [(name: String, counts: EventCounts?)]) throws {
    try write(output.energyReferenceTable, "ERT.yaml")
    try write(output.areaReferenceTable, "ART.yaml")
    for case (let name, let counts?) in counts {
      try write(
        output.actionCounts(counts),
        name.isEmpty ? "action_counts.yaml" : "action_counts.\(name).yaml")
    }
  }

  private func write(_ text: String, _ name: String) throws {
    try OutputFile.write(text, to: folder.appending(path: name).path)
  }
}
